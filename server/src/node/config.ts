// Finds, reads and validates the preflens.json for a file: the nearest one above it, and those that it extends.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';

import type { Benchmark } from '#core/checks/check.ts';
import type { RuleSettings } from '#core/checks/check.ts';
import type { RulesConfig } from '#core/checks/settings.ts';
import { DEFAULT_RULES, resolveRules } from '#core/checks/settings.ts';
import { closest } from '#core/config/closest.ts';
import type { CheckConfig, PrefLensConfig, RunWhen } from '#core/config/config.ts';
import { CHECK_SCHEMA, CONFIG_SCHEMA, mappingOf, RuleFault } from '#core/config/config.ts';
import { parseConfigText } from '#core/config/entry.ts';
import { fitsPattern, PatternFault } from '#core/config/pattern.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import type { Card } from '#core/mapping/polarity/card.ts';
import type { Beside } from '#core/mapping/recognise.ts';
import { messages, UserError } from '#core/messages.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import { errorMessage } from '#core/words/errorMessage.ts';

import { cardFor, readmeIn } from './card.ts';
import { isBelow } from './paths.ts';
import { readRegularTextSync } from './regularFile.ts';
import { codeOf } from './stored.ts';

export const CONFIG_NAME = 'preflens.json';

/** Settings for one file, and what else decides how it is read. */
export interface FileSettings extends Beside {
  /** Undefined: use recognition. */
  readonly mapping: Mapping | undefined;
  readonly rules: RuleSettings;
  readonly run: RunWhen;
  readonly timeBudgetMs: number;
}

/** Settings without any config. */
export const DEFAULT_SETTINGS: FileSettings = {
  mapping: undefined,
  rules: DEFAULT_RULES,
  run: CHECK_SCHEMA.run.default,
  timeBudgetMs: CHECK_SCHEMA.timeBudgetMs.default,
};

/** A validator that is compiled at its first use: that takes as long as the rest of a start. */
export function lazyValidator<T>(schema: object): () => ValidateFunction<T> {
  let compiled: ValidateFunction<T> | undefined;
  return () =>
    (compiled ??= new Ajv({
      allErrors: true,
      discriminator: true,
      allowUnionTypes: true,
      verbose: true,
    }).compile<T>(schema));
}

const configValidator = lazyValidator<PrefLensConfig>(CONFIG_SCHEMA);
const rulesValidator = lazyValidator<RulesConfig>(CHECK_SCHEMA.rules);

/**
 * The most useful validation error: one that names a property, or the deepest; among alternatives, that is the
 * nearest miss.
 */
function tellingError(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const rank = ({ keyword, instancePath }: ErrorObject): number =>
    (keyword === 'additionalProperties' ? 1000 : 0) + (keyword === 'anyOf' ? -1 : 0) + instancePath.length;
  return [...errors].sort((a, b) => rank(b) - rank(a))[0];
}

/** @param whole what the checked value is, in words */
export function schemaFaultMessage(
  errors: readonly ErrorObject[] | null | undefined,
  whole = 'the file',
): string {
  const first = tellingError(errors ?? []);
  if (!first) return 'it does not match the schema';
  const where = first.instancePath === '' ? whole : first.instancePath.slice(1).replaceAll('/', '.');
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

// A preflens.json comes with a repository, so these limits bound the time to read any of them.

/** Bytes of a preflens.json. */
export const MAX_CONFIG_BYTES = 2 ** 20;

/** Nesting depth of brackets. */
const MAX_NESTED = 32;

/** Total characters of a file's patterns: each is matched against the path of every dataset. */
const MAX_PATTERNS = 20_000;

/** Length of a chain of files that extend each other. */
const MAX_DEEP = 8;

/** Total files that one preflens.json extends. */
const MAX_EXTENDED = 32;

/** Whether brackets nest deeper than the limit. */
function isDeep(text: string): boolean {
  let [depth, inString] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      if (++depth > MAX_NESTED) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}

function patternsOf({ mappings, scorers, overrides }: PrefLensConfig): readonly string[] {
  return [...(mappings ?? []), ...(scorers ?? []), ...(overrides ?? [])].flatMap(({ files }) => files ?? []);
}

/** Parsed files to cache, by their text: every dataset in a folder uses the same ones. */
const MAX_KEPT = 16;
const kept = new Map<string, PrefLensConfig>();

function parseConfig(path: string, text: string): PrefLensConfig {
  const known = kept.get(text);
  if (known) return known;
  if (isDeep(text)) throw messages.badConfig(path, `it is nested deeper than ${MAX_NESTED}`);
  let value: unknown;
  try {
    value = parseConfigText(text);
  } catch (error) {
    throw messages.badConfig(path, errorMessage(error));
  }
  const validate = configValidator();
  if (!validate(value)) throw messages.badConfig(path, schemaFaultMessage(validate.errors));
  if (patternsOf(value).join('').length > MAX_PATTERNS)
    throw messages.badConfig(path, `its patterns have more than ${MAX_PATTERNS} characters`);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(text, value);
  return value;
}

/** Undefined if there is no such file. */
function readConfig(path: string): PrefLensConfig | undefined {
  let text: string;
  try {
    // Most folders have none, and an error costs more than this look.
    if (!statSync(path, { throwIfNoEntry: false })) return undefined;
    text = readRegularTextSync(path, MAX_CONFIG_BYTES);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    if (error instanceof UserError) throw error;
    throw messages.unreadable(path, errorMessage(error));
  }
  return parseConfig(path, text);
}

type Resolve = (layers: readonly RulesConfig[], benchmarks: readonly Benchmark[]) => RuleSettings;

/** What folders say about the files in them. */
export interface Folders {
  /** The preflens.json with this path; undefined if there is none. */
  readonly config: (path: string) => PrefLensConfig | undefined;
  readonly readme: (folder: string) => Card | undefined;
  readonly rules: Resolve;
}

const FOLDERS_NOW: Folders = { config: readConfig, readme: readmeIn, rules: resolveRules };

function once<T>(read: (path: string) => T): (path: string) => T {
  const known = new Map<string, { readonly found: T }>();
  return (path) => {
    const before = known.get(path) ?? { found: read(path) };
    known.set(path, before);
    return before.found;
  };
}

/** Each folder as it is at the first look: for the files of one run, which may be thousands in one folder. */
export function foldersOnce(): Folders {
  return { config: once(readConfig), readme: once(readmeIn), rules: resolvedOnce() };
}

/** Keeps the last result: mostly the files of a folder share their rules. */
function resolvedOnce(): Resolve {
  let last: { readonly from: readonly object[]; readonly rules: RuleSettings } | undefined;
  return (layers, benchmarks) => {
    const from = [...layers, ...benchmarks];
    const isSame = last?.from.length === from.length && from.every((one, i) => one === last?.from[i]);
    if (!last || !isSame) last = { from, rules: resolveRules(layers, benchmarks) };
    return last.rules;
  };
}

/** A preflens.json that applies to a file, and the file's name relative to it. */
interface Layer {
  readonly config: PrefLensConfig;
  readonly path: string;
  readonly folder: string;
  /** The file's path relative to the folder, with forward slashes. */
  readonly name: string;
}

/**
 * The folder that a preflens.json may refer to: the folder of the nearest .git, or of the topmost preflens.json.
 */
function rootOf(path: string): string {
  const own = dirname(path);
  let root = own;
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (existsSync(join(folder, CONFIG_NAME))) root = folder;
    if (dirname(folder) === folder) return root;
  }
}

/** Resolves links; returns the path itself if nothing is there. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Windows names of remote machines and devices: even checking whether one exists contacts it. */
const REMOTE = /^[\\/]{2}/;

/**
 * Resolves a path from a preflens.json. Throws if it is outside the root, by name or through links; nothing outside is accessed.
 * Rejects remote names first.
 */
export function pathInside(config: string, named: string): string {
  const at = resolve(dirname(config), named);
  const root = rootOf(config);
  const isInside = !REMOTE.test(named) && isBelow(root, at) && isBelow(realOf(root), realOf(at));
  if (!isInside) throw messages.badConfig(config, `it refers to "${named}", which is outside ${root}`);
  return at;
}

/** A file and those it extends, itself first. Throws if a file is missing or extends itself. */
function withExtended(path: string, config: PrefLensConfig, file: string): Layer[] {
  const layers: Layer[] = [];
  const add = (at: string, own: PrefLensConfig, chain: readonly string[]): void => {
    const folder = dirname(at);
    if (layers.length > MAX_EXTENDED)
      throw messages.badConfig(path, `it extends more than ${MAX_EXTENDED} files`);
    layers.push({ config: own, path: at, folder, name: relative(folder, file).split(sep).join('/') });
    // The last of several overrides the others.
    for (const base of [own.extends ?? []].flat().toReversed()) {
      const next = pathInside(at, base);
      const names = [...chain, next].map((one) => relative(dirname(path), one));
      if (chain.includes(next)) throw messages.badConfig(at, `it extends itself: ${names.join(' → ')}`);
      if (chain.length > MAX_DEEP)
        throw messages.badConfig(
          path,
          `more than ${MAX_DEEP} files extend one another: ${names.join(' → ')}`,
        );
      const read = readConfig(next);
      if (!read) throw messages.badConfig(at, `it extends "${base}", which does not exist`);
      add(next, read, [...chain, next]);
    }
  };
  add(path, config, [path]);
  return layers;
}

/** The nearest preflens.json above a file, or its place beside the file if there is none. */
export function configPathFor(file: string): string {
  const full = resolve(file);
  return layersFor(full)[0]?.path ?? join(dirname(full), CONFIG_NAME);
}

/** The nearest preflens.json above a file and those it extends, highest precedence first. */
function layersFor(file: string, { config: read } = FOLDERS_NOW): readonly Layer[] {
  const full = resolve(file);
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_NAME);
    const config = read(path);
    if (config) return withExtended(path, config, full);
    if (dirname(folder) === folder) return [];
  }
}

function isFor(files: string | readonly string[] | undefined, { name, path }: Layer): boolean {
  try {
    return files === undefined || [files].flat().some((pattern) => fitsPattern(pattern, name));
  } catch (error) {
    throw error instanceof PatternFault ? messages.badConfig(path, error.message) : error;
  }
}

/** The user's mapping for a file; undefined for recognition. */
export function configuredMapping(file: string): Mapping | undefined {
  return mappingIn(layersFor(file));
}

function mappingIn(layers: readonly Layer[]): Mapping | undefined {
  for (const layer of layers) {
    const { config, path } = layer;
    const rule = config.mappings?.find(({ files }) => isFor(files, layer));
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

/** The user's scorers for a file, and the folder that their paths are relative to. Empty: the built-in scorer. */
export function configuredScorers(file: string): {
  readonly rules: readonly ScorerRule[];
  readonly folder: string;
} {
  const layers = layersFor(file);
  const layer = layers.find(({ config }) => config.scorers !== undefined) ?? layers[0];
  const rules = layer?.config.scorers?.filter(({ files }) => isFor(files, layer)) ?? [];
  return { rules, folder: layer?.folder ?? dirname(resolve(file)) };
}

/** Paths of a file's benchmarks. Throws if an untrusted folder refers to one outside itself. */
export function configuredBenchmarks(
  file: string,
  isTrusted = true,
  folders = FOLDERS_NOW,
): readonly string[] {
  return layersFor(file, folders).flatMap(({ config, folder, path }) =>
    (config.benchmarks ?? []).map((named) => (isTrusted ? resolve(folder, named) : pathInside(path, named))),
  );
}

/** Validates rules from an editor. Throws with the position of the first error. */
export function checkedRules(rules: unknown): RulesConfig {
  const validate = rulesValidator();
  if (!validate(rules)) throw messages.badConfig('preflens.rules', schemaFaultMessage(validate.errors));
  return rules;
}

const NO_RULES: RulesConfig = {};

/**
 * Settings of a file: its preflens.json overrides the editor's settings, which override the defaults.
 * @param benchmarks the loaded prompts of `configuredBenchmarks`
 */
export function configuredFor(
  file: string,
  editor: CheckConfig = {},
  benchmarks: readonly Benchmark[] = [],
  folders = FOLDERS_NOW,
): FileSettings {
  const layers = layersFor(file, folders);
  const rules = layers
    .toReversed()
    .flatMap((layer) => [
      ...(layer.config.rules ? [layer.config.rules] : []),
      ...(layer.config.overrides ?? [])
        .filter(({ files }) => isFor(files, layer))
        .map((override) => override.rules),
    ]);
  const said = [...layers.map(({ config }) => config), editor];
  return {
    mapping: mappingIn(layers),
    card: cardFor(file, folders.readme),
    rules: folders.rules([editor.rules ?? NO_RULES, ...rules], benchmarks),
    run: said.find((one) => one.run !== undefined)?.run ?? DEFAULT_SETTINGS.run,
    timeBudgetMs:
      said.find((one) => one.timeBudgetMs !== undefined)?.timeBudgetMs ?? DEFAULT_SETTINGS.timeBudgetMs,
  };
}
