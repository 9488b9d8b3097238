// Writes entries into preflens.json.
import { dirname, relative, sep } from 'node:path';

import type { MappingRule } from '#core/config/config.ts';
import { spacedJson, withEntry, withRuleOff } from '#core/config/entry.ts';
import { patternOf } from '#core/config/pattern.ts';
import { messages } from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';

import { configPathFor, MAX_CONFIG_BYTES } from './config.ts';
import { readRegular } from './regularFile.ts';
import { codeOf } from './stored.ts';
import { writeWhole } from './write.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a preflens.json; empty if there is none. */
async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readRegular(path, MAX_CONFIG_BYTES);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/**
 * Changes the text of the preflens.json at `path`, which is made if it does not exist. Rejects with a UserError, and
 * writes nothing, if the text has no place for the change.
 */
async function changeConfig(
  path: string,
  change: (text: string) => string | undefined,
  noPlace: () => Error,
): Promise<void> {
  const old = await readBytes(path);
  let made: string | undefined;
  try {
    made = change(decoder.decode(old));
  } catch (error) {
    // The file is not UTF-8.
    if (!(error instanceof TypeError)) throw error;
  }
  if (made === undefined) throw noPlace();
  await writeWhole(path, made, {
    followsLink: true,
    async verify() {
      if (!(await readBytes(path)).equals(old)) throw messages.changedWhileSaving(path);
    },
  });
}

/** Adds an entry at the start of a list of the preflens.json at `path`. Every other byte stays. */
export async function addEntry(path: string, list: 'mappings' | 'scorers', entry: JsonObject): Promise<void> {
  await changeConfig(
    path,
    (text) => withEntry(text, list, entry),
    () => messages.noPlaceForEntry(path, list, spacedJson(entry)),
  );
}

/** A file as a pattern of the preflens.json at `path`. */
function patternFor(path: string, file: string): string {
  return patternOf(relative(dirname(path), file).split(sep).join('/'));
}

/** The entry that maps one file, for the preflens.json at `path`. */
export function mappingEntry(path: string, file: string, rule: MappingRule): JsonObject {
  return { files: patternFor(path, file), ...rule };
}

/** Writes a mapping of one file into the preflens.json that applies to it. Returns the path of that preflens.json. */
export async function addMapping(file: string, rule: MappingRule): Promise<string> {
  const path = configPathFor(file);
  await addEntry(path, 'mappings', mappingEntry(path, file, rule));
  return path;
}

/**
 * Turns a rule off in the preflens.json that applies to a file: for that file, or for all files. Returns the path of
 * that preflens.json.
 */
export async function turnOffRule(file: string, rule: string, scope: 'file' | 'all'): Promise<string> {
  const path = configPathFor(file);
  const files = scope === 'file' ? patternFor(path, file) : undefined;
  const rules = { [rule]: 'off' };
  await changeConfig(
    path,
    (text) => withRuleOff(text, rule, files),
    () =>
      files === undefined
        ? messages.noPlaceForEntry(path, 'rules', spacedJson(rules))
        : messages.noPlaceForEntry(path, 'overrides', spacedJson({ files, rules })),
  );
  return path;
}
