// The kinds of work for threads, and which buffers of their results can be transferred instead of copied.
import type { RuleSettings } from '#core/checks/check.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { findRelations, needsWords } from '#core/checks/relations/relations.ts';
import type { TextSketches } from '#core/checks/relations/textSketches.ts';
import { Sketcher } from '#core/checks/relations/textSketches.ts';
import { readRaw } from '#core/dataset/survey.ts';
import type { SplitStart } from '#core/facts/splitStart.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { Column, ColumnPart } from '#core/query/column.ts';
import { columnOf } from '#core/query/column.ts';

import type { OnBytes } from './containers/container.ts';
import { readRange, takeText } from './containers/containers.ts';
import type { ContainerRef } from './dataFile.ts';
import type { ExplainResult, ExplainTask } from './explainRange.ts';
import { rowGroupsOf } from './parquet/open.ts';
import type { FactsTables, RangeSurvey, RangeTask } from './rangeSurvey.ts';
import { buffersOf, factsOf, surveyRange } from './rangeSurvey.ts';
import type { ColumnTask, JoinTask, SearchResult, SearchTask } from './searchRange.ts';
import { columnRange, searchRange } from './searchRange.ts';
import type { VersionOf, VersionOfTask, VersionPart, VersionTask } from './versionRange.ts';
import { versionOf, versionRange } from './versionRange.ts';

/** What a thread reads: given bytes, or a file. */
export type RelateText =
  | { readonly bytes: Uint8Array; readonly container: ContainerRef; readonly max: number }
  | {
      readonly path: string;
      readonly container: ContainerRef;
      readonly max: number;
      /** New bytes of edited records, by number; null for a dropped record. */
      readonly edited?: ReadonlyMap<number, Uint8Array | null>;
    };

/** One file to search for duplicates and contradictions. */
export interface RelateTask {
  /** Its name in messages. */
  readonly name: string;
  /** Its path; undefined if only an editor has it. */
  readonly path: string | undefined;
  readonly recognition: Recognition;
  readonly facts: FactsTables;
  /** Of a JSON document with lists under keys. */
  readonly splits?: readonly SplitStart[] | undefined;
  /** Undefined: skip the checks that compare texts. */
  readonly text: RelateText | undefined;
  readonly rules: RuleSettings;
}

/** Sketches of all pairs of a range. */
export interface SignedRange {
  readonly sketches: TextSketches;
  readonly isCut: boolean;
}

/** Each kind of work with its input and output. */
export interface Works {
  readonly survey: { readonly task: RangeTask; readonly result: RangeSurvey };
  /** Sketches of the pairs in a range, for the checks that compare texts. */
  readonly signatures: { readonly task: RangeTask; readonly result: SignedRange };
  readonly relate: { readonly task: RelateTask; readonly result: Relations };
  /** Which records meet a query's conditions on texts and fields. */
  readonly search: { readonly task: SearchTask; readonly result: SearchResult };
  /** The values of a field. */
  readonly column: { readonly task: ColumnTask; readonly result: ColumnPart };
  /** The parts of a column as one: texts are sorted, which takes seconds for a million. */
  readonly join: { readonly task: JoinTask; readonly result: Column };
  /** What drove the margins of pairs. */
  readonly explain: { readonly task: ExplainTask; readonly result: ExplainResult };
  /** The keys by which two versions of a file are compared. */
  readonly version: { readonly task: VersionTask; readonly result: VersionPart };
  /** The same for records of an open file. */
  readonly versionOf: { readonly task: VersionOfTask; readonly result: VersionOf };
}
export type RangeWork = keyof Works;

/** Sketches of pairs in order. `read` calls its argument with each record. */
async function sign(
  recognition: Recognition,
  maxWords: number,
  read: (take: (raw: RawRecord) => void) => Promise<unknown>,
): Promise<TextSketches> {
  const sketcher = new Sketcher({ maxSigned: Infinity, maxWords });
  await read((raw) => {
    for (const pair of readRaw(raw, recognition)?.pairs ?? []) sketcher.add(pair);
  });
  return sketcher.take();
}

async function signRange(task: RangeTask, onBytes?: OnBytes): Promise<SignedRange> {
  const { schema, limits } = task;
  if (!schema || !('recognition' in schema)) throw new Error('signatures: no schema');
  let isCut = true;
  const sketches = await sign(schema.recognition, limits?.maxWords ?? 0, async (take) => {
    ({ isCut } = await readRange(task, take, onBytes));
  });
  return { sketches, isCut };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function relate(
  { name, path, recognition, facts, splits, text, rules }: RelateTask,
  onBytes?: OnBytes,
): Promise<Relations> {
  const sketches =
    text &&
    (await sign(recognition, needsWords(rules) ? Infinity : 0, async (take) =>
      'bytes' in text
        ? takeText(text.container, once(text.bytes), take, text.max)
        : readRange(
            { path: text.path, container: text.container, start: 0, end: Infinity, maxRecordBytes: text.max },
            (raw) => {
              const bytes = text.edited?.get(raw.record);
              if (bytes) take({ ...raw, bytes, byteEnd: raw.byteStart + bytes.length });
              else if (bytes === undefined) take(raw);
            },
            onBytes,
          ),
    ));
  const rowGroups = path === undefined ? [] : rowGroupsOf(path);
  const file = { name, facts: factsOf(facts), splits, recognition, rowGroups };
  const [found] = findRelations([file], sketches, rules);
  return found ?? { findings: [], counts: new Map(), partial: new Set() };
}

type Worker<W extends RangeWork> = (task: Works[W]['task'], onBytes?: OnBytes) => Promise<Works[W]['result']>;

const WORKERS: { readonly [W in RangeWork]: Worker<W> } = {
  survey: surveyRange,
  signatures: signRange,
  relate,
  search: searchRange,
  column: columnRange,
  version: versionRange,
  versionOf,
  // Loaded when something was scored: a check does without.
  explain: async (task) => (await import('./explainRange.ts')).explainRange(task),
  join: async ({ parts, recordCount }) => Promise.resolve(columnOf(parts, recordCount)),
};

export async function workOn<W extends RangeWork>(
  work: W,
  task: Works[W]['task'],
  onBytes?: OnBytes,
): Promise<Works[W]['result']> {
  return (WORKERS[work] as Worker<W>)(task, onBytes);
}

/** Buffers to transfer to another thread instead of copying. */
export function handOver(result: Works[RangeWork]['result']): ArrayBuffer[] {
  if ('columns' in result) return Object.values(result.columns).map(({ buffer }) => buffer as ArrayBuffer);
  if ('keys' in result) return [result.keys.buffer as ArrayBuffer];
  if ('words' in result || 'masks' in result || 'reasons' in result) return [];
  if ('records' in result) return buffersOf(result);
  return 'sketches' in result ? [result.sketches.signatures.buffer, result.sketches.words.buffer] : [];
}
