// The editor of Parquet files: VS Code's undo, save and hot exit over a file that the server holds open.
import * as vscode from 'vscode';

import type { DatasetAction, FromDatasetPage, ToDatasetPage } from '#protocol/datasetPage.ts';
import type { EditMade, RecordEdit } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PairRequest } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import { keepOneOf } from './decisions.ts';
import type { Server } from './languageClient.ts';
import { pageOf, pageOptions } from './page.ts';
import type { ReviewPlace } from './reviewPlace.ts';
import { placeAfter, placeEdited, stepFrom } from './reviewPlace.ts';
import { say } from './say.ts';

export const DATASET_VIEW = 'preflens.dataset';

/** VS Code has marked a tab by then whose file was edited. */
const DIRTY_AFTER_MS = 1000;

/** True for files that this editor opens. */
export function isDataset({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && /\.(?:parquet|pq)$/i.test(path);
}

type ChangeEvent =
  vscode.CustomDocumentEditEvent<DatasetDocument> | vscode.CustomDocumentContentChangeEvent<DatasetDocument>;

function orThrow(outcome: Outcome<unknown>): void {
  if (!outcome.ok) throw new Error(outcome.why);
}

/** A file that the server holds open from disk while an editor shows it. */
class DatasetDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  /** The one that had the focus last stands at the end. */
  readonly pages = new Set<DatasetPage>();
  status: DatasetStatus | undefined;
  /** Edits of an earlier session, until VS Code has an editor to take them up; then undefined. */
  early: EditMade[] | undefined = [];
  dirtyCheck: NodeJS.Timeout | undefined;
  readonly #server: Server;

  constructor(uri: vscode.Uri, server: Server) {
    this.uri = uri;
    this.#server = server;
  }

  get name(): string {
    return this.uri.toString();
  }

  /** VS Code knows that there is something to save; undefined where no tab shows the file. */
  get isDirty(): boolean | undefined {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const own = tabs.find(
      ({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === this.name,
    );
    return own?.isDirty;
  }

  /** Closed without saving: that was meant. What hot exit keeps is in its own file by now. */
  dispose(): void {
    clearTimeout(this.dirtyCheck);
    this.#server.notify('preflens/discardEdits', { uri: this.name });
    this.#server.notify('preflens/closeFile', { uri: this.name });
  }
}

/** One page of a document. */
class DatasetPage {
  readonly #webview: vscode.Webview;
  readonly #server: Server;
  readonly #document: DatasetDocument;
  #shown: RecordView | undefined;
  #selected: RecordRef | undefined;
  #place: ReviewPlace | undefined;
  #isReady = false;
  #waiting: RecordRef | undefined;

  constructor(webview: vscode.Webview, server: Server, document: DatasetDocument) {
    this.#webview = webview;
    this.#server = server;
    this.#document = document;
  }

  /** The record of the selected row. */
  get selected(): RecordRef | undefined {
    return this.#selected;
  }

  post(message: ToDatasetPage): void {
    if (this.#isReady) void this.#webview.postMessage(message);
  }

  reveal(ref: RecordRef): void {
    if (this.#isReady) this.post({ kind: 'reveal', record: ref.record, pair: ref.pair ?? 0 });
    else this.#waiting = ref;
  }

  async receive(message: FromDatasetPage): Promise<void> {
    const uri = this.#document.name;
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        if (this.#document.status) this.post({ kind: 'status', status: this.#document.status });
        if (this.#waiting) this.reveal(this.#waiting);
        return;
      case 'rows': {
        const { order, start, end } = message;
        const { rows, total } = await this.#server.request('preflens/rows', { uri, order, start, end });
        this.post({ kind: 'rows', order, start, rows, total });
        return;
      }
      case 'select':
        this.#selected = { uri, record: message.record, pair: message.pair };
        await this.#select(this.#selected);
        return;
      case 'act':
        // Pressed on a row that is not selected any more: it was not meant for the one that is.
        if (message.record === this.#selected?.record && message.pair === this.#selected.pair)
          await this.#act(message.action);
    }
  }

  async #select(ref: RecordRef): Promise<void> {
    const view = await this.#server.request('preflens/pair', { ...ref, step: 'here' });
    // Another row was selected meanwhile.
    if (this.#selected === ref) this.#show(view);
  }

  async #step(request: PairRequest): Promise<void> {
    const before = this.#selected;
    const view = await this.#server.request('preflens/pair', request);
    if (this.#selected === before) this.#show(view);
  }

  #show(view: RecordView): void {
    const { uri, record, pair } = view;
    this.#shown = view;
    this.#selected = { uri, record, pair };
    this.#place = placeAfter(this.#place, view);
    this.post({ kind: 'view', view });
  }

  /** The selected pair, by its key where it is shown: the file may have been saved since it was drawn. */
  #chosen(): RecordRef | undefined {
    const [ref, shown] = [this.#selected, this.#shown];
    const isShown = ref && shown?.record === ref.record && shown.pair === ref.pair;
    return isShown && shown.pairKey !== undefined ? { ...ref, pairKey: shown.pairKey } : ref;
  }

  async #edit(ref: RecordRef, edit: RecordEdit): Promise<void> {
    const edited = await this.#server.request('preflens/edit', { ...ref, edit });
    if (!edited.ok) {
      void say('info', edited.why);
      return;
    }
    const after = edited.value;
    this.#place = placeEdited(this.#place, ref, after);
    if (after.pair === ref.pair || this.#selected?.record !== ref.record) return;
    // The pair has another number in its record now.
    this.#selected = { uri: ref.uri, record: after.record, pair: after.pair ?? 0 };
    await this.#select(this.#selected);
  }

  async #act(action: DatasetAction): Promise<void> {
    const ref = this.#chosen();
    switch (action) {
      case 'undo':
        await vscode.commands.executeCommand('undo');
        return;
      case 'next':
      case 'previous':
        await this.#step(stepFrom(this.#place, this.#document.name, action));
        return;
      case 'keep':
        if (ref) await keepOneOf(this.#server, ref, this.#shown?.findings ?? []);
        return;
      case 'flip':
      case 'tie':
      case 'drop':
      case 'repair':
        if (ref) await this.#edit(ref, { kind: action });
        return;
      case 'margin': {
        const margin = ref && (await askMargin());
        if (ref && margin !== undefined) await this.#edit(ref, { kind: 'margin', margin });
      }
    }
  }
}

async function askMargin(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    prompt: 'Margin of this pair: how much better the chosen answer is',
    validateInput: (value) =>
      value.trim() === '' || !Number.isFinite(Number(value)) ? 'A number, like 1.5' : undefined,
  });
  return text === undefined ? undefined : Number(text);
}

/** Opens Parquet files; registered once. */
export class DatasetEditors implements vscode.CustomEditorProvider<DatasetDocument> {
  readonly #root: vscode.Uri;
  readonly #server: Server;
  readonly #documents = new Map<string, DatasetDocument>();
  readonly #changed = new vscode.EventEmitter<ChangeEvent>();
  readonly onDidChangeCustomDocument = this.#changed.event;
  /** Records to be shown once their editor is open. */
  readonly #wanted = new Map<string, RecordRef>();

  constructor(root: vscode.Uri, server: Server) {
    this.#root = root;
    this.#server = server;
  }

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.#changed,
      vscode.window.registerCustomEditorProvider(DATASET_VIEW, this, {
        webviewOptions: { retainContextWhenHidden: true, enableFindWidget: true },
        supportsMultipleEditorsPerDocument: true,
      }),
      this.#server.on('preflens/status', (status) => {
        this.#tell(status);
      }),
      this.#server.on('preflens/edited', (made) => {
        this.#edited(made);
      }),
    );
  }

  /** The selected row of a file that an editor shows. */
  selected(uri: string): RecordRef | undefined {
    return [...(this.#documents.get(uri)?.pages ?? [])].at(-1)?.selected;
  }

  /** Shows a record in its editor, which is opened where it is not. */
  async reveal(ref: RecordRef): Promise<void> {
    const open = this.#documents.get(ref.uri);
    if (!open || open.pages.size === 0) this.#wanted.set(ref.uri, ref);
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.parse(ref.uri), DATASET_VIEW);
    for (const page of open?.pages ?? []) page.reveal(ref);
  }

  async openCustomDocument(
    uri: vscode.Uri,
    { backupId }: vscode.CustomDocumentOpenContext,
  ): Promise<DatasetDocument> {
    // As one side of a comparison VS Code asks for states of a file that are on no disk.
    if (!isDataset(uri)) throw new Error(`PrefLens opens files on disk, and ${uri.scheme}: names none.`);
    const document = new DatasetDocument(uri, this.#server);
    this.#documents.set(document.name, document);
    const backup = backupId === undefined ? {} : { backup: vscode.Uri.parse(backupId).fsPath };
    orThrow(await this.#server.request('preflens/openFile', { uri: document.name, ...backup }));
    return document;
  }

  resolveCustomEditor(document: DatasetDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const page = new DatasetPage(webview, this.#server, document);
    document.pages.add(page);
    webview.options = pageOptions(this.#root);
    webview.onDidReceiveMessage((message: FromDatasetPage) => {
      void page.receive(message);
    });
    panel.onDidChangeViewState(() => {
      if (!panel.active) return;
      document.pages.delete(page);
      document.pages.add(page);
    });
    panel.onDidDispose(() => {
      document.pages.delete(page);
      if (document.pages.size === 0) this.#documents.delete(document.name);
    });
    const { early = [] } = document;
    document.early = undefined;
    for (const made of early) this.#takeUp(document, made);
    const wanted = this.#wanted.get(document.name);
    this.#wanted.delete(document.name);
    if (wanted) page.reveal(wanted);
    webview.html = pageOf(webview, this.#root, {
      title: 'Dataset',
      script: 'dataset.js',
      styles: ['compare.css', 'dataset.css'],
    });
  }

  async saveCustomDocument(document: DatasetDocument): Promise<void> {
    orThrow(await this.#server.request('preflens/saveFile', { uri: document.name }));
  }

  async saveCustomDocumentAs(document: DatasetDocument, destination: vscode.Uri): Promise<void> {
    orThrow(
      await this.#server.request('preflens/saveFileAs', { uri: document.name, path: destination.fsPath }),
    );
  }

  async revertCustomDocument(document: DatasetDocument): Promise<void> {
    // A status from before the edits were dropped must not make the tab dirty again.
    clearTimeout(document.dirtyCheck);
    this.#server.notify('preflens/discardEdits', { uri: document.name });
    return Promise.resolve();
  }

  async backupCustomDocument(
    document: DatasetDocument,
    { destination }: vscode.CustomDocumentBackupContext,
  ): Promise<vscode.CustomDocumentBackup> {
    orThrow(await this.#server.request('preflens/backup', { uri: document.name, path: destination.fsPath }));
    return {
      id: destination.toString(),
      delete: () => {
        void vscode.workspace.fs.delete(destination).then(undefined, () => undefined);
      },
    };
  }

  #tell(status: DatasetStatus): void {
    const document = this.#documents.get(status.uri);
    if (!document) return;
    document.status = status;
    for (const page of document.pages) page.post({ kind: 'status', status });
    clearTimeout(document.dirtyCheck);
    document.dirtyCheck = setTimeout(() => {
      // VS Code takes for saved what is edited while a save runs.
      const isUnsaved = (document.status?.unsavedCount ?? 0) > 0;
      if (isUnsaved && document.isDirty === false) this.#changed.fire({ document });
    }, DIRTY_AFTER_MS);
  }

  #edited(made: EditMade): void {
    const document = this.#documents.get(made.uri);
    if (document?.early) document.early.push(made);
    else if (document) this.#takeUp(document, made);
  }

  /** Puts an edit into VS Code's own history. */
  #takeUp(document: DatasetDocument, { uri, id, label }: EditMade): void {
    this.#changed.fire({
      document,
      label,
      undo: async () => {
        orThrow(await this.#server.request('preflens/undoEdit', { uri, id }));
      },
      redo: async () => {
        orThrow(await this.#server.request('preflens/redoEdit', { uri, id }));
      },
    });
  }
}
