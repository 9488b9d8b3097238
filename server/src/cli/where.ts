// `--where`: the pairs that a query selects, for commands that act on those alone.
import type { Included } from '#core/portrait/portrait.ts';
import type { Rows } from '#core/query/pick.ts';
import type { Query } from '#core/query/query.ts';
import { plural } from '#core/words/numbers.ts';
import { queryOf, selectPairs } from '#node/selectRows.ts';

import type { Command } from './command.ts';
import type { KnownFile } from './known.ts';
import { fieldNames, searched } from './known.ts';

/** A query as a person wrote it. */
export interface Where {
  readonly text: string;
  readonly query: Query;
}

/** Throws a user error for a query with a fault. Undefined where none is given. */
export function whereOf(text: string | undefined): Where | undefined {
  return text === undefined || text.trim() === '' ? undefined : { text, query: queryOf(text) };
}

/** What a finding, a pair or a record is about. */
interface Place {
  readonly record: number;
  readonly pair?: number | undefined;
}

/** Some pairs of a file, and records without pairs. */
export class ChosenPairs {
  readonly #known: KnownFile;
  /** By the number of the pair in the file. */
  readonly #pairs: Uint8Array;
  /** How many places of a record are chosen. */
  readonly #records: Uint32Array;

  constructor(known: KnownFile, { records, pairs }: Rows) {
    const { facts } = known.facts;
    this.#known = known;
    this.#pairs = new Uint8Array(facts.pairCount);
    this.#records = new Uint32Array(facts.recordCount);
    records.forEach((record, i) => {
      const [from, to] = facts.pairsOf(record);
      const pair = from + (pairs[i] ?? 0);
      if (pair < to) this.#pairs[pair] = 1;
      this.#records[record] = (this.#records[record] ?? 0) + 1;
    });
  }

  /** A pair, or a record with a chosen one. What is said of the whole file is about no pair. */
  has({ record, pair }: Place): boolean {
    const [from, to] = record < 0 ? [0, 0] : this.#known.facts.facts.pairsOf(record);
    return pair === undefined || from + pair >= to
      ? (this.#records[record] ?? 0) > 0
      : this.#pairs[from + pair] === 1;
  }

  /** All pairs of a record are chosen, so that what is done to the record is done to them alone. */
  hasAll(record: number): boolean {
    const [from, to] = this.#known.facts.facts.pairsOf(record);
    return this.#records[record] === Math.max(1, to - from);
  }

  get counts(): {
    readonly recordCount: number;
    readonly pairCount: number;
    readonly tieCount: number;
    readonly judgementCount: number;
  } {
    const { facts } = this.#known.facts;
    const tieCount = this.#pairs.reduce(
      (sum, has, pair) => sum + (has === 1 && facts.isTie(pair) ? 1 : 0),
      0,
    );
    const [recordCount, judgementCount] = this.#records.reduce<[number, number]>(
      ([records, judgements], has, record) =>
        has > 0 ? [records + 1, judgements + (facts.records.judgements[record] ?? 0)] : [records, judgements],
      [0, 0],
    );
    const pairCount = this.#pairs.reduce((sum, has) => sum + has, 0);
    return { recordCount, pairCount, tieCount, judgementCount };
  }

  /** "12 of 580 pairs match". */
  get words(): string {
    const { pairCount, recordCount } = this.counts;
    const { facts } = this.#known.facts;
    return facts.pairCount > 0
      ? `${pairCount.toLocaleString('en')} of ${plural(facts.pairCount, 'pair')} match`
      : `${recordCount.toLocaleString('en')} of ${plural(facts.recordCount, 'record')} match`;
  }

  hasPair(pair: number): boolean {
    return this.#pairs[pair] === 1;
  }
}

/** A portrait of chosen pairs alone. @param files in the order of the portrait */
export function includedOf(files: readonly ChosenPairs[]): Included {
  return {
    record: (file, record) => files[file]?.has({ record }) ?? false,
    pair: (file, pair) => files[file]?.hasPair(pair) ?? false,
  };
}

/** The pairs of a file that a query selects. Throws for a name that no record has. Says which rules did not run. */
export async function choosePairs(command: Command, { text }: Where, known: KnownFile): Promise<ChosenPairs> {
  const query = queryOf(text, await fieldNames(known.file));
  const rows = await searched(command, query, known, async (reader) =>
    selectPairs(text, query, known.facts, reader),
  );
  return new ChosenPairs(known, rows);
}
