// Where the records of a JSON document are: all that is needed to cut them.
import { BACKSLASH, COMMA, GAP, KINDS, OPEN_OBJECT, QUOTE } from './marks.ts';
import type { ByteRange } from './place.ts';

/** Plain data, for threads and cache keys. */
export interface DocumentLayout {
  /**
   * `list`: the items of a list. `keyed`: the items of a list in an object, or in an object inside it, and of other
   * lists of the same depth that hold records too. `sequence`: objects one after the other.
   */
  readonly form: 'list' | 'keyed' | 'sequence';
  /** Of `keyed`: the names that lead to the first list. */
  readonly path?: readonly string[];
  /**
   * The text from the bracket that ends the first record to the first key of the second. It cannot be inside a string
   * of valid JSON, so threads look for it to begin in the middle, and a broken record ends at it.
   */
  readonly seam?: string;
}

/** Whether the records are at the same places of two documents. */
export function isSameForm(a: DocumentLayout | undefined, b: DocumentLayout | undefined): boolean {
  const [own = [], other = []] = [a?.path, b?.path];
  return a?.form === b?.form && own.length === other.length && own.every((name, i) => name === other[i]);
}

/** A longer seam is no layout that repeats. */
const MAX_SEAM_BYTES = 400;

function skip(bytes: Uint8Array, from: number, isSkipped: (byte: number) => boolean): number {
  let at = from;
  while (at < bytes.length && isSkipped(bytes[at] ?? 0)) at++;
  return at;
}

/** The seam after the first record; undefined if no second one begins there. The second may be broken. */
export function seamAfter(bytes: Uint8Array, first: ByteRange): string | undefined {
  const gapEnd = skip(bytes, first.byteEnd, (byte) => byte === COMMA || KINDS[byte] === GAP);
  if (bytes[gapEnd] !== OPEN_OBJECT) return undefined;
  const key = skip(bytes, gapEnd + 1, (byte) => KINDS[byte] === GAP);
  // Keys with escapes are left alone: a seam has to be plain ASCII.
  const end = skip(
    bytes,
    key + 1,
    (byte) => byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20 && byte < 0x7f,
  );
  if (bytes[key] !== QUOTE || bytes[end] !== QUOTE || end - first.byteEnd > MAX_SEAM_BYTES) return undefined;
  return new TextDecoder().decode(bytes.subarray(first.byteEnd - 1, end + 1));
}
