// Reads only the start of a large page: some writers put a hundred megabytes into one, and the first rows may be
// enough.
import type { ByteSource } from '../bytes.ts';
import type { PageCodecs } from './footer.ts';
import type { Page, PageRef, PageTable } from './pages.ts';
import { countLevel, DATA, HEADER, partsOfV1 } from './pages.ts';
import type { Leaf } from './schema.ts';
import { ParquetError } from './schema.ts';
import { numberIn, structIn } from './thrift.ts';
import type { Values } from './values.ts';
import { ENCODING, lengthAt, widthOf } from './values.ts';

/** Smaller pages are decompressed whole, which takes a few milliseconds. */
const LARGE_BYTES = 8 * 1024 * 1024;
const FIRST_BYTES = 1024 * 1024;

/** Above this share of a page, decompressing all of it is faster: the codecs are compiled, a part is not. */
const MAX_SHARE = 1 / 4;

/** Compressed bytes that a codec needs for `wanted` bytes, at worst. */
const compressedFor = (wanted: number): number => Math.ceil(wanted * 1.2) + 64;

/** The complete PLAIN values in the bytes. */
function valuesIn(bytes: Uint8Array, at: number, leaf: Leaf, max: number): Values {
  const width = widthOf(leaf);
  if (width > 0) {
    const count = Math.min(max, Math.floor((bytes.length - at) / width));
    return { bytes: bytes.subarray(at), count, width };
  }
  const room = Math.min(max, Math.floor((bytes.length - at) / 4));
  const [starts, ends] = [new Int32Array(room), new Int32Array(room)];
  let count = 0;
  for (let next = at; count < room && next + 4 <= bytes.length; count++) {
    const end = next + 4 + lengthAt(bytes, next);
    if (end > bytes.length) break;
    starts[count] = next + 4;
    ends[count] = end;
    next = end;
  }
  return { bytes, count, width, starts, ends };
}

/** Number of entries covered by this many values. */
function entriesOf(definition: Uint8Array | undefined, values: number, leaf: Leaf, count: number): number {
  if (!definition) return Math.min(values, count);
  let left = values;
  for (let i = 0; i < count; i++) if (definition[i] === leaf.maxDefinition && left-- === 0) return i;
  return count;
}

/** A page with at least its first `need` entries; undefined if it must be decompressed whole. */
export function readPageStart(
  source: ByteSource,
  codecs: PageCodecs,
  { chunk, leaf }: PageTable,
  ref: PageRef,
  need: number,
): Page | undefined {
  const header = structIn(ref.header, HEADER.data);
  const isFit =
    !ref.isV2 &&
    header &&
    ref.uncompressedLength > LARGE_BYTES &&
    numberIn(header, DATA.encoding) === ENCODING.plain;
  if (!isFit || leaf.type === 'BOOLEAN') return undefined;
  const start = ref.offset + ref.headerLength;
  // As if all entries were equally long: most pages are nearly so, and a shorter start would be read in vain.
  const likely = (ref.uncompressedLength * need) / ref.count;
  for (let wanted = FIRST_BYTES; wanted < ref.uncompressedLength * MAX_SHARE; wanted *= 4) {
    if (wanted < likely) continue;
    const compressed = source.read(start, start + Math.min(ref.compressedLength, compressedFor(wanted)));
    const bytes = codecs.decompressStart(chunk.codec, compressed, wanted);
    if (!bytes) return undefined;
    try {
      const { repetition, definition, valuesAt } = partsOfV1(bytes, header, leaf, ref.count);
      const valueCount = definition ? countLevel(definition, leaf.maxDefinition) : ref.count;
      const values = valuesIn(bytes, valuesAt, leaf, valueCount);
      const known = entriesOf(definition, values.count, leaf, ref.count);
      if (known < need) continue;
      return {
        count: ref.count,
        known,
        repetition,
        definition: valueCount === ref.count ? undefined : definition,
        values,
        indices: undefined,
        bytes: bytes.length + 10 * ref.count,
      };
    } catch (error) {
      // The levels may continue beyond these bytes. If the page is damaged, decompressing it whole reports that.
      if (!(error instanceof ParquetError)) throw error;
    }
  }
  return undefined;
}
