// What a thread does, and what of its result can be handed over instead of copied.
import { SIGNATURE_BYTES, writeSignature } from '#core/checks/relations/nearDuplicates.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import { readRaw } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { LineCutter } from '#formats/lines.ts';

import { readBlocks } from './files.ts';
import type { FactsTables, RangeSurvey, RangeTask } from './rangeSurvey.ts';
import { buffersOf, chunksOf, factsOf, surveyRange } from './rangeSurvey.ts';

/** A text that a thread reads: bytes that it is given, or a plain file. */
export type RelateText = { readonly bytes: Uint8Array } | { readonly path: string };

/** One file, to be looked through for duplicates and contradictions. */
export interface RelateTask {
  readonly path: string;
  readonly recognition: Recognition;
  readonly facts: FactsTables;
  /** Undefined: near duplicates are not looked for. */
  readonly text: RelateText | undefined;
}

/** What threads can do: what they take, and what they give. */
export interface Works {
  readonly survey: { readonly task: RangeTask; readonly result: RangeSurvey };
  /** Signatures of the pairs of a range, for near duplicates. */
  readonly signatures: { readonly task: RangeTask; readonly result: Uint8Array<ArrayBuffer> };
  readonly relate: { readonly task: RelateTask; readonly result: Relations };
}
export type Work = keyof Works;

type OnBytes = (bytes: number) => void;

/** Signatures of the pairs of a text, in their order. */
async function sign(
  chunks: AsyncIterable<Uint8Array>,
  recognition: Recognition,
  isFileStart: boolean,
  onBytes?: OnBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const cutter = new LineCutter(isFileStart);
  let signatures = new Uint8Array(SIGNATURE_BYTES * 4096);
  let count = 0;
  const signAll = (records: ReturnType<LineCutter['push']>): void => {
    for (const raw of records) {
      for (const pair of readRaw(raw, recognition)?.pairs ?? []) {
        if ((count + 1) * SIGNATURE_BYTES > signatures.length) {
          const next = new Uint8Array(Math.ceil(signatures.length * 1.5));
          next.set(signatures);
          signatures = next;
        }
        writeSignature(pair, signatures, count * SIGNATURE_BYTES);
        count++;
      }
    }
  };
  for await (const chunk of chunks) {
    signAll(cutter.push(chunk));
    onBytes?.(chunk.length);
  }
  signAll(cutter.end());
  return signatures.slice(0, count * SIGNATURE_BYTES);
}

async function signRange(task: RangeTask, onBytes?: OnBytes): Promise<Uint8Array<ArrayBuffer>> {
  const { schema, start } = task;
  if (!schema || !('recognition' in schema)) throw new Error('signatures: no schema');
  return sign(chunksOf(task), schema.recognition, start === 0, onBytes);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function relate({ path, recognition, facts, text }: RelateTask, onBytes?: OnBytes): Promise<Relations> {
  const chunks = text && ('bytes' in text ? once(text.bytes) : readBlocks(text.path));
  const signatures = chunks && (await sign(chunks, recognition, true, onBytes));
  const file = { name: path, facts: factsOf(facts), labelPath: recognition.labelPath };
  const [found] = findRelations([file], signatures);
  return found ?? { findings: [], counts: new Map() };
}

type Worker<W extends Work> = (task: Works[W]['task'], onBytes?: OnBytes) => Promise<Works[W]['result']>;

const WORKERS: { readonly [W in Work]: Worker<W> } = { survey: surveyRange, signatures: signRange, relate };

export async function workOn<W extends Work>(
  work: W,
  task: Works[W]['task'],
  onBytes?: OnBytes,
): Promise<Works[W]['result']> {
  return (WORKERS[work] as Worker<W>)(task, onBytes);
}

/** Memory that can be handed to another thread instead of copied. */
export function handOver(result: Works[Work]['result']): ArrayBuffer[] {
  if (result instanceof Uint8Array) return [result.buffer];
  return 'records' in result ? buffersOf(result) : [];
}
