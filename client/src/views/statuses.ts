// The latest status of each open file: the one place in the client that keeps them.
import * as vscode from 'vscode';

import type { DatasetStatus } from '#protocol/editor/status.ts';

import type { Server } from '../server.ts';
import { goneFiles } from '../tabs.ts';

export interface Statuses {
  get(uri: string): DatasetStatus | undefined;
  all(): Iterable<DatasetStatus>;
  /** The revision of a file; 0 before its first status. */
  revision(uri: string): number;
  /** The server closed a file that a tab may still show as text. */
  forget(uri: string): void;
  /** Called with every status, those of mere progress among them. */
  readonly onStatus: vscode.Event<DatasetStatus>;
  /** Called with the uri of a file whose text, findings, scores or phase changed, or that was closed. */
  readonly onChange: vscode.Event<string>;
  dispose(): void;
}

export function followStatuses(server: Server): Statuses {
  const known = new Map<string, DatasetStatus>();
  const told = new vscode.EventEmitter<DatasetStatus>();
  const changed = new vscode.EventEmitter<string>();
  const forget = (uri: string): void => {
    if (known.delete(uri)) changed.fire(uri);
  };
  const subscriptions = vscode.Disposable.from(
    told,
    changed,
    server.on('preflens/status', (status) => {
      const before = known.get(status.uri);
      known.set(status.uri, status);
      told.fire(status);
      if (before?.revision !== status.revision || before.phase !== status.phase) changed.fire(status.uri);
    }),
    // Files that are open from disk close with their last tab.
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const uri of goneFiles(closed)) if (known.get(uri)?.isOnDisk === true) forget(uri);
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      forget(uri.toString());
    }),
  );
  return {
    get: (uri) => known.get(uri),
    all: () => known.values(),
    revision: (uri) => known.get(uri)?.revision ?? 0,
    forget,
    onStatus: told.event,
    onChange: changed.event,
    dispose() {
      subscriptions.dispose();
    },
  };
}
