// Turns changes by path into changes of bytes. Key order, white space and escapes stay unchanged.
import { lastFieldEnd, locate } from '../json/scan.ts';
import { valueAt } from '../mapping/field.ts';
import type { PathChange } from '../mapping/forms/form.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';

/** Replaces bytes [byteStart, byteEnd) of a record. Ranges of one edit never overlap. */
export interface ByteEdit {
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const MINUS = 0x2d;

interface Span {
  readonly valueStart: number;
  readonly valueEnd: number;
}

function replace({ valueStart, valueEnd }: Span, bytes: Uint8Array): ByteEdit {
  return { byteStart: valueStart, byteEnd: valueEnd, bytes };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Adds a field, separated like the record's first two fields. */
function insertField(bytes: Uint8Array, name: string, value: Json): ByteEdit[] {
  const end = lastFieldEnd(bytes);
  if (!end) return [];
  const field = `${JSON.stringify(name)}${end.colon}${JSON.stringify(value)}`;
  return [
    { byteStart: end.at, byteEnd: end.at, bytes: encoder.encode(`${end.isEmpty ? '' : end.comma}${field}`) },
  ];
}

/** A value as a record would write it in place of another: 0 as `0.0` in place of `1.0`. */
function spelledLike(old: string, value: Json): string {
  const zeros = /^-?\d+(\.0+)$/.exec(old)?.[1];
  const text = JSON.stringify(value);
  return zeros !== undefined && /^-?\d+$/.test(text) ? text + zeros : text;
}

/**
 * `sum` minus a decimal, with as many digits after the point, so that the same again gives the decimal back.
 * Undefined for other spellings of a number.
 */
function mirrored(decimal: string, sum: number): string | undefined {
  const digits = /^(0|[1-9]\d*)(?:\.(\d+))?$/.exec(decimal);
  if (!digits) return undefined;
  const places = digits[2]?.length ?? 0;
  const unit = 10n ** BigInt(places);
  const rest = BigInt(sum) * unit - BigInt(`${digits[1] ?? ''}${digits[2] ?? ''}`);
  if (rest < 0n) return undefined;
  const fraction = places === 0 ? '' : `.${String(rest % unit).padStart(places, '0')}`;
  return `${rest / unit}${fraction}`;
}

function editsOf(
  bytes: Uint8Array,
  record: JsonObject,
  change: PathChange,
  mustReturn: boolean,
): ByteEdit[] | undefined {
  const find = (path: Path): Span | undefined => locate(bytes, path);
  switch (change.kind) {
    case 'swap': {
      const [a, b] = [find(change.a), find(change.b)];
      if (!a || !b) return undefined;
      const [own, other] = [bytes.slice(a.valueStart, a.valueEnd), bytes.slice(b.valueStart, b.valueEnd)];
      return sameBytes(own, other) ? [] : [replace(a, other), replace(b, own)];
    }
    case 'swap-items': {
      const [a, b] = [change.a, change.b].map(({ first, last }): Span | undefined => {
        const [from, to] = [find(first), find(last)];
        return from && to && { valueStart: from.valueStart, valueEnd: to.valueEnd };
      });
      if (!a || !b) return undefined;
      return [
        replace(a, bytes.slice(b.valueStart, b.valueEnd)),
        replace(b, bytes.slice(a.valueStart, a.valueEnd)),
      ];
    }
    case 'mirror': {
      const span = find(change.path);
      const text = span && decoder.decode(bytes.subarray(span.valueStart, span.valueEnd));
      const made = text === undefined ? undefined : mirrored(text, change.sum);
      return span && made !== undefined ? [replace(span, encoder.encode(made))] : undefined;
    }
    case 'copy': {
      const [from, to] = [find(change.from), find(change.to)];
      return from && to ? [replace(to, bytes.slice(from.valueStart, from.valueEnd))] : undefined;
    }
    case 'set': {
      const span = find(change.path);
      const [name] = change.path;
      if (!span)
        return typeof name === 'string' && change.path.length === 1
          ? insertField(bytes, name, change.to)
          : undefined;
      const old = decoder.decode(bytes.subarray(span.valueStart, span.valueEnd));
      const value = valueAt(record, change.path);
      if (mustReturn && (value === undefined || spelledLike(old, value) !== old)) return undefined;
      return [replace(span, encoder.encode(spelledLike(old, change.to)))];
    }
    case 'negate': {
      const span = find(change.path);
      if (!span) return undefined;
      const { valueStart } = span;
      if (bytes[valueStart] === MINUS)
        return [{ byteStart: valueStart, byteEnd: valueStart + 1, bytes: new Uint8Array(0) }];
      return [{ byteStart: valueStart, byteEnd: valueStart, bytes: new Uint8Array([MINUS]) }];
    }
  }
}

/**
 * The byte edits for several changes; undefined if one is impossible. With `mustReturn`, a change also counts as
 * impossible if undoing it would not restore the same bytes.
 */
export function toByteEdits(
  bytes: Uint8Array,
  record: JsonObject,
  changes: readonly PathChange[],
  mustReturn: boolean,
): readonly ByteEdit[] | undefined {
  const edits: ByteEdit[] = [];
  for (const change of changes) {
    const made = editsOf(bytes, record, change, mustReturn);
    if (!made) return undefined;
    edits.push(...made);
  }
  edits.sort((a, b) => a.byteStart - b.byteStart);
  return edits.some(({ byteStart }, i) => byteStart < (edits[i - 1]?.byteEnd ?? 0)) ? undefined : edits;
}

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
