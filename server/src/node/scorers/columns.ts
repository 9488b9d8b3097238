// The scores in the records of a dataset, as a scorer.
import { columnMargin } from '#core/mapping/columnMargin.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { identify } from '#core/model/identity.ts';
import type { ColumnsRule } from '#core/reward/scorerRule.ts';

import { PairTable } from './pairTable.ts';
import type { NumberedPair, PairScorer } from './rating.ts';

/** Pairs between two progress reports. */
const TELL_EVERY = 4096;

export function openColumns(rule: ColumnsRule, mapping: Mapping): PairScorer {
  const table = new PairTable();
  const fields = new Set<string>();
  const read = ({ pair, value }: NumberedPair): void => {
    if (pair.isTie) return;
    const found = columnMargin(mapping, value, pair);
    if (!found) return;
    fields.add(found.field);
    table.set(identify(pair), found.margin);
  };
  return {
    kind: 'columns',
    name: rule.name ?? 'columns',
    get about() {
      return fields.size === 0
        ? ['The records hold no scores, ratings or votes that PrefLens knows.']
        : [`Differences of ${[...fields].map((name) => `"${name}"`).join(', ')} as the records have them.`];
    },
    warnings: [],
    account: (identity) => table.account(identity),
    refusal: () => undefined,
    async rate({ source, signal, onProgress }) {
      const pairs = source.facts.pairCount;
      let seen = 0;
      for await (const numbered of source.pass(() => true)) {
        read(numbered);
        if (++seen % TELL_EVERY !== 0) continue;
        signal.throwIfAborted();
        onProgress({ done: seen / pairs, scoredPairs: seen, pairs });
      }
    },
    learn(pair, value) {
      read({ number: 0, pair, value });
    },
    async ratePairs(pairs) {
      for (const numbered of pairs) read(numbered);
    },
    forget() {
      table.clear();
    },
    close: () => undefined,
  };
}
