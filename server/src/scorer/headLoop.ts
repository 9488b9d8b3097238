// Works on embeddings: gathers the differences of a dataset, then fits a head on them, or searches neighbours among them.
import type { Pause } from '#core/score/fit.ts';
import { fitHead } from '#core/score/head.ts';
import { scaleRows } from '#core/score/nearest.ts';
import type { Handlers } from '#node/rpc.ts';
import type { ScorerRequests } from '#protocol/scorer.ts';

import type { Crew } from './threads.ts';

export function headHandlers(
  pauserFor: (signal: AbortSignal) => Pause,
  crew: Pick<Crew, 'nearest'>,
): Pick<Handlers<ScorerRequests>, 'addDifferences' | 'fitHead' | 'nearest'> {
  let width = 0;
  let count = 0;
  const values: Float32Array[] = [];
  const groups: Int32Array[] = [];
  /** Moves what was gathered into these arrays. */
  const join = (joined: Float32Array, groupOf: Uint8Array | Int32Array): void => {
    let row = 0;
    values.forEach((part, i) => {
      joined.set(part, row * width);
      groupOf.set(groups[i] ?? [], row);
      row += groups[i]?.length ?? 0;
    });
    values.length = groups.length = count = 0;
  };
  return {
    addDifferences: async (added) => {
      ({ width } = added);
      values.push(added.differences);
      groups.push(added.groups);
      count += added.groups.length;
      return { count };
    },
    fitHead: async ({ foldCount, seed }, signal) => {
      const joined = { width, values: new Float32Array(count * width), folds: new Uint8Array(count) };
      join(joined.values, joined.folds);
      return fitHead(joined, foldCount, seed, pauserFor(signal));
    },
    nearest: async ({ queries, ...wish }, signal) => {
      // Threads share the rows.
      const all = new Float32Array(new SharedArrayBuffer(count * width * Float32Array.BYTES_PER_ELEMENT));
      const directions = { width, values: all, groups: new Int32Array(count) };
      join(all, directions.groups);
      scaleRows(all, width);
      return crew.nearest(directions, queries, wish, pauserFor(signal));
    },
  };
}
