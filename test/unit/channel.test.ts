// The channel between client and pages: two ends joined by a message queue.
import { describe, expect, it } from 'vitest';

import type { Channel, ChannelMessage, Handlers } from '#core/channel/channel.ts';
import { openChannel } from '#core/channel/channel.ts';

interface AskerSends {
  readonly requests: {
    double: { params: number; result: number };
    wait: { params: string; result: string };
  };
  readonly notifications: { ready: null };
}
interface AnswererSends {
  readonly requests: object;
  readonly notifications: { news: string };
}

/** Controls a handler of `wait`, by its params. */
class Waiting {
  readonly #ends = new Map<string, { resolve: (text: string) => void; reject: (error: unknown) => void }>();
  readonly aborted: string[] = [];

  async wait(name: string, signal: AbortSignal): Promise<string> {
    signal.addEventListener('abort', () => this.aborted.push(name));
    return new Promise((resolve, reject) => this.#ends.set(name, { resolve, reject }));
  }

  resolve(name: string): void {
    this.#ends.get(name)!.resolve(name.toUpperCase());
  }

  reject(name: string, error: unknown): void {
    this.#ends.get(name)!.reject(error);
  }
}

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function joined(more: Partial<Handlers<AskerSends['requests']>> = {}) {
  const waiting = new Waiting();
  const posted: ChannelMessage[] = [];
  const heard: string[] = [];
  const faults: string[] = [];
  const state = { revision: 1 };
  const asker: Channel<AskerSends> = openChannel<AskerSends, AnswererSends>({
    name: 'page',
    post: (message) => {
      posted.push(message);
      answerer.receive(structuredClone(message));
    },
    handlers: {},
    listeners: {
      news: (text) => {
        if (text === 'bad') throw new Error('bad news');
        heard.push(text);
      },
    },
    revision: () => 0,
    onFault: (message) => faults.push(message),
  });
  const answerer: Channel<AnswererSends> = openChannel<AnswererSends, AskerSends>({
    name: 'client',
    post: (message) => {
      posted.push(message);
      asker.receive(structuredClone(message));
    },
    handlers: {
      double: async (value) => Promise.resolve(2 * value),
      wait: async (name, signal) => waiting.wait(name, signal),
      ...more,
    },
    listeners: { ready: () => heard.push('ready') },
    revision: () => state.revision,
    onFault: (message) => faults.push(message),
  });
  return { asker, answerer, waiting, posted, heard, faults, state };
}

describe('a channel', () => {
  it('answers a request with its result', async () => {
    expect(await joined().asker.request('double', 21)).toEqual({ result: 42, revision: 1 });
  });

  it('matches replies that arrive out of order', async () => {
    const { asker, waiting } = joined();
    const [first, second] = [asker.request('wait', 'a'), asker.request('wait', 'b')];
    waiting.resolve('b');
    expect((await second).result).toBe('B');
    waiting.resolve('a');
    expect((await first).result).toBe('A');
  });

  it('sends with each reply the revision at which the request was received', async () => {
    const { asker, waiting, state } = joined();
    const reply = asker.request('wait', 'a');
    state.revision = 2;
    waiting.resolve('a');
    expect((await reply).revision).toBe(1);
    expect((await asker.request('double', 1)).revision).toBe(2);
  });

  it('rejects with the message of a handler that throws', async () => {
    const { asker, waiting } = joined({
      double: () => {
        throw new Error('no doubles');
      },
    });
    await expect(asker.request('double', 1)).rejects.toThrow('no doubles');
    const reply = asker.request('wait', 'a');
    waiting.reject('a', 'a text');
    await expect(reply).rejects.toThrow('a text');
  });

  it.each(['triple', 'constructor', '__proto__', 'toString'])(
    'rejects the unknown request %s',
    async (name) => {
      const { asker } = joined();
      await expect(asker.request(name as 'double', 1)).rejects.toThrow(`Unknown request: ${name}.`);
    },
  );

  it('cancels: the caller is rejected at once, the handler is notified, a late reply is ignored', async () => {
    const { asker, waiting, faults } = joined();
    const controller = new AbortController();
    const reply = asker.request('wait', 'a', controller.signal);
    controller.abort(new Error('not needed'));
    await expect(reply).rejects.toThrow('not needed');
    expect(waiting.aborted).toEqual(['a']);
    waiting.resolve('a');
    await turn();
    expect(faults).toEqual([]);
    await expect(asker.request('double', 1, controller.signal)).rejects.toThrow('not needed');
  });

  it('sends no cancel for a finished request', async () => {
    const { asker, posted } = joined();
    const controller = new AbortController();
    await asker.request('double', 1, controller.signal);
    controller.abort();
    expect(posted.map(({ kind }) => kind)).toEqual(['request', 'reply']);
  });

  it('rejects pending and later requests when its own end closes', async () => {
    const { asker, posted } = joined();
    const reply = asker.request('wait', 'a');
    asker.close('The view was closed.');
    await expect(reply).rejects.toThrow('The view was closed.');
    const count = posted.length;
    await expect(asker.request('double', 1)).rejects.toThrow('The view was closed.');
    asker.notify('ready', null);
    expect(posted).toHaveLength(count);
  });

  it('aborts running handlers when the answering end closes, and posts nothing more', async () => {
    const { asker, answerer, waiting, posted } = joined();
    void asker.request('wait', 'a');
    answerer.close('The view was closed.');
    expect(waiting.aborted).toEqual(['a']);
    waiting.resolve('a');
    await turn();
    expect(posted).toHaveLength(1);
  });

  it('ignores replies to an earlier end, such as a page before its reload', async () => {
    const { asker, waiting, answerer } = joined();
    const reply = asker.request('wait', 'a');
    answerer.receive({ kind: 'request', id: 'page before 1', name: 'wait', params: 'b' });
    waiting.resolve('b');
    await turn();
    waiting.resolve('a');
    expect((await reply).result).toBe('A');
  });

  it('passes notifications on, and reports failed or unknown ones', () => {
    const { asker, answerer, heard, faults } = joined();
    asker.notify('ready', null);
    answerer.notify('news', 'good');
    answerer.notify('news', 'bad');
    answerer.notify('olds' as 'news', 'x');
    expect(heard).toEqual(['ready', 'good']);
    expect(faults).toEqual(['bad news', 'Unknown notification: olds.']);
  });
});
