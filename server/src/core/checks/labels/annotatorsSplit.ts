import { findField } from '../../mapping/field.ts';
import { countVotes, labelField } from '../../mapping/forms/label.ts';
import type { RecordCheck } from '../check.ts';
import { numberOption } from '../check.ts';

export const annotatorsSplit: RecordCheck = {
  id: 'annotators-split',
  severity: 'information',
  title: 'The annotators disagree on the label',
  why: 'Only a narrow majority voted for the label. Such pairs are not wrong, but their label is close to a coin toss; flipping one because a scorer disagrees only sides with a minority.',
  example:
    '{"instruction": "Rewrite", "input": "It is", "response1": "It’s", "response2": "It", "annotator1": 1, "annotator2": 0, "annotator3": 0}',
  remedy: 'Keep the pair with a small margin or a soft label, or mark it as a tie.',
  repairs: [{ edit: 'tie', grade: 'review', title: 'Mark as a tie' }],
  options: {
    share: {
      default: 0.6,
      schema: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        description: 'Reports majorities up to this share of the votes.',
      },
    },
  },
  source: 'MultiPref, PandaLM; human agreement of 63 to 77 % on public sets',
  checkRecord: ({ pairs }, context) => {
    const { record, mapping } = context;
    const { answers } = mapping;
    if (answers.kind !== 'choice' || answers.label.kind !== 'votes' || pairs[0]?.isTie !== false) return [];
    const { first, second, tie } = countVotes(answers.label, record);
    const all = first + second + tie;
    const max = Math.max(first, second);
    if (all < 2 || max > numberOption(context, 'share') * all) return [];
    const path = findField(record, labelField(answers.label))?.path ?? [];
    const ties = tie > 0 ? `, ${tie} for neither` : '';
    const message = `${max} of ${all} annotators voted for this label; ${Math.min(first, second)} voted for the other answer${ties}.`;
    return [{ place: { path, part: 'value' }, message }];
  },
};
