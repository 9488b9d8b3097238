import { locate } from '../json/scan.ts';
import type { JsonObject } from '../model/json.ts';

/** Replace the bytes [byteStart, byteEnd) of a record by `bytes`. Ranges of one edit never overlap. */
export interface ByteEdit {
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly bytes: Uint8Array;
}

/** The field of the other side, by the word in its name: `score_chosen` belongs with `score_rejected`. */
function partnerOf(name: string): string | undefined {
  const partner = name.replace(/chosen|rejected/gi, (word) => {
    const other = word.toLowerCase() === 'chosen' ? 'rejected' : 'chosen';
    return word.startsWith(word.charAt(0).toUpperCase())
      ? other.charAt(0).toUpperCase() + other.slice(1)
      : other;
  });
  return partner === name ? undefined : partner;
}

/**
 * Exchanges the values of the two sides and of everything that belongs to a side, byte for byte as
 * they stand: keys, order, spaces and escapes stay. Done twice it gives the first bytes again.
 */
export function flipEdits(bytes: Uint8Array, record: JsonObject): readonly ByteEdit[] {
  const edits: ByteEdit[] = [];
  for (const name of Object.keys(record)) {
    const partner = partnerOf(name);
    if (partner === undefined || !(partner in record)) continue;
    const own = locate(bytes, [name]);
    const other = locate(bytes, [partner]);
    if (!own || !other) continue;
    const value = bytes.slice(other.valueStart, other.valueEnd);
    if (sameBytes(value, bytes.subarray(own.valueStart, own.valueEnd))) continue;
    edits.push({ byteStart: own.valueStart, byteEnd: own.valueEnd, bytes: value });
  }
  return edits.sort((a, b) => a.byteStart - b.byteStart);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The record with the edits made. */
export function applyEdits(bytes: Uint8Array, edits: readonly ByteEdit[]): Uint8Array {
  const size = edits.reduce(
    (sum, edit) => sum + edit.bytes.length - (edit.byteEnd - edit.byteStart),
    bytes.length,
  );
  const out = new Uint8Array(size);
  let [from, at] = [0, 0];
  for (const edit of edits) {
    const kept = bytes.subarray(from, edit.byteStart);
    out.set(kept, at);
    out.set(edit.bytes, at + kept.length);
    at += kept.length + edit.bytes.length;
    from = edit.byteEnd;
  }
  out.set(bytes.subarray(from), at);
  return out;
}
