// Work on the embeddings of a dataset in a scoring process: a head that is fitted on them, and pairs that are alike. A process
// that dies is replaced.
import type { EmbeddingHead } from '#core/score/head.ts';
import { headWork } from '#core/score/head.ts';
import type { Nearest, NearestWish } from '#core/score/nearest.ts';

import type { Scorer, StartScorer } from '../scoring/process.ts';
import { persist, whileAlive } from '../scoring/supervisor.ts';

/** Differences of embeddings, row by row. */
export interface DifferenceRows {
  readonly width: number;
  readonly count: number;
  /** Writes the difference of a row and returns its group. */
  fill(row: number, into: Float32Array): number;
}

export interface ProcessCall {
  readonly start: StartScorer;
  readonly signal: AbortSignal;
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly log: (line: string) => void;
}

/** Numbers in one message: 4 MB. */
const MESSAGE_NUMBERS = 1 << 20;

/** Sends all rows. */
async function send({ requests }: Scorer, rows: DifferenceRows, signal: AbortSignal): Promise<void> {
  const { width, count } = rows;
  const atOnce = Math.max(1, Math.floor(MESSAGE_NUMBERS / width));
  for (let from = 0; from < count; from += atOnce) {
    const end = Math.min(count, from + atOnce);
    const differences = new Float32Array((end - from) * width);
    const groups = Int32Array.from({ length: end - from }, (_, i) =>
      rows.fill(from + i, differences.subarray(i * width, (i + 1) * width)),
    );
    await requests.call('addDifferences', { width, differences, groups }, signal);
  }
}

/**
 * Sends all rows to a process and has it work on them. Rejects with the signal's reason when cancelled.
 * @param work steps of the work, as `progress` counts them
 */
async function inProcess<Result>(
  rows: DifferenceRows,
  work: number,
  ask: (scorer: Scorer) => Promise<Result>,
  { start, signal, log, onProgress }: ProcessCall,
): Promise<Result> {
  return persist(
    async () => {
      const scorer = await start({ signal });
      let visited = 0;
      scorer.listen('progress', (told) => {
        visited += told.visited;
        onProgress(Math.min(1, visited / work));
      });
      const asked = async (): Promise<Result> => {
        await send(scorer, rows, signal);
        return ask(scorer);
      };
      try {
        return await whileAlive(scorer, asked(), signal);
      } finally {
        scorer.kill();
      }
    },
    { progress: () => 0, signal, onRestart: log },
  );
}

/** Fits a head. The group of a row is the fold of its pair. */
export async function fitHeadInProcess(
  rows: DifferenceRows,
  { foldCount, seed }: { readonly foldCount: number; readonly seed: number },
  call: ProcessCall,
): Promise<EmbeddingHead> {
  return inProcess(
    rows,
    headWork(rows.count, foldCount),
    async ({ requests }) => requests.call('fitHead', { foldCount, seed }, call.signal),
    call,
  );
}

/** Searches the neighbours of some rows among all. */
export async function nearestInProcess(
  rows: DifferenceRows,
  queries: Int32Array,
  wish: NearestWish,
  call: ProcessCall,
): Promise<Nearest> {
  return inProcess(
    rows,
    queries.length,
    async ({ requests }) => requests.call('nearest', { ...wish, queries }, call.signal),
    call,
  );
}
