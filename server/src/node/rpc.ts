// The typed wires of #protocol on vscode-jsonrpc, over any transport.
import type { ChildProcess } from 'node:child_process';

import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ParameterStructures,
  ResponseError,
} from 'vscode-jsonrpc/node';

import type { Handlers, Listeners } from '#core/channel/channel.ts';

export type { Handlers, Listeners };

/**
 * The calling side. Every call ends: with a result, with an error, or with a rejection when the other side is
 * gone.
 */
export interface Caller<Requests> {
  call<Name extends keyof Requests & string>(
    name: Name,
    params: Requests[Name] extends { params: infer P } ? P : never,
    signal?: AbortSignal,
  ): Promise<Requests[Name] extends { result: infer R } ? R : never>;
}

/** To a child process, or to the parent of this one. */
export function connectionTo(process: ChildProcess | NodeJS.Process): MessageConnection {
  return createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
}

/** The part of a connection that `serve` needs. */
interface Answering {
  onRequest(name: string, handle: (...args: unknown[]) => unknown): unknown;
}

/** The part of a connection that `listen` needs. */
interface Listening {
  onNotification(name: string, handle: (params: unknown) => void): unknown;
}

/** Prefix that the library adds to the message of a handler that threw. */
const LIBRARY_PREFIX = /^Request \w+ failed with message: /;

type Send = (name: string, params: unknown, token: CancellationToken) => Promise<unknown>;

/** Calls over `send`. Aborting the signal cancels the request on the other side. */
export function callerOver<Requests>(send: Send): Caller<Requests> {
  return {
    async call(name, params, signal) {
      signal?.throwIfAborted();
      const source = new CancellationTokenSource();
      const onAbort = (): void => {
        source.cancel();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return (await send(name, params, source.token)) as never;
      } catch (error) {
        if (error instanceof ResponseError) error.message = error.message.replace(LIBRARY_PREFIX, '');
        throw error;
      } finally {
        signal?.removeEventListener('abort', onAbort);
        source.dispose();
      }
    },
  };
}

/**
 * Calls over a connection. When it closes, pending calls are rejected; the library alone would leave them pending.
 */
export function callerOf<Requests>(connection: MessageConnection): Caller<Requests> {
  connection.onClose(() => {
    connection.dispose();
  });
  return callerOver(async (name, params, token) =>
    connection.sendRequest(name, ParameterStructures.byPosition, params, token),
  );
}

export function listen<Notifications>(connection: Listening, listeners: Listeners<Notifications>): void {
  for (const [name, hear] of Object.entries(listeners) as [string, (params: unknown) => void][])
    connection.onNotification(name, hear);
}

/** Runs `work` with a signal that the token aborts, if there is a token. */
export async function withSignal<T>(
  token: unknown,
  work: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const listening = isToken(token)
    ? token.onCancellationRequested(() => {
        controller.abort();
      })
    : undefined;
  try {
    return await work(controller.signal);
  } finally {
    listening?.dispose();
  }
}

/** Serves requests with `handlers`. A handler that throws rejects its caller. */
export function serve<Requests>(connection: Answering, handlers: Handlers<Requests>): void {
  for (const [name, handle] of Object.entries(handlers) as [
    string,
    (params: unknown, signal: AbortSignal) => unknown,
  ][]) {
    // A request without parameters passes only the token.
    connection.onRequest(name, async (...args: unknown[]) =>
      withSignal(args.at(-1), (signal) => handle(args[0], signal)),
    );
  }
}

interface Token {
  onCancellationRequested(listener: () => void): { dispose(): void };
}

function isToken(value: unknown): value is Token {
  return typeof value === 'object' && value !== null && 'onCancellationRequested' in value;
}
