// Writes entries into preflens.json.
import { dirname, relative, sep } from 'node:path';

import type { MappingRule } from '#core/config/config.ts';
import { spacedJson, withEntry } from '#core/config/entry.ts';
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
 * Adds an entry at the start of a list of the preflens.json at `path`, which is made if it does not exist. Every
 * other byte stays. Rejects with a UserError, and writes nothing, if the text has no place for the entry.
 */
export async function addEntry(path: string, list: 'mappings' | 'scorers', entry: JsonObject): Promise<void> {
  const old = await readBytes(path);
  let made: string | undefined;
  try {
    made = withEntry(decoder.decode(old), list, entry);
  } catch (error) {
    // The file is not UTF-8.
    if (!(error instanceof TypeError)) throw error;
  }
  if (made === undefined) throw messages.noPlaceForEntry(path, list, spacedJson(entry));
  await writeWhole(path, made, {
    followsLink: true,
    async verify() {
      if (!(await readBytes(path)).equals(old)) throw messages.changedWhileSaving(path);
    },
  });
}

/** The entry that maps one file, for the preflens.json at `path`. */
export function mappingEntry(path: string, file: string, rule: MappingRule): JsonObject {
  const files = patternOf(relative(dirname(path), file).split(sep).join('/'));
  return { files, ...rule };
}

/** Writes a mapping of one file into the preflens.json that applies to it. Returns the path of that preflens.json. */
export async function addMapping(file: string, rule: MappingRule): Promise<string> {
  const path = configPathFor(file);
  await addEntry(path, 'mappings', mappingEntry(path, file, rule));
  return path;
}
