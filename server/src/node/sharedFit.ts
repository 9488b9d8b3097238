// A fit as threads take it.
import { serialize } from 'node:v8';

import type { FittedModels } from '#core/score/model.ts';

/** The models of a fit in shared memory. A thread reads them once, however many batches it gets. */
export interface SharedFit {
  readonly id: number;
  readonly bytes: Uint8Array;
}

let fits = 0;

export function shareFit({
  foldCount,
  seed,
  groups,
  trials,
  origins,
  models,
  answered,
  answerFolds,
}: FittedModels): SharedFit {
  const fitted: FittedModels = {
    foldCount,
    seed,
    trials,
    origins,
    models,
    answered,
    answerFolds,
    ...(groups && { groups }),
  };
  const stored = serialize(fitted);
  const bytes = new Uint8Array(new SharedArrayBuffer(stored.length));
  bytes.set(stored);
  return { id: fits++, bytes };
}
