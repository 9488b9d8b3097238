// Recognises the shape of a JSON document that is not JSON Lines, and where its records are.
import { isSplitKey } from '../model/fieldNames.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { DocumentLayout } from './documentLayout.ts';
import { seamAfter } from './documentLayout.ts';
import type { DocumentFault, ScanListener, ScannedValue } from './documentScanner.ts';
import { DocumentScanner } from './documentScanner.ts';
import type { ByteRange } from './place.ts';

/** Where the records are. */
export type DocumentForm =
  /** Items of a list, or of several consecutive lists. */
  | { readonly kind: 'list'; readonly lists: number }
  /** Consecutive objects. */
  | { readonly kind: 'sequence' }
  /** Items of lists in fields of one object. `others`: its other fields. */
  | { readonly kind: 'keyed'; readonly keys: readonly string[]; readonly others: readonly string[] }
  /** Values of one object. */
  | { readonly kind: 'by key' }
  /** One list per column, or one object from row to value. */
  | { readonly kind: 'columns'; readonly names: readonly string[]; readonly isIndexed: boolean }
  /** Column names, and rows of values (pandas orient "split"). */
  | { readonly kind: 'split' }
  /** LLaMA-Factory's list of datasets. */
  | { readonly kind: 'dataset info'; readonly files: readonly string[] }
  /** A list without objects. */
  | { readonly kind: 'no records' }
  | { readonly kind: 'other'; readonly fields: readonly string[] };

export interface DocumentShape {
  readonly form: DocumentForm;
  /** Number of records; for columns, of rows. */
  readonly recordCount: number;
  /** First and last line of the document and of its first record, from 0. */
  readonly lines: readonly [first: number, last: number];
  readonly firstRecord: readonly [first: number, last: number] | undefined;
  readonly fault: DocumentFault | undefined;
  /** The first records. */
  readonly sample: readonly JsonObject[];
}

const MAX_SAMPLE = 64;

/** Objects of which the places are kept, to learn what stands between two records. */
const MAX_PLACES = 64;
const MAX_SAMPLE_BYTES = 4 * 1024 * 1024;

/** Further fields are only counted: that many are names of rows. */
const MAX_FIELDS = 5000;

/** The scan may stop early after each piece of this size. */
const PIECE_BYTES = 16 * 1024;

/** Common names of a field with a list of records. */
const LIST_NAMES =
  /^(?:data|dataset|records?|rows|examples?|items|instances|samples|pairs|results?|train\w*|test\w*|valid\w*|dev|eval\w*)$/i;

/** Fields of an entry in LLaMA-Factory's dataset_info.json. */
const INFO_NAMES = ['file_name', 'hf_hub_url', 'ms_hub_url', 'om_hub_url', 'script_url', 'cloud_file_name'];

interface FieldShape {
  readonly kind: ScannedValue['kind'];
  children: number;
  objects: number;
}

function parse(bytes: Uint8Array | undefined): Json | undefined {
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    // A broken record is no sample.
    return undefined;
  }
}

/** Counts what a document contains, and keeps a few of the first records. */
class Collector implements ScanListener {
  deepest = 2;
  documents = 0;
  first: ScannedValue | undefined;
  isFirstClosed = false;
  /** The records are known not to be one per line. */
  isSettled = false;
  lists = 0;
  objects = 0;
  /** Lines on which several objects begin, and on which one alone does, up to the last line. */
  sharedLines = 0;
  loneLines = 0;
  /** Documents that are no objects. */
  others = 0;
  /** Documents that begin on the last line with one. */
  onLastLine = 0;
  items = 0;
  itemObjects = 0;
  readonly fields = new Map<string, FieldShape>();
  fieldCount = 0;
  fieldObjects = 0;
  firstRecord: readonly [number, number] | undefined;
  readonly samples: {
    readonly depth: number;
    readonly key: string | undefined;
    readonly value: JsonObject;
  }[] = [];
  /** Of the first objects. */
  readonly places: { readonly depth: number; readonly key: string | undefined; readonly range: ByteRange }[] =
    [];
  whole: Json | undefined;
  readonly #maxSampleBytes: number;
  readonly #isOuterKept: boolean;
  #sampleBytes = 0;
  #lastLine = -1;
  #current: ScannedValue['kind'] = 'scalar';

  /** @param isOuterKept false to sample the records in an object, and not the object */
  constructor(maxSampleBytes: number, isOuterKept = true) {
    this.#maxSampleBytes = maxSampleBytes;
    this.#isOuterKept = isOuterKept;
  }

  wants(value: ScannedValue): number {
    const { depth, kind, keys } = value;
    if (depth === 0) {
      this.first ??= value;
      this.#current = kind;
      // The fields of what follows are not needed.
      if (this.documents > 0 || kind === 'list') this.deepest = 1;
      if (kind === 'list') this.lists++;
      this.#addToLine(value);
    }
    const [field] = keys;
    const isFirst = this.documents === 0;
    if (depth === 1 && field !== undefined && isFirst) this.#addField(field, kind);
    if (depth === 2 && field !== undefined && isFirst) {
      const own = this.fields.get(field);
      if (own) own.children++;
      if (own && kind === 'object') own.objects++;
    }
    const isKept = this.#isOuterKept || depth > 0;
    const isSampled = isKept && kind === 'object' && this.samples.length < MAX_SAMPLE;
    return isSampled ? Math.max(0, this.#maxSampleBytes - this.#sampleBytes) : 0;
  }

  take(value: ScannedValue): void {
    const { depth, kind, keys, bytes, start, lineEnd } = value;
    if (bytes) this.#sampleBytes += bytes.length;
    const isItem = depth === 1 && this.#current === 'list';
    const isRecord = isItem || (depth === 0 && kind === 'object');
    if (kind === 'object' && this.places.length < MAX_PLACES) {
      const range = { byteStart: start.byte, byteEnd: value.byteEnd };
      this.places.push({ depth, key: keys[0], range });
    }
    if (isRecord && kind === 'object') this.firstRecord ??= [start.line, lineEnd];
    if (isItem) {
      this.items++;
      if (kind === 'object') this.itemObjects++;
    }
    const parsed = parse(bytes);
    if (depth === 0 && this.documents === 0) this.whole = parsed;
    if (isObject(parsed)) this.samples.push({ depth, key: keys[0], value: parsed });
    if (depth === 0 && kind === 'object') this.objects++;
    if (depth === 0) {
      this.documents++;
      this.isFirstClosed = true;
      this.#lastLine = lineEnd;
    }
  }

  /** Counts a document that begins, by its line: the one before may end there. */
  #addToLine({ kind, start }: ScannedValue): void {
    if (kind !== 'object') this.others++;
    if (start.line !== this.#lastLine) {
      if (this.onLastLine === 1) this.loneLines++;
      this.onLastLine = 0;
    }
    this.onLastLine++;
    if (this.onLastLine === 2) this.sharedLines++;
  }

  #addField(name: string, kind: ScannedValue['kind']): void {
    this.fieldCount++;
    if (kind === 'object') this.fieldObjects++;
    if (this.fields.size < MAX_FIELDS) this.fields.set(name, { kind, children: 0, objects: 0 });
  }
}

/** Whether some of the sample are pairs of a known schema. */
export type IsKnown = (sample: readonly JsonObject[]) => boolean;

/**
 * Whether objects share lines, so that the text is a sequence of documents. In a file that its name says to be JSON
 * Lines, a line with several objects is a broken line, unless all lines are like that. Record separators (RFC 7464)
 * make a sequence too.
 */
function sharesLines(
  { hasCommaBetween, hasSeparator }: DocumentScanner,
  { sharedLines, loneLines, onLastLine, others }: Collector,
  { isNamedJson, isWhole }: LayoutOptions,
): boolean {
  if (others > 0 || hasCommaBetween) return false;
  if (hasSeparator) return true;
  if (sharedLines === 0) return false;
  return isNamedJson || loneLines + Number(isWhole && onLastLine === 1) === 0;
}

/**
 * True once the text is known to be JSON Lines.
 * @param isShared objects may share a line
 */
function isLines(scanner: DocumentScanner, found: Collector, isKnown: IsKnown, isShared = false): boolean {
  const { first, isFirstClosed, samples } = found;
  if (!first || found.isSettled) return false;
  if (first.kind === 'scalar') return true;
  const [line = 0, secondLine = line] = scanner.firstLines;
  const isBare = secondLine > line;
  const { fault } = scanner;
  const isInFirst = fault !== undefined && (!isFirstClosed || fault.at.byte < first.byteEnd);
  if (isInFirst && fault.what !== 'comma' && !isBare) {
    // A list with good records is a list, even if others are broken. So is one that spans lines.
    if (isKnown(samples.filter(({ depth }) => depth > 0).map(({ value }) => value))) return false;
    if (first.kind === 'object') return true;
    return fault.what !== 'end' && fault.at.line === line;
  }
  if (!isFirstClosed || first.lineEnd > line) return false;
  const goesOn = scanner.lastMarkLine > first.lineEnd;
  if (!goesOn || isShared) return false;
  found.isSettled = first.kind === 'list' && isKnown(samples.map(({ value }) => value));
  return !found.isSettled;
}

/** Recognises a document whose fields all hold the same number of values. */
function columnsOf(found: Collector): DocumentForm | undefined {
  const { fields, fieldCount } = found;
  const shapes = [...fields.values()];
  const [first] = shapes;
  if (!first || fieldCount < 2 || fieldCount > fields.size || first.children < 2) return undefined;
  const isIndexed = first.kind === 'object';
  const isUniform = shapes.every(
    ({ kind, children, objects }) =>
      kind === first.kind &&
      kind !== 'scalar' &&
      // Columns may be truncated; ordinary fields would not have the same number of values.
      (isIndexed ? children === first.children : children > 0) &&
      (objects === 0 || !isIndexed),
  );
  return isUniform ? { kind: 'columns', names: [...fields.keys()], isIndexed } : undefined;
}

/** The rows of columns, if the whole document is known. */
function rowsOf(whole: Json | undefined): JsonObject[] {
  if (!isObject(whole)) return [];
  const columns = Object.entries(whole).map(([name, column]) => [name, Object.values(column ?? {})] as const);
  const count = Math.min(MAX_SAMPLE, ...columns.map(([, column]) => column.length));
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[i] as Json])),
  );
}

type ShapePart = Pick<DocumentShape, 'form' | 'recordCount' | 'sample'>;

/** The form of a single object; undefined if it is a line of JSON Lines. */
function objectForm(found: Collector, isKnown: IsKnown, isOneLine: boolean): ShapePart | undefined {
  const { fields, whole, samples } = found;
  const columns = columnsOf(found);
  const rows = columns ? rowsOf(whole) : [];
  const longest = Math.max(0, ...[...fields.values()].map(({ children }) => children));
  // A record can also hold a conversation in each field. Columns are at least three, all of one length.
  const shapes = [...fields.values()];
  const isLikeRecord = isObject(whole) && isKnown([whole]);
  const isEven =
    shapes.length > 2 && shapes.every(({ children, objects }) => children === longest && !objects);
  const isColumns = columns && isKnown(rows) && (!isLikeRecord || isEven);
  if (isColumns) return { form: columns, recordCount: longest, sample: rows };
  if (isLikeRecord) {
    if (isOneLine) return undefined;
    return { form: { kind: 'sequence' }, recordCount: 1, sample: [whole] };
  }
  const under = (name: string): JsonObject[] => {
    const list = isObject(whole) ? whole[name] : undefined;
    const inside = isList(list) ? list.filter(isObject) : [];
    const kept = samples.flatMap(({ depth, key, value }) => (depth === 2 && key === name ? [value] : []));
    return inside.length > 0 ? inside.slice(0, MAX_SAMPLE) : kept;
  };
  const keys = [...fields]
    .filter(([, { kind, objects }]) => kind === 'list' && objects > 0)
    .map(([name]) => name);
  const known = keys.filter((name) => isKnown(under(name)));
  const lists = known.length > 0 ? known : keys.filter((name) => LIST_NAMES.test(name));
  const values = isObject(whole)
    ? Object.values(whole).filter(isObject).slice(0, MAX_SAMPLE)
    : samples.flatMap(({ depth, value }) => (depth === 1 ? [value] : []));
  const isAllObjects = found.fieldCount > 0 && found.fieldObjects === found.fieldCount;
  if (isAllObjects && isKnown(values))
    return { form: { kind: 'by key' }, recordCount: found.fieldCount, sample: values };
  if (lists.length > 0) {
    const others = [...fields.keys()].filter((name) => !lists.includes(name));
    const recordCount = lists.reduce((sum, name) => sum + (fields.get(name)?.children ?? 0), 0);
    return { form: { kind: 'keyed', keys: lists, others }, recordCount, sample: lists.flatMap(under) };
  }
  if (isAllObjects && values.every((value) => INFO_NAMES.some((name) => name in value))) {
    const files = values.flatMap(({ file_name: file }) => (typeof file === 'string' ? [file] : []));
    return { form: { kind: 'dataset info', files }, recordCount: 0, sample: [] };
  }
  const isSplit = fields.get('columns')?.kind === 'list' && fields.get('data')?.kind === 'list';
  if (isSplit) return { form: { kind: 'split' }, recordCount: fields.get('data')?.children ?? 0, sample: [] };
  if (isOneLine) return undefined;
  const holdsObjects = shapes.some(({ objects }) => objects > 0);
  if (columns && !holdsObjects) return { form: columns, recordCount: longest, sample: rows };
  return { form: { kind: 'other', fields: [...fields.keys()] }, recordCount: 0, sample: [] };
}

function partOf(found: Collector, isKnown: IsKnown): ShapePart | undefined {
  const { first, documents, lists, objects, items, itemObjects, samples } = found;
  if (!first) return undefined;
  const isOneLine = first.start.line === first.lineEnd;
  const sample = samples.map(({ value }) => value);
  if (lists > 0) {
    const recordCount = itemObjects + objects;
    if (recordCount > 0) return { form: { kind: 'list', lists }, recordCount, sample };
    if (isOneLine && items > 0) return undefined;
    return { form: { kind: 'no records' }, recordCount: 0, sample: [] };
  }
  if (documents > 1) return { form: { kind: 'sequence' }, recordCount: documents, sample };
  return objectForm(found, isKnown, isOneLine);
}

/** Inspects a text as a JSON document. Undefined if it is JSON Lines, or not JSON. */
export class DocumentInspector {
  readonly #isKnown: IsKnown;
  readonly #found: Collector;
  readonly #scanner: DocumentScanner;
  #isLines = false;

  constructor(isKnown: IsKnown, maxSampleBytes = MAX_SAMPLE_BYTES) {
    this.#isKnown = isKnown;
    this.#found = new Collector(maxSampleBytes);
    this.#scanner = new DocumentScanner(this.#found);
  }

  /** False once no more is needed because it is not a JSON document. */
  push(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length && !this.#isLines; at += PIECE_BYTES) {
      this.#scanner.push(chunk.subarray(at, at + PIECE_BYTES));
      this.#isLines = isLines(this.#scanner, this.#found, this.#isKnown);
    }
    return !this.#isLines;
  }

  end(): DocumentShape | undefined {
    const found = this.#found;
    const scanner = this.#scanner;
    if (this.#isLines) return undefined;
    scanner.end();
    // A list that breaks off inside its first document still counts as a list.
    if (isLines(scanner, found, this.#isKnown)) return undefined;
    const part = partOf(found, this.#isKnown);
    const { first, firstRecord } = found;
    if (!part || !first) return undefined;
    const lines = [first.start.line, scanner.lastMarkLine] as const;
    return { ...part, lines, firstRecord, fault: scanner.fault };
  }
}

/** A document whose form the start does not tell is judged by the records in it, so they must be sampled, not the whole. */
const INNER_SAMPLE_BYTES = 64 * 1024;

/** Text after which a document that is not over must show its form. */
export const MAX_HEAD_BYTES = 1024 * 1024;

function seamOf(found: Collector, head: Uint8Array, depth: number, key?: string): { readonly seam?: string } {
  const first = found.places.find(
    (place) => place.depth === depth && (key === undefined || place.key === key),
  );
  const seam = first && seamAfter(head, first.range);
  return seam === undefined ? {} : { seam };
}

/** The layout of a document that has not ended: by the records seen so far. */
function openLayout(found: Collector, head: Uint8Array, isKnown: IsKnown): DocumentLayout | undefined {
  const { first, fields, samples, documents } = found;
  if (first?.kind === 'list' && found.itemObjects > 0) return { form: 'list', ...seamOf(found, head, 1) };
  if (first?.kind !== 'object') return undefined;
  if (documents > 0) return { form: 'sequence', ...seamOf(found, head, 0) };
  for (const [key, { kind, objects }] of fields) {
    const own = samples.filter((sample) => sample.depth === 2 && sample.key === key);
    if (kind === 'list' && objects > 0 && isKnown(own.map(({ value }) => value)))
      return { form: 'keyed', key, ...seamOf(found, head, 2, key) };
  }
  return undefined;
}

/** The layout of a document that is known as a whole. */
function wholeLayout(
  { form, sample }: ShapePart,
  found: Collector,
  head: Uint8Array,
  isKnown: IsKnown,
): DocumentLayout | undefined {
  if (form.kind === 'list') return { form: 'list', ...seamOf(found, head, 1) };
  if (form.kind === 'sequence') return { form: 'sequence', ...seamOf(found, head, 0) };
  if (form.kind !== 'keyed') return undefined;
  const [key = ''] = form.keys;
  // Which of several lists of unknown records is the dataset, nobody knows.
  if (form.keys.length > 1 && !isKnown(sample) && !form.keys.every(isSplitKey)) return undefined;
  return { form: 'keyed', key, ...seamOf(found, head, 2, key) };
}

export interface LayoutOptions {
  /** The start is the whole text. */
  readonly isWhole: boolean;
  /** The file's name says JSON, not JSON Lines. */
  readonly isNamedJson: boolean;
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
  const isLong = head.length >= MAX_HEAD_BYTES;
  const found = new Collector(isLong ? INNER_SAMPLE_BYTES : MAX_SAMPLE_BYTES);
  const scanner = new DocumentScanner(found);
  const layout = layoutBy(scanner, found, head, isKnown, options);
  const isBroken = found.first?.kind === 'object' && !found.isFirstClosed && scanner.fault !== undefined;
  if (layout !== 'none' || !isBroken) return layout;
  const inner = new Collector(MAX_SAMPLE_BYTES, false);
  return layoutBy(new DocumentScanner(inner), inner, head, isKnown, options);
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
    const part = partOf(found, isKnown);
    return (part && wholeLayout(part, found, head, isKnown)) ?? 'none';
  }
  const layout = openLayout(found, head, isKnown);
  if (isWhole || isLong) return layout ?? 'none';
  const isSure = layout && (layout.form !== 'list' || isKnown(samples.map(({ value }) => value)));
  return isSure === true && layout.seam !== undefined ? layout : undefined;
}
