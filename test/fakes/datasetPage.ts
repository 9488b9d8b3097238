// A dataset page without a browser, over a dataset of numbered rows.
import type { RuleCount } from '#protocol/editor/batch.ts';
import type { PortraitResult } from '#protocol/editor/portrait.ts';
import type { ReviewAction, ReviewResult, ReviewSource } from '#protocol/editor/review.ts';
import type {
  FieldColumn,
  QueryCompletion,
  RowSelection,
  RowsResult,
  RowView,
} from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { Conversation, Written } from '#protocol/editor/templates.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { DatasetAction, DatasetClientSends, DatasetPageSends } from '#protocol/page/dataset.ts';
import type { ActionResult, ShownView } from '#protocol/page/pair.ts';
import type { ReviewPageRequests } from '#protocol/page/review.ts';

import { startDatasetPage } from '../../media/src/datasetPage.ts';
import type { DatasetEvent } from '../../media/src/model/datasetEvents.ts';
import type { DatasetState } from '../../media/src/model/datasetState.ts';
import {
  ALL_ROWS,
  drawnRowsOf,
  isSelected,
  listMessage,
  pairMessage,
  storeOf,
} from '../../media/src/model/datasetState.ts';
import type { KeyPress } from '../../media/src/model/keys.ts';
import { isPlain, nameOf, rowAt } from '../../media/src/model/rowStore.ts';
import { press } from './keys.ts';
import { fakeClient, settled } from './pageChannel.ts';
import { pairView, repairable, rowView, statusOf } from './views.ts';

/** Rows that fit on the screen. */
const VISIBLE = 10;

/** What the client answers to the review of a page. */
export interface FakeReview {
  choices(): ReviewPageRequests['reviewChoices']['result'];
  start(kind: ReviewSource['kind']): ReviewResult;
  act(action: ReviewAction): ReviewResult;
  note(what: 'reason' | 'tags'): ReviewResult | null;
}

const noReview = (): never => {
  throw new Error('No review of this file is under way.');
};
const NO_FAKE_REVIEW: FakeReview = {
  choices: () => ({
    choices: {
      labels: 0,
      findings: 0,
      rules: [],
      conflicts: 0,
      reviewer: 'ann',
      reviewed: 0,
      agreement: [],
    },
  }),
  start: noReview,
  act: noReview,
  note: noReview,
};

export class FakeDatasetPage {
  recordCount = 1000;
  revision = 1;
  /** Records with a finding, in the order of review. */
  findings: number[] = [];
  /** The result of an action. */
  onAct: (action: DatasetAction, record: number) => ActionResult = () => null;
  /** The view of a record that is no pair. */
  viewOf: (record: number) => RecordView | undefined = () => undefined;
  rowOf: (record: number) => Partial<RowView> = () => ({});
  portrait: Partial<PortraitResult> = {};
  fields: readonly FieldColumn[] = [];
  rules: readonly RuleCount[] = [];
  completions: readonly QueryCompletion[] = [];
  /** The records that a filter finds, in their order. */
  filtered: number[] = [];
  /** What else the reply says of a list. */
  listOf: (selection: RowSelection) => Partial<RowsResult> = () => ({});
  /** The pair of the next row is loaded ahead. */
  looksAhead = false;
  onBatch: (action: string, count: number) => string | null = () => null;
  /** What the chat template of a model writes. */
  writtenOf: (conversation: Conversation) => Written = (conversation) => ({
    ok: true,
    value: { text: conversation.map(({ role, text }) => `<${role}>${text}`).join(''), tokens: [] },
  });
  review = NO_FAKE_REVIEW;
  readonly client = fakeClient<DatasetPageSends, DatasetClientSends>(
    (
      name,
      params: {
        selection?: RowSelection;
        start?: number;
        record?: number;
        pair?: number;
        action?: string;
        at?: { record?: number };
        query?: string;
        column?: string;
        count?: number;
        template?: string;
      } | null,
    ) =>
      ({
        rows: `${nameOf(params?.selection ?? ALL_ROWS)} ${params?.start}`,
        place: `${params?.record}/${params?.pair}`,
        select: `${params?.record}/${params?.pair}`,
        act: `${params?.action} ${params?.at?.record}`,
        complete: params?.query ?? '',
        cell: `${params?.record} ${params?.column}`,
        tokenStrings: params?.template ?? '',
        batch: `${params?.action} ${params?.count}`,
      })[name] ?? '',
    {
      rows: async ({ selection, start, end }) => {
        const records = this.#recordsOf(selection);
        const rows = records.slice(start, end).map((record) => rowView(record, this.rowOf(record)));
        const { revision } = this;
        return { rows, total: records.length, revision, key: nameOf(selection), ...this.listOf(selection) };
      },
      columns: async () => ({ fields: this.fields, rules: this.rules }),
      portrait: async () => ({ revision: this.revision, ...this.portrait }),
      complete: async () => this.completions,
      place: async ({ selection, record }) => this.#recordsOf(selection).indexOf(record),
      tokenStrings: async ({ conversations }) => conversations.map((one) => this.writtenOf(one)),
      cell: async ({ record, column }) => `All of ${column} of ${record}.`,
      batch: async ({ action, count }) => this.onBatch(action, count),
      select: async ({ record, pair }) => {
        this.#wanted = record;
        return this.shown(record, pair);
      },
      // Without an answer, pairs appear when their rows are selected.
      peek: async ({ record, pair }) =>
        this.looksAhead ? this.shown(record, pair) : new Promise<never>(() => undefined),
      act: async ({ action, at }) => this.onAct(action, at.record),
      reviewChoices: async () => this.review.choices(),
      startReview: async ({ source }) => this.review.start(source.kind),
      review: async ({ action }) => this.review.act(action),
      noteReview: async ({ what }) => this.review.note(what),
    },
    () => this.revision,
    // The clock decides when a portrait is requested; a peek is answered at once or never.
    new Set(['columns', 'portrait', 'peek']),
  );
  readonly calls: string[] = [];
  onDraw: (state: DatasetState, dispatch: (event: DatasetEvent) => void) => void = () => undefined;
  #wanted = 0;
  #state: DatasetState | undefined;
  #dispatch: (event: DatasetEvent) => void = () => undefined;
  #press: (press: KeyPress) => boolean = () => false;

  #recordsOf(selection: RowSelection): readonly number[] {
    if (isPlain(selection)) return Array.from({ length: this.recordCount }, (_, i) => i);
    return nameOf(selection) === 'findings' ? this.findings : this.filtered;
  }

  /** Rows of the current list. */
  get total(): number {
    return storeOf(this.state).total;
  }

  get state(): DatasetState {
    if (!this.#state) throw new Error('Nothing is drawn.');
    return this.#state;
  }

  shown(record: number, pair = 0): ShownView {
    const reviewIndex = this.findings.indexOf(record);
    const view = pairView({
      record,
      pair,
      recordCount: this.recordCount,
      reviewIndex,
      findingCount: this.findings.length,
      findingNumber: reviewIndex + 1,
      findings: reviewIndex >= 0 ? [repairable] : [],
    });
    return { view: this.viewOf(record) ?? view, revision: this.revision, undoCount: 1 };
  }

  /** Starts the page; the file is open and scored. */
  async open(): Promise<void> {
    this.start();
    this.tell();
    await settled();
  }

  start(): void {
    const page = startDatasetPage(this.client.openWire, {
      draw: (state, dispatch) => {
        this.#state = state;
        this.#dispatch = dispatch;
        this.onDraw(state, dispatch);
      },
      scrollList: (scrollTop) => this.calls.push(`list to ${Math.round(scrollTop)}`),
      scrollSideways: (scrollLeft) => this.calls.push(`sideways to ${Math.round(scrollLeft)}`),
      scrollPair: () => this.calls.push('pair to top'),
      focusList: () => this.calls.push('focus'),
      focusFilter: () => this.calls.push('focus filter'),
    });
    this.#press = page.press;
    page.resize(VISIBLE * 52, 900);
  }

  tell(more: Partial<DatasetStatus> = {}): void {
    const { revision, recordCount, findings } = this;
    this.client.channel.notify(
      'status',
      statusOf({ revision, recordCount, pairCount: recordCount, findingCount: findings.length, ...more }),
    );
  }

  /** After a change, the client sends the status and the last requested pair. */
  async change(): Promise<void> {
    this.revision++;
    this.tell();
    const record = this.#wanted;
    this.client.channel.notify('view', { at: { record, pair: 0 }, shown: this.shown(record) });
    await settled();
  }

  async dispatch(event: DatasetEvent): Promise<void> {
    this.#dispatch(event);
    await settled();
  }

  /** False if the key did nothing. */
  async press(key: string, more: Partial<KeyPress> = {}): Promise<boolean> {
    const isUsed = this.#press(press(key, more));
    await settled();
    return isUsed;
  }

  async scrollTo(row: number): Promise<void> {
    await this.dispatch({
      kind: 'scrolled',
      scrollTop: row * 52,
      scrollLeft: 0,
      viewHeight: VISIBLE * 52,
      viewWidth: 900,
    });
  }

  /** The rows that fit on the screen: "3", "[3]" if selected, "" while loading. */
  get rows(): string[] {
    const { state } = this;
    const { start, end, offset } = drawnRowsOf(state);
    const first = start - Math.round(offset / 52);
    return Array.from({ length: Math.max(0, Math.min(VISIBLE, end - first)) }, (_, i) => {
      const text = String(rowAt(storeOf(state), first + i)?.record ?? '');
      return isSelected(state, first + i) ? `[${text}]` : text;
    });
  }

  get listMessage(): string | undefined {
    return listMessage(this.state)?.text;
  }

  /** The visible record, or the message in its place. */
  get pair(): number | string | undefined {
    const { state } = this;
    const view = state.shown?.view;
    return pairMessage(state) ?? (view?.kind === 'empty' ? view.why : view?.record);
  }

  /** What the page has sent since the last call. */
  heard(): string[] {
    return this.client.heard.splice(0);
  }
}

/** A page that shows its first rows; what the client heard until then is forgotten. */
export async function opened(more: Partial<FakeDatasetPage> = {}): Promise<FakeDatasetPage> {
  const page = Object.assign(new FakeDatasetPage(), more);
  await page.open();
  page.heard();
  return page;
}

/** Types a filter and presses Enter. */
export async function typed(page: FakeDatasetPage, text: string): Promise<void> {
  await page.dispatch({ kind: 'filter', event: { kind: 'typed', text, caret: text.length } });
  await page.dispatch({ kind: 'filter', event: { kind: 'applied' } });
}
