// What a pair controller needs of the server and of the person.
import * as vscode from 'vscode';

import type { Outcome } from '#protocol/editor/outcome.ts';

import { keepOneOf } from '../decisions.ts';
import type { Server } from '../languageClient.ts';
import type { PairPorts } from './pairController.ts';

async function askMargin(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Margin of this pair',
    prompt: 'How much better the chosen answer is',
    validateInput: (value) =>
      value.trim() === '' || !Number.isFinite(Number(value)) ? 'Enter a number, like 1.5.' : undefined,
  });
  return text === undefined ? undefined : Number(text);
}

/** The value of an outcome; throws the reason where there is none. */
function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
}

export function pairPorts(server: Server, revision: (uri: string) => number): Omit<PairPorts, 'history'> {
  return {
    pair: async (request, signal) => server.request('preflens/pair', request, signal),
    edit: async (ref, edit) => valueOf(await server.request('preflens/edit', { ...ref, edit })),
    keep: async (ref, findings) => keepOneOf(server, ref, findings),
    askMargin,
    revision,
  };
}
