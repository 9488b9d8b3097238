// One page of a dataset editor: its channel, and the pair beside its list of rows.
import * as vscode from 'vscode';

import type { Channel } from '#core/channel/channel.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { DatasetClientSends, DatasetPageSends } from '#protocol/page/dataset.ts';

import type { Server } from '../server.ts';
import type { Statuses } from '../views/statuses.ts';
import { channelTo } from './channel.ts';
import type { EditHistory } from './editHistory.ts';
import { PairController } from './pairController.ts';
import { pairPorts, refreshPair } from './pairPorts.ts';

export class DatasetPage {
  readonly #pairs: PairController;
  readonly #channel: Channel<DatasetClientSends>;
  #isReady = false;
  #waiting: RecordRef | undefined;
  #wantsPortrait = false;

  constructor(
    panel: vscode.WebviewPanel,
    server: Server,
    statuses: Statuses,
    uri: string,
    history: EditHistory,
  ) {
    const pairs = new PairController({ ...pairPorts(server, statuses), history });
    this.#pairs = pairs;
    this.#channel = channelTo<DatasetClientSends, DatasetPageSends>(panel, {
      handlers: {
        rows: async ({ order, start, end }, signal) =>
          server.request(
            'preflens/rows',
            { uri, selection: { order, query: '' }, columns: [], start, end },
            signal,
          ),
        portrait: async (_, signal) => server.request('preflens/portrait', { uri }, signal),
        select: async (place, signal) => pairs.open({ uri, ...place }, signal),
        act: async ({ action, at }) => pairs.act(action, at),
      },
      listeners: {
        mapFields: () => {
          void vscode.commands.executeCommand('preflens.mapFields', uri);
        },
        ready: () => {
          this.#isReady = true;
          const status = statuses.get(uri);
          if (status) this.tell(status);
          if (this.#waiting) this.reveal(this.#waiting);
          // After a reload, the page shows what the person chose since.
          this.#waiting = undefined;
          if (this.#wantsPortrait) this.showPortrait();
        },
      },
      revision: () => statuses.revision(uri),
    });
  }

  /** The record of the selected row. */
  get selected(): RecordRef | undefined {
    return this.#pairs.selected;
  }

  tell(status: DatasetStatus): void {
    if (this.#isReady) this.#channel.notify('status', status);
  }

  refresh(): void {
    refreshPair(this.#pairs, (shown) => {
      this.#channel.notify('view', shown);
    });
  }

  /** The text changed, and the server sends no status of it. */
  outdate(): void {
    if (!this.#isReady) return;
    this.#channel.notify('outdated', null);
    this.refresh();
  }

  showPortrait(): void {
    this.#wantsPortrait = !this.#isReady;
    if (this.#isReady) this.#channel.notify('showPortrait', null);
  }

  reveal(ref: RecordRef): void {
    if (this.#isReady) this.#channel.notify('reveal', { record: ref.record, pair: ref.pair ?? 0 });
    else this.#waiting = ref;
  }
}
