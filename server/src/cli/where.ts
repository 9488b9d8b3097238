// `--where`: the pairs that a query selects, for commands that act on those alone.
import type { Facts } from '#core/facts/facts.ts';
import { ChosenPairs } from '#core/query/chosen.ts';
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

/** "12 of 580 pairs match". */
export function matchWords(chosen: ChosenPairs, facts: Facts): string {
  const { pairCount, recordCount } = chosen.counts;
  return facts.pairCount > 0
    ? `${pairCount.toLocaleString('en')} of ${plural(facts.pairCount, 'pair')} match`
    : `${recordCount.toLocaleString('en')} of ${plural(facts.recordCount, 'record')} match`;
}

/** The pairs of a file that a query selects. Throws for a name that no record has. Says which rules did not run. */
export async function choosePairs(command: Command, { text }: Where, known: KnownFile): Promise<ChosenPairs> {
  const query = queryOf(text, await fieldNames(known.file));
  const rows = await searched(command, query, known, async (reader) =>
    selectPairs(text, query, known.facts, reader),
  );
  return ChosenPairs.of(known.facts.facts, rows);
}
