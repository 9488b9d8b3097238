// `convert`: changes the file format, or writes a trainer's format.
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { ConvertTarget } from '#core/convert/targets.ts';
import { TARGETS } from '#core/convert/targets.ts';
import { messages } from '#core/messages.ts';
import { plural } from '#core/words/numbers.ts';
import type { WriteOutput } from '#node/convertFile.ts';
import { convertDataset, writeTo } from '#node/convertFile.ts';
import type { TableCodec } from '#node/parquet/write.ts';
import { checkCodec } from '#node/parquet/write.ts';
import { abortable } from '#node/write.ts';

import type { Command } from './command.ts';

export interface ConvertOptions {
  /** Undefined only with `dryRun`. */
  readonly out?: string;
  /** Id of the trainer's format; undefined to keep the records unchanged. */
  readonly to: string | undefined;
  readonly codec: TableCodec;
  readonly dryRun: boolean;
}

/** What a trial run without an output file tries. */
const JSON_LINES = 'converted.jsonl';

export function targetOf(id: string): ConvertTarget {
  const target = TARGETS.find((one) => one.id === id);
  if (!target)
    throw messages.noTarget(
      id,
      TARGETS.map((one) => one.id),
    );
  return target;
}

/** Reads everything and writes nothing. */
const writeNowhere =
  (signal: AbortSignal): WriteOutput =>
  async (bytes, assertSame) => {
    const nowhere = new Writable({
      write(_chunk, _encoding, done) {
        done();
      },
    });
    const source = Readable.from(abortable(bytes, signal), { objectMode: false });
    await pipeline(source, nowhere, { signal });
    await assertSame();
  };

/** Writes to standard output. */
export const writeToOutput =
  ({ signal, records }: Command): WriteOutput =>
  async (bytes, assertSame) => {
    await records(Readable.from(abortable(bytes, signal), { objectMode: false }), signal);
    await assertSame();
  };

/** Converts a file or folder. The output appears completely or not at all. */
export async function convert(command: Command, path: string, options: ConvertOptions): Promise<void> {
  const { out = JSON_LINES, to, codec, dryRun } = options;
  const { signal, note } = command;
  const target = to === undefined ? undefined : targetOf(to);
  checkCodec(codec);
  const write = dryRun ? writeNowhere(signal) : out === '-' ? writeToOutput(command) : writeTo(out, signal);
  const converted = await convertDataset({ path, out, target, codec }, { signal, write, note });
  const { read, written, lost, caveats, first } = converted;
  note(
    `${path}: ${plural(read, 'record')} read, ${written} ${dryRun ? 'would be written' : 'written'}${target ? ` as ${target.title}` : ''}. ` +
      (lost.length === 0 ? 'Nothing is lost.' : 'Differences:'),
  );
  for (const line of lost) note(`  ${line}`);
  if (dryRun && first !== undefined) note(`The first record would be: ${first}`);
  if (caveats.length > 0) note('What the trainer does with it:');
  for (const line of caveats) note(`  ${line}`);
}
