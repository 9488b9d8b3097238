// The whole text of a cell of the grid.
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import { jsonText } from '#core/model/json.ts';
import type { Turn } from '#core/model/pair.ts';
import { fieldOf } from '#core/query/fields.ts';

import type { OpenDataset } from './dataset.ts';

/** Characters of a text that a page shows in a cell. */
const MAX_TEXT = 200_000;

function turnsText(turns: readonly Turn[]): string {
  if (turns.length === 1) return turns[0]?.text ?? '';
  return turns.map(({ role, text }) => `${role}\n${text}`).join('\n\n');
}

function fieldText(dataset: OpenDataset, record: number, name: string): string {
  const raw = dataset.rawRecord(record);
  const [value] = raw ? objectsOf(parseRecord(raw)) : [];
  const field = value && fieldOf(value, name);
  return field === undefined ? '' : typeof field === 'string' ? field : jsonText(field);
}

function pairText(dataset: OpenDataset, record: number, index: number, column: string): string {
  const read = dataset.readRecord(record);
  const [pair, judgement] = [read?.pairs[index], read?.judgements[0]];
  switch (column) {
    case 'prompt': {
      const turns = (pair ?? judgement)?.prompt;
      return turns ? turnsText(turns) : dataset.source.textOf(dataset.rawRecord(record)?.bytes ?? NONE);
    }
    case 'chosen':
      return (pair?.chosen ?? judgement?.response)?.text ?? '';
    case 'rejected':
      return pair?.rejected.text ?? '';
    default:
      return '';
  }
}

const NONE = new Uint8Array(0);

/** @param column `prompt`, `chosen` or `rejected`, or a dot and the name of a field */
export function cellText(
  dataset: OpenDataset | undefined,
  record: number,
  pair: number,
  column: string,
): string {
  if (!dataset || record < 0) return '';
  const text = column.startsWith('.')
    ? fieldText(dataset, record, column.slice(1))
    : pairText(dataset, record, pair, column);
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
