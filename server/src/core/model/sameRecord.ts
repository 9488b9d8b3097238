// Whether two records of a file are the same, whole: then one of them can go and nothing is lost.
import type { Key } from '../hash.ts';
import { formatKey, hashKey } from '../hash.ts';
import { canonical } from './canonical.ts';
import type { Json } from './json.ts';
import { isObject } from './json.ts';

/** Fields that number or date a record. What they hold says nothing that a mapping or a trainer reads. */
const RECORD_NUMBERS: ReadonlySet<string> = new Set([
  'id',
  '_id',
  'idx',
  'index',
  'uid',
  'uuid',
  'guid',
  'row',
  'row_id',
  'record_id',
  'example_id',
  'sample_id',
  'pair_id',
  '__index_level_0__',
  'timestamp',
  'created_at',
  'updated_at',
]);

/** Numbers of so many digits may differ in digits that a double does not hold. */
const LONG_NUMBER = /\d{16}/;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function isScalar(value: Json | undefined): boolean {
  return typeof value !== 'object' || value === null;
}

/** One spelling of a record without the fields that number it; its text where values cannot be compared. */
function spelling(text: string): string {
  if (LONG_NUMBER.test(text)) return text;
  try {
    const value = JSON.parse(text) as Json;
    if (!isObject(value)) return text;
    return canonical(
      Object.fromEntries(
        Object.entries(value).filter(
          ([name, own]) => !RECORD_NUMBERS.has(name.toLowerCase()) || !isScalar(own),
        ),
      ),
    );
  } catch {
    // No JSON: only equal texts are the same.
    return text;
  }
}

/** Starts the second half of a key. */
const SECOND: Key = [0x2545f491, 0x9e3779b9];

/** A key of 128 bits: the same for records that hold the same in every field but those that number or date them. */
export function recordKey(bytes: Uint8Array): string {
  const text = spelling(decoder.decode(bytes));
  return formatKey(hashKey(text)) + formatKey(hashKey(text, SECOND));
}
