// Mutated Parquet files: each is read to its end and saved, or refused with a message.
import { spliceStream } from '#core/edits/splice.ts';
import { seededRandom } from '#core/score/random.ts';
import { compareBytes } from '#formats/bytes.ts';
import { ParquetFile, RowReader } from '#formats/parquet/rows.ts';
import { ParquetError } from '#formats/parquet/schema.ts';
import { planSplice } from '#formats/parquet/splice.ts';
import { pageCodecs } from '#node/parquet/codecs.ts';

import { mutate } from '../fakes/mutate.ts';
import type { Random } from '../fakes/tables.ts';
import { below, pick, randomTable, sourceOf } from '../fakes/tables.ts';
import type { FuzzOutcome } from './fuzz.ts';
import { cpuMs } from './fuzz.ts';

/** A file of a few kB that takes longer than this nearly hangs. */
const MAX_MS = 1000;

/** Rows to read from a file: some claim two billion. */
const MAX_ROWS = 5000;

const ODD_BYTES = [0x00, 0x7f, 0x80, 0xff];

/** Mutations that keep the ends of the file, so that readers get to the inside. */
function mutateInside(bytes: Uint8Array, random: Random): Uint8Array {
  const out = bytes.slice();
  const footer = new DataView(out.buffer, out.byteOffset).getUint32(out.length - 8, true);
  const start = out.length - 8 - footer;
  for (let i = 0; i <= below(random, 3); i++) {
    const at = random() < 0.5 ? start + below(random, footer) : 4 + below(random, start - 4);
    out[at] = random() < 0.5 ? pick(random, ODD_BYTES) : out[at]! ^ (1 << below(random, 8));
  }
  return out;
}

/** Reads a whole file, also backwards with pages that count as large, and drops one row. */
async function tryTable(bytes: Uint8Array): Promise<void> {
  const file = new ParquetFile(sourceOf(bytes), pageCodecs);
  const rows = Math.min(file.footer.rows, MAX_ROWS);
  const reader = new RowReader(file, 1 << 20);
  const lines = Array.from({ length: rows }, (_, row) => reader.read(row).slice());
  const backwards = new RowReader(new ParquetFile(sourceOf(bytes), pageCodecs, 1), 1 << 20);
  for (let row = rows - 1; row >= 0; row--)
    if (compareBytes(backwards.read(row), lines[row]!) !== 0) throw new Error(`row ${row} differs`);
  if (rows === 0) return;
  const { replacements } = planSplice(file, [{ row: rows >> 1, cells: null }], []);
  async function* stream() {
    yield await Promise.resolve(bytes);
  }
  for await (const chunk of spliceStream(stream(), replacements))
    if (chunk.length > 1 << 28) throw new Error('grew');
}

export async function fuzzTables(
  count: number,
  seed: number,
): Promise<FuzzOutcome & { readonly refused: number }> {
  const random = seededRandom(seed);
  const failures: string[] = [];
  let [longest, peakMb, refused] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const table = randomTable(random);
    const bytes =
      random() < 0.8 ? mutateInside(table.bytes, random) : mutate(table.bytes, random, [table.bytes]);
    const begun = cpuMs();
    try {
      await tryTable(bytes);
    } catch (error) {
      if (error instanceof ParquetError) refused++;
      else
        failures.push(
          `table ${i} (${table.words}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
    }
    const took = cpuMs() - begun;
    longest = Math.max(longest, took);
    if (took > MAX_MS) failures.push(`table ${i}: ${took.toFixed(0)} ms for ${bytes.length} bytes`);
    if (i % 20 === 0) peakMb = Math.max(peakMb, process.memoryUsage().rss / 1e6);
  }
  return { tried: count, longest, peakMb, failures, refused };
}
