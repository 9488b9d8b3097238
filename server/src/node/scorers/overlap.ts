// Overlap with a reference answer in the record, as a scorer.
import { formatKey } from '#core/hash.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { namesRead } from '#core/mapping/read.ts';
import type { Identity } from '#core/model/identity.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { measureOf, overlapLine, overlapsOf, referencesIn } from '#core/reward/overlap.ts';
import type { Account } from '#core/reward/reading.ts';
import { chosenIsFirst } from '#core/reward/reading.ts';
import type { OverlapRule } from '#core/reward/scorerRule.ts';
import { REFUSED, ScoreTable } from '#core/reward/table.ts';
import { t } from '#core/words/translate.ts';

import type { PairScorer } from './rating.ts';

/** Pairs between two progress reports. */
const TELL_EVERY = 256;

export function openOverlap(rule: OverlapRule, mapping: Mapping): PairScorer {
  const measure = measureOf(rule);
  const name = rule.name ?? measure.title;
  const read = namesRead(mapping);
  /** Overlaps of both answers by pair, that of the lower key first. */
  const overlaps = new ScoreTable(2);
  const refusals = new Map<string, string>();
  /** Where references stood. */
  const fields = new Set<string>();

  const take = (pair: Pair, record: JsonObject): void => {
    if (pair.isTie) return;
    const identity = identify(pair);
    const key = pairKey(identity);
    const found = overlapsOf(rule, pair, record, read);
    if ('why' in found) refusals.set(formatKey(key), found.why);
    else {
      refusals.delete(formatKey(key));
      fields.add(found.field);
    }
    const { chosen, rejected } = 'why' in found ? { chosen: Number.NaN, rejected: Number.NaN } : found;
    overlaps.set({
      key,
      values: chosenIsFirst(identity) ? [chosen, rejected] : [rejected, chosen],
      tokens: 0,
      flags: 'why' in found ? REFUSED : 0,
      provider: 0,
      time: 0,
    });
  };

  const account = (identity: Identity): Account | undefined => {
    const row = overlaps.rowOf(pairKey(identity));
    if (row < 0) return undefined;
    const common = { flags: overlaps.flags(row), time: 0, provider: 0 };
    const [first = Number.NaN, second = Number.NaN] = overlaps.values(row);
    if (Number.isNaN(first)) return { ...common, margin: Number.NaN };
    const [chosenReward, rejectedReward] = chosenIsFirst(identity) ? [first, second] : [second, first];
    return { ...common, margin: chosenReward - rejectedReward, chosenReward, rejectedReward };
  };

  return {
    kind: 'overlap',
    name,
    get about() {
      const where = fields.size > 0 ? [...fields] : rule.field === undefined ? [] : [rule.field];
      return [
        where.length === 0
          ? t('No record holds a reference that PrefLens knows; “field” names it.')
          : t(
              '{0} with the reference in {1}.',
              measure.title,
              where.map((field) => `"${field}"`).join(t(', ')),
            ),
        t(measure.about),
      ];
    },
    warnings: [],
    account,
    refusal: (identity) => refusals.get(formatKey(pairKey(identity))),
    details(identity, record) {
      const { chosenReward: chosen, rejectedReward: rejected } = account(identity) ?? {};
      if (chosen === undefined || rejected === undefined) return [];
      const field = referencesIn(rule, record, read)?.field ?? '';
      return [overlapLine(rule, { field, chosen, rejected })];
    },
    async rate({ source, signal, onProgress }) {
      const pairs = source.facts.pairCount;
      let seen = 0;
      for await (const { pair, value } of source.pass(() => true)) {
        signal.throwIfAborted();
        take(pair, value);
        if (++seen % TELL_EVERY === 0) onProgress({ done: seen / pairs, scoredPairs: seen, pairs });
      }
    },
    learn: take,
    async ratePairs(pairs) {
      for (const { pair, value } of pairs) take(pair, value);
    },
    forget() {
      overlaps.clear();
      refusals.clear();
      fields.clear();
    },
    close: () => undefined,
  };
}
