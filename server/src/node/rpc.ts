// The wire tables of #protocol over vscode-jsonrpc, for any transport that the library has a reader for.
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { CancellationTokenSource, ParameterStructures, ResponseError } from 'vscode-jsonrpc/node';

/** The asking end of a wire. Every call ends: with a result, an error, or a rejection when the other end is gone. */
export interface Caller<Requests> {
  call<Name extends keyof Requests & string>(
    name: Name,
    params: Requests[Name] extends { params: infer P } ? P : never,
    signal?: AbortSignal,
  ): Promise<Requests[Name] extends { result: infer R } ? R : never>;
}

/** The answering end: one function for each request, none may be missing. */
export type Handlers<Requests> = {
  [Name in keyof Requests]: (
    params: Requests[Name] extends { params: infer P } ? P : never,
    signal: AbortSignal,
  ) => Promise<Requests[Name] extends { result: infer R } ? R : never>;
};

/** What the library puts before the words of a handler that threw. */
const LIBRARY_WORDS = /^Request \w+ failed with message: /;

/** The asking end. A closed connection rejects what waits: the library alone would leave it pending. */
export function callerOf<Requests>(connection: MessageConnection): Caller<Requests> {
  connection.onClose(() => {
    connection.dispose();
  });
  return {
    async call(name, params, signal) {
      signal?.throwIfAborted();
      const source = new CancellationTokenSource();
      const onAbort = (): void => {
        source.cancel();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return await connection.sendRequest(name, ParameterStructures.byPosition, params, source.token);
      } catch (error) {
        if (error instanceof ResponseError) error.message = error.message.replace(LIBRARY_WORDS, '');
        throw error;
      } finally {
        signal?.removeEventListener('abort', onAbort);
        source.dispose();
      }
    },
  };
}

/** Answers requests with `handlers`. A handler that throws rejects its caller. */
export function serve<Requests>(connection: MessageConnection, handlers: Handlers<Requests>): void {
  for (const [name, handle] of Object.entries(handlers) as [
    string,
    (params: unknown, signal: AbortSignal) => unknown,
  ][]) {
    connection.onRequest(name, async (...args: unknown[]) => {
      const token = args.at(-1);
      const controller = new AbortController();
      const listening = isToken(token)
        ? token.onCancellationRequested(() => {
            controller.abort();
          })
        : undefined;
      try {
        return await handle(args[0], controller.signal);
      } finally {
        listening?.dispose();
      }
    });
  }
}

interface Token {
  onCancellationRequested(listener: () => void): { dispose(): void };
}

function isToken(value: unknown): value is Token {
  return typeof value === 'object' && value !== null && 'onCancellationRequested' in value;
}
