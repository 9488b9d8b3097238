// One page of a dataset editor: its channel, and the pair beside its list of rows.
import * as vscode from 'vscode';

import type { Channel } from '#core/channel/channel.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { Found } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { DatasetClientSends, DatasetPageRequests, DatasetPageSends } from '#protocol/page/dataset.ts';
import type { ReviewCommand } from '#protocol/page/review.ts';

import type { Server } from '../server.ts';
import { openLink } from '../views/openLink.ts';
import type { Statuses } from '../views/statuses.ts';
import { batchRows } from './batchRows.ts';
import { channelTo } from './channel.ts';
import type { DatasetMemory } from './datasetMemory.ts';
import type { EditHistory } from './editHistory.ts';
import { PairController } from './pairController.ts';
import { pairPorts, pairRequests, refreshPair } from './pairPorts.ts';
import type { ReviewMemory } from './reviewPage.ts';
import { reviewRequests } from './reviewPage.ts';
import type { ViewMemory } from './viewMemory.ts';

export interface DatasetPageParts {
  readonly server: Server;
  readonly statuses: Statuses;
  readonly memory: DatasetMemory;
  readonly view: ViewMemory;
  readonly history: EditHistory;
  readonly review: ReviewMemory;
  /** Keys of the review act on this page from now on, or no longer. */
  readonly onReviewing: (isReviewing: boolean) => void;
}

/** What a page can show in the place of its rows. */
export type PagePart = 'portrait' | 'review';

/** Keeps an action among others while it goes on. */
async function during<T>(actions: Set<Promise<unknown>>, action: Promise<T>): Promise<T> {
  actions.add(action);
  try {
    return await action;
  } finally {
    actions.delete(action);
  }
}

export class DatasetPage {
  readonly #uri: string;
  readonly #parts: DatasetPageParts;
  readonly #pairs: PairController;
  readonly #channel: Channel<DatasetClientSends>;
  readonly #edits = new Set<Promise<unknown>>();
  /** Actions that may ask the person something. */
  readonly #questions = new Set<Promise<unknown>>();
  #isReady = false;
  #waiting: { readonly how: 'reveal' | 'follow'; readonly ref: RecordRef } | undefined;
  #wanted: PagePart | undefined;
  #wantedQuery: string | undefined;

  constructor(panel: vscode.WebviewPanel, uri: string, parts: DatasetPageParts) {
    const { server, statuses, memory, view, history, review, onReviewing } = parts;
    const pairs = new PairController({ ...pairPorts(server, statuses), history });
    this.#uri = uri;
    this.#parts = parts;
    this.#pairs = pairs;
    this.#channel = channelTo<DatasetClientSends, DatasetPageSends>(panel, {
      handlers: {
        ...pairRequests(server),
        rows: async (range, signal) => server.request('preflens/rows', { uri, ...range }, signal),
        columns: async (_, signal) => this.#columns(signal),
        complete: async (at, signal) =>
          (await server.request('preflens/complete', { uri, ...at }, signal)).items,
        place: async (at, signal) => (await server.request('preflens/place', { uri, ...at }, signal)).index,
        cell: async (at, signal) => (await server.request('preflens/cell', { uri, ...at }, signal)).text,
        portrait: async (of, signal) => server.request('preflens/portrait', { uri, ...of }, signal),
        select: async (place, signal) => pairs.open({ uri, ...place }, signal),
        peek: async (place, signal) => pairs.peek({ uri, ...place }, signal),
        act: async ({ action, at }) =>
          during(action === 'margin' ? this.#questions : this.#edits, pairs.act(action, at)),
        batch: async ({ action, count, ...rows }) =>
          during(this.#questions, batchRows(server, { uri, ...rows }, action, count)),
        ...reviewRequests({ server, uri, memory: review, history }),
      },
      listeners: {
        options: (options) => {
          view.remember(options);
        },
        openLink: ({ address }) => {
          void openLink(address);
        },
        mapFields: () => {
          void vscode.commands.executeCommand('preflens.mapFields', uri);
        },
        reviewing: ({ isReviewing }) => {
          onReviewing(isReviewing);
        },
        remember: (page) => {
          memory.keepPage(uri, page);
        },
        rememberColumns: (choice) => {
          memory.keepColumns(this.#mapping, choice);
        },
        ready: () => {
          const { options } = view;
          if (options) this.#channel.notify('options', options);
          this.#begin();
        },
      },
      revision: () => statuses.revision(uri),
    });
  }

  /** The record of the selected row. */
  get selected(): RecordRef | undefined {
    return this.#pairs.selected;
  }

  /**
   * Resolves when the edits of all keys so far are made.
   * @param patience with a person who was asked something
   */
  async settle(patience: Promise<unknown>): Promise<void> {
    const questions = Promise.allSettled(this.#questions);
    await Promise.all([Promise.allSettled(this.#edits), Promise.race([questions, patience])]);
  }

  tell(status: DatasetStatus): void {
    if (this.#isReady) this.#channel.notify('status', status);
  }

  found(found: Found): void {
    if (this.#isReady) this.#channel.notify('found', found);
  }

  refresh(): void {
    refreshPair(this.#pairs, ({ at: { record, pair = 0 }, shown }) => {
      this.#channel.notify('view', { at: { record, pair }, shown });
    });
  }

  /** The text changed, and the server sends no status of it. */
  outdate(): void {
    if (!this.#isReady) return;
    this.#channel.notify('outdated', null);
    this.refresh();
  }

  showPart(part: PagePart): void {
    this.#wanted = this.#isReady ? undefined : part;
    if (this.#isReady) this.#channel.notify('showPart', { part });
  }

  showQuery(query: string): void {
    this.#wantedQuery = this.#isReady ? undefined : query;
    if (this.#isReady) this.#channel.notify('query', { query });
  }

  /** Does in the review what one of its buttons does. */
  reviewAct(command: ReviewCommand): void {
    this.#channel.notify('reviewAct', { command });
  }

  /** Shows a record that the person wants to see. */
  reveal(ref: RecordRef): void {
    this.#pointAt('reveal', ref);
  }

  /** Selects a record that the person looks at elsewhere. */
  follow(ref: RecordRef): void {
    this.#pointAt('follow', ref);
  }

  #pointAt(how: 'reveal' | 'follow', ref: RecordRef): void {
    if (this.#isReady) this.#channel.notify(how, { record: ref.record, pair: ref.pair ?? 0 });
    else this.#waiting = { how, ref };
  }

  /** Puts the cursor into the filter. */
  filter(): void {
    this.#channel.notify('filter', null);
  }

  /** Columns are remembered for all files that are read alike. */
  get #mapping(): string {
    return this.#parts.statuses.get(this.#uri)?.mapping ?? '';
  }

  #begin(): void {
    const { statuses, memory } = this.#parts;
    const isReload = this.#isReady;
    this.#isReady = true;
    const remembered = memory.page(this.#uri);
    const status = statuses.get(this.#uri);
    if (status) this.tell(status);
    if (remembered) {
      const { selection, layout, recent, place, isReviewing, portraitScope } = remembered;
      // A record that the person wants to see counts more than the last one.
      const isWanted = place && (isReload || !this.#waiting);
      this.#channel.notify('restore', {
        selection,
        layout,
        recent,
        ...(isWanted && { place }),
        ...(isReviewing && { isReviewing }),
        ...(portraitScope && { portraitScope }),
      });
    }
    if (this.#waiting) this.#pointAt(this.#waiting.how, this.#waiting.ref);
    // After a reload, the page shows what the person chose since.
    this.#waiting = undefined;
    if (this.#wanted) this.showPart(this.#wanted);
    if (this.#wantedQuery !== undefined) this.showQuery(this.#wantedQuery);
  }

  async #columns(signal: AbortSignal): Promise<DatasetPageRequests['columns']['result']> {
    const { server, memory } = this.#parts;
    const uri = this.#uri;
    const [{ fields }, rules] = await Promise.all([
      server.request('preflens/columns', { uri }, signal),
      server.request('preflens/ruleCounts', { uri }, signal),
    ]);
    const choice = memory.columns(this.#mapping);
    // While the file is read, no rule has findings.
    return { fields, rules: rules.ok ? rules.value : [], ...(choice && { choice }) };
  }
}
