// The columns of the grid, and which cell a row has in each. Cells are data; view/cells.tsx draws them.
import { formatMargin, inGroups, marginSign } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { CellView, FieldColumn, RowView } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { VerdictView } from '#protocol/editor/views.ts';

/** How an answer is marked: as the better or the worse one, or as neither. */
export type AnswerTone = 'chosen' | 'rejected' | 'tie';

export const TONE_OF_VERDICT: Readonly<Record<VerdictView['kind'], AnswerTone>> = {
  good: 'chosen',
  bad: 'rejected',
  rated: 'tie',
  unrated: 'tie',
};

export interface Pill {
  readonly tone: 'edited' | 'verdict' | 'error' | 'warning' | 'information' | 'more';
  readonly text: string;
  readonly title?: string;
}

export type Cell =
  | { readonly kind: 'row'; readonly text: string; readonly note: string }
  | { readonly kind: 'number'; readonly text: string; readonly isNegative?: boolean }
  /** The start of a text; an answer has the tone of its side. */
  | { readonly kind: 'text'; readonly text: string; readonly tone?: AnswerTone }
  /** JSON as it stands in the file. */
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'pills'; readonly pills: readonly Pill[] }
  /** No text, and why: `unknown` is not loaded yet, `none` has no such thing. */
  | { readonly kind: 'blank'; readonly why: 'missing' | 'null' | 'empty' | 'unknown' | 'none' };

export interface Column {
  /** Of a field of the record, as a query spells it: a dot and its name. */
  readonly id: string;
  readonly title: () => string;
  /** Pixels; the least that an elastic column takes. */
  readonly width: number;
  /** Shares the space that is left. */
  readonly isElastic?: true;
  readonly isNumeric?: true;
  /** The fact or field to sort by. */
  readonly sort?: string;
  /** What the sort goes by, if the title does not say it. */
  readonly sortedBy?: () => string;
  readonly cellOf: (row: RowView) => Cell;
}

const NONE: Cell = { kind: 'blank', why: 'none' };

function numberCell(value: number | undefined): Cell {
  return value === undefined ? NONE : { kind: 'number', text: inGroups(value).replace('-', '−') };
}

function textCell(text: string, tone?: AnswerTone): Cell {
  return text === '' ? { kind: 'blank', why: 'empty' } : { kind: 'text', text, ...(tone && { tone }) };
}

function hasNoAnswers({ pairCount, verdict }: RowView): boolean {
  return pairCount === 0 && verdict === undefined;
}

function promptCell(row: RowView): Cell {
  if (row.record < 0) return { kind: 'text', text: row.prompt };
  return hasNoAnswers(row) ? { kind: 'raw', text: row.prompt } : textCell(row.prompt);
}

function answerCell(side: 'chosen' | 'rejected'): (row: RowView) => Cell {
  return (row) => {
    if (hasNoAnswers(row) || (row.verdict && side === 'rejected')) return NONE;
    const tone = row.verdict ? TONE_OF_VERDICT[row.verdict.kind] : row.isTie ? 'tie' : side;
    return textCell(row[side], tone);
  };
}

/** Pills of a row, one below the other. */
const MAX_PILLS = 2;

/** "+3" stands for those that have no room; its title names them. */
function fitting(pills: readonly Pill[]): readonly Pill[] {
  if (pills.length <= MAX_PILLS) return pills;
  const hidden = pills.slice(MAX_PILLS - 1);
  const title = hidden.map(({ text }) => text).join(', ');
  return [...pills.slice(0, MAX_PILLS - 1), { tone: 'more', text: `+${hidden.length}`, title }];
}

function pillsOf({ findings, isEdited, isDropped, verdict }: RowView): readonly Pill[] {
  const edited: Pill = { tone: 'edited', text: isDropped ? t('dropped') : t('edited') };
  return fitting([
    ...(isEdited || isDropped ? [edited] : []),
    ...(verdict ? [{ tone: 'verdict', text: verdict.words } as const] : []),
    ...findings.map(({ rule, severity, message }) => ({ tone: severity, text: rule, title: message })),
  ]);
}

function marginCell({ isTie, margin }: RowView): Cell {
  if (isTie) return { kind: 'number', text: t('tie') };
  if (margin === undefined) return NONE;
  return { kind: 'number', text: formatMargin(margin), isNegative: marginSign(margin) < 0 };
}

const ofPair =
  (value: (row: RowView) => number) =>
  (row: RowView): Cell =>
    numberCell(row.pairCount === 0 ? undefined : value(row));

/** The columns of every file with pairs. */
const PAIR_COLUMNS: readonly Column[] = [
  {
    id: 'row',
    title: () => t('Row'),
    width: 58,
    isNumeric: true,
    sort: 'record',
    cellOf: ({ record, pair, pairCount }) => ({
      kind: 'row',
      text: record < 0 ? t('file') : inGroups(record + 1),
      note: pairCount > 1 ? `${pair + 1}/${pairCount}` : '',
    }),
  },
  { id: 'margin', title: () => t('Margin'), width: 76, isNumeric: true, sort: 'margin', cellOf: marginCell },
  {
    id: 'findings',
    title: () => t('Findings'),
    width: 124,
    sort: 'severity',
    sortedBy: () => t('severity'),
    cellOf: (row) => ({ kind: 'pills', pills: pillsOf(row) }),
  },
  { id: 'prompt', title: () => t('Prompt'), width: 112, isElastic: true, cellOf: promptCell },
  {
    id: 'chosen',
    title: () => t('Chosen'),
    width: 124,
    isElastic: true,
    sort: 'chosen_length',
    sortedBy: () => t('length'),
    cellOf: answerCell('chosen'),
  },
  {
    id: 'rejected',
    title: () => t('Rejected'),
    width: 124,
    isElastic: true,
    sort: 'rejected_length',
    sortedBy: () => t('length'),
    cellOf: answerCell('rejected'),
  },
  {
    id: 'difference',
    title: () => t('Length difference'),
    width: 148,
    isNumeric: true,
    sort: 'length_difference',
    cellOf: ofPair(({ chosenLength, rejectedLength }) => chosenLength - rejectedLength),
  },
  {
    id: 'chosenLength',
    title: () => t('Chosen length'),
    width: 116,
    isNumeric: true,
    sort: 'chosen_length',
    cellOf: ofPair(({ chosenLength }) => chosenLength),
  },
  {
    id: 'rejectedLength',
    title: () => t('Rejected length'),
    width: 124,
    isNumeric: true,
    sort: 'rejected_length',
    cellOf: ofPair(({ rejectedLength }) => rejectedLength),
  },
];

/** Those that say nothing of answers that stand alone. */
const OF_PAIRS_ALONE = new Set(['margin', 'rejected', 'difference', 'chosenLength', 'rejectedLength']);

const HIDDEN_AT_FIRST = new Set(['chosenLength', 'rejectedLength']);

/** Names of fields that say where a record comes from. */
const SOURCE = /^\.(?:source|data_?source|dataset|subset|origin|domain|category)$/i;

function fieldCell(cell: CellView | undefined): Cell {
  if (!cell) return { kind: 'blank', why: 'unknown' };
  switch (cell.kind) {
    case 'missing':
    case 'null':
    case 'empty':
      return { kind: 'blank', why: cell.kind };
    case 'number':
      return { kind: 'number', text: cell.text };
    case 'text':
      return { kind: 'text', text: cell.text };
    case 'boolean':
    case 'list':
    case 'object':
      return { kind: 'raw', text: cell.text };
  }
}

function fieldColumn({ name, kind, isScalar, isRating }: FieldColumn): Column {
  const id = isRating ? name : `.${name}`;
  return {
    id,
    title: () => name,
    width: kind === 'number' || kind === 'boolean' ? 100 : 160,
    ...(kind === 'number' && { isNumeric: true }),
    ...(isScalar && { sort: id }),
    cellOf: ({ cells }) => fieldCell(cells[name]),
  };
}

/** The name of the field or the rating that a column shows; undefined for the columns of every file. */
export function fieldOfColumn(id: string): string | undefined {
  if (id.startsWith('.')) return id.slice(1);
  return id.includes('.') ? id : undefined;
}

/** All columns that a file can show, in the order in which people choose from them. */
export function columnsOf(
  status: DatasetStatus | undefined,
  fields: readonly FieldColumn[],
): readonly Column[] {
  const standAlone = status?.pairCount === 0 && status.judgementCount > 0;
  const ofFile = standAlone
    ? PAIR_COLUMNS.filter(({ id }) => !OF_PAIRS_ALONE.has(id)).map((column) =>
        column.id === 'chosen' ? { ...column, title: () => t('Answer') } : column,
      )
    : PAIR_COLUMNS;
  return [...ofFile, ...fields.map(fieldColumn)];
}

/** The columns that are shown until a person chooses. */
export function shownAtFirst(columns: readonly Column[]): readonly string[] {
  const source = columns.find(({ id }) => SOURCE.test(id));
  return columns
    .filter(
      (column) =>
        column === source || (fieldOfColumn(column.id) === undefined && !HIDDEN_AT_FIRST.has(column.id)),
    )
    .map(({ id }) => id);
}
