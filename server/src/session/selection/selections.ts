// The rows of one file that queries, sorts and samples select. What has to be read for them is read by threads, in the
// background: `select` returns what is known so far, and `found` tells when there is more.
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import { UserError } from '#core/messages.ts';
import type { Json } from '#core/model/json.ts';
import type { RowKey } from '#core/query/arrange.ts';
import { arrange } from '#core/query/arrange.ts';
import type { Column, ColumnPart } from '#core/query/column.ts';
import { carriedColumn } from '#core/query/column.ts';
import { fieldOf } from '#core/query/fields.ts';
import type { Known } from '#core/query/pick.ts';
import { pickRows } from '#core/query/pick.ts';
import type { Query } from '#core/query/query.ts';
import { readQuery } from '#core/query/query.ts';
import type { SortKey } from '#core/query/sortKey.ts';
import { fieldsRead, sortKeyOf } from '#core/query/sortKey.ts';
import type { Fault } from '#core/query/syntax.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { searchParts, workOnParts } from '#node/searchFile.ts';
import type { RangeRunner } from '#node/threads.ts';
import type { Found, RowSelection } from '#protocol/editor/rows.ts';

import type { OpenDataset } from '../dataset.ts';
import type { Carried } from '../sources/resurvey.ts';
import { factsOf, topFields } from './known.ts';
import { Latest } from './latest.ts';
import { noteOf } from './notes.ts';
import { Search } from './search.ts';
import type { Selected } from './selected.ts';
import { nothing, selectedRows } from './selected.ts';

export interface SelectionPorts {
  ranges(): RangeRunner;
  found(found: Found): void;
}

/** Kept at a time: each holds some bytes for each record of the file. */
const MAX_SEARCHES = 6;
const MAX_COLUMNS = 4;
const MAX_SELECTIONS = 4;

/** Searches that run at a time. The latest ones go on. */
const MAX_RUNNING = 2;

/** Shortest time between two notifications of a search, in milliseconds. */
const NOTIFY_MS = 100;

/** The column of a field: known, being read, or why it cannot be. */
interface ColumnState {
  column: Column | undefined;
  running: AbortController | undefined;
  done: number;
  fault: string | undefined;
}

/** Names a selection. */
export function keyOf({ order, query, sort, sample }: RowSelection): string {
  const text = query.trim();
  if (text === '' && !sort && !sample) return order;
  return JSON.stringify([
    order,
    text,
    sort ? [sort.field, sort.isDescending] : null,
    sample ? [sample.count, sample.seed, sample.by ?? null] : null,
  ]);
}

export class Selections {
  readonly #dataset: OpenDataset;
  readonly #ports: SelectionPorts;
  readonly #searches = new Latest<Search>(MAX_SEARCHES, (search) => {
    search.stop();
  });
  readonly #columns = new Latest<ColumnState>(MAX_COLUMNS, ({ running }) => running?.abort());
  readonly #selections = new Latest<{ readonly stamp: string; readonly selected: Selected }>(MAX_SELECTIONS);
  /** Selections that wait for what is read, by key. */
  readonly #waiting = new Latest<RowSelection>(MAX_SELECTIONS);
  #fields: readonly string[] | undefined;
  #notifyAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(dataset: OpenDataset, ports: SelectionPorts) {
    this.#dataset = dataset;
    this.#ports = ports;
  }

  /** Follows an edit, or forgets everything if all was read again. Call it when the dataset changed. */
  changed(carried?: Carried): void {
    this.#selections.clear();
    if (!carried) {
      this.#searches.clear();
      this.#columns.clear();
      this.#waiting.clear();
      this.#fields = undefined;
      return;
    }
    const { recordCount } = carried.survey.facts;
    for (const [, search] of this.#searches.entries) search.carry(carried.renumber, recordCount);
    for (const [field, state] of this.#columns.entries) {
      state.running?.abort();
      state.running = undefined;
      state.column &&= carriedColumn(state.column, carried.renumber, recordCount, carried.changed, (record) =>
        this.#valueOf(record, field),
      );
    }
  }

  close(): void {
    this.changed();
    clearTimeout(this.#timer);
  }

  /** The rows of a selection. Begins to read what is missing for them. */
  select(selection: RowSelection): Selected {
    const key = keyOf(selection);
    if (key === selection.order) return this.#whole(selection);
    if (!this.#dataset.isReady) return nothing(key, { search: { done: 0, hits: 0 } });
    const query = this.#queryOf(selection.query);
    if ('fault' in query) return nothing(key, { fault: query.fault });
    const end = selection.query.length;
    const keys = [selection.sort?.field, selection.sample?.by].map((name) =>
      name === undefined ? undefined : sortKeyOf(name),
    );
    for (const one of keys)
      if (one?.kind === 'fault') return nothing(key, { fault: { message: one.message, start: end, end } });
    const search = query.leaves.length > 0 ? this.#searchOf(selection.query.trim()) : undefined;
    const columns = keys.map((one) => (one?.kind === 'field' ? this.#columnOf(one.field) : undefined));
    const stamp = [this.#dataset.revision, search?.version, ...columns.map((one) => one?.done)].join(' ');
    const known = this.#selections.get(key);
    if (known?.stamp === stamp) return known.selected;
    const selected = this.#make(key, selection, query, search, keys, columns);
    this.#selections.set(key, { stamp, selected });
    return selected;
  }

  /** A query, and what was searched for it so far; undefined if it needs no search. */
  known(
    text: string,
  ): { readonly query: Query; readonly masks: Known | undefined } | { readonly fault: Fault } {
    const query = this.#queryOf(text);
    if ('fault' in query) return query;
    return { query, masks: query.leaves.length > 0 ? this.#searchOf(text.trim()).masks : undefined };
  }

  /** All rows of an order. */
  #whole({ order }: RowSelection): Selected {
    const dataset = this.#dataset;
    if (order === 'findings') {
      const places = dataset.reviewOrder();
      return {
        key: order,
        total: places.length,
        place: (index) => places[index],
        indexOf: (record, pair) => dataset.reviewIndex(record, pair),
      };
    }
    const { recordCount } = dataset.survey.facts;
    return {
      key: order,
      total: recordCount,
      place: (index) => (index < recordCount ? { record: index } : undefined),
      indexOf: (record) => (record < recordCount ? record : -1),
    };
  }

  #queryOf(text: string): Query | { readonly fault: Fault } {
    this.#fields ??= topFields(this.#dataset);
    const query = readQuery(text, this.#fields);
    if (!('fault' in query)) return query;
    // An edit may have added the field.
    this.#fields = topFields(this.#dataset);
    return readQuery(text, this.#fields);
  }

  #searchOf(query: string): Search {
    const before = this.#searches.get(query);
    if (before) return before;
    const search = new Search(this.#dataset.survey.facts.recordCount);
    this.#searches.set(query, search);
    return search;
  }

  #columnOf(field: string): ColumnState {
    const before = this.#columns.get(field);
    if (before && (before.column || before.running || before.fault !== undefined)) return before;
    const state: ColumnState = { column: undefined, running: undefined, done: 0, fault: undefined };
    this.#columns.set(field, state);
    void this.#readColumn(field, state);
    return state;
  }

  #make(
    key: string,
    selection: RowSelection,
    query: Query,
    search: Search | undefined,
    keys: readonly (SortKey | undefined)[],
    columns: readonly (ColumnState | undefined)[],
  ): Selected {
    const dataset = this.#dataset;
    const { order, sort, sample } = selection;
    const facts = factsOf(dataset);
    const picked = pickRows(
      query,
      facts,
      search?.masks,
      order === 'findings' ? dataset.reviewOrder() : undefined,
    );
    if (search && picked.open.length > 0 && !search.running && !search.fault)
      void this.#runSearch(selection.query.trim(), query, search, picked.open);
    const isReading = search?.running !== undefined || columns.some((one) => one?.running);
    if (isReading) this.#waiting.set(key, selection);
    else this.#waiting.delete(key);
    const done = Math.min(
      search?.running ? search.done : 1,
      ...columns.map((one) => (one?.running ? one.done : 1)),
    );
    const end = selection.query.length;
    const message = columns.find((one) => one?.fault !== undefined)?.fault;
    const more = {
      ...(isReading && { search: { done, hits: picked.records.length } }),
      ...(search?.fault && { fault: search.fault }),
      ...(message !== undefined && { fault: { message, start: end, end } }),
      ...noteOf(query, dataset),
    };
    // Rows that would come in another order, or be others, a moment later.
    if (columns.some((one) => one && !one.column) || (sample && isReading)) return nothing(key, more);
    const keyAt = (at: number): RowKey | undefined => {
      const own = keys[at];
      return own && { key: own, column: columns[at]?.column };
    };
    const by = keyAt(0);
    const rows = arrange(picked, facts, {
      sort: sort && by && { by, isDescending: sort.isDescending },
      sample: sample && { ...sample, by: keyAt(1) },
    });
    return selectedRows(key, picked, rows, order === 'findings', more);
  }

  #valueOf(record: number, field: string): Json | undefined {
    const raw = this.#dataset.rawRecord(record);
    const [object] = raw ? objectsOf(parseRecord(raw)) : [];
    return object && fieldOf(object, field);
  }

  async #runSearch(text: string, query: Query, search: Search, records: Uint32Array): Promise<void> {
    const running = new AbortController();
    const others = this.#searches.entries.filter(([, one]) => one.running);
    for (const one of others.slice(0, Math.max(0, others.length + 1 - MAX_RUNNING))) this.#giveUp(one);
    search.running = running;
    search.done = 0;
    const { recognition, facts } = this.#dataset.survey;
    const source = this.#dataset.source.searchedText();
    await this.#work(
      running,
      async () => {
        const parts = await searchParts(source, facts, records, fieldsRead(query));
        await workOnParts(
          'search',
          parts,
          source,
          this.#ports.ranges(),
          (wanted, beat) => ({ ...wanted, query: text, recognition, beat }),
          (part, result, done) => {
            if (running.signal.aborted || !('masks' in result)) return;
            search.masks.take(part.records, result);
            search.done = done;
            search.version++;
            this.#notifySoon();
          },
          running.signal,
        );
      },
      (message) => {
        search.fault = { message, start: 0, end: text.length };
      },
      () => {
        search.running = undefined;
        search.version++;
      },
    );
  }

  /** Stops a search in favour of a later one. Those who still want it request its rows again. */
  #giveUp([text, search]: readonly [string, Search]): void {
    search.stop();
    for (const [key, { query }] of this.#waiting.entries) {
      if (query.trim() !== text) continue;
      this.#waiting.delete(key);
      const total = this.#selections.get(key)?.selected.total ?? 0;
      this.#tell({ key, total, done: search.done, hits: total, isOver: true });
    }
  }

  #tell(found: Omit<Found, 'uri' | 'revision'>): void {
    const { revision, source } = this.#dataset;
    this.#ports.found({ uri: source.uri, revision, ...found });
  }

  async #readColumn(field: string, state: ColumnState): Promise<void> {
    const running = new AbortController();
    state.running = running;
    const { facts } = this.#dataset.survey;
    const { recordCount } = facts;
    const source = this.#dataset.source.searchedText();
    const all = new Uint32Array(recordCount);
    for (let i = 0; i < recordCount; i++) all[i] = i;
    await this.#work(
      running,
      async () => {
        const found: ColumnPart[] = [];
        const parts = await searchParts(source, facts, all, fieldsRead(readQuery(`.${field}:*`)));
        await workOnParts(
          'column',
          parts,
          source,
          this.#ports.ranges(),
          (wanted) => ({ ...wanted, field }),
          (_, result, done) => {
            if ('numbers' in result) found.push(result);
            state.done = done;
            this.#notifySoon();
          },
          running.signal,
        );
        running.signal.throwIfAborted();
        const task = { path: source.name, parts: found, recordCount };
        const column = await this.#ports.ranges().run('join', task, () => undefined, running.signal);
        if (!running.signal.aborted) state.column = column;
      },
      (message) => {
        state.fault = message;
      },
      () => {
        state.running = undefined;
        state.done = 2;
      },
    );
  }

  /** Runs work that fills a search or a column; tells how it ended, unless it was stopped. */
  async #work(
    running: AbortController,
    work: () => Promise<void>,
    failed: (message: string) => void,
    ended: () => void,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (running.signal.aborted) return;
      failed(error instanceof UserError ? error.message : `The search failed: ${errorMessage(error)}.`);
    }
    if (running.signal.aborted) return;
    ended();
    this.#notify();
  }

  #notifySoon(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(
      () => {
        this.#notify();
      },
      Math.max(0, this.#notifyAt - performance.now()),
    );
  }

  /** Tells everybody who waits how far their selections are. */
  #notify(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const start = performance.now();
    for (const [, selection] of this.#waiting.entries) {
      const { key, total, search, fault } = this.select(selection);
      this.#tell({
        key,
        total,
        done: search?.done ?? 1,
        hits: search?.hits ?? total,
        isOver: search === undefined,
        ...(fault && { fault }),
      });
    }
    // Counting a million rows takes longer than the pause: most of the time stays for others.
    this.#notifyAt = performance.now() + Math.max(NOTIFY_MS, 4 * (performance.now() - start));
  }
}
