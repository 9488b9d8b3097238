// Work of a thread after a fit: what drove the margins of pairs.
import { deserialize } from 'node:v8';

import { readRaw } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import type { Reason } from '#core/score/explain.ts';
import type { FittedModels, Grouping, PairReader } from '#core/score/model.ts';
import { inputOf, readerOf } from '#core/score/model.ts';

import type { SharedFit } from './sharedFit.ts';
import type { Wanted } from './wanted.ts';
import { takeWanted } from './wanted.ts';

export interface ExplainTask extends Wanted {
  readonly recognition: Recognition;
  readonly fit: SharedFit;
  readonly grouping: Grouping;
  /** The name of the file, if the dataset has several. */
  readonly file: string | undefined;
}

/** Of all pairs of the records in order; none for a tie. */
export interface ExplainResult {
  readonly reasons: readonly (readonly Reason[])[];
}

/** The last fit that this thread has read. */
let held: { readonly id: number; readonly read: PairReader } | undefined;

function readerFor({ id, bytes }: SharedFit): PairReader {
  if (held?.id !== id) held = { id, read: readerOf(deserialize(Buffer.from(bytes)) as FittedModels) };
  return held.read;
}

export async function explainRange(task: ExplainTask): Promise<ExplainResult> {
  const { recognition, fit, grouping, file } = task;
  const read = readerFor(fit);
  const reasons: (readonly Reason[])[] = [];
  await takeWanted(task, undefined, (raw) => {
    const { pairs, value } = readRaw(raw, recognition) ?? { pairs: [] };
    for (const pair of pairs)
      reasons.push(pair.isTie || !value ? [] : read(inputOf(pair, value, grouping, file)).reasons);
  });
  return { reasons };
}
