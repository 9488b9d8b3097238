// The pages of all dataset editors, by file: what changes is sent to them, and records are shown in them.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { Server } from '../server.ts';
import { datasetTabOf } from '../tabs.ts';
import { diskEditorOf } from '../uris.ts';
import type { Statuses } from '../views/statuses.ts';
import type { DatasetMemory } from './datasetMemory.ts';
import { datasetMemory } from './datasetMemory.ts';
import type { PagePart } from './datasetPage.ts';
import { DatasetPage } from './datasetPage.ts';
import type { EditHistory } from './editHistory.ts';
import { pageOf, pageOptions, RECORD_STYLES } from './page.ts';
import { reviewMemory } from './reviewPage.ts';
import type { ViewMemory } from './viewMemory.ts';
import { viewMemory } from './viewMemory.ts';

/** A save waits so long for a person who was asked something. */
const QUESTION_MS = 1000;
/** And so long for edits, which take a moment even on a busy machine. */
const EDITS_MS = 10_000;

export const pause = async (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export class DatasetPages implements vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #server: Server;
  readonly #statuses: Statuses;
  readonly #memory: DatasetMemory;
  readonly #view: ViewMemory;
  /** In the order of their last focus. */
  readonly #pages = new Map<string, Set<DatasetPage>>();
  /** Records to show when their editor opens. */
  readonly #wanted = new Map<string, RecordRef>();
  /** What to show of a file when its editor opens. */
  readonly #parts = new Map<string, PagePart>();
  /** The page whose review the keys act on. */
  #reviewing: DatasetPage | undefined;
  readonly #state: vscode.Memento;
  readonly #subscriptions: vscode.Disposable;

  constructor({ extensionUri, workspaceState }: vscode.ExtensionContext, server: Server, statuses: Statuses) {
    this.#root = extensionUri;
    this.#state = workspaceState;
    this.#memory = datasetMemory(workspaceState);
    this.#view = viewMemory(workspaceState, 'dataset');
    this.#server = server;
    this.#statuses = statuses;
    this.#subscriptions = vscode.Disposable.from(
      statuses.onStatus((status) => {
        for (const page of this.of(status.uri)) page.tell(status);
      }),
      statuses.onChange((uri) => {
        for (const page of this.of(uri)) page.refresh();
      }),
      server.on('preflens/found', (found) => {
        for (const page of this.of(found.uri)) page.found(found);
      }),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  of(uri: string): ReadonlySet<DatasetPage> {
    return this.#pages.get(uri) ?? new Set();
  }

  /** Before a save: waits for the edits of keys that came before it. */
  async settle(uri: string): Promise<void> {
    const patience = pause(QUESTION_MS);
    const edits = Promise.all([...this.of(uri)].map(async (page) => page.settle(patience)));
    await Promise.race([edits, pause(EDITS_MS)]);
  }

  /** Fills the panel of an editor. */
  fill(panel: vscode.WebviewPanel, uri: string, history: EditHistory): DatasetPage {
    const { webview } = panel;
    const page = new DatasetPage(panel, uri, {
      server: this.#server,
      statuses: this.#statuses,
      memory: this.#memory,
      view: this.#view,
      history,
      review: reviewMemory(this.#state, uri),
      onReviewing: (isReviewing) => {
        this.#follow(page, isReviewing);
      },
    });
    const pages = this.#pages.get(uri) ?? new Set();
    this.#pages.set(uri, pages.add(page));
    webview.options = pageOptions(this.#root);
    panel.onDidChangeViewState(() => {
      if (!panel.active) return;
      pages.delete(page);
      pages.add(page);
    });
    panel.onDidDispose(() => {
      pages.delete(page);
      this.#follow(page, false);
    });
    const wanted = this.#wanted.get(uri);
    this.#wanted.delete(uri);
    if (wanted) page.reveal(wanted);
    this.#showWanted(page, uri);
    webview.html = pageOf(webview, this.#root, {
      title: t('Dataset'),
      script: 'dataset.js',
      styles: [...RECORD_STYLES, 'dataset.css', 'grid.css', 'portrait.css', 'review.css'],
    });
    return page;
  }

  /** Shows the portrait or the review of a file in its dataset editor; `open` opens one. */
  async showPart(uri: string, part: PagePart, open: () => Promise<void>): Promise<void> {
    this.#parts.set(uri, part);
    await open();
    const page = this.latest(uri);
    // A page that opens meanwhile takes the wish from the map.
    if (page) this.#showWanted(page, uri);
  }

  #showWanted(page: DatasetPage, uri: string): void {
    const part = this.#parts.get(uri);
    if (part && this.#parts.delete(uri)) page.showPart(part);
  }

  /** The page with the focus, if it shows a pair to review. */
  get reviewing(): DatasetPage | undefined {
    return this.#reviewing;
  }

  #follow(page: DatasetPage, isReviewing: boolean): void {
    if (!isReviewing && this.#reviewing !== page) return;
    this.#reviewing = isReviewing ? page : undefined;
    void vscode.commands.executeCommand('setContext', 'preflens.isReviewing', isReviewing);
  }

  /** The page of a file that had the focus last. */
  latest(uri: string): DatasetPage | undefined {
    return [...this.of(uri)].at(-1);
  }

  /** The selected row of a file that an editor shows. */
  selected(uri: string): RecordRef | undefined {
    return this.latest(uri)?.selected;
  }

  /** Selects a record in all pages of its file. The portrait or the review stays, and so does the focus. */
  follow(ref: RecordRef): void {
    for (const page of this.of(ref.uri)) page.follow(ref);
  }

  /** Shows a record in the dataset editor of its file, and opens one if there is none. */
  async reveal(ref: RecordRef, preserveFocus = false): Promise<void> {
    if (this.of(ref.uri).size === 0) this.#wanted.set(ref.uri, ref);
    const open = datasetTabOf(ref.uri);
    const uri = vscode.Uri.parse(ref.uri);
    await vscode.commands.executeCommand('vscode.openWith', uri, open?.viewType ?? diskEditorOf(uri), {
      preserveFocus,
      ...(open && { viewColumn: open.tab.group.viewColumn }),
    });
    for (const page of this.of(ref.uri)) page.reveal(ref);
  }
}
