// How a CSV file is written: its encoding, its delimiter, its line ends, and what its columns mean. Decided from the
// start of the text, so that every reader of a file decides the same.
import type { CsvDialect } from '#core/input/csvDialect.ts';
import type { Utf16 } from '#core/input/encoding.ts';
import { encodingOf } from '#core/input/encoding.ts';
import { messages } from '#core/messages.ts';
import { columnNames, kindOf } from '#formats/csv/columns.ts';
import { cellsOf, RowCutter } from '#formats/csv/rows.ts';

/** Bytes from which a file is judged. */
export const SAMPLE_BYTES = 1 << 20;

/** The first one wins where several fit. */
export const DELIMITERS = [',', '\t', ';', '|'] as const;

/** The rows at the start of a text; a last row that is cut off is left out. */
export function sampleRows(sample: Uint8Array, delimiter: string, isWhole: boolean): Uint8Array[][] {
  const cutter = new RowCutter(delimiter);
  const rows = [...cutter.push(sample)];
  // A quote that is not closed: in the rest of the file, or nowhere, which reading the file will say.
  if (isWhole && cutter.openLine === undefined) rows.push(...cutter.end());
  return rows.map(({ bytes }) => cellsOf(bytes, delimiter));
}

interface Candidate {
  readonly delimiter: string;
  readonly rows: readonly Uint8Array[][];
  /** Share of the rows with as many cells as the header. */
  readonly fit: number;
  readonly width: number;
}

function candidateOf(sample: Uint8Array, delimiter: string, isWhole: boolean): Candidate {
  const rows = sampleRows(sample, delimiter, isWhole);
  const width = rows[0]?.length ?? 0;
  const fitting = rows.filter(({ length }) => length === width).length;
  return { delimiter, rows, width, fit: rows.length === 0 ? 0 : fitting / rows.length };
}

/** The way to cut a sample that fits most rows. For a name that ends in .tsv, a tab comes first. */
function bestCut(sample: Uint8Array, isTabs: boolean, isWhole: boolean): Candidate {
  const order = isTabs ? ['\t', ...DELIMITERS.filter((one) => one !== '\t')] : DELIMITERS;
  let best: Candidate | undefined;
  for (const delimiter of order) {
    const one = candidateOf(sample, delimiter, isWhole);
    if (!best || (one.width > 1 && (best.width <= 1 || one.fit > best.fit))) best = one;
    // Nothing fits better, and to cut a sample costs a tenth of a second.
    if (best.width > 1 && best.fit === 1) break;
  }
  return best ?? candidateOf(sample, ',', isWhole);
}

const decoder = new TextDecoder();

/**
 * @param sample the start of the text, in UTF-8
 * @param isWhole whether it is all of it
 */
export function dialectOf(sample: Uint8Array, isTabs: boolean, isWhole: boolean): CsvDialect {
  const best = bestCut(sample, isTabs, isWhole);
  const [header = [], ...rows] = best.rows;
  const names = columnNames(header.map((cell) => decoder.decode(cell)));
  const columns = names.map((name, i) => ({
    name,
    kind: kindOf(
      name,
      rows.flatMap((cells) => (cells.length === names.length && cells[i] ? [decoder.decode(cells[i])] : [])),
    ),
  }));
  return { delimiter: best.delimiter, columns };
}

function decode(path: string, decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch (error) {
    throw error instanceof TypeError ? messages.badUtf16(path) : error;
  }
}

/** Length of the byte order mark of UTF-8; 0 if there is none. */
export function markBytes([first, second, third]: Uint8Array): number {
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
}

/**
 * A text in UTF-8 without byte order mark: UTF-16 becomes UTF-8, other bytes stay as they are. Throws a user error
 * for UTF-16 with half of a character, which UTF-8 can't hold.
 * @param onEncoding called once, before the first bytes
 */
export async function* asUtf8(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  onEncoding: (encoding: Utf16 | undefined) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  let decoderOf16: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  const encoder = new TextEncoder();
  for await (const chunk of chunks) {
    if (isFirst && chunk.length > 0) {
      isFirst = false;
      const encoding = encodingOf(chunk);
      onEncoding(encoding);
      decoderOf16 = encoding && new TextDecoder(encoding, { fatal: true });
      if (markBytes(chunk) > 0) {
        yield chunk.subarray(markBytes(chunk));
        continue;
      }
    }
    yield decoderOf16 ? encoder.encode(decode(path, decoderOf16, chunk)) : chunk;
  }
  if (decoderOf16) yield encoder.encode(decode(path, decoderOf16));
}
