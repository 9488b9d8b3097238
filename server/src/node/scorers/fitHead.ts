// Fits a head on the embeddings of a dataset, in a scoring process. A process that dies is replaced.
import type { EmbeddingHead } from '#core/score/head.ts';
import { headWork } from '#core/score/head.ts';

import type { Scorer, StartScorer } from '../scoring/process.ts';
import { persist, whileAlive } from '../scoring/supervisor.ts';

/** Differences of embeddings and folds, row by row. */
export interface FitRows {
  readonly width: number;
  readonly count: number;
  readonly foldCount: number;
  /** Writes the difference of a row and returns its fold. */
  fill(row: number, into: Float32Array): number;
}

export interface FitCall {
  readonly start: StartScorer;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly log: (line: string) => void;
}

/** Numbers in one message: 4 MB. */
const MESSAGE_NUMBERS = 1 << 20;

async function fitOn(scorer: Scorer, rows: FitRows, call: FitCall): Promise<EmbeddingHead> {
  const { width, count, foldCount } = rows;
  const { seed, signal, onProgress } = call;
  const { requests } = scorer;
  const atOnce = Math.max(1, Math.floor(MESSAGE_NUMBERS / width));
  for (let from = 0; from < count; from += atOnce) {
    const end = Math.min(count, from + atOnce);
    const differences = new Float32Array((end - from) * width);
    const folds = Uint8Array.from({ length: end - from }, (_, i) =>
      rows.fill(from + i, differences.subarray(i * width, (i + 1) * width)),
    );
    await requests.call('addDifferences', { width, differences, folds }, signal);
  }
  const work = headWork(count, foldCount);
  let visited = 0;
  scorer.listen('progress', (told) => {
    visited += told.visited;
    onProgress(Math.min(1, visited / work));
  });
  return requests.call('fitHead', { foldCount, seed }, signal);
}

/** Rejects with the signal's reason when cancelled. */
export async function fitHeadInProcess(rows: FitRows, call: FitCall): Promise<EmbeddingHead> {
  const { start, signal, log } = call;
  return persist(
    async () => {
      const scorer = await start({ signal });
      try {
        return await whileAlive(scorer, fitOn(scorer, rows, call), signal);
      } finally {
        scorer.kill();
      }
    },
    { progress: () => 0, signal, onRestart: log },
  );
}
