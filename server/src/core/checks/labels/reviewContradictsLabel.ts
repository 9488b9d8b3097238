import { reviewVerdicts } from '../../mapping/said/reviews.ts';
import type { RecordCheck } from '../check.ts';

const LONGEST_QUOTE = 120;

const quoted = (text: string): string =>
  `“${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE).trimEnd()}…` : text}”`;

export const reviewContradictsLabel: RecordCheck = {
  id: 'review-contradicts-label',
  needsPolarity: true,
  severity: 'warning',
  title: 'A review in the record calls the rejected answer the better one',
  why: 'The record holds the words of a judge, and they prefer the answer that the label rejects: "[[B]]", "Winner: 2", or a conclusion such as "Overall, Assistant 2’s answer is more helpful". Words and label were made together, so one of them was changed, swapped or parsed wrongly. Only clear words count: a review that praises both answers, or doubts, says nothing.',
  example:
    '{"prompt": "Hi", "response_a": "Hello!", "response_b": "What?", "winner": "model_b", "judgment": "Response A is friendlier. Overall, Response A is better."}',
  remedy:
    'Read the review and both answers; flip the pair if the review is right. If the judge saw the answers in another order, turn the rule off.',
  repairs: [{ edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' }],
  source:
    'Zheng et al. (2023), "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", for the forms of verdicts; OpenRubrics filters by the same consistency',
  precision: {
    right: 66,
    of: 66,
    on: '520 reviews of two answers by GPT-4, with scores (Vicuna). With the scores as they are: no finding. With every fifth of them exchanged, which changed 95 labels: 66 of these and no other',
  },
  checkRecord: ({ pairs }, { record, mapping }) => {
    const { answers } = mapping;
    const [pair] = pairs;
    // Elsewhere nothing says which answer is A. With several labels, a review may mean another one.
    if (answers.kind !== 'choice' || answers.axes || !pair || pair.isTie) return [];
    const said = reviewVerdicts(record, answers.label);
    const labelled = pair.candidates[0] === 0 ? 'first' : 'second';
    // Reviews that disagree settle nothing.
    if (said.some(({ better }) => better === labelled)) return [];
    return said.slice(0, 1).map(({ name, review, better, start, end }) => {
      const message = `"${name}" prefers the ${better} answer, the label the ${labelled}: ${quoted(review.slice(start, end))}.`;
      return {
        place: { path: [name], part: 'value' as const, within: [start, end] as const },
        message,
        pair: 0,
      };
    });
  },
};
