// preflens.json: its types, its JSON schema, and the mappings that users define for files that recognition misses.
import type { RulesConfig } from '../checks/settings.ts';
import { RULES_SCHEMA } from '../checks/settings.ts';
import { parseFieldRef } from '../mapping/field.ts';
import type { Label, Mapping, Order, PromptPart } from '../mapping/mapping.ts';
import { withSettlement } from '../mapping/polarity/readings.ts';
import { mappingById, MAPPINGS, withAxis } from '../mapping/table.ts';
import type { Json } from '../model/json.ts';
import type { ScorerRule } from '../reward/scorerRule.ts';
import { SCORERS_SCHEMA } from '../reward/scorerRule.ts';
import { MAX_PATTERN } from './pattern.ts';

/** Mapping for the files that match a pattern: a built-in one by id, or the user's own fields. */
export interface MappingRule {
  readonly files?: string;
  readonly mapping?: string;
  readonly axis?: string;
  readonly prompt?: string | readonly string[];
  readonly chosen?: string;
  readonly rejected?: string;
  readonly first?: string;
  readonly second?: string;
  readonly label?: string;
  readonly better?: {
    readonly first: readonly Json[];
    readonly second: readonly Json[];
    readonly ties?: readonly Json[];
  };
  readonly positive?: 'first' | 'second';
  readonly candidates?: string;
  readonly text?: string;
  readonly score?: string;
  readonly scores?: string | readonly [first: string, second: string];
  readonly best?: 'high' | 'low';
}

/** Rules for the files that match a pattern; they override those of the whole config. */
export interface Override {
  readonly files: string | readonly string[];
  readonly rules: RulesConfig;
}

/** When to check an open file: while typing, on save, or on demand. */
export type RunWhen = (typeof RUN_WHEN)[number];
const RUN_WHEN = ['type', 'save', 'demand'] as const;

/** Settings that preflens.json and the editor share. */
export interface CheckConfig {
  readonly rules?: RulesConfig;
  readonly run?: RunWhen;
  readonly timeBudgetMs?: number;
}

export interface PrefLensConfig extends CheckConfig {
  readonly $schema?: string;
  /** Other preflens.json files, read before this one. */
  readonly extends?: string | readonly string[];
  readonly overrides?: readonly Override[];
  /** Evaluation datasets. */
  readonly benchmarks?: readonly string[];
  readonly mappings?: readonly MappingRule[];
  readonly scorers?: readonly ScorerRule[];
}

const FIELD = {
  type: 'string',
  minLength: 1,
  description:
    'A field: names joined with dots, such as "question.full_text" or "summaries.0.text"; put a name that contains a dot in double quotes; join alternatives with "|".',
};
const VALUES = { type: 'array', items: {}, description: 'Values of the label field.' };

const FILES = { type: 'string', minLength: 1, maxLength: MAX_PATTERN } as const;

export const CHECK_SCHEMA = {
  rules: RULES_SCHEMA,
  run: {
    enum: RUN_WHEN,
    default: 'type',
    description:
      'When to check an open file: "type" shortly after each change, "save" on save, "demand" only when you run Check Again.',
  },
  timeBudgetMs: {
    type: 'integer',
    minimum: 0,
    default: 4000,
    description:
      'If checking a file takes longer than this many milliseconds, the log says how long it took. Checks are never skipped.',
  },
} as const;

/** JSON schema of preflens.json: for completion in editors and for validation. */
export const CONFIG_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'PrefLens settings',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    extends: {
      description:
        'Other config files to read before this one, relative to this file’s folder. They must be inside the project folder.',
      anyOf: [FILES, { type: 'array', items: FILES }],
    },
    ...CHECK_SCHEMA,
    overrides: {
      type: 'array',
      description: 'Rules for some files; later entries override earlier ones.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['files', 'rules'],
        properties: {
          files: {
            description: 'One or more path patterns, relative to this file’s folder.',
            anyOf: [FILES, { type: 'array', items: FILES, minItems: 1 }],
          },
          rules: RULES_SCHEMA,
        },
      },
    },
    benchmarks: {
      type: 'array',
      items: FILES,
      description: 'Evaluation datasets. Prompts that are also in one of them are reported.',
    },
    scorers: SCORERS_SCHEMA,
    mappings: {
      type: 'array',
      description:
        'Mappings that replace automatic recognition. The first entry whose pattern matches a file applies.',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          files: {
            type: 'string',
            maxLength: MAX_PATTERN,
            description:
              'A path pattern, relative to this file’s folder, such as "data/*.jsonl". Default: all files.',
          },
          mapping: { enum: MAPPINGS.map(({ id }) => id), description: 'Id of a known schema.' },
          axis: {
            type: 'string',
            description: 'The label to use if the schema has several, such as "safer" for pku-saferlhf.',
          },
          prompt: {
            description: 'The prompt field, or several fields to join.',
            anyOf: [FIELD, { type: 'array', items: FIELD, minItems: 1 }],
          },
          chosen: { ...FIELD, description: `The better answer. ${FIELD.description}` },
          rejected: { ...FIELD, description: `The worse answer. ${FIELD.description}` },
          first: {
            ...FIELD,
            description: `The first of the two answers that the label compares. ${FIELD.description}`,
          },
          second: { ...FIELD, description: `The second of the two answers. ${FIELD.description}` },
          label: {
            ...FIELD,
            description: `The field that says which answer is better. ${FIELD.description}`,
          },
          better: {
            type: 'object',
            description: 'Values of the label that mean the first answer, the second, or a tie.',
            additionalProperties: false,
            required: ['first', 'second'],
            properties: { first: VALUES, second: VALUES, ties: VALUES },
          },
          positive: {
            enum: ['first', 'second'],
            description:
              'For a numeric label: the answer that is better if the number is above 0, or above the middle of its scale.',
          },
          candidates: { ...FIELD, description: `A list of answers with scores. ${FIELD.description}` },
          text: {
            ...FIELD,
            description:
              'The field of each candidate that holds its answer. Default: the candidate is the answer.',
          },
          score: { ...FIELD, description: 'The field of each candidate that holds its score.' },
          scores: {
            description:
              'A list with the score of each candidate, in their order; or the two scores of "first" and "second".',
            anyOf: [FIELD, { type: 'array', items: FIELD, minItems: 2, maxItems: 2 }],
          },
          best: {
            enum: ['high', 'low'],
            default: 'high',
            description: 'Whether a high or a low score means a better answer.',
          },
        },
        anyOf: [
          { required: ['mapping'] },
          { required: ['chosen', 'rejected'] },
          { required: ['first', 'second', 'label', 'better'] },
          { required: ['first', 'second', 'label', 'positive'] },
          { required: ['first', 'second', 'scores'] },
          { required: ['candidates', 'score'] },
          { required: ['candidates', 'scores'] },
        ],
      },
    },
  },
} as const;

/** Fields whose text is a system message. */
export const SYSTEM = /(?:^|\.)system(?:_?(?:prompt|message))?$/i;

function promptParts(prompt: MappingRule['prompt']): PromptPart[] {
  if (prompt === undefined) return [];
  return (typeof prompt === 'string' ? [prompt] : prompt).map((at) => ({
    at,
    as: 'any',
    ...(SYSTEM.test(at) && { role: 'system' }),
  }));
}

/** An error in a mapping rule that the JSON schema can't detect, with what to do. */
export class RuleFault extends Error {}

function checkFields(rule: MappingRule): void {
  const { prompt = [], chosen, rejected, first, second, label, candidates, text, score, scores } = rule;
  for (const ref of [
    prompt,
    chosen,
    rejected,
    first,
    second,
    label,
    candidates,
    text,
    score,
    scores,
  ].flat()) {
    if (ref !== undefined && !parseFieldRef(ref)) {
      throw new RuleFault(
        `"${ref}" is not a valid field. Join names with dots and put a name that contains a dot in double quotes.`,
      );
    }
  }
}

function candidatesOf(
  { text = '', score, scores, best = 'high' }: MappingRule,
  at: string,
): Pick<Mapping, 'answers' | 'polarity'> {
  if (typeof scores === 'object')
    throw new RuleFault('with "candidates", "scores" is the name of one list of numbers.');
  const order: Order =
    score === undefined ? { kind: 'list', at: scores ?? '', best } : { kind: 'number', at: [score], best };
  return {
    answers: { kind: 'candidates', from: { kind: 'list', at }, text: { at: text, as: 'any' }, order },
    polarity: `of "${at}" those with the ${best === 'high' ? 'higher' : 'lower'} "${score ?? scores ?? ''}" are better`,
  };
}

/** Throws a RuleFault. */
export function mappingOf(rule: MappingRule): Mapping {
  checkFields(rule);
  if (rule.mapping !== undefined) {
    const known = mappingById(rule.mapping);
    if (!known) throw new RuleFault(`there is no mapping "${rule.mapping}".`);
    const read = rule.axis === undefined ? known : withAxis(known, rule.axis);
    if (!read) throw new RuleFault(`the mapping "${rule.mapping}" has no label "${rule.axis ?? ''}".`);
    const settled = withSettlement(read, { ...rule, mapping: rule.mapping });
    if (!settled)
      throw new RuleFault(
        `"better", "positive" and "best" don't fit the label of the mapping "${rule.mapping}". Remove them, or name the fields yourself.`,
      );
    return settled;
  }
  const base = { id: 'custom', title: 'mapping in preflens.json', prompt: promptParts(rule.prompt) };
  if (rule.chosen !== undefined && rule.rejected !== undefined) {
    return {
      ...base,
      answers: {
        kind: 'pair',
        chosen: { at: rule.chosen, as: 'any' },
        rejected: { at: rule.rejected, as: 'any' },
      },
      polarity: `"${rule.chosen}" is the better answer`,
    };
  }
  if (rule.candidates !== undefined) return { ...base, ...candidatesOf(rule, rule.candidates) };
  const { first = '', second = '', label = '', better, positive, scores } = rule;
  const sides = {
    kind: 'choice',
    first: { at: first, as: 'any' },
    second: { at: second, as: 'any' },
  } as const;
  if (typeof scores === 'object') {
    const isHigh = rule.best !== 'low';
    const [own, other] = isHigh ? scores : [scores[1], scores[0]];
    return {
      ...base,
      answers: {
        ...sides,
        label: { kind: 'scores', first: own, second: other },
      },
      polarity: `of "${first}" and "${second}" the one with the ${isHigh ? 'higher' : 'lower'} of "${scores[0]}" and "${scores[1]}" is better`,
    };
  }
  const read: Label = better
    ? { kind: 'value', at: label, ...better }
    : { kind: 'strength', at: label, positive: positive ?? 'first', max: Number.MAX_VALUE };
  return {
    ...base,
    answers: {
      ...sides,
      label: read,
    },
    polarity: better
      ? `"${label}" names the better of "${first}" and "${second}"`
      : `"${label}" above 0 means that "${positive === 'second' ? second : first}" is better`,
  };
}
