// The rule about answers that stand beside the wrong prompt, and its findings.
import type { Rule } from '../check.ts';
import type { SimilarityCheck } from './relation.ts';
import type { Misplaced } from './shiftedAnswers.ts';
import { findMisplaced } from './shiftedAnswers.ts';
import { PAIR_WORDS, wordNumbers, WORDS_BYTES } from './wordSketch.ts';

export const answerToOtherPrompt: Rule = {
  id: 'answer-to-other-prompt',
  severity: 'off',
  title: 'The answer belongs to the prompt of another record',
  why: 'A model then learns to answer something else than what it was asked. Columns that were sorted, filtered or joined apart from each other leave whole stretches of answers a row or more away from their prompts. Stretches are found by the words that answers share with prompts, within one file; single misplaced answers are not.',
  example: 'From line 120 to line 163, each chosen answer is about the prompt one line further on.',
  remedy: 'Find the step that moved the answers, and make the dataset again.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  source: 'swap tests between prompts: Contrast Instructions',
};

const SIDES = ['chosen', 'rejected'] as const;

function messageOf({ answers, shifted }: Misplaced, place: string): string {
  const [first = 0] = answers;
  const fits =
    answers.length > 1
      ? `Both answers fit the prompt of ${place} better than theirs`
      : `The ${SIDES[first]} answer fits the prompt of ${place} better than its own`;
  return `${fits}. So it is with ${shifted} pairs in a row: answers and prompts are shifted against each other.`;
}

export const otherPrompts: SimilarityCheck = {
  rules: [answerToOtherPrompt],
  isWhole: ({ words }, pairCount) => words.length >= WORDS_BYTES * pairCount,
  find(space, report, { words }) {
    const { promptKeys } = space;
    const numbers = wordNumbers(words);
    space.files.forEach(({ facts: { pairCount } }, i) => {
      const first = space.firstPairOf(i);
      const own = numbers.subarray(PAIR_WORDS * first, PAIR_WORDS * (first + pairCount));
      if (pairCount < 2 || own.length < PAIR_WORDS * pairCount) return;
      const isSame = (a: number, b: number): boolean =>
        promptKeys[2 * (first + a)] === promptKeys[2 * (first + b)] &&
        promptKeys[2 * (first + a) + 1] === promptKeys[2 * (first + b) + 1];
      for (const one of findMisplaced(own, pairCount, isSame)) {
        const [pair, other] = [first + one.row, first + one.other];
        report.add(answerToOtherPrompt, pair, () => messageOf(one, space.placeLabel(other, pair)), other);
      }
    });
  },
};
