// The rule about near duplicates, and its findings.
import type { Rule } from '../check.ts';
import { nearFamilies } from './families.ts';
import { sharedBy, SIGNATURE_BYTES, Sketches } from './nearDuplicates.ts';
import type { PairSpace, ReportRelation, SimilarityCheck } from './relation.ts';

export const nearDuplicatePair: Rule = {
  id: 'near-duplicate-pair',
  severity: 'information',
  title: 'Near duplicate of an earlier pair',
  why: 'At least about four in five word triples of the prompt and answers are also in an earlier record; only the first 2,000 characters of each answer count. Copies with a changed word or date look like new data but teach nothing new, and they leak when the dataset is split.',
  example: 'Two records that differ only in the name of a town.',
  remedy: 'Compare the two and drop one.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  source: 'MinHash: A. Broder, 1997; b-bit MinHash: P. Li and A. C. König, 2010',
};

/** Pairs that are no near duplicates of each other: equal ones, and those of one record. */
export function samePairs(space: PairSpace): (a: number, b: number) => boolean {
  const { pairKeys } = space;
  return (a, b) => {
    const [own, other] = [space.at(a), space.at(b)];
    if (
      own.file === other.file &&
      own.file.facts.recordOf(own.local) === other.file.facts.recordOf(other.local)
    )
      return true;
    return pairKeys[2 * a] === pairKeys[2 * b] && pairKeys[2 * a + 1] === pairKeys[2 * b + 1];
  };
}

/**
 * Reports each pair with an earlier near duplicate.
 * @param original by pair: the earliest near duplicate, or −1
 */
export function reportNear(
  space: PairSpace,
  report: ReportRelation,
  signatures: Uint8Array,
  original: Int32Array,
): void {
  const sketches = new Sketches(signatures, original.length);
  original.forEach((first, pair) => {
    if (first < 0) return;
    const message = (): string => {
      const share = Math.round(100 * sharedBy(sketches.equalBins(first, pair)));
      return `Near duplicate of ${space.placeLabel(first, pair)}: about ${Math.min(99, share)} % of the word triples match.`;
    };
    report.add(nearDuplicatePair, pair, message, first);
  });
}

export const nearDuplicates: SimilarityCheck = {
  rules: [nearDuplicatePair],
  isWhole: ({ signatures }, pairCount) => signatures.length >= SIGNATURE_BYTES * pairCount,
  find(space, report, { signatures }) {
    reportNear(space, report, signatures, nearFamilies(signatures, space.count, samePairs(space)));
  },
};
