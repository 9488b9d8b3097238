// The pair controller's connection to VS Code: its ports, and refreshes that nobody waits for.
import * as vscode from 'vscode';

import type { Handlers } from '#core/channel/channel.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { t } from '#core/words/translate.ts';
import type { PairRequests } from '#protocol/page/pair.ts';

import { say } from '../say.ts';
import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';
import { keepOneOf } from '../views/decisions.ts';
import type { Statuses } from '../views/statuses.ts';
import type { PairController, PairPorts, Refreshed } from './pairController.ts';

async function askMargin(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: t('Margin of this pair'),
    prompt: t('How much better the chosen answer is'),
    validateInput: (value) =>
      value.trim() === '' || !Number.isFinite(Number(value)) ? t('Enter a number, like 1.5.') : undefined,
  });
  return text === undefined ? undefined : Number(text);
}

export function pairPorts(server: Server, statuses: Statuses): Omit<PairPorts, 'history'> {
  return {
    pair: async (request, signal) => server.request('preflens/pair', request, signal),
    edit: async (ref, edit) => valueOf(await server.request('preflens/edit', { ...ref, edit })),
    keep: async (ref, findings) => keepOneOf(server, ref, findings),
    askMargin,
    revision: (uri) => statuses.revision(uri),
  };
}

/** Requests of either page that go to the server as they are. */
export function pairRequests(server: Server): Handlers<PairRequests> {
  return {
    tokenStrings: async (wanted, signal) => server.request('preflens/tokenStrings', wanted, signal),
  };
}

/** Requests the shown pair again and passes it to `show`; reports an error to the person. */
export function refreshPair(pairs: PairController, show: (refreshed: Refreshed) => void): void {
  pairs.refresh().then(
    (refreshed) => {
      if (refreshed) show(refreshed);
    },
    (error: unknown) => {
      void say('error', errorMessage(error));
    },
  );
}
