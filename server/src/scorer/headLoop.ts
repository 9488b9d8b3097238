// Fits a head on embeddings: gathers the differences of a dataset, then fits them.
import type { Pause } from '#core/score/fit.ts';
import { fitHead } from '#core/score/head.ts';
import type { Handlers } from '#node/rpc.ts';
import type { ScorerRequests } from '#protocol/scorer.ts';

export function headHandlers(
  pauserFor: (signal: AbortSignal) => Pause,
): Pick<Handlers<ScorerRequests>, 'addDifferences' | 'fitHead'> {
  let width = 0;
  let count = 0;
  const values: Float32Array[] = [];
  const folds: Uint8Array[] = [];
  return {
    addDifferences: async (added) => {
      ({ width } = added);
      values.push(added.differences);
      folds.push(added.folds);
      count += added.folds.length;
      return { count };
    },
    fitHead: async ({ foldCount, seed }, signal) => {
      const joined = { width, values: new Float32Array(count * width), folds: new Uint8Array(count) };
      let row = 0;
      values.forEach((part, i) => {
        joined.values.set(part, row * width);
        joined.folds.set(folds[i] ?? [], row);
        row += folds[i]?.length ?? 0;
      });
      values.length = folds.length = count = 0;
      return fitHead(joined, foldCount, seed, pauserFor(signal));
    },
  };
}
