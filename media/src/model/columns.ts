// The columns of a list: how wide each is, and which cell a row has in it. Cells are data; view/cells.tsx draws them.
import { formatMargin, marginSign } from '#core/words/numbers.ts';
import type { RowView } from '#protocol/editor/rows.ts';
import type { VerdictView } from '#protocol/editor/views.ts';

/** How an answer is marked: as the better or the worse one, or as neither. */
export type AnswerTone = 'chosen' | 'rejected' | 'tie';

export const TONE_OF_VERDICT: Readonly<Record<VerdictView['kind'], AnswerTone>> = {
  good: 'chosen',
  bad: 'rejected',
  rated: 'tie',
  unrated: 'tie',
};

export interface AnswerStart {
  readonly tone: AnswerTone;
  readonly text: string;
}

export interface Pill {
  readonly tone: 'edited' | 'verdict' | 'error' | 'warning' | 'information' | 'more';
  readonly text: string;
  readonly title?: string;
}

export type Cell =
  | { readonly kind: 'number'; readonly text: string; readonly note: string }
  | { readonly kind: 'margin'; readonly text: string; readonly isNegative: boolean }
  /** The end of the prompt above the starts of its answers. */
  | { readonly kind: 'texts'; readonly prompt: string; readonly answers: readonly AnswerStart[] }
  /** A record in which no answers were found. */
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'label'; readonly text: string }
  | { readonly kind: 'pills'; readonly pills: readonly Pill[] };

export interface Column<Row> {
  readonly name: string;
  /** A track of a CSS grid. It must not depend on its cells, or the columns of two rows would not line up. */
  readonly width: string;
  readonly cellOf: (row: Row) => Cell;
}

function textsOf({ record, prompt, chosen, rejected, pairCount, isTie, verdict }: RowView): Cell {
  if (record < 0) return { kind: 'label', text: prompt };
  if (verdict)
    return { kind: 'texts', prompt, answers: [{ tone: TONE_OF_VERDICT[verdict.kind], text: chosen }] };
  if (pairCount === 0) return { kind: 'raw', text: prompt };
  const tone = (side: 'chosen' | 'rejected'): AnswerTone => (isTie ? 'tie' : side);
  return {
    kind: 'texts',
    prompt,
    answers: [
      { tone: tone('chosen'), text: chosen },
      { tone: tone('rejected'), text: rejected },
    ],
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
  const edited: Pill = { tone: 'edited', text: isDropped ? 'dropped' : 'edited' };
  return fitting([
    ...(isEdited || isDropped ? [edited] : []),
    ...(verdict ? [{ tone: 'verdict', text: verdict.words } as const] : []),
    ...findings.map(({ rule, severity, message }) => ({ tone: severity, text: rule, title: message })),
  ]);
}

/** The columns of the dataset page. */
export const DATASET_COLUMNS: readonly Column<RowView>[] = [
  {
    name: 'number',
    width: '5em',
    cellOf: ({ record, pair, pairCount }) => ({
      kind: 'number',
      text: record < 0 ? 'file' : (record + 1).toLocaleString('en'),
      note: pairCount > 1 ? `${pair + 1}/${pairCount}` : '',
    }),
  },
  {
    name: 'margin',
    width: '3.6em',
    cellOf: ({ isTie, margin }) => ({
      kind: 'margin',
      text: isTie ? 'tie' : margin === undefined ? '' : formatMargin(margin),
      isNegative: !isTie && marginSign(margin ?? 0) < 0,
    }),
  },
  { name: 'texts', width: 'minmax(0, 1fr)', cellOf: textsOf },
  {
    name: 'pills',
    width: 'minmax(0, 9em)',
    cellOf: (row) => ({ kind: 'pills', pills: pillsOf(row) }),
  },
];

/** The tracks of a row, for `grid-template-columns`. */
export function tracksOf(columns: readonly Column<never>[]): string {
  return columns.map(({ width }) => width).join(' ');
}
