// An edit of a document is an answer in lines and characters: made for another text than the editor has, it would write in
// the wrong place. So the lines that it touches are compared before it is given away.
import type { Connection, WorkspaceEdit } from 'vscode-languageserver/node';

import { messages } from '#core/messages.ts';
import type { HeldLine } from '#protocol/editor/edits.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { OpenDocument } from '#session/document.ts';
import { fileNameOf } from '#session/names.ts';
import { DocumentSource } from '#session/sources/document.ts';

import type { OpenFiles } from './openFiles.ts';
import type { Client } from './serveEditor.ts';
import { log } from './show.ts';

/** Whether the editor has the text that an edit was made for. */
export type StepState =
  | { readonly kind: 'same' }
  /** `moved`: the person edits meanwhile. `fault`: the server's text was wrong, or may be. */
  | { readonly kind: 'moved' | 'fault'; readonly why: string };

export type InStep = (edit: WorkspaceEdit) => Promise<StepState>;

const SAME: StepState = { kind: 'same' };

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

export function inStepWith(
  connection: Connection,
  client: Client,
  files: OpenFiles,
  options: () => ClientOptions,
): InStep {
  return async (edit) => {
    const uri = uriOf(edit);
    const source = uri === undefined ? undefined : files.get(uri)?.dataset.source;
    if (uri === undefined || !(source instanceof DocumentSource)) return SAME;
    const { document } = source;
    const name = fileNameOf(uri);
    if (!options().holds) {
      // The protocol calls it the end of a line, and half of the editors do not.
      return document.hasLoneReturn ? { kind: 'fault', why: messages.loneReturn(name).message } : SAME;
    }
    const { version } = document;
    const answer = await client.call('preflens/holds', { uri, version, lines: linesOf(document, edit) });
    if (answer.kind === 'same') return SAME;
    if (answer.kind === 'other-version') return { kind: 'moved', why: messages.textMoved().message };
    log(
      connection,
      'error',
      `${uri}, version ${version}: out of step with the editor; the text is read again.`,
    );
    // What came meanwhile was made to a text that is not here.
    files.changeDocument(uri, [{ text: answer.text }], answer.version);
    return { kind: 'fault', why: messages.outOfStep(name).message };
  };
}
