// preflens.json: how a user names the mapping of files that are not recognised, or not as meant.
import { parseFieldRef } from '../mapping/field.ts';
import type { Label, Mapping, PromptPart } from '../mapping/mapping.ts';
import { mappingById, MAPPINGS, withAxis } from '../mapping/table.ts';
import type { Json } from '../model/json.ts';
import type { ScorerRule } from '../reward/scorerRule.ts';
import { SCORERS_SCHEMA } from '../reward/scorerRule.ts';

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

export interface Config {
  readonly $schema?: string;
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

/** The JSON schema of preflens.json: editors complete from it, and the same one checks the file. */
export const CONFIG_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'PrefLens settings',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
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
    : { kind: 'strength', at: label, positive: positive ?? 'first', most: Number.MAX_VALUE };
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
