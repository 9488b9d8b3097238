import { formatKey } from '../../hash.ts';
import type { Rule } from '../check.ts';
import type { PairSpace, ReportRelation } from './relation.ts';
import { KeyTable } from './relation.ts';

export const duplicatePair: Rule = {
  id: 'duplicate-pair',
  severity: 'warning',
  title: 'The same pair stands in the dataset before',
  why: 'Prompt and both answers are the same as in an earlier record, with their calls, pictures and tools, and so is the label. A pair that counts twice is trained on twice, and leaks when the dataset is split.',
  example: 'The same record on lines 3 and 90.',
  remedy: 'Drop one of the two.',
  repairs: [
    {
      edit: 'drop',
      grade: 'twin',
      title: 'Drop this record',
      because:
        'The whole record stands earlier in the same file, every field but its number and date: nothing goes that is not still there.',
    },
  ],
  source: 'TIGER-AI-Lab/EditReward#15',
};

export const oppositeDuplicate: Rule = {
  id: 'opposite-duplicate',
  severity: 'warning',
  title: 'The same pair stands in the dataset with another label',
  why: 'Prompt and both answers are the same as in another record, but the label is not: one of the two is wrong, or people disagree.',
  example:
    '{"prompt": "q", "chosen": "a", "rejected": "b"} on one line, {"prompt": "q", "chosen": "b", "rejected": "a"} on another.',
  remedy: 'Read both, flip or drop one, or mark a tie.',
  repairs: [
    { edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
    { edit: 'tie', grade: 'review', title: 'Mark as a tie' },
  ],
  source: 'TIGER-AI-Lab/EditReward#14',
};

/** What the label of a pair says, in the same word for the same pair: a tie, or the chosen answer. */
function labelOf(space: PairSpace, pair: number): string {
  const { file, local } = space.at(pair);
  return file.facts.isTie(local) ? 'tie' : formatKey(file.facts.identity(local).chosenKey);
}

/** How the label of one pair is seen from another. */
function how(own: string, other: string): string {
  if (other === 'tie') return 'as a tie';
  return own === 'tie' ? 'as a preference' : 'the other way round';
}

/** Pairs that are the same but for order: duplicates, by label. One pass. */
export function findDuplicates(space: PairSpace, report: ReportRelation): void {
  const table = new KeyTable(space.pairKeys);
  /** First pairs that were reported: their rivals may be many, they are one. */
  const reported = new Set<number>();
  for (let pair = 0; pair < space.count; pair++) {
    const first = table.firstOf(pair);
    if (first === pair) continue;
    const [own, other] = [labelOf(space, pair), labelOf(space, first)];
    if (own === other) {
      report.addTwin(
        duplicatePair,
        pair,
        first,
        () => `The same pair, with the same label, stands at ${space.words(first, pair)}.`,
      );
      continue;
    }
    report.add(
      oppositeDuplicate,
      pair,
      () => `The same pair stands ${how(own, other)} at ${space.words(first, pair)}.`,
    );
    if (reported.has(first)) continue;
    reported.add(first);
    report.add(
      oppositeDuplicate,
      first,
      () => `The same pair stands ${how(other, own)} at ${space.words(pair, first)}.`,
    );
  }
}
