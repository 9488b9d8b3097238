// Before the server sends an edit, it compares the lines that the edit changes with the editor's.
import * as vscode from 'vscode';

import type { HeldAnswer, HeldText } from '#protocol/editor/edits.ts';

import type { Server } from '../server.ts';

function hold({ uri, version, lines }: HeldText): HeldAnswer {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
  if (document?.version !== version) return { kind: 'other-version' };
  const isSame = lines.every(
    ({ line, text }) => line < document.lineCount && document.lineAt(line).text === text,
  );
  return isSame ? { kind: 'same' } : { kind: 'differs', version, text: document.getText() };
}

export function answerHolds(server: Server): vscode.Disposable {
  return server.answer('preflens/holds', async (params: HeldText) => Promise.resolve(hold(params)));
}
