// Margins of whole pairs by pair key; the order of the answers gives the sign.
import type { Identity, PairIdentities } from '#core/model/identity.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import type { Member } from '#core/reward/ensemble.ts';
import type { Account } from '#core/reward/reading.ts';
import { chosenIsFirst } from '#core/reward/reading.ts';
import { ScoreTable } from '#core/reward/table.ts';
import { CONSISTENCY_VERSION } from '#core/score/consistency.ts';
import type { Explanation } from '#core/score/explain.ts';
import { t } from '#core/words/translate.ts';

export class PairTable {
  readonly #table = new ScoreTable(1);

  get count(): number {
    return this.#table.count;
  }

  clear(): void {
    this.#table.clear();
  }

  set(identity: Identity, margin: number): void {
    const value = chosenIsFirst(identity) ? margin : -margin;
    this.#table.set({ key: pairKey(identity), values: [value], tokens: 0, flags: 0, provider: 0, time: 0 });
  }

  account(identity: Identity): Account | undefined {
    const row = this.#table.rowOf(pairKey(identity));
    if (row < 0) return undefined;
    const value = this.#table.values(row)[0] ?? Number.NaN;
    return { margin: chosenIsFirst(identity) ? value : -value, flags: 0, time: 0, provider: 0 };
  }
}

/** The built-in scorer as a member of an ensemble, by its margins. `read` explains pairs, and scores those that edits bring. */
export function consistencyMember(
  pairs: PairIdentities,
  margins: ArrayLike<number>,
  read: (pair: Pair, record: JsonObject, max?: number, file?: string) => Explanation,
): Member {
  const table = new PairTable();
  for (let pair = 0; pair < pairs.pairCount; pair++) {
    const margin = margins[pair] ?? Number.NaN;
    if (!pairs.isTie(pair) && !Number.isNaN(margin)) table.set(pairs.identity(pair), margin);
  }
  return {
    kind: 'consistency',
    name: 'consistency',
    version: CONSISTENCY_VERSION,
    get about() {
      return [t('Judges consistency with the rest of this file, not truth.')];
    },
    account: (identity) => table.account(identity),
    refusal: () => undefined,
    explain: (pair, record, max, file) => read(pair, record, max, file).reasons,
    learn(pair, record) {
      if (!pair.isTie) table.set(identify(pair), read(pair, record, 0).margin);
    },
  };
}
