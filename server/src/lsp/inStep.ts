// An edit of a document is an answer in lines and characters: made for another text than the editor has, it would write in
// the wrong place. So the lines that it touches are compared before it is given away.
import type { Connection, WorkspaceEdit } from 'vscode-languageserver/node';

import { messages } from '#core/messages.ts';
import type { HeldLine } from '#protocol/editor/edits.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { ClientRequests } from '#protocol/editor/wire.ts';

import type { OpenDocument } from './document.ts';
import { fileNameOf } from './names.ts';
import type { OpenFiles } from './openFiles.ts';
import { log, show } from './show.ts';
import { DocumentSource } from './source.ts';

/** True if the editor has the text that the edit was made for. Shows a message if not. */
export type InStep = (edit: WorkspaceEdit) => Promise<boolean>;

/** The lines that the edits of a document touch, as the server has them. */
function linesOf(document: OpenDocument, edit: WorkspaceEdit): readonly HeldLine[] {
  const lines = new Set<number>();
  for (const change of edit.documentChanges ?? []) {
    for (const one of 'edits' in change ? change.edits : []) {
      if (!('range' in one)) continue;
      const { start, end } = one.range;
      for (let line = start.line; line <= Math.min(end.line, document.lineStarts.length - 1); line++)
        lines.add(line);
    }
  }
  return [...lines].map((line) => ({ line, text: document.lineAt(line) }));
}

function uriOf(edit: WorkspaceEdit): string | undefined {
  const [change] = edit.documentChanges ?? [];
  return change && 'textDocument' in change ? change.textDocument.uri : undefined;
}

export function inStepWith(connection: Connection, files: OpenFiles, options: () => ClientOptions): InStep {
  return async (edit) => {
    const uri = uriOf(edit);
    const source = uri === undefined ? undefined : files.get(uri)?.dataset.source;
    if (uri === undefined || !(source instanceof DocumentSource)) return true;
    const { document } = source;
    const name = fileNameOf(uri);
    if (!options().holds) {
      // The protocol calls it the end of a line, and half of the editors do not.
      if (!document.hasLoneReturn) return true;
      show(connection, 'error', messages.loneReturn(name).message);
      return false;
    }
    const { version } = document;
    const params: ClientRequests['preflens/holds']['params'] = {
      uri,
      version,
      lines: linesOf(document, edit),
    };
    const answer: ClientRequests['preflens/holds']['result'] = await connection.sendRequest(
      'preflens/holds',
      params,
    );
    if (answer.kind !== 'differs') return answer.kind === 'same';
    log(
      connection,
      'error',
      `${uri}, version ${version}: out of step with the editor; the text is read again.`,
    );
    // What came meanwhile was made to a text that is not here.
    files.changeDocument(uri, [{ text: answer.text }], answer.version);
    show(connection, 'error', messages.outOfStep(name).message);
    return false;
  };
}
