// An edit of a document is a list of lines and characters: made for another text than the editor has, it would write in the
// wrong place. So the lines that it changes are compared with the editor's first. A version number does not prove a text.
import type { Connection, WorkspaceEdit } from 'vscode-languageserver/node';

import { messages } from '#core/messages.ts';
import type { HeldLine } from '#protocol/editor/edits.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { OpenDocument } from '#session/document.ts';
import { fileNameOf } from '#session/names.ts';
import type { Source } from '#session/sources/source.ts';

import type { Client } from './serveEditor.ts';
import { log } from './show.ts';

/** Whether the editor has the text that an edit was made for. */
export type StepState =
  | { readonly kind: 'same' }
  /** `moved`: the person edits meanwhile. `fault`: the server's text was wrong, or may be. */
  | { readonly kind: 'moved' | 'fault'; readonly why: string };

export type InStep = (source: Source, edit: WorkspaceEdit) => Promise<StepState>;

const SAME: StepState = { kind: 'same' };

/** The lines that an edit changes, as the server has them. */
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

/** @param replace takes the editor's text in place of the server's */
export function inStepWith(
  connection: Connection,
  client: Client,
  options: () => ClientOptions,
  replace: (uri: string, text: string, version: number) => void,
): InStep {
  return async ({ uri, document }, edit) => {
    if (!document) return SAME;
    const name = fileNameOf(uri);
    if (!options().holds)
      // The protocol takes it for the end of a line, and half of the editors do not.
      return document.hasLoneReturn ? { kind: 'fault', why: messages.loneReturn(name).message } : SAME;
    const { version } = document;
    const answer = await client.call('preflens/holds', { uri, version, lines: linesOf(document, edit) });
    if (answer.kind === 'same') return SAME;
    if (answer.kind === 'other-version') return { kind: 'moved', why: messages.textMoved().message };
    log(
      connection,
      'error',
      `${uri}, version ${version}: the text differs from the editor's; reading it again.`,
    );
    // Changes that came meanwhile were made to a text that the server did not have.
    replace(uri, answer.text, answer.version);
    return { kind: 'fault', why: messages.outOfStep(name).message };
  };
}
