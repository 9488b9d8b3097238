// Finds, reads and checks the preflens.json that holds for a file: the nearest one above it, and what it extends.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import type { ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import picomatch from 'picomatch';

import type { Benchmark } from '#core/checks/relations/benchmarkOverlap.ts';
import type { RulesConfig, RuleSettings } from '#core/checks/settings.ts';
import { DEFAULT_RULES, resolveRules } from '#core/checks/settings.ts';
import { closest } from '#core/config/closest.ts';
import type { CheckConfig, Config, RunWhen } from '#core/config/config.ts';
import { CHECK_SCHEMA, CONFIG_SCHEMA, mappingOf, RuleFault } from '#core/config/config.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { messages } from '#core/messages.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';

import { codeOf } from './files.ts';

export const CONFIG_NAME = 'preflens.json';

/** What holds for one file. */
export interface FileSettings {
  /** Undefined when it is left to recognition. */
  readonly mapping: Mapping | undefined;
  readonly rules: RuleSettings;
  readonly run: RunWhen;
  readonly timeBudgetMs: number;
}

/** What holds where nobody said anything. */
export const DEFAULT_SETTINGS: FileSettings = {
  mapping: undefined,
  rules: DEFAULT_RULES,
  run: CHECK_SCHEMA.run.default,
  timeBudgetMs: CHECK_SCHEMA.timeBudgetMs.default,
};

const ajv = new Ajv({ allErrors: true, discriminator: true, allowUnionTypes: true, verbose: true });
const validate = ajv.compile<Config>(CONFIG_SCHEMA);
const validateRules = ajv.compile<RulesConfig>(CHECK_SCHEMA.rules);

/** Of several errors the one that names a key, then the one deepest inside: of alternatives it is the nearest miss. */
function tellingError(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const rank = ({ keyword, instancePath }: ErrorObject): number =>
    (keyword === 'additionalProperties' ? 1000 : 0) + (keyword === 'anyOf' ? -1 : 0) + instancePath.length;
  return [...errors].sort((a, b) => rank(b) - rank(a))[0];
}

function faultWords(errors: readonly ErrorObject[] | null | undefined): string {
  const first = tellingError(errors ?? []);
  if (!first) return 'it does not fit the schema';
  const where = first.instancePath === '' ? 'the file' : first.instancePath.slice(1).replaceAll('/', '.');
  if ('additionalProperty' in first.params) {
    const name = String(first.params['additionalProperty']);
    const known = Object.keys((first.parentSchema?.['properties'] as object | undefined) ?? {});
    const meant = closest(name, known);
    return `${where} must not have "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
  }
  const allowed =
    'allowedValues' in first.params ? `: ${(first.params['allowedValues'] as string[]).join(', ')}` : '';
  return `${where} ${first.message ?? ''}${allowed}`;
}

/** Reads one preflens.json. Undefined when there is none. */
function readConfig(path: string): Config | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw messages.unreadable(path, error instanceof Error ? error.message : String(error));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw messages.badConfig(path, error instanceof Error ? error.message : String(error));
  }
  if (!validate(value)) throw messages.badConfig(path, faultWords(validate.errors));
  return value;
}

/** A preflens.json that holds for a file, and how it calls it. */
interface Layer {
  readonly config: Config;
  readonly path: string;
  readonly folder: string;
  /** The file's path from the folder, with forward slashes. */
  readonly name: string;
}

/** A file and what it extends, itself first. Throws where one of them extends itself, or is not there. */
function withExtended(path: string, config: Config, file: string, seen: readonly string[] = []): Layer[] {
  if (seen.includes(path)) throw messages.badConfig(path, 'it extends itself');
  const folder = dirname(path);
  const own = { config, path, folder, name: relative(folder, file).split(sep).join('/') };
  // Of several the last counts most.
  const bases = [config.extends ?? []].flat().toReversed();
  return [
    own,
    ...bases.flatMap((base) => {
      const at = resolve(folder, base);
      const read = readConfig(at);
      if (!read) throw messages.badConfig(path, `it extends "${base}", which is not there`);
      return withExtended(at, read, file, [...seen, path]);
    }),
  ];
}

/** The nearest preflens.json above a file and what it extends, the one that counts most first. */
function layersFor(file: string): readonly Layer[] {
  const full = resolve(file);
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_NAME);
    const config = readConfig(path);
    if (config) return withExtended(path, config, full);
    if (dirname(folder) === folder) return [];
  }
}

function isFor(files: string | readonly string[] | undefined, name: string): boolean {
  return files === undefined || picomatch([...[files].flat()])(name);
}

/** The mapping that a user named for a file. Undefined when it is left to recognition. */
export function configuredMapping(file: string): Mapping | undefined {
  return mappingIn(layersFor(file));
}

function mappingIn(layers: readonly Layer[]): Mapping | undefined {
  for (const { config, name, path } of layers) {
    const rule = config.mappings?.find(({ files }) => isFor(files, name));
    if (!rule) continue;
    try {
      return mappingOf(rule);
    } catch (error) {
      if (error instanceof RuleFault) throw messages.badConfig(path, error.message);
      throw error;
    }
  }
  return undefined;
}

/** The scorers that a user named for a file, and the folder from which they name others. Empty: the built-in one. */
export function configuredScorers(file: string): {
  readonly rules: readonly ScorerRule[];
  readonly folder: string;
} {
  const layers = layersFor(file);
  const layer = layers.find(({ config }) => config.scorers !== undefined) ?? layers[0];
  const rules = layer?.config.scorers?.filter(({ files }) => isFor(files, layer.name)) ?? [];
  return { rules, folder: layer?.folder ?? dirname(resolve(file)) };
}

/** Paths of the benchmarks that a file is held against. */
export function configuredBenchmarks(file: string): readonly string[] {
  return layersFor(file).flatMap(({ config, folder }) =>
    (config.benchmarks ?? []).map((path) => resolve(folder, path)),
  );
}

/** Rules as an editor sends them; what does not fit the schema is thrown with a place. */
export function checkedRules(rules: unknown): RulesConfig {
  if (!validateRules(rules)) throw messages.badConfig('preflens.rules', faultWords(validateRules.errors));
  return rules;
}

/**
 * What holds for a file: its preflens.json, over what an editor says, over the defaults.
 * @param benchmarks the prompts of `configuredBenchmarks`, read
 */
export function configuredFor(
  file: string,
  editor: CheckConfig = {},
  benchmarks: readonly Benchmark[] = [],
): FileSettings {
  const layers = layersFor(file);
  const rules = layers
    .toReversed()
    .flatMap(({ config, name }) => [
      ...(config.rules ? [config.rules] : []),
      ...(config.overrides ?? []).filter(({ files }) => isFor(files, name)).map((override) => override.rules),
    ]);
  const said = [...layers.map(({ config }) => config), editor];
  return {
    mapping: mappingIn(layers),
    rules: resolveRules([editor.rules ?? {}, ...rules], benchmarks),
    run: said.find((one) => one.run !== undefined)?.run ?? DEFAULT_SETTINGS.run,
    timeBudgetMs:
      said.find((one) => one.timeBudgetMs !== undefined)?.timeBudgetMs ?? DEFAULT_SETTINGS.timeBudgetMs,
  };
}
