// The scores in the records of a dataset, as a scorer.
import { columnMargin } from '#core/mapping/columnMargin.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { namedVotes } from '#core/mapping/namedVotes.ts';
import { identify } from '#core/model/identity.ts';
import type { Account } from '#core/reward/reading.ts';
import type { ColumnsRule } from '#core/reward/scorerRule.ts';
import { VoteBook } from '#core/reward/voteBook.ts';
import { t } from '#core/words/translate.ts';

import { PairTable } from './pairTable.ts';
import type { NumberedPair, PairScorer } from './rating.ts';

/** Pairs between two progress reports. */
const TELL_EVERY = 4096;

export function openColumns(rule: ColumnsRule, mapping: Mapping): PairScorer {
  const table = new PairTable();
  const book = new VoteBook();
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
      const { about } = book;
      if (about.length > 0) return about;
      return fields.size === 0
        ? [t('The records hold no scores, ratings or votes that PrefLens knows.')]
        : [
            t(
              'Differences of {0} as the records have them.',
              [...fields].map((name) => `"${name}"`).join(t(', ')),
            ),
          ];
    },
    warnings: [],
    account(identity): Account | undefined {
      const margin = book.margin(identity);
      return margin === undefined ? table.account(identity) : { margin, flags: 0, time: 0, provider: 0 };
    },
    refusal: () => undefined,
    details: (identity) => book.details(identity),
    async rate({ source, signal, onProgress }) {
      const pairs = source.facts.pairCount;
      let seen = 0;
      book.clear();
      for await (const numbered of source.pass(() => true)) {
        const { pair, value } = numbered;
        read(numbered);
        const votes = namedVotes(mapping, value, pair);
        if (votes.length > 0) book.add(identify(pair), votes);
        if (++seen % TELL_EVERY !== 0) continue;
        signal.throwIfAborted();
        onProgress({ done: seen / pairs, scoredPairs: seen, pairs });
      }
      book.fit();
    },
    learn(pair, value) {
      read({ number: 0, pair, value });
      const votes = namedVotes(mapping, value, pair);
      if (votes.length > 1) book.replace(identify(pair), votes);
    },
    async ratePairs(pairs) {
      for (const numbered of pairs) read(numbered);
    },
    forget() {
      table.clear();
      book.clear();
    },
    close: () => undefined,
  };
}
