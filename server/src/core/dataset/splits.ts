// The splits of a dataset, by the names of its files and by the card of its folder.
import { fitsPattern, PatternFault } from '../config/pattern.ts';
import type { Json } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';

/** Words for a split, at the start of what a name says: "train", "test_sft". */
const SPLIT =
  /(?:^|[^a-z])((?:train(?:ing)?|test(?:ing)?|validation|valid|val|dev|eval(?:uation)?|held-?out)(?:_[a-z0-9]+)*)(?=[^a-z]|$)/i;

/** The split that a path names, as it is written there. The last part of the path that names one decides. */
export function splitNameOf(path: string): string | undefined {
  for (const part of path.split(/[\\/]/).reverse()) {
    const name = SPLIT.exec(part)?.[1];
    if (name !== undefined) return name.toLowerCase();
  }
  return undefined;
}

/** Files that a dataset card names. */
export interface CardEntry {
  readonly config: string;
  /** Undefined: the name of each file says it. */
  readonly split: string | undefined;
  /** Relative to the folder of the card, with wildcards. */
  readonly patterns: readonly string[];
}

const texts = (value: Json | undefined): string[] =>
  (isList(value) ? value : [value]).filter((one): one is string => typeof one === 'string');

function entriesOf(config: string, files: Json | undefined): CardEntry[] {
  if (typeof files === 'string' || (isList(files) && files.every((one) => typeof one === 'string')))
    return [{ config, split: undefined, patterns: texts(files) }];
  if (isObject(files))
    return Object.entries(files).map(([split, paths]) => ({ config, split, patterns: texts(paths) }));
  if (!isList(files)) return [];
  return files.filter(isObject).map(({ split, path }) => ({
    config,
    split: typeof split === 'string' ? split : undefined,
    patterns: texts(path),
  }));
}

/**
 * The entries of a card's `configs`. Source: Hugging Face Hub documentation, "Manual configuration" (`config_name`,
 * `data_files` with `split` and `path`, `data_dir`).
 */
export function cardEntries(metadata: Json): readonly CardEntry[] {
  const configs = isObject(metadata) ? metadata['configs'] : undefined;
  if (!isList(configs)) return [];
  return configs.filter(isObject).flatMap((config) => {
    const name = typeof config['config_name'] === 'string' ? config['config_name'] : 'default';
    const folder = texts(config['data_dir'])[0];
    const files = config['data_files'];
    if (files === undefined && folder !== undefined)
      return [{ config: name, split: undefined, patterns: [`${folder}/**`] }];
    const inFolder = (pattern: string): string => (folder === undefined ? pattern : `${folder}/${pattern}`);
    return entriesOf(name, files).map((entry) => ({ ...entry, patterns: entry.patterns.map(inFolder) }));
  });
}

/** Whether a pattern of a card names a file, or a folder above it. */
export function cardNames(pattern: string, path: string): boolean {
  const plain = pattern.replace(/^\.?\//, '').replace(/\/$/, '');
  try {
    return path.startsWith(`${plain}/`) || fitsPattern(plain, path);
  } catch (error) {
    if (error instanceof PatternFault) return false;
    throw error;
  }
}
