// Reloads of the window. VS Code saves its state and its backups some seconds after a change, and a browser doesn't
// wait for them: so the tests do.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isDirty, until } from './actions.ts';
import type { Window } from './window.ts';

/** Values in the state of the workspace that the browser has saved, as texts. */
async function savedState({ page }: Window): Promise<string[]> {
  return page.evaluate(async () => {
    const done = async <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(request.error ?? new Error('IndexedDB failed.'));
        };
      });
    const texts: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      if (!/^vscode-web-state-db-(?!global)/.test(name ?? '')) continue;
      const db = await done(indexedDB.open(name!));
      for (const store of db.objectStoreNames) {
        const values: unknown[] = await done(db.transaction(store).objectStore(store).getAll());
        texts.push(...values.filter((value) => typeof value === 'string'));
      }
      db.close();
    }
    return texts;
  });
}

/** Files under a folder, in all depths. */
function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Whether VS Code has a backup of a text of the window's folder: windows before it may have left others. A long one is
 * written in pieces, and a window that is reloaded meanwhile opens half of the text.
 */
function hasTextBackup({ home, folder }: Window): boolean {
  // A backup starts with the address of its file.
  return filesUnder(join(home, 'user-data'))
    .filter((path) => /Backups\W.*\W(file|vscode-remote)\W/.test(path))
    .some((path) => readFileSync(path, 'utf8').split('\n', 1)[0]!.includes(`${folder}/`));
}

/** Reloads the window when its saved state holds each of the texts, in any values. */
export async function reloadWith(window: Window, ...texts: readonly string[]): Promise<void> {
  if (!(await isDirty(window.page)))
    await until('no backup of a saved text', async () => Promise.resolve(!hasTextBackup(window)));
  if (window.kind === 'served') {
    await until(`the saved state with ${texts.join(' and ')}`, async () => {
      const saved = await savedState(window);
      return texts.every((text) => saved.some((value) => value.includes(text)));
    });
  }
  await window.page.reload();
}

/** Whether VS Code has a backup of a dataset with this number of edits. */
function hasBackup({ home }: Window, edits: number): boolean {
  const files = filesUnder(join(home, 'user-data'));
  const entries = files.filter((path) => path.includes('vscode-custom-editor'));
  return files.some((path) => {
    if (!/workspaceStorage.*preflens\.preflens/.test(path)) return false;
    const count = readFileSync(path, 'utf8').split('"before":').length - 1;
    return count === edits && entries.some((entry) => readFileSync(entry, 'utf8').includes(path));
  });
}

/** Reloads the window when the backup of the shown dataset holds this number of edits. */
export async function reloadWithEdits(window: Window, edits: number): Promise<void> {
  await until(`a backup of ${edits} edits`, async () => Promise.resolve(hasBackup(window, edits)));
  await reloadWith(window, 'preflens.dataset');
}
