// What is remembered beside a dataset, for git to carry: decisions and the baseline, in the folder .preflens.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

import type { Baseline } from '#core/memory/baseline.ts';
import { formatBaseline, parseBaseline } from '#core/memory/baseline.ts';
import type { BadLine, Decision } from '#core/memory/decisions.ts';
import { formatDecisions, parseDecisions, withDecision } from '#core/memory/decisions.ts';
import { messages } from '#core/messages.ts';

import { CONFIG_NAME } from './config.ts';
import { codeOf } from './files.ts';
import { writeWhole } from './wholeFile.ts';

const FOLDER = '.preflens';
const DECISIONS = 'decisions.jsonl';
const BASELINE = 'baseline.json';

/** Two branches that decided about neighbours in the file have both lines after a merge, and no conflict. */
const ATTRIBUTES = `${DECISIONS} merge=union\n`;

/** The folder whose .preflens belongs to a file: the nearest above it that has one, else a preflens.json, else .git; else its own. */
export function memoryRoot(path: string): string {
  const own = dirname(resolve(path));
  for (const mark of [FOLDER, CONFIG_NAME, '.git']) {
    for (let folder = own; ; folder = dirname(folder)) {
      if (existsSync(join(folder, mark))) return folder;
      if (dirname(folder) === folder) break;
    }
  }
  return own;
}

/** What a file is called in the memory of a folder. */
export function nameIn(root: string, path: string): string {
  return relative(root, resolve(path)).split(sep).join('/');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw messages.unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

export interface KnownDecisions {
  readonly path: string;
  readonly decisions: readonly Decision[];
  readonly bad: readonly BadLine[];
}

export async function readDecisions(root: string): Promise<KnownDecisions> {
  const path = join(root, FOLDER, DECISIONS);
  return { path, ...parseDecisions((await readIfThere(path)) ?? '') };
}

async function writeDecisions(root: string, decisions: readonly Decision[]): Promise<void> {
  const folder = join(root, FOLDER);
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, DECISIONS), formatDecisions(decisions));
  const attributes = join(folder, '.gitattributes');
  if (!existsSync(attributes)) await writeFile(attributes, ATTRIBUTES, { flag: 'a' });
}

/** Writes a decision down in the place of others about the same finding. Refused while there are lines that cannot be read. */
export async function decide(root: string, decision: Decision): Promise<void> {
  const { path, decisions, bad } = await readDecisions(root);
  const [first] = bad;
  if (first) throw messages.badMemory(path, first.line, first.why);
  await writeDecisions(root, withDecision(decisions, decision));
}

/** Takes decisions out; how many were there. */
export async function forget(root: string, isGone: (decision: Decision) => boolean): Promise<number> {
  const { path, decisions, bad } = await readDecisions(root);
  const [first] = bad;
  if (first) throw messages.badMemory(path, first.line, first.why);
  const left = decisions.filter((decision) => !isGone(decision));
  if (left.length < decisions.length) await writeDecisions(root, left);
  return decisions.length - left.length;
}

export function baselinePath(root: string): string {
  return join(root, FOLDER, BASELINE);
}

/** Undefined where there is none. Rejects for a file that is no baseline. */
export async function readBaseline(path: string): Promise<Baseline | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const baseline = parseBaseline(text);
  if (!baseline) throw messages.badMemory(path, 1, 'it is no baseline that this version wrote');
  return baseline;
}

export async function writeBaseline(path: string, baseline: Baseline): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, formatBaseline(baseline));
}
