import { findField, formatPath, parseFieldRef, pathsOf } from '../../mapping/field.ts';
import { toNumber } from '../../mapping/forms/label.ts';
import type { Hit } from '../../model/finding.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import type { RecordCheck } from '../check.ts';

type Scale = readonly [min: number, max: number];

/** Scales stated by published schemas, by mapping and field. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, Scale>>>> = {
  'helpsteer2-preference': { preference_strength: [-3, 3] },
  'helpsteer3-preference': { overall_preference: [-3, 3] },
  'helpsteer-ratings': {
    helpfulness: [0, 4],
    correctness: [0, 4],
    coherence: [0, 4],
    complexity: [0, 4],
    verbosity: [0, 4],
  },
};

/**
 * UltraFeedback's known fault: an overall score of 10, where 1 was meant, for an answer with low ratings on all
 * aspects.
 */
const HIGH_OVERALL = 10;
const LOW_MEAN = 2;

function outOfScale(record: JsonObject, field: string, [min, max]: Scale): Hit[] {
  const found = findField(record, field);
  const value = toNumber(found?.value);
  if (!found || value === undefined || (value >= min && value <= max)) return [];
  const message = `"${formatPath(found.path)}" is ${value}, outside its scale from ${min} to ${max}.`;
  return [{ place: { path: found.path, part: 'value' }, message }];
}

function meanRating(annotations: Json | undefined): number | undefined {
  if (!isObject(annotations)) return undefined;
  const ratings = Object.values(annotations).flatMap((aspect) => {
    const rating = isObject(aspect) ? toNumber(aspect['Rating']) : undefined;
    return rating === undefined ? [] : [rating];
  });
  return ratings.length < 2 ? undefined : ratings.reduce((sum, one) => sum + one, 0) / ratings.length;
}

function ultraFeedback({ completions }: JsonObject): Hit[] {
  if (!isList(completions)) return [];
  return completions.flatMap((completion, i) => {
    if (!isObject(completion)) return [];
    const path: Path = ['completions', i, 'overall_score'];
    const [overall, mean] = [toNumber(completion['overall_score']), meanRating(completion['annotations'])];
    if (overall !== HIGH_OVERALL || mean === undefined || mean > LOW_MEAN) return [];
    const message = `The overall score is 10, but the aspects average ${mean.toFixed(1)} of 5: probably 1 was meant.`;
    return [{ place: { path, part: 'value' as const }, message }];
  });
}

/** The scales from the user's options. Entries that are no valid path are ignored. */
function scalesOf(options: Json | undefined): readonly (readonly [string, Scale])[] {
  return isObject(options)
    ? Object.entries(options).flatMap(([field, scale]) =>
        parseFieldRef(field) && pathsOf(field).length > 0
          ? [[field, scale as unknown as Scale] as const]
          : [],
      )
    : [];
}

export const scoreOutOfScale: RecordCheck = {
  id: 'score-out-of-scale',
  severity: 'warning',
  title: 'A score is outside its scale, or at the wrong end of it',
  why: 'In UltraFeedback, 2,628 answers have an overall score of 10, and many of these were meant to be 1. Pairs made from such scores have the wrong label. Other schemas state their scale; a value outside it is an error.',
  example: '{"prompt": "Hi", "response_1": "Hello!", "response_2": "What?", "preference_strength": 7}',
  remedy: 'Correct the score, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  options: {
    scales: {
      default: {},
      schema: {
        type: 'object',
        additionalProperties: {
          type: 'array',
          items: { type: 'number' },
          minItems: 2,
          maxItems: 2,
        },
        description: 'Lowest and highest value of each field: {"score_chosen": [0, 10]}.',
      },
    },
  },
  source: 'OpenBMB/UltraFeedback#8',
  checkRecord: (_reading, { record, mapping, options }) => [
    ...(mapping.id === 'ultrafeedback' ? ultraFeedback(record) : []),
    ...[...Object.entries(KNOWN[mapping.id] ?? {}), ...scalesOf(options['scales'])].flatMap(
      ([field, scale]) => outOfScale(record, field, scale),
    ),
  ],
};
