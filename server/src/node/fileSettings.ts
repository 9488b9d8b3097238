// Settings of a file, including its benchmarks' prompts as hashes of their word runs.
import { basename } from 'node:path';

import type { Benchmark } from '#core/checks/check.ts';
import { gramsOf } from '#core/checks/relations/benchmarkOverlap.ts';
import type { CheckConfig } from '#core/config/config.ts';
import { readRaw } from '#core/dataset/survey.ts';

import type { FileSettings, Folders } from './config.ts';
import { configuredBenchmarks, configuredFor, foldersOnce } from './config.ts';
import { openFile } from './files.ts';
import { recogniseFile } from './surveyFile.ts';

interface Known {
  readonly stamp: string;
  readonly benchmark: Benchmark;
}

const known = new Map<string, Known>();

async function readBenchmark(path: string): Promise<Benchmark> {
  const file = await openFile(path);
  const stamp = JSON.stringify(file.stamp);
  const before = known.get(path);
  if (before?.stamp === stamp) return before.benchmark;
  const recognition = await recogniseFile(file);
  const grams = new Set<number>();
  for await (const raw of file.records()) {
    const read = readRaw(raw, recognition);
    const prompts = [...(read?.pairs ?? []), ...(read?.judgements ?? [])].map(({ prompt }) => prompt);
    for (const prompt of new Set(prompts))
      for (const gram of gramsOf(prompt.at(-1)?.text ?? '')) grams.add(gram);
  }
  const benchmark = { name: basename(path), grams: [...grams] };
  known.set(path, { stamp, benchmark });
  return benchmark;
}

/** Reads benchmarks. Caches each until its file changes. Rejects if one can't be read. */
async function readBenchmarks(paths: readonly string[]): Promise<readonly Benchmark[]> {
  const benchmarks: Benchmark[] = [];
  for (const path of paths) benchmarks.push(await readBenchmark(path));
  return benchmarks;
}

/**
 * Rejects if the preflens.json or one of its benchmarks can't be read.
 * @param isTrusted the user trusts the folder, so it may refer to benchmarks outside itself
 */
export async function settingsFor(
  path: string,
  editor: CheckConfig = {},
  isTrusted = true,
  folders?: Folders,
): Promise<FileSettings> {
  const benchmarks = await readBenchmarks(configuredBenchmarks(path, isTrusted, folders));
  return configuredFor(path, editor, benchmarks, folders);
}

/** The settings of a file in a run over many: each folder is looked at once. */
export type SettingsOf = (path: string) => Promise<FileSettings>;

export function settingsOnce(): SettingsOf {
  const folders = foldersOnce();
  return async (path) => settingsFor(path, {}, true, folders);
}
