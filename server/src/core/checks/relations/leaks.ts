import { splitParts } from '../../facts/splitStart.ts';
import type { Rule } from '../check.ts';
import type { PairSpace, RelationCheck, ReportRelation } from './relation.ts';
import { isEmptyPrompt, KeyTable } from './relation.ts';

const splitLeak: Rule = {
  id: 'split-leak',
  severity: 'warning',
  title: 'A held-out prompt is also in the training data',
  why: 'The held-out split then measures what was trained on, so its results are too good. File and folder names tell the splits apart, the card of the folder (`configs` in README.md), or the keys of the lists in a JSON document: "train" against "test", "valid", "val", "dev", "eval" and "heldout".',
  example: 'The prompt of test.jsonl, line 7, is also in train.jsonl, line 1,204.',
  remedy: 'Remove the record from one of the two splits.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
};

const TRAIN = /(?:^|[^a-z])train(?:ing)?(?:[^a-z]|$)/i;
const HELD_OUT =
  /(?:^|[^a-z])(?:test|valid|validation|val|dev|eval|evaluation|heldout|held-out)(?:[^a-z]|$)/i;

export type Split = 'train' | 'held-out' | undefined;

/** The split that a path names. If it names both, the last part of the path decides. */
export function splitOf(path: string): Split {
  for (const part of path.split(/[\\/]/).reverse()) {
    const [isTrain, isHeldOut] = [TRAIN.test(part), HELD_OUT.test(part)];
    if (isTrain !== isHeldOut) return isTrain ? 'train' : 'held-out';
  }
  return undefined;
}

/** Prompts of held-out files that are also in training files. Pairs without a prompt are compared as a whole. */
function findLeaks(space: PairSpace, report: ReportRelation): void {
  const parts = space.files.flatMap(({ name, split, splits, facts }, i) =>
    splitParts(facts, splits, split).map(({ split: own, firstPair, pairCount }) => {
      const from = space.firstPairOf(i) + firstPair;
      return { split: splitOf(own ?? name), from, to: from + pairCount };
    }),
  );
  if (!parts.some(({ split }) => split === 'train') || !parts.some(({ split }) => split === 'held-out'))
    return;
  const keys = space.promptKeys.slice();
  for (let pair = 0; pair < space.count; pair++) {
    if (isEmptyPrompt(keys, pair)) keys.set(space.pairKeys.subarray(2 * pair, 2 * pair + 2), 2 * pair);
  }
  const each = (split: Split, visit: (pair: number) => void): void => {
    for (const { from, to } of parts.filter((part) => part.split === split))
      for (let pair = from; pair < to; pair++) visit(pair);
  };
  const table = new KeyTable(keys);
  each('train', (pair) => table.firstOf(pair));
  each('held-out', (pair) => {
    const seen = table.find(pair);
    if (seen < 0) return;
    report.add(
      splitLeak,
      pair,
      () => `The prompt of this held-out pair is also in the training data: ${space.placeLabel(seen, pair)}.`,
    );
  });
}

export const splitLeaks: RelationCheck = { rules: [splitLeak], find: findLeaks };
