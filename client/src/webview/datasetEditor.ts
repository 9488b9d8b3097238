// The dataset editor of a file that the server reads from disk: VS Code's undo, save and hot exit for edits that the server
// holds until they are saved.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';
import type { EditMade } from '#protocol/editor/edits.ts';

import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';
import { DATASET_EDITORS, isOnDisk, serverPath } from '../uris.ts';
import type { Statuses } from '../views/statuses.ts';
import { DatasetDocument } from './datasetDocument.ts';
import type { DatasetPages } from './datasetPages.ts';
import { hostHistory } from './editHistory.ts';

/** By then the server has sent a status, and VS Code has marked the tab. */
const DIRTY_AFTER_MS = 1000;

type ChangeEvent =
  vscode.CustomDocumentEditEvent<DatasetDocument> | vscode.CustomDocumentContentChangeEvent<DatasetDocument>;

/** VS Code's provider of these editors. */
export class DiskDatasets implements vscode.CustomEditorProvider<DatasetDocument> {
  readonly #server: Server;
  readonly #statuses: Statuses;
  readonly #pages: DatasetPages;
  readonly #documents = new Map<string, DatasetDocument>();
  readonly #changed = new vscode.EventEmitter<ChangeEvent>();
  readonly onDidChangeCustomDocument = this.#changed.event;

  constructor(server: Server, statuses: Statuses, pages: DatasetPages) {
    this.#server = server;
    this.#statuses = statuses;
    this.#pages = pages;
  }

  register(): vscode.Disposable {
    const options = {
      webviewOptions: { retainContextWhenHidden: true },
      supportsMultipleEditorsPerDocument: true,
    };
    // Without the methods that save.
    const readOnly: vscode.CustomReadonlyEditorProvider<DatasetDocument> = {
      openCustomDocument: async (uri, context) => this.openCustomDocument(uri, context),
      resolveCustomEditor: (document, panel) => {
        this.resolveCustomEditor(document, panel);
      },
    };
    return vscode.Disposable.from(
      this.#changed,
      vscode.window.registerCustomEditorProvider(DATASET_EDITORS.disk, this, options),
      vscode.window.registerCustomEditorProvider(DATASET_EDITORS.table, readOnly, options),
      this.#server.on('preflens/edited', (made) => {
        this.#edited(made);
      }),
    );
  }

  async openCustomDocument(
    uri: vscode.Uri,
    { backupId }: vscode.CustomDocumentOpenContext,
  ): Promise<DatasetDocument> {
    // For a diff, VS Code opens earlier states of a file, which are not on disk.
    if (!isOnDisk(uri)) throw new Error(t('PrefLens opens only files on disk, not {0}: files.', uri.scheme));
    const document = new DatasetDocument(uri, this.#server, this.#statuses);
    // Its first notifications come before the request ends.
    this.#documents.set(document.name, document);
    const backup = backupId === undefined ? {} : { backup: serverPath(vscode.Uri.parse(backupId)) };
    const opened = await this.#server.request('preflens/openFile', { uri: document.name, ...backup });
    if (!opened.ok) this.#documents.delete(document.name);
    valueOf(opened);
    return document;
  }

  resolveCustomEditor(document: DatasetDocument, panel: vscode.WebviewPanel): void {
    const { name, early = [] } = document;
    document.early = undefined;
    for (const made of early) this.#takeUp(document, made);
    const history = hostHistory({
      unsavedCount: () => this.#statuses.get(name)?.unsavedCount ?? 0,
      revision: () => this.#statuses.revision(name),
      undo: () => vscode.commands.executeCommand('undo'),
    });
    this.#pages.fill(panel, name, history);
    panel.onDidDispose(() => {
      if (this.#pages.of(name).size === 0) this.#documents.delete(name);
    });
    // Edits that were made before this editor opened, in the compare view.
    this.#checkDirtySoon(document);
  }

  async saveCustomDocument(document: DatasetDocument): Promise<void> {
    await this.#pages.settle(document.name);
    valueOf(await this.#server.request('preflens/saveFile', { uri: document.name }));
    this.#checkDirtySoon(document);
  }

  async saveCustomDocumentAs(document: DatasetDocument, destination: vscode.Uri): Promise<void> {
    await this.#pages.settle(document.name);
    valueOf(
      await this.#server.request('preflens/saveFileAs', {
        uri: document.name,
        path: serverPath(destination),
      }),
    );
  }

  async revertCustomDocument(document: DatasetDocument): Promise<void> {
    // The latest status may still count the edits.
    clearTimeout(document.dirtyCheck);
    this.#server.notify('preflens/discardEdits', { uri: document.name });
    return Promise.resolve();
  }

  async backupCustomDocument(
    document: DatasetDocument,
    { destination }: vscode.CustomDocumentBackupContext,
  ): Promise<vscode.CustomDocumentBackup> {
    valueOf(
      await this.#server.request('preflens/backup', { uri: document.name, path: serverPath(destination) }),
    );
    return {
      id: destination.toString(),
      delete: () => {
        void vscode.workspace.fs.delete(destination).then(undefined, () => undefined);
      },
    };
  }

  /** VS Code counts edits made during a save as saved: marks the tab again if the file still has some. */
  #checkDirtySoon(document: DatasetDocument): void {
    clearTimeout(document.dirtyCheck);
    document.dirtyCheck = setTimeout(() => {
      const isUnsaved = (this.#statuses.get(document.name)?.unsavedCount ?? 0) > 0;
      if (isUnsaved && document.isDirty === false) this.#changed.fire({ document });
    }, DIRTY_AFTER_MS);
  }

  #edited(made: EditMade): void {
    const document = this.#documents.get(made.uri);
    if (document?.early) document.early.push(made);
    else if (document) this.#takeUp(document, made);
  }

  /** Puts an edit into VS Code's own history. */
  #takeUp(document: DatasetDocument, { uri, id, ids = [id], label }: EditMade): void {
    this.#changed.fire({
      document,
      label,
      undo: async () => {
        valueOf(await this.#server.request('preflens/undoEdit', { uri, id, ids }));
      },
      redo: async () => {
        valueOf(await this.#server.request('preflens/redoEdit', { uri, id, ids }));
      },
    });
  }
}
