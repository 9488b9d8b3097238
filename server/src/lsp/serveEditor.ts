// The preflens/ part of the wire, typed on both ends.
import type { Connection } from 'vscode-languageserver/node';

import { UserError } from '#core/messages.ts';
import type { Caller, Handlers, Listeners } from '#node/rpc.ts';
import { callerOver, listen, serve } from '#node/rpc.ts';
import { inWords } from '#node/systemErrors.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type {
  ClientNotifications,
  ClientRequests,
  EditorNotifications,
  EditorRequests,
} from '#protocol/editor/wire.ts';

export type EditorHandlers<Name extends keyof EditorRequests = keyof EditorRequests> = Pick<
  Handlers<EditorRequests>,
  Name
>;

export type EditorListeners<Name extends keyof EditorNotifications = keyof EditorNotifications> = Pick<
  Listeners<EditorNotifications>,
  Name
>;

/** Answers all requests and hears all notifications that the standard does not know. */
export function serveEditor(
  connection: Connection,
  handlers: EditorHandlers,
  listeners: EditorListeners,
): void {
  serve<EditorRequests>(connection, handlers);
  listen<EditorNotifications>(connection, listeners);
}

/** The client beyond the standard. */
export interface Client extends Caller<ClientRequests> {
  notify<Name extends keyof ClientNotifications>(name: Name, params: ClientNotifications[Name]): void;
}

export function clientOf(connection: Connection): Client {
  return {
    ...callerOver<ClientRequests>(async (name, params, token) => connection.sendRequest(name, params, token)),
    notify(name, params) {
      void connection.sendNotification(name, params);
    },
  };
}

export const DONE: Outcome = { ok: true, value: null };

/** The outcome of `work`. An error that a person cannot act on is a fault of ours and stays an error. */
export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (failure) {
    const error = inWords(failure);
    if (error instanceof UserError) return { ok: false, why: error.message };
    throw error;
  }
}
