import type { JsonObject, Path } from '../model/json.ts';
import type { Mapping } from './mapping.ts';
import { fits, labelPath, readRecord, specificity } from './read.ts';
import { MAPPINGS } from './table.ts';

/** How many records are looked at before a mapping is chosen. */
export const RECOGNITION_SAMPLE = 256;

/** Below this share of fitting records a file is left alone: it is probably not preference data. */
const MIN_CONFIDENCE = 0.5;

export interface Recognition {
  readonly mapping: Mapping;
  /** Share of the sampled records that fit, 0 to 1. */
  readonly confidence: number;
  /** Where a record writes which answer is better, as in the first one that fits. */
  readonly labelPath: Path;
  /** The user named the mapping: then the share only says how well it fits. */
  readonly isGiven: boolean;
  /** Fields that look like the prompt and that the mapping does not read, in the sampled records. */
  readonly unread: readonly string[];
}

/** A mapping that fits some of the sampled records. */
export interface Contender {
  readonly mapping: Mapping;
  /** Share of the sampled records, 0 to 1. */
  readonly share: number;
}

/** Every mapping that fits any of the sample: most records first, then most fields. */
export function contenders(sample: readonly JsonObject[]): readonly Contender[] {
  return MAPPINGS.map((mapping) => ({
    mapping,
    share: sample.filter((record) => fits(mapping, record)).length / Math.max(1, sample.length),
  }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || specificity(b.mapping) - specificity(a.mapping));
}

/** The best mapping of one record: the one that asks for the most of what is there. */
function mappingFor(record: JsonObject): Mapping | undefined {
  let best: Mapping | undefined;
  for (const mapping of MAPPINGS) {
    if (fits(mapping, record) && (!best || specificity(mapping) > specificity(best))) best = mapping;
  }
  return best;
}

function recognition(
  mapping: Mapping,
  sample: readonly JsonObject[],
  confidence: number,
  isGiven: boolean,
): Recognition {
  const example = sample.find((record) => fits(mapping, record)) ?? sample[0] ?? {};
  const unread = new Set(
    sample.flatMap((record) => {
      const outcome = readRecord(mapping, record);
      return 'problem' in outcome ? [] : (outcome.unread ?? []);
    }),
  );
  return { mapping, confidence, labelPath: labelPath(mapping, example), isGiven, unread: [...unread] };
}

/** The mapping that fits most of the sampled records, or undefined when none fits half of them. */
export function recognise(sample: readonly JsonObject[]): Recognition | undefined {
  const counts = new Map<Mapping, number>();
  for (const record of sample) {
    const mapping = mappingFor(record);
    if (mapping) counts.set(mapping, (counts.get(mapping) ?? 0) + 1);
  }
  const best = [...counts].sort((a, b) => b[1] - a[1])[0];
  if (!best) return undefined;
  const fitting = sample.filter((record) => fits(best[0], record)).length / sample.length;
  return fitting >= MIN_CONFIDENCE ? recognition(best[0], sample, fitting, false) : undefined;
}

/** How records are read: as the user said where there is a mapping, by their look where there is none. */
export function recogniseAs(
  given: Mapping | undefined,
  sample: readonly JsonObject[],
): Recognition | undefined {
  if (!given) return recognise(sample);
  const fitting = sample.filter((record) => fits(given, record)).length;
  return recognition(given, sample, sample.length === 0 ? 0 : fitting / sample.length, true);
}
