// Serves one model: handles requests by priority, batch by batch, and announces each batch before and after it
// runs.
import type { MessageConnection } from 'vscode-jsonrpc/node';

import { batchEnd, byLength, Calibration } from '#core/reward/batches.ts';
import type { Sequence } from '#core/reward/encode.ts';
import { Unscorable } from '#core/reward/encode.ts';
import type { Handlers } from '#node/rpc.ts';
import type {
  OpenModel,
  RateFigures,
  ScorerNotifications,
  ScorerRequests,
  ScoringItem,
} from '#protocol/scorer.ts';

import type { Model } from './model.ts';
import { likelihoodOf, openModel } from './model.ts';
import { checkProvider } from './providerCheck.ts';
import { shortReason } from './runtime.ts';

/** Texts to tokenise between looking for messages: about 20 ms of work. */
const TEXTS_AT_ONCE = 16;

/** Initial and maximum token budgets. */
const BUDGETS = {
  cpu: { start: 512, max: 4096 },
  gpu: { start: 8192, max: 131_072 },
} as const;

/** Sequences to compare with the CPU: enough to detect errors, few enough to be fast. */
const COMPARED = 4;

interface EncodedUnit {
  readonly number: number;
  readonly max: number;
  readonly sequences: readonly Sequence[];
  /** Only if single tokens are wanted. */
  readonly places?: Int32Array;
}

interface Task {
  readonly request: number;
  readonly priority: number;
  readonly wantsTokens: boolean;
  readonly items: readonly EncodedUnit[];
  readonly lengths: readonly number[];
  readonly order: readonly number[];
  readonly signal: AbortSignal;
  readonly figures: { tokens: number; paddedTokens: number; ms: number };
  readonly done: (error?: Error) => void;
  next: number;
}

const NO_PLACES = new Int32Array(0);
const NO_LOGS = new Float64Array(0);

async function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function modelHandlers(
  connection: MessageConnection,
): Pick<Handlers<ScorerRequests>, 'checkProvider' | 'open' | 'rate'> {
  let model: Model | undefined;
  let calibration = new Calibration(BUDGETS.cpu.start, BUDGETS.cpu.max);
  let isTrusted = true;
  let isRunning = false;
  const tasks: Task[] = [];

  // Only the announced batch may run.
  let turn: Promise<unknown> = Promise.resolve();
  const alone = async (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work, work);
    turn = mine;
    return mine;
  };

  // Awaits the write: the announcement must be out before the model blocks this process.
  const tell = async <Name extends keyof ScorerNotifications>(
    name: Name,
    params: ScorerNotifications[Name],
  ): Promise<void> => connection.sendNotification(name, params);

  const encodeAll = async (
    open: Model,
    { request, items, wantsTokens = false }: ScorerRequests['rate']['params'],
    signal: AbortSignal,
  ): Promise<EncodedUnit[]> => {
    const encoded: EncodedUnit[] = [];
    const order = [...items.keys()];
    const ones = order.map(() => 1);
    const limits = { tokens: TEXTS_AT_ONCE, rows: TEXTS_AT_ONCE };
    for (let from = 0; from < order.length;) {
      const end = batchEnd(order, from, ones, limits, (number) => items[number]?.max ?? 1);
      await letMessagesIn();
      signal.throwIfAborted();
      const some = order.slice(from, end);
      await alone(async () => {
        // A chat template may never end, so announce its texts first.
        await tell('running', { request, items: Int32Array.from(some), tokens: 0 });
        for (const number of some) {
          const item = items[number] as ScoringItem;
          try {
            const sequences = open.encode(item);
            const [first] = sequences;
            const places = wantsTokens && first ? open.places(item, first) : undefined;
            encoded.push({ number, max: item.max, sequences, ...(places && { places }) });
          } catch (error) {
            if (!(error instanceof Unscorable)) throw error;
            await tell('refused', { request, item: number, reason: error.message });
          }
        }
      });
      from = end;
    }
    return encoded;
  };

  const runBatch = async (open: Model, task: Task): Promise<void> => {
    const limits = open.limits(calibration.budget);
    const end = batchEnd(task.order, task.next, task.lengths, limits, (row) => task.items[row]?.max ?? 1);
    const batch = task.order.slice(task.next, end).flatMap((row) => task.items[row] ?? []);
    const sequences = batch.flatMap((item) => item.sequences);
    const items = Int32Array.from(batch, (item) => item.number);
    const lengths = sequences.map(({ ids }) => ids.length);
    const padded = Math.max(...lengths) * sequences.length;
    await tell('running', { request: task.request, items, tokens: padded });
    if (!isTrusted) {
      isTrusted = true;
      const reason = await open.compare(sequences.slice(0, COMPARED));
      if (reason !== undefined) {
        await tell('provider', { provider: 'cpu', reason });
        calibration = new Calibration(BUDGETS.cpu.start, BUDGETS.cpu.max);
      }
    }
    const begun = performance.now();
    const logs = task.wantsTokens ? await open.runTokens(sequences) : undefined;
    const values = logs ? Float32Array.from(logs.flatMap(likelihoodOf)) : await open.run(sequences);
    const ms = performance.now() - begun;
    calibration.time(padded, ms);
    task.figures.tokens += lengths.reduce((sum, length) => sum + length, 0);
    task.figures.paddedTokens += padded;
    task.figures.ms += ms;
    task.next = end;
    await tell('rated', {
      request: task.request,
      items,
      values,
      tokens: Int32Array.from(batch, (item) => item.sequences.reduce((sum, { ids }) => sum + ids.length, 0)),
      flags: Uint8Array.from(batch, (item) => item.sequences.reduce((all, { flags }) => all | flags, 0)),
      ...(logs && {
        each: batch.map(({ places = NO_PLACES }, i) => ({ logs: logs[i] ?? NO_LOGS, places })),
      }),
    });
  };

  const runAll = async (open: Model): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    for (;;) {
      await letMessagesIn();
      for (const task of tasks.filter(({ signal }) => signal.aborted)) finish(task, new Error('cancelled'));
      const next = tasks.reduce<Task | undefined>(
        (best, task) => (!best || task.priority < best.priority ? task : best),
        undefined,
      );
      if (!next) break;
      try {
        if (next.next < next.order.length) await alone(async () => runBatch(open, next));
        if (next.next >= next.order.length) finish(next);
      } catch (error) {
        finish(next, error instanceof Error ? error : new Error(String(error)));
      }
    }
    isRunning = false;
  };

  const finish = (task: Task, error?: Error): void => {
    tasks.splice(tasks.indexOf(task), 1);
    task.done(error);
  };

  return {
    async checkProvider({ provider }) {
      try {
        return { ms: await checkProvider(provider) };
      } catch (error) {
        throw new Error(shortReason(error), { cause: error });
      }
    },
    open: async (wanted: OpenModel) => {
      model = await openModel(wanted);
      const { provider } = model.opened;
      const { start, max } = provider === 'cpu' ? BUDGETS.cpu : BUDGETS.gpu;
      calibration = new Calibration(start, max);
      isTrusted = provider === 'cpu';
      return model.opened;
    },
    rate: async (params, signal) => {
      const { request, priority, wantsTokens = false } = params;
      const open = model;
      if (!open) throw new Error('scorer: no "open" yet');
      const encoded = await encodeAll(open, params, signal);
      const lengths = encoded.map(({ sequences }) => Math.max(...sequences.map(({ ids }) => ids.length)));
      return new Promise<RateFigures>((resolve, reject) => {
        const figures = { tokens: 0, paddedTokens: 0, ms: 0 };
        tasks.push({
          request,
          priority,
          wantsTokens,
          items: encoded,
          lengths,
          order: byLength(lengths),
          signal,
          figures,
          next: 0,
          done: (error) => {
            if (error) reject(error);
            else resolve({ ...figures, budget: calibration.budget });
          },
        });
        void runAll(open);
      });
    },
  };
}
