// Reads and writes the team's memory for git: decisions and the baseline, in the folder .preflens.
import { existsSync } from 'node:fs';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import type { Baseline } from '#core/memory/baseline.ts';
import { formatBaseline, parseBaseline } from '#core/memory/baseline.ts';
import type { BadLine, Decision } from '#core/memory/decisions.ts';
import { formatDecisions, parseDecisions, withDecisions } from '#core/memory/decisions.ts';
import type { Verdict } from '#core/memory/verdicts.ts';
import { formatVerdict, Verdicts } from '#core/memory/verdicts.ts';
import { messages } from '#core/messages.ts';

import { CONFIG_NAME } from './config.ts';
import type { Lock } from './lock.ts';
import { withLock } from './lock.ts';
import { ownName } from './ownName.ts';
import { readRegularText } from './regularFile.ts';
import type { Stamp } from './stored.ts';
import { codeOf, sameStamp, stampOf } from './stored.ts';
import { inWords } from './systemErrors.ts';
import { appendLine, writeWhole } from './write.ts';

const FOLDER = '.preflens';
const DECISIONS = 'decisions.jsonl';
const BASELINE = 'baseline.json';
const LOCK = '.lock';

/** Union merge: when two branches add neighbouring decisions, the result has both lines and no conflict. */
const ATTRIBUTES = `${DECISIONS} merge=union\n`;

/**
 * The folder whose .preflens belongs to a file: the nearest above it with one, or else with a preflens.json or
 * .git, or the file's own.
 */
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

/** Name of a file in a folder's memory. */
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
 * Resolves a path in the memory. A repository may contain links unknown to the user: one that leaves the folder,
 * or is broken, is rejected.
 */
async function insideOf(root: string, path: string): Promise<string> {
  if (!(await isThere(path))) return path;
  const [real, folder] = await Promise.all([realpath(path).catch(() => ''), realpath(root)]);
  if (!`${real}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`))
    throw messages.linkLeaves(path, folder);
  return real;
}

/** Text of a file; undefined if it does not exist. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readRegularText(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw inWords(error, path);
  }
}

/** Where a memory file is, or would be. */
async function placeOf(root: string, name: string): Promise<string> {
  await insideOf(root, join(root, FOLDER));
  const shown = join(root, FOLDER, name);
  const path = await insideOf(root, shown);
  if ((await isThere(path)) && !(await lstat(path)).isFile()) throw messages.noRegularFile(shown);
  return path;
}

/** Runs `work` while no other process changes the file. Creates its folder. */
async function changeLocked<T>(path: string, lock: string, work: (lock: Lock) => Promise<T>): Promise<T> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await withLock(join(dirname(path), lock), path, work);
  } catch (error) {
    throw inWords(error, path);
  }
}

/** `changeLocked` for a memory file. */
async function changeMemory<T>(root: string, name: string, work: (lock: Lock) => Promise<T>): Promise<T> {
  const folder = join(root, FOLDER);
  await insideOf(root, folder);
  return changeLocked(join(folder, name), LOCK, work);
}

export interface KnownDecisions {
  readonly path: string;
  readonly decisions: readonly Decision[];
  readonly verdicts: Verdicts;
  /** Lines that are no decisions, as they are. */
  readonly others: readonly string[];
  readonly bad: readonly BadLine[];
}

/** What was last read of each decisions file: many datasets share one, and a review looks at it after each verdict. */
const lastRead = new Map<string, { readonly stamp: Stamp | undefined; readonly known: KnownDecisions }>();

/** The same object as before while the file is the same. */
export async function readDecisions(root: string): Promise<KnownDecisions> {
  const place = await placeOf(root, DECISIONS);
  // Before the text: a change meanwhile makes the next look read again.
  const stamp = (await isThere(place)) ? await stampOf(place) : undefined;
  const last = lastRead.get(place);
  if (last?.stamp && stamp && sameStamp(last.stamp, stamp)) return last.known;
  const { decisions, others, bad } = parseDecisions((await textOf(place)) ?? '');
  const known: KnownDecisions = {
    path: join(root, FOLDER, DECISIONS),
    decisions,
    verdicts: new Verdicts(others.flatMap(({ verdict }) => verdict ?? [])),
    others: others.map(({ text }) => text),
    bad,
  };
  lastRead.set(place, { stamp, known });
  return known;
}

/** Writes the decisions file again, in a folder that tells git how to merge it. */
async function rewrite(
  root: string,
  { decisions, others }: Pick<KnownDecisions, 'decisions' | 'others'>,
  { assertHeld }: Lock,
): Promise<void> {
  const place = await placeOf(root, DECISIONS);
  await writeWhole(place, formatDecisions(decisions, others), { verify: assertHeld });
  const attributes = join(root, FOLDER, '.gitattributes');
  if (!(await isThere(attributes))) await writeWhole(attributes, ATTRIBUTES);
}

/** The decisions that may be written again. Rejects if some lines are invalid. */
async function validDecisions(root: string): Promise<KnownDecisions> {
  const known = await readDecisions(root);
  const [first] = known.bad;
  if (first) throw messages.badMemory(known.path, first.line, first.why);
  return known;
}

/** Changes the present decisions. Rejects if some lines are invalid. */
async function changeDecisions(
  root: string,
  change: (decisions: readonly Decision[]) => readonly Decision[],
): Promise<{ readonly before: readonly Decision[]; readonly after: readonly Decision[] }> {
  return changeMemory(root, DECISIONS, async (lock) => {
    const { decisions: before, others } = await validDecisions(root);
    const after = change(before);
    if (after !== before) await rewrite(root, { decisions: after, others }, lock);
    return { before, after };
  });
}

/** What a person decides about a finding in a dataset. `by` is '' for the name that git or the system has. */
export type OwnDecision = Pick<Decision, 'key' | 'rule' | 'decision' | 'reason' | 'by'>;

/** A saved decision, and the earlier ones about the same finding that it replaced. */
export interface Decided {
  readonly root: string;
  readonly made: Decision;
  readonly replaced: readonly Decision[];
}

/** Saves a person's decisions, of today, in the memory of a dataset. They have one author. */
export async function decideAboutAll(path: string, made: readonly OwnDecision[]): Promise<void> {
  const root = memoryRoot(path);
  const at = new Date().toISOString().slice(0, 10);
  const { by = '' } = made[0] ?? {};
  const name = by === '' ? await ownName(dirname(path)) : by;
  const file = nameIn(root, path);
  await changeDecisions(root, (decisions) =>
    withDecisions(
      decisions,
      made.map((one) => ({ ...one, by: name, at, file })),
    ),
  );
}

/** Saves a person's decision, of today, in the memory of a dataset. */
export async function decideAbout(path: string, { by, ...decision }: OwnDecision): Promise<Decided> {
  const root = memoryRoot(path);
  const at = new Date().toISOString().slice(0, 10);
  const name = by || (await ownName(dirname(path)));
  return decide(root, { ...decision, by: name, at, file: nameIn(root, path) });
}

/** Saves a decision in place of others about the same finding. Rejects if some lines are invalid. */
export async function decide(root: string, made: Decision): Promise<Decided> {
  const { before } = await changeDecisions(root, (decisions) => withDecisions(decisions, [made]));
  return { root, made, replaced: before.filter(({ key, rule }) => key === made.key && rule === made.rule) };
}

/** Puts back what a decision replaced. False if the decision is no longer there. */
export async function takeBack({ root, made, replaced }: Decided): Promise<boolean> {
  const isMade = (one: Decision): boolean => isDeepStrictEqual(one, made);
  const { before, after } = await changeDecisions(root, (decisions) =>
    decisions.some(isMade) ? [...decisions.filter((one) => !isMade(one)), ...replaced] : decisions,
  );
  return before !== after;
}

/** Adds a verdict of now to the memory of a dataset, after all earlier ones on its pair. Rejects if some lines are invalid. */
export async function addVerdict(path: string, own: Omit<Verdict, 'at' | 'file'>): Promise<Verdict> {
  const root = memoryRoot(path);
  const file = nameIn(root, path);
  return changeMemory(root, DECISIONS, async (lock) => {
    const known = await validDecisions(root);
    const { decisions, others, verdicts } = known;
    const made: Verdict = { ...own, at: verdicts.nextTime(own.key, new Date()), file };
    const line = formatVerdict(made);
    const place = await placeOf(root, DECISIONS);
    if (!(await isThere(place))) {
      await rewrite(root, { decisions, others: [...others, line] }, lock);
      return made;
    }
    await lock.assertHeld();
    const { before, after } = await appendLine(place, line);
    const last = lastRead.get(place);
    if (last?.stamp && sameStamp(last.stamp, before))
      lastRead.set(place, {
        stamp: after,
        known: { ...known, verdicts: verdicts.with(made), others: [...others, line] },
      });
    return made;
  });
}

/** Removes decisions and returns how many. */
export async function forget(root: string, isGone: (decision: Decision) => boolean): Promise<number> {
  const { before, after } = await changeDecisions(root, (decisions) =>
    decisions.some(isGone) ? decisions.filter((decision) => !isGone(decision)) : decisions,
  );
  return before.length - after.length;
}

/** A baseline in the memory, or in a file that the user names. */
export interface BaselinePlace {
  readonly root: string;
  /** Undefined for the one in the memory. */
  readonly named: string | undefined;
}

export function baselinePath({ root, named }: BaselinePlace): string {
  return named ?? join(root, FOLDER, BASELINE);
}

/** Undefined if there is none. Rejects if the file is not a baseline. */
export async function readBaseline(place: BaselinePlace): Promise<Baseline | undefined> {
  const { root, named } = place;
  const text = await textOf(named ?? (await placeOf(root, BASELINE)));
  if (text === undefined) return undefined;
  const baseline = parseBaseline(text);
  if (!baseline) throw messages.badMemory(baselinePath(place), 1, 'it is not a baseline of this version');
  return baseline;
}

/** Replaces the baseline while no other process changes it. If `change` returns undefined, it stays. */
export async function changeBaseline(
  place: BaselinePlace,
  change: (before: Baseline | undefined) => Baseline | undefined,
): Promise<{ readonly before: Baseline | undefined; readonly after: Baseline | undefined }> {
  const { root, named } = place;
  const work = async ({ assertHeld }: Lock): Promise<Awaited<ReturnType<typeof changeBaseline>>> => {
    const before = await readBaseline(place);
    const after = change(before);
    const target = named ?? (await placeOf(root, BASELINE));
    if (after) await writeWhole(target, formatBaseline(after), { verify: assertHeld });
    return { before, after };
  };
  return named === undefined
    ? changeMemory(root, BASELINE, work)
    : changeLocked(named, `.${basename(named)}${LOCK}`, work);
}
