// Finds, reads and checks the preflens.json that holds for a file: the nearest one above it.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { Ajv } from 'ajv';
import picomatch from 'picomatch';

import type { Config } from '#core/config/config.ts';
import { CONFIG_SCHEMA, mappingOf, RuleFault } from '#core/config/config.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { messages } from '#core/messages.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';

import { codeOf } from './files.ts';

export const CONFIG_NAME = 'preflens.json';

const validate = new Ajv({ allErrors: true, discriminator: true, allowUnionTypes: true }).compile<Config>(
  CONFIG_SCHEMA,
);

function faultWords(): string {
  const [first] = validate.errors ?? [];
  if (!first) return 'it does not fit the schema';
  const where = first.instancePath === '' ? 'the file' : first.instancePath.slice(1).replaceAll('/', '.');
  const extra =
    'additionalProperty' in first.params ? ` "${String(first.params['additionalProperty'])}"` : '';
  const allowed =
    'allowedValues' in first.params ? `: ${(first.params['allowedValues'] as string[]).join(', ')}` : '';
  return `${where} ${first.message ?? ''}${extra}${allowed}`;
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
  if (!validate(value)) throw messages.badConfig(path, faultWords());
  return value;
}

/** A preflens.json, and how it calls the file that it was looked for. */
interface Nearest {
  readonly config: Config;
  readonly path: string;
  readonly folder: string;
  /** The file's path from the folder, with forward slashes. */
  readonly name: string;
}

function nearestConfig(file: string): Nearest | undefined {
  const full = resolve(file);
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_NAME);
    const config = readConfig(path);
    if (config) return { config, path, folder, name: relative(folder, full).split(sep).join('/') };
    if (dirname(folder) === folder) return undefined;
  }
}

function isFor({ files }: { readonly files?: string }, name: string): boolean {
  return files === undefined || picomatch(files)(name);
}

/** The mapping that a user named for a file. Undefined when it is left to recognition. */
export function configuredMapping(file: string): Mapping | undefined {
  const nearest = nearestConfig(file);
  const rule = nearest?.config.mappings?.find((one) => isFor(one, nearest.name));
  try {
    return rule && mappingOf(rule);
  } catch (error) {
    if (error instanceof RuleFault) throw messages.badConfig(nearest?.path ?? '', error.message);
    throw error;
  }
}

/** The scorers that a user named for a file, and the folder from which they name others. Empty: the built-in one. */
export function configuredScorers(file: string): {
  readonly rules: readonly ScorerRule[];
  readonly folder: string;
} {
  const nearest = nearestConfig(file);
  const rules = nearest?.config.scorers?.filter((rule) => isFor(rule, nearest.name)) ?? [];
  return { rules, folder: nearest?.folder ?? dirname(resolve(file)) };
}
