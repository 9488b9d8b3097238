// The filter box: what is typed, the completions below it, and the queries used before.
import { t } from '#core/words/translate.ts';
import type { QueryCompletion } from '#protocol/editor/rows.ts';

import type { KeyPress } from './keys.ts';

const MAX_RECENT = 20;

export interface FilterBox {
  readonly text: string;
  /** Of the cursor, in UTF-16 units. */
  readonly caret: number;
  readonly items: readonly QueryCompletion[];
  /** False once the person closed the list: completions that arrive later don't open it again. */
  readonly isWanted: boolean;
  /** Number of the item that Enter takes; -1 for none. */
  readonly item: number;
  /** The latest first. */
  readonly recent: readonly string[];
}

export const EMPTY_FILTER: FilterBox = {
  text: '',
  caret: 0,
  items: [],
  isWanted: false,
  item: -1,
  recent: [],
};

export type FilterEvent =
  | { readonly kind: 'typed'; readonly text: string; readonly caret: number }
  /** Completions for this text, with the cursor at this place. */
  | {
      readonly kind: 'completed';
      readonly text: string;
      readonly caret: number;
      readonly items: readonly QueryCompletion[];
    }
  | { readonly kind: 'itemMoved'; readonly by: number }
  | { readonly kind: 'itemTaken'; readonly item: number }
  | { readonly kind: 'closed' }
  /** The person wants the rows of the text as it is. */
  | { readonly kind: 'applied' };

/** Queries used before, as completions of an empty box. */
function recentItems(recent: readonly string[]): readonly QueryCompletion[] {
  return recent.map((query) => ({ label: query, insert: query, start: 0, end: 0, detail: t('used before') }));
}

function withItem(box: FilterBox, { insert, start, end }: QueryCompletion): FilterBox {
  const text = box.text.slice(0, start) + insert + box.text.slice(end);
  return { ...box, text, caret: start + insert.length, items: [], isWanted: true, item: -1 };
}

/** Remembers a query; one that goes on from the latest takes its place. */
export function withRecent(recent: readonly string[], query: string): readonly string[] {
  if (query.trim() === '') return recent;
  return [query, ...recent.filter((one) => one !== query)].slice(0, MAX_RECENT);
}

export function reduceFilter(box: FilterBox, event: FilterEvent): FilterBox {
  switch (event.kind) {
    case 'typed': {
      const { text, caret } = event;
      // Completions of an earlier text would insert in the wrong place.
      const items = text === '' ? recentItems(box.recent) : [];
      return { ...box, text, caret, items, isWanted: true, item: -1 };
    }
    case 'completed': {
      const isLate = event.text !== box.text || event.caret !== box.caret || event.text === '';
      return isLate || !box.isWanted ? box : { ...box, items: event.items, item: -1 };
    }
    case 'itemMoved': {
      const count = box.items.length;
      // One place more than items: none of them.
      const next = count === 0 ? -1 : ((box.item + 1 + event.by + count + 1) % (count + 1)) - 1;
      return { ...box, item: next };
    }
    case 'itemTaken': {
      const item = box.items[event.item];
      return item ? withItem(box, item) : box;
    }
    case 'closed':
      return { ...box, items: [], isWanted: false, item: -1 };
    case 'applied':
      return { ...box, items: [], isWanted: false, item: -1, recent: withRecent(box.recent, box.text) };
  }
}

/** What a key means in the box; undefined if the browser handles it. */
export function filterKey(box: FilterBox, press: KeyPress): FilterEvent | 'leave' | undefined {
  if (press.isComposing || press.ctrlKey || press.altKey || press.metaKey) return undefined;
  const isOpen = box.items.length > 0;
  switch (press.key) {
    case 'ArrowDown':
      return isOpen ? { kind: 'itemMoved', by: 1 } : 'leave';
    case 'ArrowUp':
      return isOpen ? { kind: 'itemMoved', by: -1 } : undefined;
    case 'Tab':
      return isOpen && !press.shiftKey ? { kind: 'itemTaken', item: Math.max(0, box.item) } : undefined;
    case 'Enter':
      return box.item >= 0 ? { kind: 'itemTaken', item: box.item } : { kind: 'applied' };
    case 'Escape':
      return isOpen ? { kind: 'closed' } : 'leave';
    default:
      return undefined;
  }
}

/** Terms of a query, split at spaces outside of quotes. */
function termsOf(query: string): readonly string[] {
  return query.match(/(?:"[^"]*"|\S)+/g) ?? [];
}

export function hasTerm(query: string, term: string): boolean {
  return termsOf(query).includes(term);
}

/** Adds a term to a query, or takes it out. */
export function withTermToggled(query: string, term: string): string {
  const terms = termsOf(query);
  return (terms.includes(term) ? terms.filter((one) => one !== term) : [...terms, term]).join(' ');
}
