// The compare view: one panel beside the editor, told what to draw, and asking for what people press.
import * as vscode from 'vscode';

import type { FlipResult } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PairRequest } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { FromPage, PageAction, ShownPlace, ToPage } from '#protocol/page.ts';

import { isDataset } from './datasetEditor.ts';
import { keepOneOf } from './decisions.ts';
import type { Server } from './languageClient.ts';
import { activeUri, columnOf } from './largeFiles.ts';
import { pageOf, pageOptions } from './page.ts';
import type { ReviewPlace } from './reviewPlace.ts';
import { placeAfter, placeEdited, stepFrom } from './reviewPlace.ts';
import { say } from './say.ts';

const COMPARE_VIEW = 'preflens.compare';

/** Where the place that was shown last is kept. */
const PLACE = 'compare.place';

function isSame(a: ShownPlace | undefined, b: RecordRef): boolean {
  return a?.uri === b.uri && a.record === b.record && a.pair === (b.pair ?? 0);
}

function titleOf(view: RecordView): string {
  return view.record < 0 ? `Compare: ${view.fileName}` : `Compare: line ${view.line + 1}`;
}

/** Opens the view on a record and follows what is pressed there. One panel serves all files. */
export class ComparePanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #root: vscode.Uri;
  readonly #memory: vscode.Memento;
  readonly #server: Server;
  /** Shows a record of a table in the table's own editor. */
  readonly #revealRow: (ref: RecordRef) => Promise<void>;
  readonly #subscriptions: vscode.Disposable[] = [];
  #panel: vscode.WebviewPanel | undefined;
  /** The last request; sent again while the server answers that it is still reading. */
  #wanted: PairRequest | undefined;
  #view: RecordView | undefined;
  #place: ReviewPlace | undefined;
  #isPageReady = false;
  /** File, phase and revision last drawn: redrawing for nothing would lose the reader's place. */
  #drawn = '';
  /** Records flipped from this view, the last one at the end. */
  readonly #flipped: RecordRef[] = [];

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
        const state = `${uri} ${phase} ${revision}`;
        if (this.#wanted?.uri !== uri || !this.#panel?.visible || state === this.#drawn) return;
        // Scores came in, the file was read, or it was edited elsewhere.
        this.#drawn = state;
        void this.#drawAgain();
      }),
      vscode.window.registerWebviewPanelSerializer(COMPARE_VIEW, this),
    );
  }

  /** Shows a record beside the text. */
  async open(ref: RecordRef): Promise<void> {
    this.#show();
    await this.#draw({ ...ref, step: 'here' });
  }

  /** Shows the first place with a finding; of a file that is under review, the one after the last that was shown. */
  async review(uri: string): Promise<void> {
    this.#show();
    await this.#draw(stepFrom(undefined, uri, 'next'));
  }

  /** The record that is shown. */
  get shown(): RecordRef | undefined {
    if (!this.#view) return undefined;
    const { uri, record, pair } = this.#view;
    return { uri, record, pair };
  }

  /** The file that the person looks at: the one that is compared while the view has the focus, else the one in an editor. */
  get fileMeant(): string | undefined {
    const shown = this.#view?.uri;
    return this.#panel?.active === true ? (shown ?? activeUri()) : (activeUri() ?? shown);
  }

  /**
   * After a reload VS Code hands back its panel. What it showed is kept here and not in the page: editors write down what a
   * page remembers when they close, and a browser may not wait for that.
   */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const place = this.#memory.get<ShownPlace>(PLACE);
    if (this.#panel || !place) {
      panel.dispose();
      return;
    }
    this.#panel = panel;
    panel.webview.options = pageOptions(this.#root);
    this.#fill(panel);
    await this.#draw({ ...place, step: 'here' });
    if (this.#view?.kind === 'empty' && this.#view.isPending) await this.#load(place.uri);
  }

  dispose(): void {
    this.#panel?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #show(): void {
    if (!this.#panel) {
      this.#panel = vscode.window.createWebviewPanel(COMPARE_VIEW, 'Compare', vscode.ViewColumn.Beside, {
        ...pageOptions(this.#root),
        enableFindWidget: true,
      });
      this.#fill(this.#panel);
    }
    this.#panel.reveal(undefined, false);
  }

  #fill(panel: vscode.WebviewPanel): void {
    panel.iconPath = vscode.Uri.joinPath(this.#root, 'media', 'icons', 'compare.svg');
    panel.webview.onDidReceiveMessage((message: FromPage) => {
      if (message.kind === 'act') {
        // Pressed on what is not shown any more: it was not meant for what is.
        if (isSame(this.#view, message.at)) void this.#act(message.action);
      } else if (this.#isPageReady) {
        // It was hidden meanwhile, and may show what is old.
        void this.#drawAgain();
      } else {
        this.#isPageReady = true;
        this.#post();
      }
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#wanted = undefined;
      this.#view = undefined;
      this.#place = undefined;
      this.#isPageReady = false;
      this.#flipped.length = 0;
    });
    panel.webview.html = pageOf(panel.webview, this.#root, {
      title: 'Compare',
      script: 'compare.js',
      styles: ['compare.css'],
    });
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

  async #drawAgain(): Promise<void> {
    const { uri, record = 0, pair = 0 } = this.#view ?? {};
    if (this.#wanted && this.#view?.kind === 'empty' && this.#view.isPending) await this.#draw(this.#wanted);
    else if (uri !== undefined) await this.#draw({ uri, record, pair, step: 'here' });
  }

  async #draw(request: PairRequest): Promise<void> {
    this.#wanted = request;
    const view = await this.#server.request('preflens/pair', request);
    // A newer request was made meanwhile.
    if (this.#wanted !== request) return;
    this.#view = view;
    this.#place = placeAfter(this.#place, view);
    const { uri, record, pair } = view;
    void this.#memory.update(PLACE, { uri, record, pair } satisfies ShownPlace);
    if (this.#panel) this.#panel.title = titleOf(view);
    this.#post();
  }

  #post(): void {
    if (!this.#isPageReady || !this.#view) return;
    const message: ToPage = { kind: 'view', view: this.#view, undoCount: this.#flipped.length };
    void this.#panel?.webview.postMessage(message);
  }

  async #flip(ref: RecordRef): Promise<FlipResult> {
    const flipped = (await this.#server.execute('preflens.flip', ref)) as FlipResult;
    if (!flipped) return null;
    const after = { ...ref, ...flipped };
    this.#place = placeEdited(this.#place, ref, after);
    await this.#draw({ ...after, step: 'here' });
    return after;
  }

  /** How the flipped pair is known now; it leaves the list when it could not be flipped. */
  #replaceLast(after: FlipResult): void {
    this.#flipped.pop();
    if (after) this.#flipped.push(after);
  }

  async #act(action: PageAction): Promise<void> {
    if (!this.#view) return;
    const { uri, record, pair, pairKey, line, findings } = this.#view;
    // By its key: the text may have moved since it was drawn.
    const ref: RecordRef = { uri, record, pair, ...(pairKey !== undefined && { pairKey }) };
    switch (action) {
      case 'keep':
        await keepOneOf(this.#server, { uri, record, pair }, findings);
        return;
      case 'next':
      case 'previous':
        await this.#draw(stepFrom(this.#place, uri, action));
        return;
      case 'flip':
        // The newest flip is on the list before the view is drawn, which shows how many can be undone.
        this.#flipped.push(ref);
        this.#replaceLast(await this.#flip(ref));
        return;
      case 'undo': {
        // Flipping is its own inverse, byte for byte.
        const last = this.#flipped.pop();
        if (last) await this.#flip(last);
        return;
      }
      case 'reveal': {
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
  }
}
