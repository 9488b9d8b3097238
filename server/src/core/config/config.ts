// preflens.json: how a user names the mapping of files that are not recognised, or not as meant.
import type { RulesConfig } from '../checks/settings.ts';
import { RULES_SCHEMA } from '../checks/settings.ts';
import { parseFieldRef } from '../mapping/field.ts';
import type { Label, Mapping, PromptPart } from '../mapping/mapping.ts';
import { mappingById, MAPPINGS, withAxis } from '../mapping/table.ts';
import type { Json } from '../model/json.ts';
import type { ScorerRule } from '../reward/scorerRule.ts';
import { SCORERS_SCHEMA } from '../reward/scorerRule.ts';
import { MAX_PATTERN } from './pattern.ts';

/** The mapping of the files that a pattern names: one of the table by its id, or one of the user's own fields. */
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
}

/** Rules for the files that a pattern names; they count before those of the file as a whole. */
export interface Override {
  readonly files: string | readonly string[];
  readonly rules: RulesConfig;
}

/** When an open file is checked: while people type, when they save, or when they ask. */
export type RunWhen = (typeof RUN_WHEN)[number];
const RUN_WHEN = ['type', 'save', 'demand'] as const;

/** What an editor can say too: one list for preflens.json and the editor's own settings. */
export interface CheckConfig {
  readonly rules?: RulesConfig;
  readonly run?: RunWhen;
  readonly timeBudgetMs?: number;
}

export interface PrefLensConfig extends CheckConfig {
  readonly $schema?: string;
  /** Other files of this kind, read before this one. */
  readonly extends?: string | readonly string[];
  readonly overrides?: readonly Override[];
  /** Datasets that are kept for measuring. */
  readonly benchmarks?: readonly string[];
  readonly mappings?: readonly MappingRule[];
  readonly scorers?: readonly ScorerRule[];
}

const FIELD = {
  type: 'string',
  minLength: 1,
  description:
    'A field: names joined by dots, as "question.full_text" or "summaries.0.text"; names with a dot in double quotes; several tried in turn joined by "|".',
};
const VALUES = { type: 'array', items: {}, description: 'Values of the label field.' };

const FILES = { type: 'string', minLength: 1, maxLength: MAX_PATTERN } as const;

/** The schemas of what an editor can say too. */
export const CHECK_SCHEMA = {
  rules: RULES_SCHEMA,
  run: {
    enum: RUN_WHEN,
    default: 'type',
    description:
      'When an open file is checked: "type" a moment after each change, "save" when it is saved, "demand" when Check Again is run.',
  },
  timeBudgetMs: {
    type: 'integer',
    minimum: 0,
    default: 4000,
    description:
      'Milliseconds that the checks of a file may take before the log says how long they took. Nothing is left out.',
  },
} as const;

/** The JSON schema of preflens.json: editors complete from it, and the same one checks the file. */
export const CONFIG_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'PrefLens settings',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    extends: {
      description:
        'Files like this one that are read before it, from the folder of this file. They lie below the folder of the project.',
      anyOf: [FILES, { type: 'array', items: FILES }],
    },
    ...CHECK_SCHEMA,
    overrides: {
      type: 'array',
      description: 'Rules for some files; later entries count before earlier ones.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['files', 'rules'],
        properties: {
          files: {
            description: 'A pattern of paths, from the folder of this file, or several.',
            anyOf: [FILES, { type: 'array', items: FILES, minItems: 1 }],
          },
          rules: RULES_SCHEMA,
        },
      },
    },
    benchmarks: {
      type: 'array',
      items: FILES,
      description: 'Datasets that are kept for measuring: prompts that stand in them are reported.',
    },
    scorers: SCORERS_SCHEMA,
    mappings: {
      type: 'array',
      description:
        'How files are read where recognition is not wanted. The first entry whose pattern fits a file counts.',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          files: {
            type: 'string',
            maxLength: MAX_PATTERN,
            description:
              'A pattern of paths, from the folder of this file: "data/*.jsonl". Absent: all files.',
          },
          mapping: { enum: MAPPINGS.map(({ id }) => id), description: 'A known schema, by its id.' },
          axis: {
            type: 'string',
            description: 'Which of several labels counts, as "safer" of pku-saferlhf.',
          },
          prompt: {
            description: 'The field of the prompt, or several that are joined.',
            anyOf: [FIELD, { type: 'array', items: FIELD, minItems: 1 }],
          },
          chosen: { ...FIELD, description: `The better answer. ${FIELD.description}` },
          rejected: { ...FIELD, description: `The worse answer. ${FIELD.description}` },
          first: {
            ...FIELD,
            description: `The first of two answers that a label chooses from. ${FIELD.description}`,
          },
          second: { ...FIELD, description: `The second of two answers. ${FIELD.description}` },
          label: {
            ...FIELD,
            description: `The field that says which answer is better. ${FIELD.description}`,
          },
          better: {
            type: 'object',
            description: 'Which values of the label mean the first answer, which the second, which a tie.',
            additionalProperties: false,
            required: ['first', 'second'],
            properties: { first: VALUES, second: VALUES, ties: VALUES },
          },
          positive: {
            enum: ['first', 'second'],
            description: 'The label is a number: which answer is better above 0.',
          },
        },
        anyOf: [
          { required: ['mapping'] },
          { required: ['chosen', 'rejected'] },
          { required: ['first', 'second', 'label', 'better'] },
          { required: ['first', 'second', 'label', 'positive'] },
        ],
      },
    },
  },
} as const;

function promptParts(prompt: MappingRule['prompt']): PromptPart[] {
  if (prompt === undefined) return [];
  return (typeof prompt === 'string' ? [prompt] : prompt).map((at) => ({ at, as: 'any' }));
}

/** A fault in a rule that its JSON schema cannot see: what is wrong and what to do. */
export class RuleFault extends Error {}

function checkFields(rule: MappingRule): void {
  const { prompt = [], chosen, rejected, first, second, label } = rule;
  for (const ref of [prompt, chosen, rejected, first, second, label].flat()) {
    if (ref !== undefined && !parseFieldRef(ref)) {
      throw new RuleFault(
        `"${ref}" is not a field. Join names by dots and put names with a dot in double quotes.`,
      );
    }
  }
}

/** The mapping that a rule names. Throws a RuleFault. */
export function mappingOf(rule: MappingRule): Mapping {
  checkFields(rule);
  if (rule.mapping !== undefined) {
    const known = mappingById(rule.mapping);
    if (!known) throw new RuleFault(`there is no mapping "${rule.mapping}".`);
    const read = rule.axis === undefined ? known : withAxis(known, rule.axis);
    if (!read) throw new RuleFault(`the mapping "${rule.mapping}" has no label "${rule.axis ?? ''}".`);
    return read;
  }
  const base = { id: 'custom', title: 'mapping of preflens.json', prompt: promptParts(rule.prompt) };
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
  const { first = '', second = '', label = '', better, positive } = rule;
  const read: Label = better
    ? { kind: 'value', at: label, ...better }
    : { kind: 'strength', at: label, positive: positive ?? 'first', max: Number.MAX_VALUE };
  return {
    ...base,
    answers: {
      kind: 'choice',
      first: { at: first, as: 'any' },
      second: { at: second, as: 'any' },
      label: read,
    },
    polarity: better
      ? `"${label}" names the better one of "${first}" and "${second}"`
      : `"${label}" above 0 means that "${positive === 'second' ? second : first}" is better`,
  };
}
