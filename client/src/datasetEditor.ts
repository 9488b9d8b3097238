// The editor of Parquet files: VS Code's undo, save and hot exit over a file that the server holds open.
import * as vscode from 'vscode';

import type { Channel } from '#core/channel/channel.ts';
import { errorMessage } from '#core/channel/channel.ts';
import type { EditMade } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { DatasetClientSends, DatasetPageSends } from '#protocol/page/dataset.ts';

import type { Server } from './languageClient.ts';
import { say } from './say.ts';
import { channelTo } from './webview/channel.ts';
import type { EditHistory } from './webview/editHistory.ts';
import { pageOf, pageOptions } from './webview/page.ts';
import { PairController } from './webview/pairController.ts';
import { pairPorts } from './webview/pairPorts.ts';

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

/** VS Code's own history of a document, which holds edits of earlier sessions too. */
function hostHistory(document: DatasetDocument): EditHistory {
  return {
    get count() {
      return document.status?.unsavedCount ?? 0;
    },
    // The server's notification puts it into VS Code's history.
    add: () => undefined,
    undo: async () => {
      await vscode.commands.executeCommand('undo');
      return undefined;
    },
  };
}

/** One page of a document. */
class DatasetPage {
  readonly #pairs: PairController;
  readonly #channel: Channel<DatasetClientSends>;
  #isReady = false;
  #waiting: RecordRef | undefined;
  /** Phase and revision of the last status: a refresh without a change would lose the reader's place. */
  #state = '';

  constructor(panel: vscode.WebviewPanel, server: Server, document: DatasetDocument) {
    const uri = document.name;
    const revision = (): number => document.status?.revision ?? 0;
    const pairs = new PairController({ ...pairPorts(server, revision), history: hostHistory(document) });
    this.#pairs = pairs;
    this.#channel = channelTo<DatasetClientSends, DatasetPageSends>(panel, {
      handlers: {
        rows: async (range, signal) => server.request('preflens/rows', { uri, ...range }, signal),
        select: async (place, signal) => pairs.open({ uri, ...place }, signal),
        act: async ({ action, at }) => pairs.act(action, at),
      },
      listeners: {
        ready: () => {
          this.#isReady = true;
          if (document.status) this.tell(document.status);
          if (this.#waiting) this.reveal(this.#waiting);
        },
      },
      revision,
    });
  }

  /** The record of the selected row. */
  get selected(): RecordRef | undefined {
    return this.#pairs.selected;
  }

  tell(status: DatasetStatus): void {
    if (!this.#isReady) return;
    this.#channel.notify('status', status);
    const state = `${status.phase} ${status.revision}`;
    if (state === this.#state) return;
    this.#state = state;
    this.#pairs.refresh().then(
      (shown) => {
        if (shown) this.#channel.notify('view', shown);
      },
      (error: unknown) => {
        void say('error', errorMessage(error));
      },
    );
  }

  reveal(ref: RecordRef): void {
    if (this.#isReady) this.#channel.notify('reveal', { record: ref.record, pair: ref.pair ?? 0 });
    else this.#waiting = ref;
  }
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
    const page = new DatasetPage(panel, this.#server, document);
    document.pages.add(page);
    webview.options = pageOptions(this.#root);
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
    for (const page of document.pages) page.tell(status);
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
