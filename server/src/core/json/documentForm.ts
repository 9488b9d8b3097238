// What a JSON document that is not JSON Lines is: a list, several documents, lists under keys, columns and others.
import type { Json, JsonObject } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Collector, IsKnown, ListPath, ListShape } from './documentCollector.ts';
import { isSamePath, MAX_SAMPLE } from './documentCollector.ts';

/** Common names of a field with a list of records, or with such lists. */
const LIST_NAMES =
  /^(?:data|datasets?|splits|records?|rows|examples?|items|instances|samples|pairs|results?|train\w*|test\w*|valid\w*|dev|eval\w*)$/i;

/** Fields of an entry in LLaMA-Factory's dataset_info.json. */
const INFO_NAMES = ['file_name', 'hf_hub_url', 'ms_hub_url', 'om_hub_url', 'script_url', 'cloud_file_name'];

/** Where the records are. */
export type DocumentForm =
  /** Items of a list, or of several consecutive lists. */
  | { readonly kind: 'list'; readonly lists: number }
  /** Consecutive objects. */
  | { readonly kind: 'sequence' }
  /** Items of lists in one object, or in objects inside it. `others`: its other fields. */
  | { readonly kind: 'keyed'; readonly lists: readonly ListPath[]; readonly others: readonly string[] }
  /** Values of one object. */
  | { readonly kind: 'by key' }
  /** One list per column, or one object from row to value. */
  | { readonly kind: 'columns'; readonly names: readonly string[]; readonly isIndexed: boolean }
  /** Column names, and rows of values (pandas orient "split"). */
  | { readonly kind: 'split' }
  /** LLaMA-Factory's list of datasets. */
  | { readonly kind: 'dataset info'; readonly files: readonly string[] }
  /** A list without objects. `of`: what its first item is. */
  | { readonly kind: 'no records'; readonly of: 'lists' | 'JSON texts' | 'other' }
  | { readonly kind: 'other'; readonly fields: readonly string[] };

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

/** What a document is, and what is in it. */
export interface FoundForm {
  readonly form: DocumentForm;
  /** Number of records; for columns, of rows. */
  readonly recordCount: number;
  /** The first records. */
  readonly sample: readonly JsonObject[];
}

/**
 * The lists that hold the records of an object: all of one depth, the smallest. If no list has records of a known
 * schema, common names count.
 */
export function listsOfRecords(
  { listsUnder }: Collector,
  isKnownList: (path: ListPath) => boolean,
): readonly ListShape[] {
  const lists = [...listsUnder.values()].filter(({ objects }) => objects > 0);
  const known = lists.filter(({ path }) => isKnownList(path));
  const named = lists.filter(({ path }) => path.every((name) => LIST_NAMES.test(name)));
  const chosen = known.length > 0 ? known : named;
  const depth = Math.min(...chosen.map(({ path }) => path.length));
  return chosen.filter(({ path }) => path.length === depth);
}

/** The form of a single object; undefined if it is a line of JSON Lines. */
function objectForm(found: Collector, isKnown: IsKnown, isOneLine: boolean): FoundForm | undefined {
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
  const under = (path: ListPath): JsonObject[] => {
    const list = path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), whole);
    const inside = isList(list) ? list.filter(isObject) : [];
    const kept = samples.flatMap((one) => (one.list && isSamePath(one.list, path) ? [one.value] : []));
    return inside.length > 0 ? inside.slice(0, MAX_SAMPLE) : kept;
  };
  const lists = listsOfRecords(found, (path) => isKnown(under(path)));
  const values = isObject(whole)
    ? Object.values(whole).filter(isObject).slice(0, MAX_SAMPLE)
    : samples.flatMap(({ depth, value }) => (depth === 1 ? [value] : []));
  const isAllObjects = found.fieldCount > 0 && found.fieldObjects === found.fieldCount;
  if (isAllObjects && isKnown(values))
    return { form: { kind: 'by key' }, recordCount: found.fieldCount, sample: values };
  if (lists.length > 0) {
    const others = [...fields.keys()].filter((name) => !lists.some(({ path }) => path[0] === name));
    const form = { kind: 'keyed', lists: lists.map(({ path }) => path), others } as const;
    const recordCount = lists.reduce((sum, { items }) => sum + items, 0);
    return { form, recordCount, sample: lists.flatMap(({ path }) => under(path)) };
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

/** What the first item of a list without records is. */
function kindOfItems(first: Json | undefined): 'lists' | 'JSON texts' | 'other' {
  if (isList(first)) return 'lists';
  if (typeof first !== 'string') return 'other';
  try {
    return isObject(JSON.parse(first) as Json) ? 'JSON texts' : 'other';
  } catch {
    return 'other';
  }
}

/** The form of the documents; undefined if they are JSON Lines, or nothing. */
export function formOf(found: Collector, isKnown: IsKnown): FoundForm | undefined {
  const { first, documents, lists, objects, items, itemObjects, samples } = found;
  if (!first) return undefined;
  const isOneLine = first.start.line === first.lineEnd;
  const sample = samples.map(({ value }) => value);
  if (lists > 0) {
    const recordCount = itemObjects + objects;
    if (recordCount > 0) return { form: { kind: 'list', lists }, recordCount, sample };
    const of = kindOfItems(found.firstItem);
    if (isOneLine && items > 0 && of === 'other') return undefined;
    return { form: { kind: 'no records', of }, recordCount: 0, sample: [] };
  }
  if (documents > 1) return { form: { kind: 'sequence' }, recordCount: documents, sample };
  return objectForm(found, isKnown, isOneLine);
}
