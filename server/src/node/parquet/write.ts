// Writes a new table from lines of JSON in two passes: the first infers the schema.
import { messages } from '#core/messages.ts';
import { learn, lossesOf, newGuess, schemaElements } from '#formats/parquet/infer.ts';
import { TableWriter } from '#formats/parquet/write.ts';

import { packsZstd, pageCodecs } from './codecs.ts';

/** Compression codecs for new tables, by their usual names. */
export const TABLE_CODECS = { none: 0, snappy: 1, gzip: 2, brotli: 4, zstd: 6, lz4: 7 } as const;
export type TableCodec = keyof typeof TABLE_CODECS;

/** Lines of JSON objects, equal on every call. */
export type Lines = () => AsyncIterable<Uint8Array>;

/** Throws if this Node can't compress with the codec. */
export function checkCodec(codec: TableCodec): void {
  if (codec === 'zstd' && !packsZstd) throw messages.noZstdTables();
}

/**
 * The bytes of a Parquet file with these rows. Calls `onLosses` before the first byte with what the table loses.
 */
export async function* writeTable(
  lines: Lines,
  codec: TableCodec,
  onLosses: (losses: readonly string[]) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const guess = newGuess();
  for await (const line of lines()) learn(guess, line, line.indexOf(0x7b), line.length);
  onLosses([...lossesOf(guess)]);
  const createdBy = `preflens version ${process.env['PREFLENS_VERSION'] ?? '0'}`;
  const writer = new TableWriter(schemaElements(guess), {
    codec: TABLE_CODECS[codec],
    codecs: pageCodecs,
    createdBy,
  });
  yield writer.head();
  for await (const line of lines()) {
    const full = writer.add(line);
    if (full) yield full;
  }
  yield writer.end();
}
