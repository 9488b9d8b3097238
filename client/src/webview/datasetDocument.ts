// A file that the server holds open from disk while a dataset editor shows it.
import * as vscode from 'vscode';

import type { EditMade } from '#protocol/editor/edits.ts';

import type { Server } from '../server.ts';
import { tabsOf } from '../tabs.ts';
import type { Statuses } from '../views/statuses.ts';

export class DatasetDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  /** Edits of an earlier session, until VS Code has an editor for them; then undefined. */
  early: EditMade[] | undefined = [];
  dirtyCheck: NodeJS.Timeout | undefined;
  readonly #server: Server;

  readonly #statuses: Statuses;

  constructor(uri: vscode.Uri, server: Server, statuses: Statuses) {
    this.uri = uri;
    this.#server = server;
    this.#statuses = statuses;
  }

  get name(): string {
    return this.uri.toString();
  }

  /** True if VS Code knows of unsaved edits; undefined if no tab shows the file. */
  get isDirty(): boolean | undefined {
    return tabsOf(this.name).find(({ input }) => input instanceof vscode.TabInputCustom)?.isDirty;
  }

  /** The person closed the file without saving, or hot exit has its backup. */
  dispose(): void {
    clearTimeout(this.dirtyCheck);
    this.#server.notify('preflens/discardEdits', { uri: this.name });
    // The text of a large file may still be open in a tab, with findings of the server.
    if (tabsOf(this.name).length > 0) return;
    this.#server.notify('preflens/closeFile', { uri: this.name });
    this.#statuses.forget(this.name);
  }
}
