// One end of a typed channel between two programs that can post messages to each other. Both ends are alike: each sends
// requests and notifications, and answers those of the other. Every request ends: with a result, an error or a rejection.
import { errorMessage } from '../words/errorMessage.ts';

/** What an end may send: requests with params and result, and notifications with params. */
export interface Sends {
  readonly requests: object;
  readonly notifications: object;
}

export type ParamsOf<Requests, Name extends keyof Requests> = Requests[Name] extends { params: infer P }
  ? P
  : never;
export type ResultOf<Requests, Name extends keyof Requests> = Requests[Name] extends { result: infer R }
  ? R
  : never;

/** One function for each request; none may be missing. What it throws rejects the caller. The signal is the caller's. */
export type Handlers<Requests> = {
  readonly [Name in keyof Requests]: (
    params: ParamsOf<Requests, Name>,
    signal: AbortSignal,
  ) => ResultOf<Requests, Name> | Promise<ResultOf<Requests, Name>>;
};

/** One function for each notification; none may be missing. */
export type Listeners<Notifications> = {
  readonly [Name in keyof Notifications]: (params: Notifications[Name]) => void;
};

/** What travels between the ends. `message` is a sentence for the person. */
export type ChannelMessage =
  | { readonly kind: 'request'; readonly id: string; readonly name: string; readonly params: unknown }
  | { readonly kind: 'reply'; readonly id: string; readonly result: unknown; readonly revision: number }
  | { readonly kind: 'error'; readonly id: string; readonly message: string }
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'notify'; readonly name: string; readonly params: unknown };

export interface Reply<Result> {
  readonly result: Result;
  /** Of the other end when it received the request: the result is at least as new. */
  readonly revision: number;
}

export interface Channel<Out extends Sends> {
  /** Rejects when the other end reports an error, when `signal` aborts and when the channel closes. */
  request<Name extends keyof Out['requests'] & string>(
    name: Name,
    params: ParamsOf<Out['requests'], Name>,
    signal?: AbortSignal,
  ): Promise<Reply<ResultOf<Out['requests'], Name>>>;
  notify<Name extends keyof Out['notifications'] & string>(
    name: Name,
    params: Out['notifications'][Name],
  ): void;
  /** Takes a message of the other end. */
  receive(message: ChannelMessage): void;
  /** Rejects pending requests with `reason` and aborts running handlers. Nothing is posted afterwards. */
  close(reason: string): void;
}

export interface ChannelEnd<In extends Sends> {
  /** Differs between two ends that take the same place, as a page before and after a reload: late replies to the first are ignored. */
  readonly name: string;
  readonly post: (message: ChannelMessage) => void;
  readonly handlers: Handlers<In['requests']>;
  readonly listeners: Listeners<In['notifications']>;
  /** Of what this end answers from; sent with each reply. */
  readonly revision: () => number;
  /** Reports what no caller waits for: a listener that threw, a notification without a listener. */
  readonly onFault: (message: string) => void;
}

interface Pending {
  readonly resolve: (reply: Reply<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** The own function of a table; names come from the other end. */
function functionIn<Function>(table: object, name: string): Function | undefined {
  return Object.hasOwn(table, name) ? (table as Record<string, Function>)[name] : undefined;
}

export function openChannel<Out extends Sends, In extends Sends>(end: ChannelEnd<In>): Channel<Out> {
  const pending = new Map<string, Pending>();
  const running = new Map<string, AbortController>();
  let count = 0;
  let closedBecause: string | undefined;

  const post = (message: ChannelMessage): void => {
    if (closedBecause === undefined) end.post(message);
  };

  const answer = async (id: string, name: string, params: unknown): Promise<void> => {
    const handle = functionIn<(params: unknown, signal: AbortSignal) => unknown>(end.handlers, name);
    if (!handle) {
      post({ kind: 'error', id, message: `Unknown request: ${name}.` });
      return;
    }
    const controller = new AbortController();
    const revision = end.revision();
    running.set(id, controller);
    try {
      const result = await handle(params, controller.signal);
      post({ kind: 'reply', id, result, revision });
    } catch (error) {
      post({ kind: 'error', id, message: errorMessage(error) });
    } finally {
      running.delete(id);
    }
  };

  const hear = (name: string, params: unknown): void => {
    const listen = functionIn<(params: unknown) => void>(end.listeners, name);
    if (!listen) {
      end.onFault(`Unknown notification: ${name}.`);
      return;
    }
    try {
      listen(params);
    } catch (error) {
      end.onFault(errorMessage(error));
    }
  };

  /** Takes a request out of those pending; undefined if it was cancelled before. */
  const settled = (id: string): Pending | undefined => {
    const request = pending.get(id);
    pending.delete(id);
    return request;
  };

  return {
    async request(name, params, signal) {
      signal?.throwIfAborted();
      if (closedBecause !== undefined) throw new Error(closedBecause);
      const id = `${end.name} ${++count}`;
      const onAbort = (): void => {
        post({ kind: 'cancel', id });
        settled(id)?.reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort);
      try {
        return await new Promise((resolve, reject) => {
          pending.set(id, { resolve: resolve as Pending['resolve'], reject });
          post({ kind: 'request', id, name, params });
        });
      } finally {
        pending.delete(id);
        signal?.removeEventListener('abort', onAbort);
      }
    },
    notify(name, params) {
      post({ kind: 'notify', name, params });
    },
    receive(message) {
      if (closedBecause !== undefined) return;
      switch (message.kind) {
        case 'request':
          void answer(message.id, message.name, message.params);
          return;
        case 'reply':
          settled(message.id)?.resolve({ result: message.result, revision: message.revision });
          return;
        case 'error':
          settled(message.id)?.reject(new Error(message.message));
          return;
        case 'cancel':
          running.get(message.id)?.abort();
          return;
        case 'notify':
          hear(message.name, message.params);
      }
    },
    close(reason) {
      if (closedBecause !== undefined) return;
      closedBecause = reason;
      for (const { reject } of pending.values()) reject(new Error(reason));
      for (const controller of running.values()) controller.abort();
      pending.clear();
    },
  };
}
