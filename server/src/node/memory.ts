// What is remembered beside a dataset, for git to carry: decisions and the baseline, in the folder .preflens.
import { existsSync } from 'node:fs';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

import type { Baseline } from '#core/memory/baseline.ts';
import { formatBaseline, parseBaseline } from '#core/memory/baseline.ts';
import type { BadLine, Decision } from '#core/memory/decisions.ts';
import { formatDecisions, parseDecisions, withDecision } from '#core/memory/decisions.ts';
import { messages } from '#core/messages.ts';

import { CONFIG_NAME } from './config.ts';
import type { Lock } from './lock.ts';
import { withLock } from './lock.ts';
import { readRegularText } from './regularFile.ts';
import { codeOf } from './stored.ts';
import { inWords } from './systemErrors.ts';
import { writeWhole } from './write.ts';

const FOLDER = '.preflens';
const DECISIONS = 'decisions.jsonl';
const BASELINE = 'baseline.json';
const LOCK = '.lock';

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

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Where a path of the memory leads to. A repository may hold links that its reader never saw: one that leads out of the
 * folder, or nowhere, is refused.
 */
async function insideOf(root: string, path: string): Promise<string> {
  if (!(await isThere(path))) return path;
  const [real, folder] = await Promise.all([realpath(path).catch(() => ''), realpath(root)]);
  if (!`${real}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`))
    throw messages.linkLeaves(path, folder);
  return real;
}

/** The text of a file; undefined where there is none. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readRegularText(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw inWords(error, path);
  }
}

/** The file of a name in the memory, and its text where there is one. */
async function openMemory(
  root: string,
  name: string,
): Promise<{ readonly path: string; readonly text: string | undefined }> {
  await insideOf(root, join(root, FOLDER));
  const shown = join(root, FOLDER, name);
  const path = await insideOf(root, shown);
  if ((await isThere(path)) && !(await lstat(path)).isFile()) throw messages.noRegularFile(shown);
  return { path, text: await textOf(path) };
}

/** Does the work while no other process changes this file. Its folder is there then. */
async function changeLocked<T>(path: string, lock: string, work: (lock: Lock) => Promise<T>): Promise<T> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await withLock(join(dirname(path), lock), path, work);
  } catch (error) {
    throw inWords(error, path);
  }
}

/** The same for a file of the memory. */
async function changeMemory<T>(root: string, name: string, work: (lock: Lock) => Promise<T>): Promise<T> {
  const folder = join(root, FOLDER);
  await insideOf(root, folder);
  return changeLocked(join(folder, name), LOCK, work);
}

export interface KnownDecisions {
  readonly path: string;
  readonly decisions: readonly Decision[];
  readonly bad: readonly BadLine[];
}

export async function readDecisions(root: string): Promise<KnownDecisions> {
  const { text } = await openMemory(root, DECISIONS);
  return { path: join(root, FOLDER, DECISIONS), ...parseDecisions(text ?? '') };
}

/** Changes the decisions as they are now. Refused while there are lines that cannot be read. */
async function changeDecisions(
  root: string,
  change: (decisions: readonly Decision[]) => readonly Decision[],
): Promise<{ readonly before: readonly Decision[]; readonly after: readonly Decision[] }> {
  return changeMemory(root, DECISIONS, async ({ assertHeld }) => {
    const { path, decisions: before, bad } = await readDecisions(root);
    const [first] = bad;
    if (first) throw messages.badMemory(path, first.line, first.why);
    const after = change(before);
    if (after === before) return { before, after };
    const { path: target } = await openMemory(root, DECISIONS);
    await writeWhole(target, formatDecisions(after), { verify: assertHeld });
    const attributes = join(root, FOLDER, '.gitattributes');
    if (!(await isThere(attributes))) await writeWhole(attributes, ATTRIBUTES);
    return { before, after };
  });
}

/** Writes a decision down in the place of others about the same finding. Refused while there are lines that cannot be read. */
export async function decide(root: string, decision: Decision): Promise<void> {
  await changeDecisions(root, (decisions) => withDecision(decisions, decision));
}

/** Takes decisions out; how many were there. */
export async function forget(root: string, isGone: (decision: Decision) => boolean): Promise<number> {
  const { before, after } = await changeDecisions(root, (decisions) =>
    decisions.some(isGone) ? decisions.filter((decision) => !isGone(decision)) : decisions,
  );
  return before.length - after.length;
}

/** A baseline: that of a memory, or a file that a person named. */
export interface BaselinePlace {
  readonly root: string;
  /** Undefined for the one in the memory. */
  readonly named: string | undefined;
}

/** What the place is called. */
export function baselinePath({ root, named }: BaselinePlace): string {
  return named ?? join(root, FOLDER, BASELINE);
}

/** Undefined where there is none. Rejects for a file that is no baseline. */
export async function readBaseline(place: BaselinePlace): Promise<Baseline | undefined> {
  const { root, named } = place;
  const text = named === undefined ? (await openMemory(root, BASELINE)).text : await textOf(named);
  if (text === undefined) return undefined;
  const baseline = parseBaseline(text);
  if (!baseline)
    throw messages.badMemory(baselinePath(place), 1, 'it is no baseline that this version wrote');
  return baseline;
}

/** Makes a baseline of the one that is there now, while no other process changes it; undefined leaves it. */
export async function changeBaseline(
  place: BaselinePlace,
  change: (before: Baseline | undefined) => Baseline | undefined,
): Promise<{ readonly before: Baseline | undefined; readonly after: Baseline | undefined }> {
  const { root, named } = place;
  const work = async ({ assertHeld }: Lock): Promise<Awaited<ReturnType<typeof changeBaseline>>> => {
    const before = await readBaseline(place);
    const after = change(before);
    const target = named ?? (await openMemory(root, BASELINE)).path;
    if (after) await writeWhole(target, formatBaseline(after), { verify: assertHeld });
    return { before, after };
  };
  return named === undefined
    ? changeMemory(root, BASELINE, work)
    : changeLocked(named, `.${basename(named)}${LOCK}`, work);
}
