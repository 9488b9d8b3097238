// The rule about answers that stand beside the wrong prompt, and its findings.
import type { Rule } from '../check.ts';
import { SIGNATURE_BYTES } from './nearDuplicates.ts';
import type { Misplaced } from './promptFit.ts';
import { findMisplaced } from './promptFit.ts';
import type { PairSpace, ReportRelation, SimilarityCheck } from './relation.ts';
import { wordSketches } from './wordSketch.ts';

export const answerToOtherPrompt: Rule = {
  id: 'answer-to-other-prompt',
  severity: 'warning',
  title: 'The answer belongs to the prompt of another record',
  why: 'A model then learns to answer something else than what it was asked. Columns that were sorted, filtered or joined apart from each other leave whole stretches of answers a row or more away from their prompts.',
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

function findOtherPrompts(space: PairSpace, report: ReportRelation, signatures: Uint8Array): void {
  const { promptKeys } = space;
  const signed = Math.floor(signatures.length / SIGNATURE_BYTES);
  space.files.forEach(({ facts }, i) => {
    const first = space.firstPairOf(i);
    const count = Math.min(facts.pairCount, signed - first);
    if (count < 2) return;
    const sketches = wordSketches(signatures.subarray(SIGNATURE_BYTES * first), SIGNATURE_BYTES);
    const isSame = (a: number, b: number): boolean =>
      promptKeys[2 * (first + a)] === promptKeys[2 * (first + b)] &&
      promptKeys[2 * (first + a) + 1] === promptKeys[2 * (first + b) + 1];
    for (const one of findMisplaced(sketches, count, isSame)) {
      const [pair, other] = [first + one.row, first + one.other];
      report.add(answerToOtherPrompt, pair, () => messageOf(one, space.placeLabel(other, pair)), other);
    }
  });
}

export const otherPrompts: SimilarityCheck = { rules: [answerToOtherPrompt], find: findOtherPrompts };
