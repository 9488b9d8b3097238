// Whether two records of a file are completely equal, so that one can be dropped without loss.
import type { Key } from '../hash.ts';
import { formatKey, hashKey } from '../hash.ts';
import { canonical } from './canonical.ts';
import type { Json } from './json.ts';
import { isObject } from './json.ts';

/** Fields that number or date a record. No mapping or trainer reads them. */
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

/** Doubles can't represent all digits of such numbers. */
const LONG_NUMBER = /\d{16}/;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function isScalar(value: Json | undefined): boolean {
  return typeof value !== 'object' || value === null;
}

/** One spelling of a record without these fields; the raw text if its values can't be compared. */
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
    // Not JSON: only identical texts are equal.
    return text;
  }
}

/** Seed of a key's second half. */
const SECOND: Key = [0x2545f491, 0x9e3779b9];

/** 128-bit key, equal for records that differ at most in fields that number or date them. */
export function recordKey(bytes: Uint8Array): string {
  const text = spelling(decoder.decode(bytes));
  return formatKey(hashKey(text)) + formatKey(hashKey(text, SECOND));
}
