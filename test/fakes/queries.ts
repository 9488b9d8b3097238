// Queries over records in memory: by the plain meaning of each term, and with all that makes a search fast.
import type { Survey } from '#core/dataset/survey.ts';
import type { KnownFacts } from '#core/query/facts.ts';
import type { Picked } from '#core/query/pick.ts';
import { pickRows } from '#core/query/pick.ts';
import type { Query } from '#core/query/query.ts';
import { readQuery } from '#core/query/query.ts';
import { masksOf } from '#core/query/readRecord.ts';
import { searchParts } from '#node/searchFile.ts';
import { searchRange } from '#node/searchRange.ts';

import { cut, encode, survey } from './records.ts';

export interface QueriedText {
  readonly bytes: Uint8Array;
  readonly survey: Survey;
  readonly facts: KnownFacts;
}

export function queriedText(text: string | Uint8Array, more: Partial<KnownFacts> = {}): QueriedText {
  const bytes = typeof text === 'string' ? encode(text) : text;
  const found = survey(bytes);
  const mapping = found.recognition?.mapping;
  const facts: KnownFacts = {
    facts: found.facts,
    findings: found.findings,
    kept: [],
    schemas: mapping ? [mapping.id, ...(mapping.others ?? []).map(({ id }) => id)] : [],
    isEdited: () => false,
    isDropped: () => false,
    ...more,
  };
  return { bytes, survey: found, facts };
}

/** Throws for a query with a fault. */
export function queryOf(text: string, fields?: readonly string[]): Query {
  const query = readQuery(text, fields);
  if ('fault' in query) throw new Error(`${text}: ${query.fault.message}`);
  return query;
}

/** Reads every record. */
export function plainly({ bytes, survey: { recognition }, facts }: QueriedText, text: string): Picked {
  const query = queryOf(text);
  const masks = cut(bytes).map((raw) => masksOf(raw, recognition, query.leaves));
  const known = {
    isRead: () => true,
    maskOf: (record: number, pair: number) => masks[record]?.[pair] ?? masks[record]?.[0] ?? 0,
  };
  return pickRows(query, facts, known, undefined);
}

/** Decides by facts first, and parses only records whose bytes may hold what the query needs. */
export async function fast(
  { bytes, survey: { facts: columns, recognition }, facts }: QueriedText,
  text: string,
): Promise<{ picked: Picked; read: number }> {
  const query = queryOf(text);
  const { open } = pickRows(query, facts, { isRead: () => false, maskOf: () => 0 }, undefined);
  const from = { kind: 'bytes', bytes } as const;
  const parts = await searchParts(
    { name: 'test', from, edited: new Map(), maxRecordBytes: 1e9 },
    columns,
    open,
  );
  const masks = new Map<number, readonly number[]>();
  for (const { wanted } of parts) {
    const found = await searchRange({ ...wanted, query: text, recognition });
    found.records.forEach((record, i) => masks.set(record, [found.masks[i] ?? 0]));
    for (const [record, own] of found.differing) masks.set(record, own);
  }
  const known = {
    isRead: () => true,
    maskOf: (record: number, pair: number) => masks.get(record)?.[pair] ?? masks.get(record)?.[0] ?? 0,
  };
  return { picked: pickRows(query, facts, known, undefined), read: masks.size };
}

/** The numbers of the selected records, from 1. */
export const numbersOf = ({ records }: Picked): number[] => [...records].map((record) => record + 1);

const MARKS = ['', '**bold** ', '`code` ', '- point\n- point ', 'Why?! '];

/** Pairs of many lengths and styles, with two models, ties and three sources, as JSON Lines. */
export function variedPairs(count: number, random: () => number): string {
  const answer = (i: number): string =>
    `${MARKS[Math.floor(MARKS.length * random())]}${'x'.repeat(Math.floor(Math.exp(8 * random())))} ${i}`;
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      prompt: `${'q'.repeat(Math.floor(900 * random()))} ${i}`,
      response_a: answer(i),
      response_b: answer(i),
      winner: ['model_a', 'model_b', 'tie'][i % 5 === 0 ? 2 : i % 2],
      source: `s "${i % 3}"`,
    }),
  ).join('\n');
}
