// The compare view: one panel beside the editor, told what to draw, and asking for what people press.
import * as vscode from 'vscode';

import type { Channel } from '#core/channel/channel.ts';
import { errorMessage } from '#core/channel/channel.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { CompareClientSends, ComparePageSends } from '#protocol/page/compare.ts';
import type { ShownPair, ShownView } from '#protocol/page/pair.ts';

import { isDataset } from './datasetEditor.ts';
import type { Server } from './languageClient.ts';
import { activeUri, columnOf } from './largeFiles.ts';
import { say } from './say.ts';
import { channelTo } from './webview/channel.ts';
import { flipHistory } from './webview/editHistory.ts';
import { pageOf, pageOptions } from './webview/page.ts';
import { PairController } from './webview/pairController.ts';
import { pairPorts } from './webview/pairPorts.ts';

const COMPARE_VIEW = 'preflens.compare';

/** Where the place that was shown last is kept. */
const PLACE = 'compare.place';

function titleOf(view: RecordView): string {
  return view.record < 0 ? `Compare: ${view.fileName}` : `Compare: line ${view.line + 1}`;
}

/** A panel, the channel to its page, and what the page shows. */
interface Open {
  readonly panel: vscode.WebviewPanel;
  readonly channel: Channel<CompareClientSends>;
  readonly pairs: PairController;
}

/** Shows one pair beside the text. One panel serves all files. */
export class ComparePanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #root: vscode.Uri;
  readonly #memory: vscode.Memento;
  readonly #server: Server;
  /** Shows a record of a table in the table's own editor. */
  readonly #revealRow: (ref: RecordRef) => Promise<void>;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #revisions = new Map<string, number>();
  #open: Open | undefined;
  /** File, phase and revision of the last status: a refresh without a change would lose the reader's place. */
  #state = '';

  constructor(
    { extensionUri, workspaceState }: vscode.ExtensionContext,
    server: Server,
    revealRow: (ref: RecordRef) => Promise<void>,
  ) {
    this.#root = extensionUri;
    this.#memory = workspaceState;
    this.#server = server;
    this.#revealRow = revealRow;
    this.#subscriptions.push(
      server.on('preflens/status', ({ uri, revision, phase }) => {
        this.#revisions.set(uri, revision);
        const state = `${uri} ${phase} ${revision}`;
        if (this.#open?.pairs.selected?.uri !== uri || state === this.#state) return;
        this.#state = state;
        this.#refresh();
      }),
      vscode.window.registerWebviewPanelSerializer(COMPARE_VIEW, this),
    );
  }

  /** Shows a record beside the text. */
  async open(ref: RecordRef): Promise<void> {
    await this.#present(async ({ pairs }) => pairs.open(ref));
  }

  /** Shows the first finding of a file. */
  async review(uri: string): Promise<void> {
    await this.#present(async ({ pairs }) => pairs.review(uri));
  }

  /** The record that is shown. */
  get shown(): RecordRef | undefined {
    return this.#open?.pairs.selected;
  }

  /** The file that the person looks at: the one that is compared while the view has the focus, else the one in an editor. */
  get fileMeant(): string | undefined {
    const shown = this.shown?.uri;
    return this.#open?.panel.active === true ? (shown ?? activeUri()) : (activeUri() ?? shown);
  }

  /**
   * After a reload VS Code hands back its panel. What it showed is kept here and not in the page: editors write down what a
   * page remembers when they close, and a browser may not wait for that.
   */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const place = this.#memory.get<ShownPair>(PLACE);
    if (this.#open || !place) {
      panel.dispose();
      return;
    }
    panel.webview.options = pageOptions(this.#root);
    const open = this.#fill(panel);
    const { pairs } = open;
    this.#post(open, await pairs.open(place));
    if (pairs.view?.kind === 'empty' && pairs.view.isPending) await this.#load(place.uri);
  }

  dispose(): void {
    this.#open?.panel.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #present(show: (open: Open) => Promise<ShownView>): Promise<void> {
    const open = this.#open ?? this.#create();
    open.panel.reveal(undefined, false);
    this.#post(open, await show(open));
  }

  #create(): Open {
    return this.#fill(
      vscode.window.createWebviewPanel(COMPARE_VIEW, 'Compare', vscode.ViewColumn.Beside, {
        ...pageOptions(this.#root),
        enableFindWidget: true,
      }),
    );
  }

  #fill(panel: vscode.WebviewPanel): Open {
    const ports = pairPorts(this.#server, (uri) => this.#revisions.get(uri) ?? 0);
    const history = flipHistory(async (ref) => ports.edit(ref, { kind: 'flip' }));
    const pairs = new PairController({ ...ports, history });
    let isReady = false;
    const channel = channelTo<CompareClientSends, ComparePageSends>(panel, {
      handlers: {
        act: async ({ action, at }) => {
          if (action === 'reveal') {
            await this.#reveal(await pairs.viewOf(at));
            return null;
          }
          const shown = await pairs.act(action, at);
          if (shown) this.#remember(panel, shown.view);
          return shown;
        },
      },
      listeners: {
        ready: () => {
          if (pairs.shown) channel.notify('view', pairs.shown);
          // It was hidden meanwhile, and what it shows may be out of date.
          if (isReady) this.#refresh();
          isReady = true;
        },
      },
      revision: () => this.#revisions.get(pairs.selected?.uri ?? '') ?? 0,
    });
    const open: Open = { panel, channel, pairs };
    this.#open = open;
    panel.iconPath = vscode.Uri.joinPath(this.#root, 'media', 'icons', 'compare.svg');
    panel.onDidDispose(() => {
      this.#open = undefined;
    });
    panel.webview.html = pageOf(panel.webview, this.#root, {
      title: 'Compare',
      script: 'compare.js',
      styles: ['compare.css'],
    });
    return open;
  }

  /** A file whose tab was not shown since the reload is not open in the server: VS Code reads files when they are looked at. */
  async #load(uri: string): Promise<void> {
    const file = vscode.Uri.parse(uri);
    // Its own editor opens it, with what hot exit kept.
    if (isDataset(file)) return;
    try {
      await vscode.workspace.openTextDocument(file);
    } catch {
      // Too large for a document, or packed: it was read from disk before.
      const opened = await this.#server.request('preflens/openFile', { uri });
      if (!opened.ok) void say('warning', opened.why);
    }
  }

  #refresh(): void {
    const open = this.#open;
    if (!open?.panel.visible) return;
    open.pairs.refresh().then(
      (shown) => {
        if (shown) this.#post(open, shown);
      },
      (error: unknown) => {
        void say('error', errorMessage(error));
      },
    );
  }

  #post({ panel, channel }: Open, shown: ShownView): void {
    this.#remember(panel, shown.view);
    channel.notify('view', shown);
  }

  #remember(panel: vscode.WebviewPanel, view: RecordView): void {
    const { uri, record, pair } = view;
    void this.#memory.update(PLACE, { uri, record, pair } satisfies ShownPair);
    panel.title = titleOf(view);
  }

  async #reveal({ uri, record, pair, line }: RecordView): Promise<void> {
    const file = vscode.Uri.parse(uri);
    if (isDataset(file)) {
      await this.#revealRow({ uri, record: Math.max(0, record), pair });
      return;
    }
    const at = new vscode.Position(line, 0);
    // Unlike `showTextDocument`, this shows files that are too large for a document.
    await vscode.commands.executeCommand('vscode.open', file, {
      viewColumn: columnOf(uri) ?? vscode.ViewColumn.One,
      selection: new vscode.Range(at, at),
    } satisfies vscode.TextDocumentShowOptions);
  }
}
