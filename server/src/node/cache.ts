// Cache of surveys by file content: facts as Arrow, the rest as JSON beside them.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Survey } from '#core/dataset/survey.ts';
import type { PolarityDecision } from '#core/mapping/polarity/polarity.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { heldFrom } from '#core/mapping/recognise.ts';

import { EXPENDABLE, readJsonEntry, writeEntry } from './cacheEntry.ts';
import type { Tell } from './cacheFolder.ts';
import { doWithout, openCacheFolder } from './cacheFolder.ts';
import { CODE_FOLDER, PRIVATE_FOLDER } from './cachePlace.ts';
import { readRegular } from './regularFile.ts';
import type { Stamp } from './stored.ts';
import { sameStamp, stampNow } from './stored.ts';
import { writeWhole } from './write.ts';

/** Changes with any code that makes surveys, so that results of older code are not used. */
const BUILD = process.env['PREFLENS_BUILD'] ?? 'source';

/** Above this total, the least recently used entries are deleted. */
const MAX_BYTES = 2 * 1024 ** 3;

/** Bytes to write between two prunes: pruning looks at every entry. */
const PRUNE_AFTER_BYTES = 64 * 1024 ** 2;

/** Bytes written to each folder since this process last pruned it. */
const keptSincePrune = new Map<string, number>();

/** Each version compiles files of its own, and Node removes none. What is still in use is compiled again. */
const MAX_CODE_AGE_MS = 30 * 24 * 3600 * 1000;

async function pruneSeldom(cache: string, facts: string, keptBytes: number): Promise<void> {
  const kept = (keptSincePrune.get(facts) ?? PRUNE_AFTER_BYTES) + keptBytes;
  keptSincePrune.set(facts, kept < PRUNE_AFTER_BYTES ? kept : 0);
  if (kept < PRUNE_AFTER_BYTES) return;
  await prune(facts);
  // There is no folder, or another process removes the same files: nothing is lost.
  await removeOldFiles(join(cache, CODE_FOLDER), MAX_CODE_AGE_MS).catch(() => undefined);
}

async function removeOldFiles(folder: string, maxAgeMs: number): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isFile() && Date.now() - found.mtimeMs > maxAgeMs) await rm(path, { force: true });
  }
}

/** What the last survey of a path found. */
export interface Remembered {
  readonly stamp: Stamp;
  /** SHA-256 of the stored bytes. */
  readonly digest: string;
}

interface StoredSurvey {
  readonly survey: Omit<Survey, 'facts' | 'counts'>;
  readonly counts: readonly (readonly [string, number])[];
  /** SHA-256 of the Arrow file. */
  readonly factsDigest: string;
}

interface HeldReading {
  /** Of the file after the change. */
  readonly stamp: Stamp;
  readonly held: PolarityDecision;
}

export interface SurveyCache {
  /** The last result for a path under this schema. */
  remembered(path: string, schema: string): Promise<Remembered | undefined>;
  /** Undefined if there is none, if it is damaged, or if other code made it. */
  load(digest: string, schema: string): Promise<Survey | undefined>;
  /** False if it could not be stored. */
  save(path: string, schema: string, known: Remembered, survey: Survey): Promise<boolean>;
  /** How a file's labels were read when a command last changed them; undefined if it changed since. */
  heldReading(file: { readonly path: string; readonly stamp: Stamp }): Promise<PolarityDecision | undefined>;
  /**
   * After a command changed labels whose meaning was decided by evidence: the next command reads them in the same way.
   * The labels themselves may say something else by now.
   */
  holdReading(path: string, recognition: Recognition): Promise<void>;
  /** Path of the Arrow file for a content, whether it exists or not. */
  sidecarOf(digest: string, schema: string): string;
}

/** SHA-256, hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Deletes the least recently used files of a folder until the rest is small enough. */
export async function prune(folder: string): Promise<void> {
  const names = await readdir(folder);
  const found = await Promise.all(
    names.map(async (name) =>
      stat(join(folder, name)).then(
        ({ size, mtimeMs }) => [{ name, size, mtimeMs }],
        // Already deleted.
        () => [],
      ),
    ),
  );
  const files = found.flat();
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= MAX_BYTES) return;
    await rm(join(folder, name), { force: true });
    total -= size;
  }
}

/** Opens the cache in this folder. Undefined, after one message, if it can't be used. */
export function openCache(path: string, tell: Tell = () => undefined): SurveyCache | undefined {
  const folder = openCacheFolder(path, tell);
  if (folder === undefined) return undefined;
  const [facts, paths, readings] = [join(folder, 'facts'), join(folder, 'paths'), join(folder, 'readings')];
  /** Unique name of an entry. */
  const nameOf = (digest: string, schema: string): string => `${BUILD} ${schema} ${digest}`;
  const keyOf = (digest: string, schema: string): string => sha256(nameOf(digest, schema)).slice(0, 32);
  const sidecarOf = (digest: string, schema: string): string => join(facts, `${keyOf(digest, schema)}.arrow`);
  const restOf = (digest: string, schema: string): string => join(facts, `${keyOf(digest, schema)}.json`);
  const pathKey = (path: string, schema: string): string => `${schema} ${resolve(path)}`;
  const pathFile = (path: string, schema: string): string =>
    join(paths, `${sha256(pathKey(path, schema)).slice(0, 32)}.json`);
  const readingKey = (path: string): string => `${BUILD} reading ${resolve(path)}`;
  const readingFile = (path: string): string =>
    join(readings, `${sha256(readingKey(path)).slice(0, 32)}.json`);
  return {
    sidecarOf,
    async heldReading({ path, stamp }) {
      // Nearly always: few commands change labels.
      if (!existsSync(readings)) return undefined;
      const known = await readJsonEntry<HeldReading>(readingFile(path), readingKey(path));
      return known && sameStamp(known.stamp, stamp) ? known.held : undefined;
    },
    async holdReading(path, recognition) {
      const held = recognition.isGiven ? undefined : heldFrom(recognition);
      if (!held) return;
      try {
        const text = JSON.stringify({ stamp: stampNow(path), held } satisfies HeldReading);
        await writeEntry(readingFile(path), readingKey(path), text);
      } catch (error) {
        doWithout(folder, error, tell);
      }
    },
    remembered: async (path, schema) =>
      readJsonEntry<Remembered>(pathFile(path, schema), pathKey(path, schema)),
    async load(digest, schema) {
      const rest = await readJsonEntry<StoredSurvey>(restOf(digest, schema), nameOf(digest, schema));
      if (!rest) return undefined;
      const sidecar = sidecarOf(digest, schema);
      const bytes = await readRegular(sidecar).catch(() => undefined);
      // A damaged entry is rebuilt.
      if (!bytes || sha256(bytes) !== rest.factsDigest) return undefined;
      const now = new Date();
      // Marks it as recently used. If that fails, the entry is only deleted earlier.
      await utimes(sidecar, now, now).catch(() => undefined);
      // Loaded here: Arrow takes half as long to load as Node to start, and a run that keeps nothing doesn't need it.
      const { factsFromArrow } = await import('#formats/factsArrow.ts');
      return { ...rest.survey, counts: new Map(rest.counts), facts: factsFromArrow(bytes) };
    },
    async save(path, schema, known, survey) {
      try {
        await mkdir(facts, PRIVATE_FOLDER);
        const { facts: table, counts, ...kept } = survey;
        const { factsToArrow } = await import('#formats/factsArrow.ts');
        const bytes = factsToArrow(table);
        const rest: StoredSurvey = { survey: kept, counts: [...counts], factsDigest: sha256(bytes) };
        const { digest } = known;
        await writeWhole(sidecarOf(digest, schema), bytes, EXPENDABLE);
        const restBytes = await writeEntry(
          restOf(digest, schema),
          nameOf(digest, schema),
          JSON.stringify(rest),
        );
        await writeEntry(pathFile(path, schema), pathKey(path, schema), JSON.stringify(known));
        await pruneSeldom(folder, facts, bytes.length + restBytes);
        return true;
      } catch (error) {
        doWithout(folder, error, tell);
        return false;
      }
    },
  };
}
