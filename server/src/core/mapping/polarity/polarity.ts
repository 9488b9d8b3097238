// Decides which answer an open label prefers, and how sure that is. It never guesses in silence: below SURE the file
// is unsure, and nothing may rely on which answer is better.
import type { JsonObject } from '../../model/json.ts';
import type { Mapping } from '../mapping.ts';
import type { Card } from './card.ts';
import { evidenceFor, valuesSeen } from './evidence.ts';
import type { Evidence } from './question.ts';
import type { OpenReading } from './readings.ts';
import { describeReading, labelRefOf, namesIn, readingsOf } from './readings.ts';

/** Certainty from which a reading is used. */
export const SURE = 0.95;

/** How the meaning of an open label was decided. Plain data. */
export interface Polarity {
  /** Probability of the first of `readings`, by the evidence. */
  readonly certainty: number;
  readonly isSure: boolean;
  /** What speaks for or against the first of `readings`; `weight` in natural logarithms of odds. */
  readonly evidence: readonly { readonly says: string; readonly weight: number }[];
  /** Likeliest first. */
  readonly readings: readonly OpenReading[];
}

export interface PolarityDecision {
  readonly mapping: Mapping;
  readonly polarity: Polarity;
}

function softmax(sums: readonly number[]): readonly number[] {
  const max = Math.max(...sums);
  const all = sums.map((sum) => Math.exp(sum - max));
  const total = all.reduce((sum, one) => sum + one, 0);
  return all.map((one) => one / total);
}

const WHY_UNSURE =
  'PrefLens can’t tell which answer is the better one, and `preflens schema` with this file shows how to say it in preflens.json';

/**
 * @param sample records that fit the mapping
 * @param card the text beside the file that describes it
 */
export function decidePolarity(
  mapping: Mapping,
  sample: readonly JsonObject[],
  card?: Card,
): PolarityDecision {
  const readings = readingsOf(mapping);
  const names = namesIn(mapping, sample[0] ?? {});
  const seen = valuesSeen(labelRefOf(mapping.answers), sample);
  const evidence: readonly Evidence[] = evidenceFor({ readings, sample, names, seen, card });
  const sums = readings.map((_, i) => evidence.reduce((sum, { weights }) => sum + (weights[i] ?? 0), 0));
  const certainties = softmax(sums);
  const order = [...readings.keys()].sort((a, b) => (certainties[b] ?? 0) - (certainties[a] ?? 0));
  const [best = 0, next = best] = order;
  const certainty = certainties[best] ?? 0;
  const isSure = certainty >= SURE;
  const described = order.map((i) => describeReading(readings[i] ?? mapping, names, seen));
  const chosen = { ...(readings[best] ?? mapping), polarity: described[0]?.words ?? mapping.polarity };
  return {
    mapping: isSure ? chosen : { ...chosen, isUnsure: true, unscorable: WHY_UNSURE },
    polarity: {
      certainty,
      isSure,
      evidence: evidence.map(({ says, weights }) => ({
        says,
        weight: (weights[best] ?? 0) - (weights[next] ?? 0),
      })),
      readings: described,
    },
  };
}
