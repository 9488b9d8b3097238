// What is known of a file's content, kept on disk: facts as Arrow, the rest of the survey beside them.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import type { Survey } from '#core/dataset/survey.ts';
import { factsFromArrow, factsToArrow } from '#formats/factsArrow.ts';

import type { Stamp } from './files.ts';
import { writeWhole } from './write.ts';

/** Changes with every change of the code that makes surveys: what older code found is not used. */
const BUILD = process.env['PREFLENS_BUILD'] ?? 'source';

/** What is kept tells of datasets: nobody else is to read it. */
export const PRIVATE_FOLDER = { recursive: true, mode: 0o700 } as const;

/** How files of a cache are written. */
export const EXPENDABLE = { isExpendable: true, mode: 0o600 } as const;

/** The least recently used entries go when all of them are larger than this. */
const MOST_BYTES = 2 * 1024 ** 3;

/** So much is kept before a folder is pruned again: to prune it is a look at every entry. */
const PRUNE_AFTER_BYTES = 64 * 1024 ** 2;

/** By folder, what this process kept there since it last pruned it. */
const keptSincePrune = new Map<string, number>();

async function pruneSeldom(folder: string, keptBytes: number): Promise<void> {
  const kept = (keptSincePrune.get(folder) ?? PRUNE_AFTER_BYTES) + keptBytes;
  keptSincePrune.set(folder, kept < PRUNE_AFTER_BYTES ? kept : 0);
  if (kept >= PRUNE_AFTER_BYTES) await prune(folder);
}

/** What was known of a path when its file was last surveyed. */
export interface Remembered {
  readonly stamp: Stamp;
  /** SHA-256 of the stored bytes. */
  readonly digest: string;
}

type StoredSurvey = Omit<Survey, 'facts' | 'counts'> & {
  readonly build: string;
  readonly counts: readonly (readonly [string, number])[];
  /** SHA-256 of the Arrow file. */
  readonly factsDigest: string;
};

export interface SurveyCache {
  /** What was last known of a path, read under this schema. */
  remembered(path: string, schema: string): Promise<Remembered | undefined>;
  /** Undefined when there is none, or it is torn, or was made by other code. */
  load(digest: string, schema: string): Promise<Survey | undefined>;
  save(path: string, schema: string, known: Remembered, survey: Survey): Promise<void>;
  /** The Arrow file of a content, whether it is there or not. */
  sidecarOf(digest: string, schema: string): string;
}

/** Where caches go on this machine; PREFLENS_CACHE names another place. */
export function defaultCacheFolder(): string {
  const { env, platform } = process;
  if (env['PREFLENS_CACHE']) return resolve(env['PREFLENS_CACHE']);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), 'preflens', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'preflens');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'preflens');
}

export function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function digestOfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    // Not there, or torn: the same to a cache.
    return undefined;
  }
}

/** Removes the least recently used files of a folder until the rest is small enough. */
export async function prune(folder: string): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return { name, size, mtimeMs };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= MOST_BYTES) return;
    await rm(join(folder, name), { force: true });
    total -= size;
  }
}

export function openCache(folder: string): SurveyCache {
  const [facts, paths] = [join(folder, 'facts'), join(folder, 'paths')];
  const keyOf = (digest: string, schema: string): string =>
    digestOfText(`${BUILD} ${schema} ${digest}`).slice(0, 32);
  const sidecarOf = (digest: string, schema: string): string => join(facts, `${keyOf(digest, schema)}.arrow`);
  const restOf = (digest: string, schema: string): string => join(facts, `${keyOf(digest, schema)}.json`);
  const pathFile = (path: string, schema: string): string =>
    join(paths, `${digestOfText(`${schema} ${resolve(path)}`).slice(0, 32)}.json`);
  return {
    sidecarOf,
    remembered: async (path, schema) => (await readJson(pathFile(path, schema))) as Remembered | undefined,
    async load(digest, schema) {
      const rest = (await readJson(restOf(digest, schema))) as StoredSurvey | undefined;
      if (rest?.build !== BUILD) return undefined;
      const sidecar = sidecarOf(digest, schema);
      try {
        const bytes = await readFile(sidecar);
        if (digestOfBytes(bytes) !== rest.factsDigest) throw new Error('torn');
        const survey = { ...rest, counts: new Map(rest.counts), facts: factsFromArrow(bytes) };
        const now = new Date();
        await utimes(sidecar, now, now);
        return { ...survey, recognition: rest.recognition };
      } catch {
        // Whatever is wrong with it, it is made anew.
        await rm(sidecar, { force: true });
        await rm(restOf(digest, schema), { force: true });
        return undefined;
      }
    },
    async save(path, schema, known, survey) {
      await mkdir(facts, PRIVATE_FOLDER);
      await mkdir(paths, PRIVATE_FOLDER);
      const bytes = factsToArrow(survey.facts);
      const { findings, counts, recognition, fieldsSeen } = survey;
      const rest: StoredSurvey = {
        build: BUILD,
        findings,
        counts: [...counts],
        recognition,
        fieldsSeen,
        factsDigest: digestOfBytes(bytes),
      };
      await writeWhole(sidecarOf(known.digest, schema), bytes, EXPENDABLE);
      const restText = JSON.stringify(rest);
      await writeWhole(restOf(known.digest, schema), restText, EXPENDABLE);
      await writeWhole(pathFile(path, schema), JSON.stringify(known), EXPENDABLE);
      await pruneSeldom(facts, bytes.length + restText.length);
    },
  };
}
