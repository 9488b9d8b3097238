// Why a file as a whole cannot be read as records, and the way on: another format, or one JSON document.
import type { DocumentFault } from '../json/documentScanner.ts';
import type { DocumentShape } from '../json/documentShape.ts';
import { DocumentInspector } from '../json/documentShape.ts';
import { recognise } from '../mapping/recognise.ts';
import type { JsonObject } from '../model/json.ts';
import { plural } from '../words/numbers.ts';
import type { Foreign } from './foreign.ts';
import { foreignOf } from './foreign.ts';

/** Why a file gives no records. Plain data: it is kept with the survey. */
export interface Obstacle {
  readonly kind: 'foreign' | 'document';
  /** What the file is, after "this is". */
  readonly what: string;
  /** What to do. `{file}` stands for its path, `{stem}` for the path without its extension. */
  readonly next: string;
  /** Where it shows, in the file. */
  readonly at?: ObstaclePlace;
  /** All records stand on one line: what puts them on lines of their own mends the file. */
  readonly isOneLine: boolean;
  /** It is JSON on one line, and no record. */
  readonly isListOnOneLine: boolean;
  /** Some records are pairs of a known schema. */
  readonly hasPairs: boolean;
}

/** From 0, the column in UTF-16 units. */
export interface ObstaclePlace {
  readonly line: number;
  readonly column: number;
}

const CONVERT = 'Write JSON Lines of it: preflens convert {file} --out {stem}.jsonl';

const isKnown = (sample: readonly JsonObject[]): boolean => recognise(sample) !== undefined;

const quoted = (names: readonly string[]): string => {
  const shown = names.slice(0, 6).map((name) => JSON.stringify(name));
  return names.length > shown.length ? `${shown.join(', ')} and others` : shown.join(', ');
};

const FAULTS: Readonly<Record<DocumentFault['what'], string>> = {
  comma: 'a comma stands here before the closing bracket, which JSON does not allow',
  'line break in a string': 'a string goes on over a line end, which JSON does not allow',
  unexpected: 'something stands here that JSON does not have there',
  end: 'it breaks off at its end',
};

function linesOf([first, last]: readonly [number, number]): string {
  return first === last ? `on line ${first + 1}` : `over lines ${first + 1} to ${last + 1}`;
}

/** What a document is, and whether we can make JSON Lines of it. */
function documentMessage(shape: DocumentShape): { readonly what: string; readonly next: string } {
  const { form, recordCount, lines, firstRecord, fault } = shape;
  const count = plural(recordCount, 'record');
  const but = fault ? `; ${FAULTS[fault.what]}` : '';
  const where = linesOf(lines);
  switch (form.kind) {
    case 'list': {
      const what =
        form.lists > 1
          ? `a file of ${form.lists} JSON documents, lists of ${count} in all, ${where}`
          : `one JSON document, a list of ${count} ${where}`;
      return { what: `${what}, and not JSON Lines${but}`, next: CONVERT };
    }
    case 'sequence': {
      const first =
        firstRecord && recordCount > 1 && lines[1] > lines[0]
          ? ` (record 1 goes over lines ${firstRecord[0] + 1} to ${firstRecord[1] + 1})`
          : '';
      const several =
        recordCount > 1
          ? `a file of ${recordCount.toLocaleString('en')} JSON documents one after the other`
          : 'one JSON document, a record';
      return { what: `${several} ${where}${first}, and not JSON Lines${but}`, next: CONVERT };
    }
    case 'keyed': {
      const list = form.keys.length > 1 ? 'the lists of records stand' : 'the list of records stands';
      return {
        what: `one JSON document: ${list} under ${quoted(form.keys)}, ${count} in all${but}`,
        next: CONVERT,
      };
    }
    case 'by key':
      return {
        what: `one JSON document: an object with a name for each of its ${count}${but}`,
        next: CONVERT,
      };
    case 'columns':
      return {
        what: `one JSON document that holds columns and not records: ${quoted(form.names)}, ${plural(recordCount, 'row')}${but}`,
        next: CONVERT,
      };
    case 'split':
      return {
        what: `one JSON document: names of columns, and ${plural(recordCount, 'row')} of values under "data" (pandas calls it "split")${but}`,
        next: 'Write JSON Lines of it in Python: pandas.read_json("{file}", orient="split").to_json("{stem}.jsonl", orient="records", lines=True, force_ascii=False)',
      };
    case 'dataset info':
      return {
        what: "LLaMA-Factory's list of datasets, and no dataset",
        next:
          form.files.length > 0
            ? `Name the files that it names instead: ${quoted(form.files)}`
            : 'Name a dataset instead',
      };
    case 'other':
      return {
        what: `one JSON document ${where} that holds no list of records${form.fields.length > 0 ? `: its fields are ${quoted(form.fields)}` : ''}${but}`,
        next: 'Write one record a line (JSON Lines), for example with jq -c',
      };
  }
}

/** Forms of which `documentRecords` gives the records. */
export function holdsRecords({ form }: DocumentShape): boolean {
  return form.kind !== 'other' && form.kind !== 'split' && form.kind !== 'dataset info';
}

export function foreignObstacle({ what, next }: Foreign): Obstacle {
  return { kind: 'foreign', what, next, isOneLine: false, isListOnOneLine: false, hasPairs: false };
}

/** @param column where the fault stands in its line */
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

/** Looks at a text that comes in pieces. */
export class TextInspector {
  readonly #documents = new DocumentInspector(isKnown);
  #isFirst = true;
  #foreign: Foreign | undefined;

  /** False once nothing more has to be read. */
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

  /** What stands in the way of reading a text that is all in memory, once all of it was pushed. */
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

/** The path without what is an extension of data. */
function stemOf(path: string): string {
  return path.replace(DATA_ENDS, '');
}

/** A path as a shell takes it. */
function shellWord(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** "this is …. What to do." */
export function obstacleMessage(path: string, { what, next }: Pick<Obstacle, 'what' | 'next'>): string {
  const isQuoted = (mark: string): boolean => next.includes(`"${mark}`) || next.includes(`'${mark}`);
  const fill = (text: string, mark: string, value: string): string =>
    text.replaceAll(mark, () => (isQuoted(mark) ? value : shellWord(value)));
  const stem = stemOf(path);
  // What is written must not be the file itself.
  const output = (end: string): string =>
    `${stem}${end}` === path ? `${stem}.lines${end}` : `${stem}${end}`;
  // Before an extension, quotes go around the whole name.
  const named = next.replaceAll(/\{stem\}(\.[\w.]+)/g, (_, end: string) =>
    isQuoted('{stem}') ? output(end) : shellWord(output(end)),
  );
  // No full stop: it would be copied with the command.
  return `this is ${what}. ${fill(fill(named, '{file}', path), '{stem}', stem)}`;
}
