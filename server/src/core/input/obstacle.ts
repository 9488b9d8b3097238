// Why a file can't be read as records (another format, or one JSON document), and what to do.
import type { DocumentShape } from '../json/documentInspector.ts';
import { DocumentInspector } from '../json/documentInspector.ts';
import type { DocumentFault } from '../json/documentScanner.ts';
import { recognise } from '../mapping/recognise.ts';
import type { JsonObject } from '../model/json.ts';
import { plural } from '../words/numbers.ts';
import type { Foreign } from './foreign.ts';
import { foreignOf } from './foreign.ts';

/** Plain data: stored with the survey. */
export interface Obstacle {
  readonly kind: 'foreign' | 'document';
  /** Completes "this is …". */
  readonly what: string;
  /** What to do. `{file}` is the path, `{stem}` the path without its extension. */
  readonly next: string;
  /** Where the problem is in the file. */
  readonly at?: ObstaclePlace;
  /** All records are on one line; splitting them onto separate lines fixes the file. */
  readonly isOneLine: boolean;
  /** The line is JSON, but not a record. */
  readonly isListOnOneLine: boolean;
  /** Some records are pairs of a known schema. */
  readonly hasPairs: boolean;
}

/** Counted from 0; the column in UTF-16 units. */
export interface ObstaclePlace {
  readonly line: number;
  readonly column: number;
}

const CONVERT = 'Convert it to JSON Lines: preflens convert {file} --out {stem}.jsonl';

const isKnown = (sample: readonly JsonObject[]): boolean => recognise(sample) !== undefined;

const quoted = (names: readonly string[]): string => {
  const shown = names.slice(0, 6).map((name) => JSON.stringify(name));
  return names.length > shown.length ? `${shown.join(', ')} and others` : shown.join(', ');
};

const FAULTS: Readonly<Record<DocumentFault['what'], string>> = {
  comma: 'there is a comma before the closing bracket, which JSON does not allow',
  'line break in a string': 'a string contains a line end, which JSON does not allow',
  unexpected: 'JSON does not allow what is here',
  comment: 'it has a comment, which JSON does not allow',
  end: 'the end is missing',
};

/** Lists without records, by what they hold instead. */
const ITEMS: Readonly<
  Record<'lists' | 'JSON texts' | 'other', { readonly what: string; readonly next: string }>
> = {
  lists: {
    what: ' whose items are lists, without the names of the fields',
    next: "Write each item as a record; for example, if the prompt comes first, then the better answer: jq -c '.[] | {prompt: .[0], chosen: .[1], rejected: .[2]}' {file} > {stem}.jsonl",
  },
  'JSON texts': {
    what: ' whose items are texts with a record of JSON in each',
    next: "Take the records out of the texts: jq -c '.[] | fromjson' {file} > {stem}.jsonl",
  },
  other: {
    what: ' without records',
    next: 'If it should contain records, write or download it again',
  },
};

function linesOf([first, last]: readonly [number, number]): string {
  return first === last ? `on line ${first + 1}` : `over lines ${first + 1} to ${last + 1}`;
}

/** Describes a document, and whether we can convert it to JSON Lines. */
function documentMessage(shape: DocumentShape): { readonly what: string; readonly next: string } {
  const { form, recordCount, lines, firstRecord, fault } = shape;
  const count = plural(recordCount, 'record');
  const but = fault ? `; ${FAULTS[fault.what]}` : '';
  const where = linesOf(lines);
  switch (form.kind) {
    case 'list': {
      const what =
        form.lists > 1
          ? `${form.lists} JSON lists of ${count} in all, ${where}`
          : `a JSON list of ${count} ${where}`;
      return { what: `${what}, not JSON Lines${but}`, next: CONVERT };
    }
    case 'sequence': {
      const first =
        firstRecord && recordCount > 1 && lines[1] > lines[0]
          ? ` (record 1 spans lines ${firstRecord[0] + 1} to ${firstRecord[1] + 1})`
          : '';
      const several =
        recordCount > 1
          ? `${recordCount.toLocaleString('en')} JSON documents one after the other`
          : 'a single JSON object';
      return { what: `${several} ${where}${first}, not JSON Lines${but}`, next: CONVERT };
    }
    case 'keyed': {
      const list = form.lists.length > 1 ? 'lists of records' : 'a list of records';
      return {
        what: `a JSON object with ${list} under ${quoted(form.lists.map((path) => path.join('.')))}, ${count} in all${but}`,
        next: CONVERT,
      };
    }
    case 'by key':
      return {
        what: `a JSON object with a key for each of its ${count}${but}`,
        next: CONVERT,
      };
    case 'columns':
      return {
        what: `a JSON object of columns, not records: ${quoted(form.names)}, ${plural(recordCount, 'row')}${but}`,
        next: CONVERT,
      };
    case 'split':
      return {
        what: `a JSON object with column names and ${plural(recordCount, 'row')} of values under "data" (pandas orient "split")${but}`,
        next: 'Convert it to JSON Lines in Python: pandas.read_json("{file}", orient="split").to_json("{stem}.jsonl", orient="records", lines=True, force_ascii=False)',
      };
    case 'dataset info':
      return {
        what: "LLaMA-Factory's list of datasets, not a dataset",
        next:
          form.files.length > 0
            ? `Open the files that it lists instead: ${quoted(form.files)}`
            : 'Open a dataset instead',
      };
    case 'no records':
      return { what: `a JSON list ${where}${ITEMS[form.of].what}${but}`, next: ITEMS[form.of].next };
    case 'other':
      return {
        what: `a JSON object ${where} without a list of records${form.fields.length > 0 ? `: its fields are ${quoted(form.fields)}` : ''}${but}`,
        next: 'Write one record per line (JSON Lines), for example with jq -c',
      };
  }
}

/** True if `documentRecords` can read the records of this form. */
export function holdsRecords({ form }: DocumentShape): boolean {
  return !['other', 'no records', 'split', 'dataset info'].includes(form.kind);
}

export function foreignObstacle({ what, next }: Foreign): Obstacle {
  return { kind: 'foreign', what, next, isOneLine: false, isListOnOneLine: false, hasPairs: false };
}

/** @param column of the fault in its line */
export function documentObstacle(shape: DocumentShape, column: number): Obstacle {
  const { fault, form, lines, sample } = shape;
  return {
    kind: 'document',
    ...documentMessage(shape),
    ...(fault && { at: { line: fault.at.line, column } }),
    isOneLine: form.kind === 'sequence' && lines[0] === lines[1],
    isListOnOneLine: form.kind !== 'sequence' && lines[0] === lines[1],
    hasPairs: holdsRecords(shape) && isKnown(sample),
  };
}

/** Inspects a text that arrives in chunks. */
export class TextInspector {
  readonly #documents = new DocumentInspector(isKnown);
  #isFirst = true;
  #foreign: Foreign | undefined;

  /** False once it needs no more chunks. */
  push(chunk: Uint8Array): boolean {
    if (this.#isFirst && chunk.length > 0) {
      this.#isFirst = false;
      this.#foreign = foreignOf(chunk);
    }
    return !this.#foreign && this.#documents.push(chunk);
  }

  end(): { readonly foreign?: Foreign; readonly shape?: DocumentShape } {
    if (this.#foreign) return { foreign: this.#foreign };
    const shape = this.#documents.end();
    return shape ? { shape } : {};
  }

  /** The obstacle in a text that is fully in memory, after all of it was pushed. */
  obstacle(bytes: Uint8Array): Obstacle | undefined {
    const { foreign, shape } = this.end();
    if (foreign) return foreignObstacle(foreign);
    if (!shape) return undefined;
    const { lineStart = 0, byte = 0 } = shape.fault?.at ?? {};
    return documentObstacle(shape, new TextDecoder().decode(bytes.subarray(lineStart, byte)).length);
  }
}

const DATA_ENDS =
  /(?:\.(?:jsonl|ndjson|jsonlines|json|csv|tsv|txt|html?|arrow|feather|parquet|pq|pkl|pickle|gz|zst|bz2|xz|zip))+$/i;

/** The path without data file extensions. */
function stemOf(path: string): string {
  return path.replace(DATA_ENDS, '');
}

/** Quotes a path for a shell. */
function shellWord(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** A next step for one file: fills in `{file}` and `{stem}`, quoted for a shell. */
export function forFile(next: string, path: string): string {
  const isQuoted = (mark: string): boolean => next.includes(`"${mark}`) || next.includes(`'${mark}`);
  const fill = (text: string, mark: string, value: string): string =>
    text.replaceAll(mark, () => (isQuoted(mark) ? value : shellWord(value)));
  const stem = stemOf(path);
  // The output must not overwrite the file.
  const output = (end: string): string =>
    `${stem}${end}` === path ? `${stem}.lines${end}` : `${stem}${end}`;
  // If an extension follows, quote the whole name.
  const named = next.replaceAll(/\{stem\}(\.[\w.]+)/g, (_, end: string) =>
    isQuoted('{stem}') ? output(end) : shellWord(output(end)),
  );
  return fill(fill(named, '{file}', path), '{stem}', stem);
}

export function obstacleMessage(path: string, { what, next }: Pick<Obstacle, 'what' | 'next'>): string {
  // No full stop at the end: people would copy it with the command.
  return `this is ${what}. ${forFile(next, path)}`;
}
