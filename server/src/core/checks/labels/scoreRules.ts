// What scores can report. The texts say what such a finding is not.
import type { Rule } from '../check.ts';

export const likelyMislabeled: Rule = {
  id: 'likely-mislabeled',
  severity: 'warning',
  title: 'The label speaks against the rest of the file',
  why: 'The pair stands at the head of a ranking by how strongly the scorer prefers the rejected answer. It is a place to look, not a verdict: the default scorer judges consistency with the rest of the file, not truth.',
  example:
    'The rejected answer is a careful one, the chosen one "idk lol", in a file where careful answers win.',
  remedy: 'Read both answers, then flip, drop or keep.',
  repairs: [
    { edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  source: 'Secrets of RLHF II; PrefCleanBench (2509.23564): removal is generally better than flipping',
};

export const scorersDisagree: Rule = {
  id: 'scorers-disagree',
  severity: 'information',
  title: 'Several scorers do not agree on the label',
  why: 'Some of the scorers of this file side with the label and some against it, and their margins lie far apart. That says nothing of who is right.',
  example: 'One reward model gives the pair +2.1, another one −1.8.',
  remedy: 'Such pairs are worth a person, and are no good evidence for or against any scorer.',
};

export const lowMargin: Rule = {
  id: 'low-margin',
  severity: 'information',
  title: 'The scorer can hardly tell the two responses apart',
  why: 'The pair has one of the smallest margins of the file. That is no sign of a wrong label, and no sign that people would disagree: it says that the pair teaches little of what the scorer can see.',
  example: 'Two answers of the same kind, length and words.',
  remedy: 'Keep the pair, mark it as a tie, or leave it out of a small training set.',
  repairs: [{ edit: 'tie', grade: 'review', title: 'Mark as a tie' }],
};
