// A page's channel with its other end in memory. A test can hold requests, to answer them late or never.
import type { Channel, ChannelMessage, Handlers, Sends } from '#core/channel/channel.ts';
import { openChannel } from '#core/channel/channel.ts';

import type { OpenWire } from '../../media/src/wire.ts';

export interface Held {
  /** "rows all 0", "select 3/0". */
  readonly label: string;
  readonly signal: AbortSignal;
  release(): void;
  fail(message: string): void;
}

export interface FakeClient<PageSends extends Sends, ClientSends extends Sends> {
  readonly openWire: OpenWire<PageSends, ClientSends>;
  /** Sends to the page. */
  readonly channel: Channel<ClientSends>;
  /** Requests and notifications of the page, in order. */
  readonly heard: string[];
  readonly held: Held[];
  /** Holds all requests from now on. */
  isHolding: boolean;
}

/** Waits until every message in transit has arrived. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function fakeClient<PageSends extends Sends, ClientSends extends Sends>(
  labelOf: (name: string, params: never) => string,
  handlers: Handlers<PageSends['requests']>,
  revision: () => number,
  /** Requests that are neither noted nor held. */
  quiet: ReadonlySet<string> = new Set(),
): FakeClient<PageSends, ClientSends> {
  let page: Channel<PageSends> | undefined;
  const hold = (label: string, signal: AbortSignal): Promise<void> => {
    if (!client.isHolding) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const fail = (message: string): void => {
        reject(new Error(message));
      };
      client.held.push({ label, signal, release: resolve, fail });
    });
  };
  const holding = Object.fromEntries(
    Object.entries(handlers as Record<string, (params: never, signal: AbortSignal) => unknown>).map(
      ([name, handle]) => [
        name,
        async (params: never, signal: AbortSignal) => {
          const label = `${name} ${labelOf(name, params)}`;
          if (quiet.has(name)) return handle(params, signal);
          client.heard.push(label);
          // The host's state when the request arrives.
          const result = await handle(params, signal);
          await hold(label, signal);
          return result;
        },
      ],
    ),
  ) as unknown as Handlers<PageSends['requests']>;
  const client: FakeClient<PageSends, ClientSends> = {
    heard: [],
    held: [],
    isHolding: false,
    channel: openChannel<ClientSends, PageSends>({
      name: 'client',
      post: (message) => page?.receive(structuredClone(message)),
      handlers: holding,
      listeners: {
        ready: () => client.heard.push('ready'),
        remember: () => undefined,
        rememberColumns: () => undefined,
        options: () => undefined,
        reviewing: ({ isReviewing }: { isReviewing: boolean }) =>
          client.heard.push(`reviewing ${isReviewing}`),
        mapFields: () => client.heard.push('mapFields'),
      } as never,
      revision,
      onFault: (message) => {
        throw new Error(message);
      },
    }),
    openWire: (end) => {
      page = openChannel<PageSends, ClientSends>({
        ...end,
        name: 'page',
        post: (message: ChannelMessage) => {
          client.channel.receive(structuredClone(message));
        },
        revision: () => 0,
      });
      return page;
    },
  };
  return client;
}
