// JSON documents of given records, in every layout that programs write.
import type { IsKnown } from '#core/json/documentCollector.ts';
import { layoutOf } from '#core/json/documentHead.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { CutRecord } from '#core/model/record.ts';
import { DocumentCutter } from '#formats/documents.ts';

import { encode } from './records.ts';

/** A document, and where its records are in it. */
export interface MadeDocument {
  readonly text: string;
  /** The records as they stand there. */
  readonly records: readonly string[];
}

type Random = () => number;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

/** Records in one layout: one line or indented, a record a line, under one or two keys, or one after the other, on one line too. */
export function documentOf(values: readonly unknown[], random: Random): MadeDocument {
  const newline = pick(random, ['\n', '\n', '\r\n']);
  const indent = pick(random, ['', '', '  ', '    ', '\t']);
  // A single object on one line is JSON Lines.
  const form = pick(random, [
    'list',
    'keyed',
    'sequence',
    'nested',
    ...(values.length > 1 ? ['shared', 'splits'] : ['list']),
  ]);
  const bom = random() < 0.2 ? '\ufeff' : '';
  const records = values.map((value) =>
    JSON.stringify(
      value,
      null,
      form === 'shared' ? '' : form === 'sequence' && indent === '' ? '  ' : indent,
    ).replaceAll('\n', newline),
  );
  const blank = pick(random, ['', ' ', newline, `${newline}  `]);
  if (form === 'sequence') {
    const text = bom + records.join(newline + blank.trimEnd()) + pick(random, ['', newline]);
    return { text, records };
  }
  if (form === 'shared') {
    const gaps = records.map((_, i) =>
      i === 0 ? '' : pick(random, ['', ' ', '\t', ...(i > 1 ? [newline, ` ${newline}${newline}`] : [])]),
    );
    const text = records.map((record, i) => (gaps[i] ?? '') + record).join('');
    return { text: bom + text + pick(random, ['', ' ', newline]), records };
  }
  const between = `${pick(random, ['', ' '])},${blank}`;
  const listOf = (own: readonly string[]): string => `[${blank}${own.join(between)}${blank}]`;
  if (form === 'splits') {
    const cut = 1 + Math.floor(random() * (records.length - 1));
    const names = pick(random, [
      ['train', 'test'],
      ['helpful', 'harmless'],
    ]);
    const text = `{"${names[0]!}": ${listOf(records.slice(0, cut))},${newline}"authors": [{"id": 1}, "]"], "${names[1]!}":${listOf(records.slice(cut))}${newline}}`;
    return { text: bom + text + pick(random, ['', newline]), records };
  }
  const list = listOf(records);
  const text =
    form === 'list'
      ? list
      : form === 'nested'
        ? nestedOf(records, listOf, newline, random)
        : `{${newline}${pick(random, ['', '"none": [],'])}"version": {"a": [1, "]}"]},${newline}"data": ${list}${pick(random, ['', ', "note": "[{"'])}${newline}}`;
  return { text: bom + text + pick(random, ['', newline]), records };
}

/** Lists one or two objects deep: splits of one dataset, or the same list in several objects. */
function nestedOf(
  records: readonly string[],
  listOf: (own: readonly string[]) => string,
  newline: string,
  random: Random,
): string {
  const cut = Math.floor(random() * records.length);
  const lists = [records.slice(0, cut), records.slice(cut)].filter((own) => own.length > 0).map(listOf);
  const [first = '', second] = lists;
  const about = '"about": {"a": [1, "]}"], "b": {"c": {}}}';
  return pick(random, [
    () =>
      `{"version": 2,${newline}"data": {"train": ${first}${second === undefined ? '' : `,${newline} "test":${second}`}}, ${about}}`,
    () =>
      `{${about},"train": {"pairs": ${first}}${second === undefined ? '' : `, "test":{ "pairs":${second}}`}}`,
    () =>
      `{"hh": {"splits": {"train": ${first}${second === undefined ? '' : `, "none": [], "test":${second}`}}, "n": 1}}`,
  ])();
}

export const isKnown: IsKnown = (sample) => recognise(sample) !== undefined;

/** The layout of a whole text; undefined if its records can't be cut. */
export function layoutIn(text: Uint8Array, isNamedJson = true): DocumentLayout | undefined {
  const layout = layoutOf(text, isKnown, { isWhole: true, isNamedJson });
  return layout === 'none' ? undefined : layout;
}

/** The records of a document that arrives in chunks of `size` bytes. */
export function cutDocument(
  text: Uint8Array | string,
  layout: DocumentLayout,
  size = Infinity,
  hasColumns = false,
): CutRecord[] {
  const bytes = typeof text === 'string' ? encode(text) : text;
  const cutter = new DocumentCutter(layout, { hasColumns });
  const records: CutRecord[] = [];
  const keep = (found: readonly CutRecord[]): void => {
    for (const raw of found) records.push({ ...raw, bytes: raw.bytes.slice() });
  };
  for (let at = 0; at < bytes.length; at += size) keep(cutter.push(bytes.subarray(at, at + size)));
  keep(cutter.end());
  return records;
}
