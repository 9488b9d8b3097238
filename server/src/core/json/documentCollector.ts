// Counts what a JSON document holds, and keeps its first records.
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { ScanListener, ScannedValue, TextPlace } from './documentScanner.ts';
import type { ByteRange } from './place.ts';

/** Whether some of the sample are pairs of a known schema. */
export type IsKnown = (sample: readonly JsonObject[]) => boolean;

/** The names of the fields that lead to a list; none for the document itself. */
export type ListPath = readonly string[];

export const isSamePath = (a: ListPath, b: ListPath): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

export const MAX_SAMPLE = 64;
export const MAX_SAMPLE_BYTES = 4 * 1024 * 1024;

/** The scan may stop early after each piece of this size. */
export const PIECE_BYTES = 16 * 1024;

/** Objects of which the places are kept, to learn what stands between two records. */
const MAX_PLACES = 64;

/** Further fields are only counted: that many are names of rows. */
const MAX_FIELDS = 5000;

/** So many lists inside objects are no splits of a dataset. */
const MAX_NESTED_LISTS = 64;

/** Longest item that is no object, to see what it is. */
const MAX_ITEM_BYTES = 64 * 1024;

/** Names that lead to a list of records, at most: a list in an object in an object of the document. */
const MAX_PATH = 3;

interface FieldShape {
  readonly kind: ScannedValue['kind'];
  children: number;
  objects: number;
}

/** A list in an object of the document, or in an object inside. */
export interface ListShape {
  readonly path: ListPath;
  items: number;
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

/** The path of the list whose item a value is. */
export function listOf({ keys }: ScannedValue): ListPath | undefined {
  if (keys.length === 0 || keys.at(-1) !== undefined) return undefined;
  const path = keys.slice(0, -1).filter((name) => name !== undefined);
  return path.length === keys.length - 1 ? path : undefined;
}

/** Counts what a document contains, and keeps a few of the first records. */
export class Collector implements ScanListener {
  deepest = MAX_PATH + 1;
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
  /** Where the first object in a list begins. */
  itemStart: TextPlace | undefined;
  /** Where it ends. */
  itemEnd: number | undefined;
  /** The first item of a list of the document, if it is no object. */
  firstItem: Json | undefined;
  readonly listsUnder = new Map<string, ListShape>();
  readonly fields = new Map<string, FieldShape>();
  fieldCount = 0;
  fieldObjects = 0;
  firstRecord: readonly [number, number] | undefined;
  readonly samples: {
    readonly depth: number;
    /** Of the list whose item it is. */
    readonly list: ListPath | undefined;
    readonly value: JsonObject;
  }[] = [];
  /** Of the first documents and items of lists. */
  readonly places: {
    readonly depth: number;
    readonly list: ListPath | undefined;
    readonly range: ByteRange;
  }[] = [];
  whole: Json | undefined;
  readonly #maxSampleBytes: number;
  readonly #isOuterKept: boolean;
  #sampleBytes = 0;
  #lastLine = -1;
  #nestedLists = 0;
  #current: ScannedValue['kind'] = 'scalar';

  /** @param isOuterKept false to sample the items of lists, and no object around them */
  constructor(maxSampleBytes: number, isOuterKept = true) {
    this.#maxSampleBytes = maxSampleBytes;
    this.#isOuterKept = isOuterKept;
  }

  wants(value: ScannedValue): number {
    const { depth, kind } = value;
    if (depth === 0) {
      this.first ??= value;
      this.#current = kind;
      // The fields of what follows are not needed.
      if (this.documents > 0 || kind === 'list') this.deepest = 1;
      if (kind === 'list') this.lists++;
      this.#addToLine(value);
    }
    if (depth > 0 && this.documents === 0) this.#addToFields(value);
    const isItem = depth === 1 && this.#current === 'list';
    if (isItem && kind !== 'object' && this.items === 0) return MAX_ITEM_BYTES;
    const isListItem = listOf(value) !== undefined;
    if (isListItem && kind === 'object') this.itemStart ??= value.start;
    const isKept = this.#isOuterKept || isListItem;
    const isSampled = isKept && kind === 'object' && this.samples.length < MAX_SAMPLE;
    return isSampled ? Math.max(0, this.#maxSampleBytes - this.#sampleBytes) : 0;
  }

  take(value: ScannedValue): void {
    const { depth, kind, bytes, start, lineEnd } = value;
    if (bytes) this.#sampleBytes += bytes.length;
    const list = listOf(value);
    if (list && start === this.itemStart) this.itemEnd = value.byteEnd;
    const isItem = depth === 1 && this.#current === 'list';
    const isRecord = isItem || (depth === 0 && kind === 'object');
    if (kind === 'object' && (depth === 0 || list) && this.places.length < MAX_PLACES)
      this.places.push({ depth, list, range: { byteStart: start.byte, byteEnd: value.byteEnd } });
    if (isRecord && kind === 'object') this.firstRecord ??= [start.line, lineEnd];
    if (isItem) {
      this.items++;
      if (kind === 'object') this.itemObjects++;
    }
    const parsed = parse(bytes);
    if (depth === 0 && this.documents === 0) this.whole = parsed;
    if (isObject(parsed)) this.samples.push({ depth, list, value: parsed });
    else if (isItem && this.items === 1) this.firstItem = parsed;
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

  /** Counts a value in the first document, by the field or list that holds it. */
  #addToFields(value: ScannedValue): void {
    const { depth, kind, keys } = value;
    const [field] = keys;
    if (field === undefined) return;
    if (depth === 1) this.#addField(field, kind);
    const own = depth === 2 ? this.fields.get(field) : undefined;
    if (own) own.children++;
    if (own && kind === 'object') own.objects++;
    if (kind === 'list') this.#addList(keys);
    const list = listOf(value);
    const shape = list && this.listsUnder.get(JSON.stringify(list));
    if (!shape) return;
    shape.items++;
    if (kind === 'object') shape.objects++;
  }

  #addList(keys: ScannedValue['keys']): void {
    const path = keys.filter((name) => name !== undefined);
    if (path.length < keys.length || path.length > MAX_PATH) return;
    const isNested = path.length > 1;
    if (isNested && this.#nestedLists++ >= MAX_NESTED_LISTS) return;
    if (this.listsUnder.size < MAX_FIELDS)
      this.listsUnder.set(JSON.stringify(path), { path, items: 0, objects: 0 });
  }

  #addField(name: string, kind: ScannedValue['kind']): void {
    this.fieldCount++;
    if (kind === 'object') this.fieldObjects++;
    if (this.fields.size < MAX_FIELDS) this.fields.set(name, { kind, children: 0, objects: 0 });
  }
}
