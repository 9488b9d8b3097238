// Links in texts of a dataset.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';

import { say } from '../say.ts';

const SAFE = /^(?:https?|mailto)$/;

/** Opens an address in the browser, after VS Code's own question. The page sends only safe ones; we look again. */
export async function openLink(address: string): Promise<void> {
  const uri = vscode.Uri.parse(address, true);
  if (SAFE.test(uri.scheme)) await vscode.env.openExternal(uri);
  else
    void say(
      'warning',
      t('Only links to web pages and mail addresses are opened, not {0}: links.', uri.scheme),
    );
}
