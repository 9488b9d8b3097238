// The fixtures of rules: one file for each rule, in the folder of its stage.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RulesConfig } from '#core/checks/settings.ts';
import type { CheckStage } from '#core/checks/table.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { MAPPINGS } from '#core/mapping/table.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

/** Fixture folders by stage. Score and memory rules have none. */
export const FIXTURE_FOLDERS = {
  record: 'checks',
  relation: 'relations',
  dataset: 'dataset',
} as const satisfies Partial<Record<CheckStage, string>>;

export type FixtureStage = keyof typeof FIXTURE_FOLDERS;

/** A record, and the rules that must report it. */
export interface RecordCase {
  readonly expect: readonly string[];
  readonly record?: JsonObject;
  readonly line?: string;
  readonly rules?: RulesConfig;
  readonly benchmarks?: readonly { readonly name: string; readonly texts: readonly string[] }[];
}

/** Files, and the findings that must be reported in them. */
export interface RelationCase {
  readonly files: Readonly<Record<string, readonly object[]>>;
  readonly expect: readonly string[];
}

/** A fault as a template, planted many times with different words. */
export interface Plant {
  /** One record; for relations, all records that make up the fault. */
  readonly plant: Json;
  /** A record without the fault. */
  readonly clean?: Json;
  /** For relations: which of the records are reported; all if absent. */
  readonly reported?: readonly number[];
}

const isPlant = (line: object): line is Plant => 'plant' in line;

/** The path of a rule's fixture from the repository root. */
export function fixturePath(stage: FixtureStage, rule: string): string {
  return `test/fixtures/${FIXTURE_FOLDERS[stage]}/${rule}.jsonl`;
}

/** Rules of a stage that have a fixture. */
export function fixtureRules(stage: FixtureStage): string[] {
  return readdirSync(join(FIXTURES, FIXTURE_FOLDERS[stage])).map((file) => file.replace(/\.jsonl$/, ''));
}

/** The text of a rule's fixture; undefined if there is none. */
export function fixtureText(stage: FixtureStage, rule: string): string | undefined {
  const path = join(FIXTURES, FIXTURE_FOLDERS[stage], `${rule}.jsonl`);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function fixtureLines(stage: FixtureStage, rule: string): object[] {
  const text = fixtureText(stage, rule)?.trim() ?? '';
  if (text === '') return [];
  return text.split('\n').map((line, i) => {
    try {
      return JSON.parse(line) as object;
    } catch (error) {
      throw new Error(`${fixturePath(stage, rule)}, line ${i + 1}: ${String(error)}`, { cause: error });
    }
  });
}

export function casesOf(stage: 'record', rule: string): readonly RecordCase[];
export function casesOf(stage: 'relation', rule: string): readonly RelationCase[];
export function casesOf(stage: FixtureStage, rule: string): readonly object[] {
  return fixtureLines(stage, rule).filter((line) => !isPlant(line));
}

export function plantsOf(stage: FixtureStage, rule: string): readonly Plant[] {
  return fixtureLines(stage, rule).filter(isPlant);
}

const EXPLICIT = MAPPINGS.find(({ id }) => id === 'trl-explicit')!;

/**
 * The mapping of one record; a record that fits no schema counts as a plain pair, as it would among others.
 */
export function mappingOf(line: string): Mapping {
  try {
    const value = JSON.parse(line) as Json;
    const found = isObject(value) ? recognise([value])?.mapping : undefined;
    return found && found.id !== 'no-prompt' ? found : EXPLICIT;
  } catch {
    return EXPLICIT;
  }
}
