// Scoring processes whose answers a test writes down: nothing is computed, nothing is started.
import type { Scorer } from '#node/scoring/process.ts';
import { ScorerGone } from '#node/scoring/process.ts';
import type { ScorerNotifications, ScorerRequests } from '#protocol/scorer.ts';

type Answer<Name extends keyof ScorerRequests> = (
  params: ScorerRequests[Name]['params'],
) => ScorerRequests[Name]['result'];
export type Answers = { readonly [Name in keyof ScorerRequests]?: Answer<Name> };

type Send = <Name extends keyof ScorerNotifications>(name: Name, params: ScorerNotifications[Name]) => void;

export interface ScriptedScorer extends Scorer {
  readonly isGone: () => boolean;
  /** Ends it as a crash would. */
  readonly crash: () => void;
}

/** @param script its answers; it may send notifications and crash the process */
export function scriptedScorer(script: (send: Send, crash: () => void) => Answers): ScriptedScorer {
  const listeners = new Map<string, (params: never) => void>();
  let hasEnded = false;
  const isGone = (): boolean => hasEnded;
  let fail: (reason: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => (fail = reject));
  gone.catch(() => undefined);
  const end = (reason: string): void => {
    hasEnded = true;
    fail(new ScorerGone(reason));
  };
  const crash = (): void => {
    end('The scoring process ended (signal SIGSEGV).');
  };
  const answers = script((name, params) => {
    listeners.get(name)?.(params as never);
  }, crash);
  return {
    requests: {
      call: async (name, params, signal) => {
        // As on a wire, an answer is never there at once.
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
        const lost = new Error('Connection is disposed.');
        if (isGone()) throw lost;
        const answer = answers[name] as ((params: unknown) => never) | undefined;
        if (!answer) throw new Error(`scriptedScorer: no answer to ${name}`);
        const result = answer(params);
        // The answer may crash the process.
        if (isGone()) throw lost;
        return result;
      },
    },
    pid: 4712,
    gone,
    listen(name, listener) {
      listeners.set(name, listener);
    },
    kill() {
      end('killed');
    },
    isGone,
    crash,
  };
}

/** Serves a model whose score of an answer is its length. @param onBatch true lets the batch crash the process */
export function scriptedModel(onBatch: () => boolean = () => false): ScriptedScorer {
  return scriptedScorer((send, crash) => ({
    open: () => ({ provider: 'cpu', failed: [], width: 1, precision: 'fp32' }),
    rate: ({ request, items }) => {
      const all = Int32Array.from(items, (_, i) => i);
      send('running', { request, items: all, tokens: items.length });
      if (onBatch()) crash();
      else
        send('rated', {
          request,
          items: all,
          values: Float32Array.from(items, ({ texts: [text = ''] }) => text.length),
          tokens: all,
          flags: new Uint8Array(items.length),
        });
      return { tokens: items.length, paddedTokens: items.length, ms: 1, budget: 512 };
    },
  }));
}

/** Fits three parts. The margin of a pair is its number. @param onCall called with each request; true crashes the process */
export function scriptedFit(onCall: (name: string) => boolean = () => false): ScriptedScorer {
  return scriptedScorer((send, crash) => {
    let count = 0;
    const called = (name: string): void => {
      if (onCall(name)) crash();
    };
    return {
      add: ({ pairs }) => ({ count: (count += pairs.length) }),
      plan: () => ({ parts: 3, work: 1, width: 1, evidence: ['words', 'groups'] }),
      fit: ({ part }) => {
        called(`fit ${part}`);
        send('progress', { visited: 1 });
        return {} as never;
      },
      restore: ({ part }) => {
        called(`restore ${part}`);
        return null;
      },
      join: () => {
        called('join');
        return {
          margins: Float32Array.from({ length: count }, (_, pair) => pair),
          origins: { categories: [], numbers: [], leftOut: [] },
        } as never;
      },
      selfTest: ({ evidence }) => {
        called(`selfTest ${evidence}`);
        send('progress', { visited: 1 });
        const figures = { planted: 12, auroc: 0.5 } as never;
        return {
          test: figures,
          margins: new Float32Array(count).fill(1),
          sign: Int8Array.from({ length: count }, (_, row) => (row % 5 === 0 ? -1 : 1)),
        };
      },
    };
  });
}
