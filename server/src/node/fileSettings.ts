// What holds for a file, with the prompts of the benchmarks that it is held against, as hashes of their runs of words.
import { basename } from 'node:path';

import type { Benchmark } from '#core/checks/check.ts';
import { gramsOf } from '#core/checks/relations/benchmarkOverlap.ts';
import type { CheckConfig } from '#core/config/config.ts';
import { readRaw } from '#core/dataset/survey.ts';

import type { FileSettings } from './config.ts';
import { configuredBenchmarks, configuredFor } from './config.ts';
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

/** Reads benchmarks; each once, as long as it does not change. Rejects where one cannot be read. */
async function readBenchmarks(paths: readonly string[]): Promise<readonly Benchmark[]> {
  const benchmarks: Benchmark[] = [];
  for (const path of paths) benchmarks.push(await readBenchmark(path));
  return benchmarks;
}

/**
 * What holds for a file. Rejects where its preflens.json, or a benchmark that it names, cannot be read.
 * @param isTrusted the person trusts the folder: then it may name benchmarks outside of itself
 */
export async function settingsFor(
  path: string,
  editor: CheckConfig = {},
  isTrusted = true,
): Promise<FileSettings> {
  return configuredFor(path, editor, await readBenchmarks(configuredBenchmarks(path, isTrusted)));
}
