// The files of a build: where they are, and how they are written.
import { basename, dirname, extname, join } from 'node:path';

import { messages } from '#core/messages.ts';
import { encodedAs, writeTo } from '#node/convertFile.ts';
import type { TableCodec } from '#node/parquet/write.ts';
import { isSamePlace } from '#node/write.ts';

import type { Command } from '../command.ts';
import type { Stage } from './stage.ts';
import { bytesOf, readRows } from './stage.ts';

export interface Output {
  readonly path: string;
  readonly rows: Uint32Array;
}

const SPLIT = '{split}';

/** The name of a file without what tells its format: "data.jsonl.gz" is "data". */
function stem(path: string): string {
  const name = basename(path).replace(/\.(?:gz|zst)$/i, '');
  return name.slice(0, name.length - extname(name).length);
}

/** The path of a part. */
export function partPath(output: string, part: string): string {
  if (output.includes(SPLIT)) return output.replaceAll(SPLIT, part);
  const own = stem(output);
  return join(dirname(output), `${own}-${part}${basename(output).slice(own.length)}`);
}

/** The files beside the output that say how it was made. */
export function papersOf(output: string): { readonly built: string; readonly report: string } {
  const name =
    stem(output)
      .replaceAll(SPLIT, '')
      .replace(/^[-_.]+|[-_.]+$/g, '') || 'build';
  const folder = dirname(output.replaceAll(SPLIT, 'all'));
  return { built: join(folder, `${name}.built.json`), report: join(folder, `${name}.report.txt`) };
}

export async function assertNoInput(stage: Stage, paths: readonly string[]): Promise<void> {
  for (const { file } of stage.files)
    for (const path of paths) if (await isSamePlace(file.path, path)) throw messages.buildOverInput(path);
}

/**
 * Writes all files. Each stands under a temporary name until all are complete; then they replace the old ones.
 * @param last is called when all are complete, before the first one is replaced
 * @returns what tables lose, as sentences
 */
export async function writeOutputs(
  stage: Stage,
  outputs: readonly Output[],
  codec: TableCodec,
  command: Command,
  last: () => Promise<void>,
): Promise<readonly string[]> {
  const [first, ...others] = outputs;
  if (!first) {
    for (const { file } of stage.files) await file.assertSame();
    await last();
    return [];
  }
  const lines = async function* (): AsyncGenerator<Uint8Array> {
    for await (const one of readRows(stage, command, first.rows)) yield bytesOf(one, stage);
  };
  const lost: string[] = [];
  const bytes = encodedAs(first.path, lines, codec, (losses) => {
    lost.push(...losses);
  });
  await writeTo(first.path, command.signal)(bytes, async () => {
    lost.push(...(await writeOutputs(stage, others, codec, command, last)));
  });
  return [...new Set(lost)];
}
