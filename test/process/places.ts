// Folders with a dataset, models and a preflens.json, and the lines that `preflens score` writes for them.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { readScores, wholePart } from '#formats/scoreArrow.ts';
import { codeOf } from '#node/stored.ts';

import type { ModelRecipe } from '../models/folders.ts';
import { writeModel } from '../models/folders.ts';
import { SAMPLE } from './run.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-places-'));
process.on('exit', () => {
  rmSync(ROOT, { recursive: true, force: true });
});

export const LINES = readFileSync(SAMPLE, 'utf8').trim().split('\n');

export interface Place {
  readonly folder: string;
  readonly file: string;
  readonly uri: string;
  readonly text: string;
  readonly cache: string;
}

let made = 0;
/** A folder with a dataset, a model and a preflens.json. */
export function place(
  scorers: readonly object[],
  lines = LINES.slice(0, 120),
  recipe: ModelRecipe = {},
): Place {
  const folder = join(ROOT, `p${made++}`);
  mkdirSync(folder);
  writeModel(join(folder, 'rm'), { isChat: true, kind: 'bpe', sizes: { positions: 512 }, ...recipe });
  writeModel(join(folder, 'other'), { kind: 'wordpiece', seed: 9, sizes: { positions: 512 } });
  writeFileSync(join(folder, 'preflens.json'), JSON.stringify({ scorers }));
  const file = join(folder, 'data.jsonl');
  const text = `${lines.join('\n')}\n`;
  writeFileSync(file, text);
  return { folder, file, uri: pathToFileURL(file).href, text, cache: join(folder, 'cache') };
}

/** Undefined if it is not there: a process that scores makes and removes such files meanwhile. */
function bytesIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The number of cached scores, over all files of all fingerprints. @param width numbers of a score */
export function rowsKept(cache: string, width = 1): number {
  const root = join(cache, 'scores');
  if (!existsSync(root)) return 0;
  let rows = 0;
  for (const name of readdirSync(root, { recursive: true }).map(String)) {
    if (!name.endsWith('.arrows')) continue;
    const [stream, sums] = [name, `${name}.sums`].map((one) => bytesIfThere(join(root, one)));
    if (stream && sums)
      rows += [...readScores(wholePart(stream, sums, `${width} ${dirname(name)}`), width)].length;
  }
  return rows;
}

export interface ScoreLine {
  readonly record: number;
  readonly margin: number;
  readonly chosenKey: string;
  readonly rejectedKey: string;
}

export const scoresIn = (text: string): ScoreLine[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ScoreLine);
