// What differs between a computer and a browser.
import type * as vscode from 'vscode';

import type { Server, ServerHost } from './server.ts';

/** What runs the extension. */
export interface Host extends ServerHost {
  /** What only this host has. */
  extras(server: Server): readonly vscode.Disposable[];
}
