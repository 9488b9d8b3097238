// The compare view: one panel beside the editor, told what to draw, and asking for what people press.
import * as vscode from 'vscode';

import type { FlipResult, PairRequest, PairView, RecordRef } from '#protocol/editor.ts';
import type { FromPage, PageAction, ToPage } from '#protocol/page.ts';

import { isDataset } from './datasetEditor.ts';
import { keepOneOf } from './decisions.ts';
import type { Server } from './languageClient.ts';
import { pageOf, pageOptions } from './page.ts';

const VIEW_TYPE = 'preflens.compare';

type PairPlace = Pick<PairView, 'uri' | 'record' | 'pair'>;

function isSame(a: PairPlace | undefined, b: RecordRef): boolean {
  return a?.uri === b.uri && a.record === b.record && a.pair === (b.pair ?? 0);
}

/** Opens the view on a record and follows what is pressed there. One panel serves all files. */
export class ComparePanel implements vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #server: Server;
  /** Shows a record of a table in the table's own editor. */
  readonly #revealRow: (ref: RecordRef) => Promise<void>;
  readonly #subscriptions: vscode.Disposable[] = [];
  #panel: vscode.WebviewPanel | undefined;
  #shown: PairView | undefined;
  #isPageReady = false;
  /** File and revision last drawn: redrawing for nothing would lose the reader's place. */
  #drawn = '';
  /** Records flipped from this view, the last one at the end. */
  readonly #flipped: RecordRef[] = [];

  constructor(root: vscode.Uri, server: Server, revealRow: (ref: RecordRef) => Promise<void>) {
    this.#root = root;
    this.#server = server;
    this.#revealRow = revealRow;
    this.#subscriptions.push(
      server.on('preflens/status', ({ uri, revision }) => {
        const state = `${uri} ${revision}`;
        if (this.#shown?.uri !== uri || !this.#panel?.visible || state === this.#drawn) return;
        // Scores came in, or the file was edited elsewhere: draw the same record anew.
        this.#drawn = state;
        void this.#draw({ ...this.#here(), step: 'here' });
      }),
    );
  }

  /** Shows a record beside the text. */
  async open(ref: RecordRef): Promise<void> {
    this.#panel ??= this.#createPanel();
    this.#panel.reveal(undefined, false);
    await this.#draw({ ...ref, step: 'here' });
  }

  /** Shows the first record with a finding after this one. */
  async openNext(ref: RecordRef): Promise<void> {
    this.#panel ??= this.#createPanel();
    this.#panel.reveal(undefined, false);
    await this.#draw({ ...ref, step: 'next' });
  }

  /** The file whose pair is shown. */
  get shownUri(): string | undefined {
    return this.#shown?.uri;
  }

  dispose(): void {
    this.#panel?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #createPanel(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, 'Compare', vscode.ViewColumn.Beside, {
      ...pageOptions(this.#root),
    });
    panel.iconPath = vscode.Uri.joinPath(this.#root, 'media', 'icons', 'compare.svg');
    panel.webview.onDidReceiveMessage((message: FromPage) => {
      if (message.kind === 'ready') {
        this.#isPageReady = true;
        this.#post();
      } else {
        void this.#act(message.action);
      }
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#shown = undefined;
      this.#isPageReady = false;
      this.#flipped.length = 0;
    });
    panel.webview.html = pageOf(panel.webview, this.#root, {
      title: 'Compare',
      script: 'compare.js',
      styles: ['compare.css'],
    });
    return panel;
  }

  #here(): RecordRef & { readonly shownAs?: number } {
    const shown = this.#shown;
    return {
      uri: shown?.uri ?? '',
      record: shown?.record ?? 0,
      pair: shown?.pair ?? 0,
      ...(shown && { shownAs: shown.findingNumber }),
    };
  }

  async #draw(request: PairRequest): Promise<void> {
    const pair = await this.#server.request('preflens/pair', request);
    if (!pair && request.step !== 'here') return;
    const before = this.#shown;
    this.#shown = pair ?? undefined;
    if (before && pair?.findingNumber === 0 && isSame(before, pair)) {
      // The record has just left the list: remember where it stood, to go on from there.
      this.#shown = { ...pair, findingNumber: before.findingNumber };
    }
    if (this.#panel) this.#panel.title = pair ? `Compare: line ${pair.line + 1}` : 'Compare';
    this.#post(pair);
  }

  #post(pair: PairView | null | undefined = this.#shown): void {
    if (!this.#isPageReady) return;
    const message: ToPage = pair
      ? { kind: 'pair', pair, undoCount: this.#flipped.length }
      : {
          kind: 'nothing',
          message: 'There is no pair here any more. Choose a record in the text and compare it again.',
        };
    void this.#panel?.webview.postMessage(message);
  }

  async #flip(ref: RecordRef): Promise<FlipResult> {
    const flipped = (await this.#server.execute('preflens.flip', ref)) as FlipResult;
    if (!flipped) return null;
    const after = { ...ref, ...flipped };
    const shownAs = isSame(this.#shown, ref) && this.#shown ? { shownAs: this.#shown.findingNumber } : {};
    await this.#draw({ ...after, ...shownAs, step: 'here' });
    return after;
  }

  /** How the flipped pair is known now; it leaves the list when it could not be flipped. */
  #replaceLast(after: FlipResult): void {
    this.#flipped.pop();
    if (after) this.#flipped.push(after);
  }

  async #act(action: PageAction): Promise<void> {
    if (!this.#shown) return;
    const { uri, record, pair, pairKey, line, findings } = this.#shown;
    // By its key: the text may have moved since it was drawn.
    const ref: RecordRef = { uri, record, pair, ...(pairKey !== undefined && { pairKey }) };
    switch (action) {
      case 'keep':
        await keepOneOf(this.#server, { uri, record, pair }, findings);
        return;
      case 'next':
      case 'previous':
        await this.#draw({ ...this.#here(), step: action });
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
        if (isDataset(vscode.Uri.parse(uri))) {
          await this.#revealRow({ uri, record, pair });
          return;
        }
        const at = new vscode.Position(line, 0);
        const shown = vscode.window.visibleTextEditors.find(
          (editor) => editor.document.uri.toString() === uri,
        );
        await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
          viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
          selection: new vscode.Range(at, at),
        });
      }
    }
  }
}
