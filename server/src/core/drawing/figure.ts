// A figure as plain data.
import { t } from '../words/translate.ts';
import type { Shape } from './svg.ts';

/** A cell of a table: words, or a number to align. */
export interface Cell {
  readonly words: string;
  readonly isNumber?: boolean;
}

export interface Row {
  readonly cells: readonly Cell[];
  /** The rows of the dataset that it counts, in the query language. */
  readonly query?: string | undefined;
}

/** The numbers of a picture, for people who read rather than look. */
export interface Table {
  readonly columns: readonly Cell[];
  readonly rows: readonly Row[];
}

/** A place where a drag selects a range of values. */
export interface Brush {
  /** The plot, in the units of the picture. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** The bins that are drawn, all equally wide. */
  readonly first: number;
  readonly last: number;
  /** The query for a range of bins, both ends inclusive. */
  readonly queryOf: (first: number, last: number) => string;
}

/** A part of a portrait, ready to be drawn: a picture with its numbers, or why there is none. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What the picture shows, what it counts, and what it can't say. */
  readonly caption: string;
  /** What a click or a drag selects, if that needs words. */
  readonly note?: string;
  readonly picture?: Shape;
  /** Colours and what they mean. */
  readonly key?: readonly { readonly name: string; readonly label: string }[];
  readonly table?: Table;
  readonly brush?: Brush;
}

/** What stands behind the bars of a histogram. */
export const behindKey = (behind: unknown): readonly { readonly name: string; readonly label: string }[] =>
  behind === undefined ? [] : [{ name: 'behind', label: t('all rows, scaled to as many pairs') }];

export const words = (...texts: readonly string[]): readonly Cell[] => texts.map((one) => ({ words: one }));

export const number = (text: string): Cell => ({ words: text, isNumber: true });
