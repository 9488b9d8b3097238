// The levels of a page: which entries begin a row, and which of them are values.
import { bitsFor, readHybrid } from './levels.ts';
import { damaged, DATA, DATA_V2, sizeIn } from './pageHeader.ts';
import type { Leaf } from './schema.ts';
import { ParquetError } from './schema.ts';
import type { ThriftStruct } from './thrift.ts';
import { booleanIn, numberIn } from './thrift.ts';
import { ENCODING, lengthAt } from './values.ts';

/** By entry; undefined if all are 0. */
export interface Levels {
  readonly repetition: Uint8Array | undefined;
  readonly definition: Uint8Array | undefined;
}

export function countLevel(levels: Uint8Array, level: number): number {
  let found = 0;
  for (const one of levels) if (one === level) found++;
  return found;
}

function checkLevels(levels: Uint8Array, max: number, leaf: Leaf): void {
  for (const level of levels) if (level > max) throw damaged(leaf, 'has a page with invalid levels');
}

/** Where the levels of a page of version 1 end, which stand before its values; further than `bytes` if these are too few. */
export function levelsEndOfV1(bytes: Uint8Array, { maxRepetition, maxDefinition }: Leaf): number {
  let at = 0;
  for (const max of [maxRepetition, maxDefinition]) {
    if (max === 0) continue;
    if (at + 4 > bytes.length) return at + 4;
    at += 4 + lengthAt(bytes, at);
  }
  return at;
}

/** The levels of a page of version 1, and where its values begin. */
export function levelsOfV1(
  bytes: Uint8Array,
  header: ThriftStruct,
  leaf: Leaf,
  entries: number,
): Levels & { readonly valuesAt: number } {
  let at = 0;
  const levels = (max: number, encodingId: number): Uint8Array | undefined => {
    if (max === 0) return undefined;
    if (numberIn(header, encodingId) !== ENCODING.rle)
      throw new ParquetError(
        `not supported: column ${leaf.path.join('.')} has levels in a deprecated encoding`,
      );
    const into = new Uint8Array(entries);
    if (at + 4 > bytes.length) throw damaged(leaf, 'has a page that ends too early');
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
    readHybrid(bytes, at + 4, at + 4 + length, bitsFor(max), into);
    at += 4 + length;
    return into;
  };
  const repetition = levels(leaf.maxRepetition, DATA.repetitions);
  const definition = levels(leaf.maxDefinition, DATA.definitions);
  return { repetition, definition, valuesAt: at };
}

/** The levels of a page of version 2, which are not compressed, and their length. */
export function levelsOfV2(
  stored: Uint8Array,
  header: ThriftStruct,
  leaf: Leaf,
  entries: number,
): Levels & { readonly levelBytes: number } {
  const repetitionBytes = sizeIn(header, DATA_V2.repetitionBytes, leaf, 'levels', stored.length);
  const definitionBytes = sizeIn(
    header,
    DATA_V2.definitionBytes,
    leaf,
    'levels',
    stored.length - repetitionBytes,
  );
  const levelBytes = repetitionBytes + definitionBytes;
  const levels = (max: number, at: number, end: number): Uint8Array | undefined => {
    if (max === 0) return undefined;
    const into = new Uint8Array(entries);
    readHybrid(stored, at, end, bitsFor(max), into);
    return into;
  };
  return {
    repetition: levels(leaf.maxRepetition, 0, repetitionBytes),
    definition: levels(leaf.maxDefinition, repetitionBytes, levelBytes),
    levelBytes,
  };
}

/** Whether the values of a page of version 2 are compressed. */
export const isCompressed = (header: ThriftStruct): boolean =>
  booleanIn(header, DATA_V2.isCompressed) !== false;

/**
 * Throws if the levels can't be those of the page.
 * @param rows those that begin in it, or −1
 */
export function checkPage({ repetition, definition }: Levels, leaf: Leaf, rows: number): void {
  if (repetition) checkLevels(repetition, leaf.maxRepetition, leaf);
  if (definition) checkLevels(definition, leaf.maxDefinition, leaf);
  // The index or the header may give a wrong number of rows; then row boundaries are unknown.
  if (repetition && rows >= 0 && countLevel(repetition, 0) !== rows)
    throw damaged(leaf, 'has a page whose rows contradict its header');
}
