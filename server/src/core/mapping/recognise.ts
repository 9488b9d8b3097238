import type { JsonObject } from '../model/json.ts';
import type { Mapping } from './mapping.ts';
import { matches } from './mapping.ts';
import { MAPPINGS } from './table.ts';

/** How many records are looked at before a mapping is chosen. */
export const RECOGNITION_SAMPLE = 256;

/** Below this share of fitting records a file is left alone: it is probably not preference data. */
const LEAST_CONFIDENCE = 0.5;

export interface Recognition {
  readonly mapping: Mapping;
  /** Share of the sampled records that fit, 0 to 1. */
  readonly confidence: number;
}

/** The mapping that fits most of the sampled records, or undefined when none fits half of them. */
export function recognise(sample: readonly JsonObject[]): Recognition | undefined {
  const counts = new Map<Mapping, number>();
  for (const record of sample) {
    const mapping = MAPPINGS.find((row) => matches(row, record));
    if (mapping) counts.set(mapping, (counts.get(mapping) ?? 0) + 1);
  }
  const best = [...counts].sort((a, b) => b[1] - a[1])[0];
  if (!best) return undefined;
  const confidence = best[1] / sample.length;
  return confidence >= LEAST_CONFIDENCE ? { mapping: best[0], confidence } : undefined;
}
