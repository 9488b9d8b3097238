// Serves one model: requests by priority, batch by batch, each told before it runs and after.
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
  WireUnit,
} from '#protocol/scorer.ts';

import type { Model } from './model.ts';
import { openModel } from './model.ts';
import { probe } from './probe.ts';
import { shortReason } from './runtime.ts';

/** Texts that are turned into tokens before messages are let in: about 20 ms of work. */
const TEXTS_AT_ONCE = 16;

/** Token budgets to start from and never to exceed. */
const BUDGETS = {
  cpu: { start: 512, most: 4096 },
  gpu: { start: 8192, most: 131_072 },
} as const;

/** Sequences that are compared with the processor: enough to see, and few enough to wait for. */
const COMPARED = 4;

interface EncodedUnit {
  readonly number: number;
  readonly most: number;
  readonly sequences: readonly Sequence[];
}

interface Task {
  readonly request: number;
  readonly priority: number;
  readonly units: readonly EncodedUnit[];
  readonly lengths: readonly number[];
  readonly order: readonly number[];
  readonly signal: AbortSignal;
  readonly figures: { tokens: number; paddedTokens: number; ms: number };
  readonly done: (error?: Error) => void;
  next: number;
}

async function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function modelHandlers(
  connection: MessageConnection,
): Pick<Handlers<ScorerRequests>, 'probe' | 'open' | 'rate'> {
  let model: Model | undefined;
  let calibration = new Calibration(BUDGETS.cpu.start, BUDGETS.cpu.most);
  let isTrusted = true;
  let isRunning = false;
  const tasks: Task[] = [];

  // What is told to be running must be all that runs.
  let turn: Promise<unknown> = Promise.resolve();
  const alone = async (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work, work);
    turn = mine;
    return mine;
  };

  // The write is waited for: what is told must be out before the model blocks this process.
  const tell = async <Name extends keyof ScorerNotifications>(
    name: Name,
    params: ScorerNotifications[Name],
  ): Promise<void> => connection.sendNotification(name, params);

  const encodeAll = async (
    open: Model,
    request: number,
    units: readonly WireUnit[],
    signal: AbortSignal,
  ): Promise<EncodedUnit[]> => {
    const encoded: EncodedUnit[] = [];
    const order = [...units.keys()];
    const ones = order.map(() => 1);
    const limits = { tokens: TEXTS_AT_ONCE, rows: TEXTS_AT_ONCE };
    for (let from = 0; from < order.length;) {
      const end = batchEnd(order, from, ones, limits, (number) => units[number]?.most ?? 1);
      await letMessagesIn();
      signal.throwIfAborted();
      const some = order.slice(from, end);
      await alone(async () => {
        // A template may never end: who watches must know which texts it is at.
        await tell('running', { request, units: Int32Array.from(some), tokens: 0 });
        for (const number of some) {
          const unit = units[number] as WireUnit;
          try {
            encoded.push({ number, most: unit.most, sequences: open.encode(unit) });
          } catch (error) {
            if (!(error instanceof Unscorable)) throw error;
            await tell('refused', { request, unit: number, reason: error.message });
          }
        }
      });
      from = end;
    }
    return encoded;
  };

  const runBatch = async (open: Model, task: Task): Promise<void> => {
    const limits = open.limits(calibration.budget);
    const end = batchEnd(task.order, task.next, task.lengths, limits, (row) => task.units[row]?.most ?? 1);
    const batch = task.order.slice(task.next, end).flatMap((row) => task.units[row] ?? []);
    const sequences = batch.flatMap((unit) => unit.sequences);
    const units = Int32Array.from(batch, (unit) => unit.number);
    const lengths = sequences.map(({ ids }) => ids.length);
    const padded = Math.max(...lengths) * sequences.length;
    await tell('running', { request: task.request, units, tokens: padded });
    if (!isTrusted) {
      isTrusted = true;
      const reason = await open.compare(sequences.slice(0, COMPARED));
      if (reason !== undefined) {
        await tell('provider', { provider: 'cpu', reason });
        calibration = new Calibration(BUDGETS.cpu.start, BUDGETS.cpu.most);
      }
    }
    const begun = performance.now();
    const values = await open.run(sequences);
    const ms = performance.now() - begun;
    calibration.time(padded, ms);
    task.figures.tokens += lengths.reduce((sum, length) => sum + length, 0);
    task.figures.paddedTokens += padded;
    task.figures.ms += ms;
    task.next = end;
    await tell('rated', {
      request: task.request,
      units,
      values,
      tokens: Int32Array.from(batch, (unit) => unit.sequences.reduce((sum, { ids }) => sum + ids.length, 0)),
      flags: Uint8Array.from(batch, (unit) => unit.sequences.reduce((all, { flags }) => all | flags, 0)),
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
    async probe({ provider }) {
      try {
        return { ms: await probe(provider) };
      } catch (error) {
        throw new Error(shortReason(error), { cause: error });
      }
    },
    open: async (wanted: OpenModel) => {
      model = await openModel(wanted);
      const { provider } = model.opened;
      const { start, most } = provider === 'cpu' ? BUDGETS.cpu : BUDGETS.gpu;
      calibration = new Calibration(start, most);
      isTrusted = provider === 'cpu';
      return model.opened;
    },
    rate: async ({ request, priority, units }, signal) => {
      const open = model;
      if (!open) throw new Error('scorer: asked to rate before "open"');
      const encoded = await encodeAll(open, request, units, signal);
      const lengths = encoded.map(({ sequences }) => Math.max(...sequences.map(({ ids }) => ids.length)));
      return new Promise<RateFigures>((resolve, reject) => {
        const figures = { tokens: 0, paddedTokens: 0, ms: 0 };
        tasks.push({
          request,
          priority,
          units: encoded,
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
