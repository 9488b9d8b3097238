import { formatKey } from '../../hash.ts';
import type { Rule } from '../check.ts';
import type { PairSpace, RelationCheck, ReportRelation } from './relation.ts';
import { KeyTable } from './relation.ts';

const duplicatePair: Rule = {
  id: 'duplicate-pair',
  severity: 'warning',
  title: 'Duplicate pair',
  why: 'The prompt and both answers equal those of an earlier record, with their calls, pictures and tools, and so does the label. Training sees the pair twice, and the pair leaks when the dataset is split.',
  example: 'The same record on lines 3 and 90.',
  remedy: 'Drop one of the two.',
  repairs: [
    {
      edit: 'drop',
      grade: 'twin',
      title: 'Drop this record',
      because:
        'The whole record is earlier in the same file, with every field except its number and date, so nothing is lost.',
    },
  ],
  source: 'TIGER-AI-Lab/EditReward#15',
};

const oppositeDuplicate: Rule = {
  id: 'opposite-duplicate',
  severity: 'warning',
  title: 'Duplicate pair with another label',
  why: 'The prompt and both answers equal those of another record, but the label does not: one of the two is wrong, or people disagree.',
  example:
    '{"prompt": "q", "chosen": "a", "rejected": "b"} on one line, {"prompt": "q", "chosen": "b", "rejected": "a"} on another.',
  remedy: 'Read both, then flip or drop one, or mark a tie.',
  repairs: [
    { edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
    { edit: 'tie', grade: 'review', title: 'Mark as a tie' },
  ],
  source: 'TIGER-AI-Lab/EditReward#14',
};

/** Identifies the label of a pair: 'tie', or the key of the chosen answer. */
function labelOf(space: PairSpace, pair: number): string {
  const { file, local } = space.at(pair);
  return file.facts.isTie(local) ? 'tie' : formatKey(file.facts.identity(local).chosenKey);
}

/** What the label of `other` says, relative to `own`. */
function labelText(own: string, other: string): string {
  if (other === 'tie') return 'marks the same pair as a tie';
  return own === 'tie' ? 'states a preference for the same pair' : 'has the opposite label';
}

/** Starts a sentence with "Line 7" or "Row 7"; a file name keeps its case. */
function sentenceStart(place: string): string {
  return place.replace(/^(?:line|row)(?= )/, (word) => (word === 'row' ? 'Row' : 'Line'));
}

/** Pairs with equal keys: duplicates or opposites, depending on the label. One pass. */
function findDuplicates(space: PairSpace, report: ReportRelation): void {
  const table = new KeyTable(space.pairKeys);
  /** First pairs that are already reported: a first pair may have many opposites. */
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
        () => `Duplicate of ${space.placeLabel(first, pair)} (same label).`,
      );
      continue;
    }
    report.add(
      oppositeDuplicate,
      pair,
      () => `${sentenceStart(space.placeLabel(first, pair))} ${labelText(own, other)}.`,
    );
    if (reported.has(first)) continue;
    reported.add(first);
    report.add(
      oppositeDuplicate,
      first,
      () => `${sentenceStart(space.placeLabel(pair, first))} ${labelText(other, own)}.`,
    );
  }
}

export const duplicates: RelationCheck = { rules: [duplicatePair, oppositeDuplicate], find: findDuplicates };
