// Enabled rules, their severity and options: the user's settings on top of the defaults.
import type { Severity } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { Benchmark, Options, RuleSettings } from './check.ts';
import { ALL_RULES } from './table.ts';

export type RuleSetting = Severity | 'off' | readonly [Severity | 'off', Options];

/** By rule. Earlier layers override later ones. */
export type RulesConfig = Readonly<Record<string, RuleSetting>>;

export function resolveRules(
  layers: readonly RulesConfig[],
  benchmarks: readonly Benchmark[] = [],
): RuleSettings {
  const severities: Record<string, Severity> = {};
  const options: Record<string, Record<string, Json>> = {};
  for (const { id, severity, options: own = {} } of ALL_RULES) {
    let now: Severity | 'off' = severity;
    const values = Object.fromEntries(Object.entries(own).map(([name, one]) => [name, one.default]));
    for (const layer of layers) {
      const said = layer[id];
      if (said === undefined) continue;
      const [level, set] = typeof said === 'string' ? [said, {}] : said;
      now = level;
      Object.assign(values, set);
    }
    if (now !== 'off') severities[id] = now;
    if (Object.keys(values).length > 0) options[id] = values;
  }
  return { severities, options, benchmarks };
}

export const DEFAULT_RULES: RuleSettings = resolveRules([]);

const LEVELS = ['error', 'warning', 'information', 'off'] as const;

/** JSON schema of `rules`, generated from the rules. */
export const RULES_SCHEMA: Readonly<Record<string, Json>> = {
  type: 'object',
  additionalProperties: false,
  description: 'Severity of each rule, or [severity, {options}], such as ["warning", {"min": 100}].',
  properties: Object.fromEntries(
    ALL_RULES.map(({ id, title, severity, options = {} }): [string, Json] => {
      const description = `${title}. Default: ${severity}.`;
      const level = { enum: LEVELS };
      if (Object.keys(options).length === 0) return [id, { description, ...level }];
      const properties = Object.fromEntries(
        Object.entries(options).map(([name, one]) => [name, { ...one.schema, default: one.default }]),
      );
      const withOptions = {
        type: 'array',
        minItems: 2,
        maxItems: 2,
        items: [level, { type: 'object', additionalProperties: false, properties }],
      };
      return [id, { description, anyOf: [level, withOptions] }];
    }),
  ),
};
