// Findings from scores. Their texts also say what such a finding does not prove.
import type { Rule } from '../check.ts';

export const verifierContradictsLabel: Rule = {
  id: 'verifier-contradicts-label',
  severity: 'warning',
  title: 'A verifier fails the chosen answer and passes the rejected one',
  why: 'A program that you named in preflens.json, such as unit tests, ran on both answers: the rejected one passes and the chosen one does not. A trainer learns the wrong one. No other evidence says as much about a label, so these pairs come first in every ranking. An answer for which the program gave no verdict, because it met a limit or failed itself, raises no finding.',
  example:
    'The chosen function returns a + b + 1, the rejected one a + b, and the record’s tests say that add(1, 2) is 3.',
  remedy: 'Look at what the tests ask; flip the pair if they are right.',
  repairs: [{ edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' }],
  source:
    'Correct against wrong answers as preferences, as in Iterative RPO (2404.19733); tests as verifiers, as in CodeV-R1',
};

export const likelyMislabeled: Rule = {
  id: 'likely-mislabeled',
  severity: 'warning',
  title: 'The label disagrees with the rest of the file',
  why: 'The ranking is by how strongly the scorer prefers the rejected answer, and this pair is near its top. Look at it; this is not a verdict: the default scorer judges consistency with the rest of the file, not truth.',
  example:
    'The rejected answer is careful and the chosen one is "idk lol", in a file where careful answers win.',
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
  title: 'The scorers disagree on the label',
  why: 'Some of the file’s scorers agree with the label and some contradict it, and their margins are far apart. That does not show which is right. The built-in scorer and the records’ own scores raise no such finding between them: the ranking weighs both as evidence about one label.',
  example: 'One reward model gives the pair +2.1, another −1.8.',
  remedy: 'Have a person read such pairs. They are poor evidence for or against any scorer.',
};

export const lowMargin: Rule = {
  id: 'low-margin',
  severity: 'information',
  title: 'The scorer can hardly tell the two responses apart',
  why: 'By the scorer, calibrated on this file, the label is about as likely as its opposite: by default, its probability lies between 0.4 and 0.6. The closest pairs come first, at most as many as the review budget allows. That does not mean that its label is wrong or that people would disagree: the pair teaches little of what the scorer can see.',
  example: 'Two answers of the same kind and length, with similar words.',
  remedy: 'Keep the pair, mark it as a tie, or leave it out of a small training set.',
  repairs: [{ edit: 'tie', grade: 'review', title: 'Mark as a tie' }],
  options: {
    from: {
      default: 0.4,
      schema: {
        type: 'number',
        minimum: 0,
        maximum: 0.5,
        description: 'Lowest calibrated probability of the label that is reported.',
      },
    },
    to: {
      default: 0.6,
      schema: {
        type: 'number',
        minimum: 0.5,
        maximum: 1,
        description: 'Highest calibrated probability of the label that is reported.',
      },
    },
  },
};
