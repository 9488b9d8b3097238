// Help for records that fit no schema: the nearest schemas and what they miss, the fields of the records, and
// entries of preflens.json that would read them.
import { findField, nameOf, pathsOf } from '../mapping/field.ts';
import { needsOf, readRecord } from '../mapping/read.ts';
import { MAPPINGS } from '../mapping/table.ts';
import type { JsonObject } from '../model/json.ts';
import { closest } from './closest.ts';
import type { MappingRule } from './config.ts';
import { mappingOf } from './config.ts';
import type { FieldSeen } from './fieldsSeen.ts';
import { fieldsSeen } from './fieldsSeen.ts';
import { otherKind } from './otherData.ts';
import { knownFields, readingsOf } from './readings.ts';
import type { SuggestedReading } from './readingWords.ts';

/** A schema that the records nearly fit. */
export interface NearSchema {
  readonly id: string;
  readonly title: string;
  /** Each field that is missing or of another type: 'lack "rejected"'. */
  readonly faults: readonly string[];
}

/** Plain data: stored with the survey. */
export interface Suggestion {
  /** What the records look like if they hold no preference: "multiple-choice questions: …". */
  readonly kind?: string;
  /** Nearest first; empty if none comes close, or if the records look like something else. */
  readonly nearest: readonly NearSchema[];
  readonly fields: readonly FieldSeen[];
  /** One if it is certain which answer is better; if not, all readings that are possible, the likelier first. */
  readonly readings: readonly SuggestedReading[];
  /** If there is no reading: the fields of a pair that names reveal. */
  readonly known: Pick<MappingRule, 'prompt' | 'chosen' | 'rejected'>;
}

/** Records to look at. */
const MAX_LOOKED_AT = 256;

/** Most schemas to name. */
const MAX_NEAREST = 3;

/** Minimum share of a schema's needs that the records have. */
const MIN_SHARE = 0.5;

/** Longest description of what a field should be, in UTF-16 units. */
const MAX_EXPECTED = 80;

function cut(text: string): string {
  return text.length > MAX_EXPECTED ? `${text.slice(0, MAX_EXPECTED)}…` : text;
}

/** "response_1" is no misspelt "response_0". */
function withoutNumber(name: string): string {
  return name.replace(/\d+$/, '');
}

/** Schemas that lack the same fields say nothing new. */
function withoutRepeats(near: readonly NearSchema[]): readonly NearSchema[] {
  const seen = new Set<string>();
  return near.filter(({ faults }) => {
    const key = faults.join();
    return !seen.has(key) && seen.add(key);
  });
}

function nearestOf(sample: readonly JsonObject[], fields: readonly FieldSeen[]): readonly NearSchema[] {
  const isMostly = (holds: (record: JsonObject) => boolean): boolean =>
    sample.filter(holds).length * 2 > sample.length;
  const names = fields.map(({ name }) => name);
  const found = MAPPINGS.flatMap((mapping) => {
    if (mapping.answers.kind === 'none') return [];
    const needs = needsOf(mapping);
    const faults = needs.flatMap((need): string[] => {
      if (isMostly((record) => findField(record, need.at) === undefined)) {
        const wanted = pathsOf(need.at).map((path) => String(path.at(-1)));
        const meant = wanted
          .map((one) => closest(one, names))
          .find(
            (one) => one !== undefined && !wanted.some((own) => withoutNumber(own) === withoutNumber(one)),
          );
        return [`lack ${nameOf(need.at)}${meant === undefined ? '' : ` (is it "${meant}"?)`}`];
      }
      if (isMostly((record) => need.fits(findField(record, need.at)?.value ?? null))) return [];
      const refs = pathsOf(need.at).map((path) => path.join('.'));
      const is = fields.find(({ ref }) => refs.includes(ref));
      const name = is ? `"${is.ref}"` : nameOf(need.at);
      return [`have ${name} as ${is?.types[0] ?? 'something else'}, not as ${cut(need.expected)}`];
    });
    const share = 1 - faults.length / Math.max(1, needs.length);
    return share >= MIN_SHARE && faults.length > 0
      ? [{ id: mapping.id, title: mapping.title, faults, share }]
      : [];
  }).sort((a, b) => a.faults.length - b.faults.length || b.share - a.share);
  return withoutRepeats(found)
    .slice(0, MAX_NEAREST)
    .map(({ id, title, faults }) => ({ id, title, faults }));
}

/** True if the rule reads pairs with two texts in at least half of the records. */
export function readsMost(rule: MappingRule, sample: readonly JsonObject[]): boolean {
  const mapping = mappingOf(rule);
  const isRead = (record: JsonObject): boolean => {
    const outcome = readRecord(mapping, record);
    return (
      'pairs' in outcome &&
      outcome.pairs.some(({ chosen, rejected }) => chosen.turns.length > 0 && rejected.turns.length > 0)
    );
  };
  return sample.length > 0 && sample.filter(isRead).length * 2 >= sample.length;
}

export function suggest(records: readonly JsonObject[]): Suggestion {
  const sample = records.slice(0, MAX_LOOKED_AT);
  const fields = fieldsSeen(sample);
  const readings = readingsOf(fields).filter(({ rule }) => readsMost(rule, sample));
  // Names that say which answer is better are a preference, whatever the other fields look like.
  const kind = readings.length === 1 ? undefined : otherKind(fields);
  return {
    ...(kind !== undefined && { kind }),
    nearest: kind === undefined ? nearestOf(sample, fields) : [],
    fields,
    readings,
    known: knownFields(fields),
  };
}
