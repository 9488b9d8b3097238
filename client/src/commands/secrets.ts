// Secrets of preflens.json: a person enters them, and the server requests them.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';
import type { ClientRequests } from '#protocol/editor/wire.ts';

import type { Server } from '../server.ts';
import type { Commands } from './register.ts';

/** The key of a secret in the secret store. It binds the secret to one server, since preflens.json names both. */
const secretName = (name: string, origin: string): string => `preflens.secret.${name}@${origin}`;

/** Scheme, host and port of a server; undefined if the text names none. */
function originOf(text: string): string | undefined {
  try {
    const { protocol, origin } = new URL(text);
    return /^https?:$/.test(protocol) ? origin : undefined;
  } catch {
    // The person is still typing.
    return undefined;
  }
}

async function setSecret(secrets: vscode.SecretStorage): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: t('Name of the secret in preflens.json'),
    placeHolder: 'PREFLENS_SECRET_REWARD',
    validateInput: (text) =>
      /^[A-Za-z_]\w*$/.test(text) ? undefined : t('Use letters, digits and underscores.'),
  });
  if (name === undefined) return;
  const server = await vscode.window.showInputBox({
    title: t('Server that may receive {0}', name),
    placeHolder: 'https://rewards.example.com',
    prompt: t('Scheme, host and port. The secret is sent only to this server.'),
    validateInput: (text) =>
      originOf(text) === undefined ? t('Enter an address that begins with http:// or https://.') : undefined,
  });
  const origin = server === undefined ? undefined : originOf(server);
  if (origin === undefined) return;
  const value = await vscode.window.showInputBox({
    title: t('Value of {0} for {1}', name, origin),
    prompt: t('Saved in the secret store of this editor. Leave empty to delete it.'),
    password: true,
  });
  if (value === undefined) return;
  if (value === '') await secrets.delete(secretName(name, origin));
  else await secrets.store(secretName(name, origin), value);
}

/** Answers the server's requests for secrets. */
export function answerSecrets(server: Server, secrets: vscode.SecretStorage): vscode.Disposable {
  return server.answer(
    'preflens/secret',
    async ({ name, origin }: ClientRequests['preflens/secret']['params']) =>
      (await secrets.get(secretName(name, origin))) ?? null,
  );
}

export function secretCommands(secrets: vscode.SecretStorage): Commands {
  return { 'preflens.setSecret': async () => setSecret(secrets) };
}
