// The preflens/ part of the wire, typed on both ends.
import type { Connection } from 'vscode-languageserver/node';

import type { Caller, Handlers, Listeners } from '#node/rpc.ts';
import { callerOver, listen, serve } from '#node/rpc.ts';
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
