// Where the records of a text are, judged by its start.
import { isSplitKey } from '../model/fieldNames.ts';
import type { JsonObject } from '../model/json.ts';
import type { IsKnown, ListPath } from './documentCollector.ts';
import { Collector, isSamePath, MAX_SAMPLE_BYTES, PIECE_BYTES } from './documentCollector.ts';
import type { FoundForm } from './documentForm.ts';
import { formOf, listsOfRecords } from './documentForm.ts';
import type { DocumentLayout } from './documentLayout.ts';
import { seamAfter } from './documentLayout.ts';
import type { LayoutOptions } from './documentOrLines.ts';
import { isLines, sharesLines } from './documentOrLines.ts';
import { DocumentScanner } from './documentScanner.ts';
import { LINE_FEED, SPACE } from './marks.ts';

/**
 * A document whose form the start does not tell is judged by the records in it, so they must be sampled, not the
 * whole.
 */
const INNER_SAMPLE_BYTES = 64 * 1024;

/** So many records at the start may break off. */
const MAX_BROKEN = 3;

const latin = new TextDecoder('latin1');

/** Text after which a document that is not over must show its form. */
export const MAX_HEAD_BYTES = 1024 * 1024;

/** The text after the first document, or after the first item of a list. */
function seamOf(found: Collector, head: Uint8Array, list?: ListPath): { readonly seam?: string } {
  const first = found.places.find((place) =>
    list === undefined ? place.depth === 0 : place.list !== undefined && isSamePath(place.list, list),
  );
  const seam = first && seamAfter(head, first.range);
  return seam === undefined ? {} : { seam };
}

function keyedLayout(path: ListPath, found: Collector, head: Uint8Array): DocumentLayout {
  return { form: 'keyed', path, ...seamOf(found, head, path) };
}

/** The layout of a document that has not ended: by the records seen so far. */
function openLayout(found: Collector, head: Uint8Array, isKnown: IsKnown): DocumentLayout | undefined {
  const { first, samples, documents } = found;
  const isLong = head.length >= MAX_HEAD_BYTES;
  const sampleOf = (path: ListPath): JsonObject[] =>
    samples.flatMap(({ list, value }) => (list && isSamePath(list, path) ? [value] : []));
  // Of a first record that is longer than the start, only its beginning is known.
  const isInRecord = isLong && found.items === 0 && found.itemStart !== undefined;
  if (first?.kind === 'list' && (found.itemObjects > 0 || isInRecord))
    return { form: 'list', ...seamOf(found, head, []) };
  if (first?.kind !== 'object') return undefined;
  if (documents > 0) return { form: 'sequence', ...seamOf(found, head) };
  const [list] = listsOfRecords(found, (path) => isKnown(sampleOf(path)));
  return list && isKnown(sampleOf(list.path)) ? keyedLayout(list.path, found, head) : undefined;
}

/** The layout of a document that is known as a whole. */
function wholeLayout(
  { form, sample }: FoundForm,
  found: Collector,
  head: Uint8Array,
  isKnown: IsKnown,
): DocumentLayout | undefined {
  if (form.kind === 'list') return { form: 'list', ...seamOf(found, head, []) };
  if (form.kind === 'sequence') return { form: 'sequence', ...seamOf(found, head) };
  if (form.kind !== 'keyed') return undefined;
  const { lists } = form;
  const [path = []] = lists;
  // Which of several lists of unknown records is the dataset, nobody knows.
  if (lists.length > 1 && !isKnown(sample) && !lists.every((list) => list.some(isSplitKey))) return undefined;
  return keyedLayout(path, found, head);
}

/**
 * Where the records of a text are, judged by its start. `none`: it is JSON Lines, or a document that has to be
 * inspected as a whole. Undefined: a longer start may tell.
 */
export function layoutOf(
  head: Uint8Array,
  isKnown: IsKnown,
  options: LayoutOptions,
): DocumentLayout | 'none' | undefined {
  let text = head;
  for (let broken = 0; ; broken++) {
    const { layout, rest } = layoutIn(text, isKnown, options);
    if ((layout !== undefined && layout !== 'none') || !rest || broken === MAX_BROKEN) return layout;
    text = rest;
  }
}

/** The layout, and the same text without its first record if that breaks off. */
interface Attempt {
  readonly layout: DocumentLayout | 'none' | undefined;
  readonly rest: Uint8Array | undefined;
}

function layoutIn(head: Uint8Array, isKnown: IsKnown, options: LayoutOptions): Attempt {
  const isLong = head.length >= MAX_HEAD_BYTES;
  const found = new Collector(isLong ? INNER_SAMPLE_BYTES : MAX_SAMPLE_BYTES);
  const scanner = new DocumentScanner(found);
  const layout = layoutBy(scanner, found, head, isKnown, options);
  const rest = withoutBroken(head, scanner, found);
  const isBroken = found.first?.kind === 'object' && !found.isFirstClosed && scanner.fault !== undefined;
  if (layout !== 'none' || !isBroken) return { layout, rest };
  const inner = new Collector(MAX_SAMPLE_BYTES, false);
  return { layout: layoutBy(new DocumentScanner(inner), inner, head, isKnown, options), rest };
}

/**
 * A first record with a string that does not end hides all records after it. Returns the same text with blanks in its
 * place, up to the next line that begins with a bracket as far to the right.
 */
function withoutBroken(
  head: Uint8Array,
  { fault }: DocumentScanner,
  found: Collector,
): Uint8Array | undefined {
  const { itemStart } = found;
  if (fault?.what !== 'line break in a string' || !itemStart || found.itemEnd !== undefined) return undefined;
  const before = latin.decode(head.subarray(itemStart.lineStart, itemStart.byte));
  const indent = before.trim() === '' ? before : '[ \\t]*';
  const next = new RegExp(`\\n${indent}\\{`).exec(latin.decode(head.subarray(fault.at.byte)));
  if (!next) return undefined;
  const rest = head.slice();
  const end = fault.at.byte + next.index;
  for (let at = itemStart.byte; at < end; at++) if (rest[at] !== LINE_FEED) rest[at] = SPACE;
  return rest;
}

function layoutBy(
  scanner: DocumentScanner,
  found: Collector,
  head: Uint8Array,
  isKnown: IsKnown,
  options: LayoutOptions,
): DocumentLayout | 'none' | undefined {
  const { isWhole } = options;
  const isLong = head.length >= MAX_HEAD_BYTES;
  for (let at = 0; at < head.length; at += PIECE_BYTES) {
    scanner.push(head.subarray(at, at + PIECE_BYTES));
    const isEnd = isWhole && at + PIECE_BYTES >= head.length;
    const isShared = sharesLines(scanner, found, { ...options, isWhole: isEnd });
    if (isLines(scanner, found, isKnown, isShared)) return 'none';
  }
  if (isWhole) scanner.end();
  const isShared = sharesLines(scanner, found, options);
  if (isWhole && isLines(scanner, found, isKnown, isShared)) return 'none';
  const { first, documents, samples } = found;
  if (!first) return isWhole || isLong ? 'none' : undefined;
  const isOneLine = first.start.line === scanner.lastMarkLine;
  // Commas between objects, or other values: JSON Lines that a repair splits.
  if (isOneLine && first.kind === 'object' && documents > 1 && !isShared) return 'none';
  if (isOneLine && first.kind === 'object' && documents === 1 && !isWhole && !isShared)
    return isLong ? 'none' : undefined;
  if (isWhole && documents > 0) {
    const part = formOf(found, isKnown);
    return (part && wholeLayout(part, found, head, isKnown)) ?? 'none';
  }
  const layout = openLayout(found, head, isKnown);
  if (isWhole || isLong) return layout ?? 'none';
  const isSure = layout && (layout.form !== 'list' || isKnown(samples.map(({ value }) => value)));
  return isSure === true && layout.seam !== undefined ? layout : undefined;
}
