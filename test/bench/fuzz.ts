// Mutated lines and files through everything that reads them. Allowed results: a finding or a UserError.
// Failures: any other error, a place outside its record, a flip that two flips don't undo, or more than a
// second.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { examine } from '#core/checks/examine.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import type { Edit } from '#core/edits/edit.ts';
import { planEdit } from '#core/edits/edit.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { resolvePlace } from '#core/json/place.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { MAPPINGS } from '#core/mapping/table.ts';
import { UserError } from '#core/messages.ts';
import { isObject } from '#core/model/json.ts';
import { seededRandom } from '#core/score/random.ts';
import { saveEdits } from '#node/apply.ts';
import { openFile } from '#node/files.ts';
import { sampleOf, surveyFile } from '#node/surveyFile.ts';

import { mutate } from '../fakes/mutate.ts';
import { cut, recordOf } from '../fakes/records.ts';
import { HERE } from '../fakes/threads.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'mappings');

/** The limit for one record: a second. */
const MAX_MS = 1000;

/** Time that this process has computed, in milliseconds: a busy machine does not lengthen it. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The lines of all fixtures. */
export function seedLines(): Uint8Array[] {
  return readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => cut(readFileSync(join(FIXTURES, name))).map(({ bytes }) => bytes));
}

const EDITS: readonly Edit[] = [{ kind: 'flip' }, { kind: 'tie' }, { kind: 'margin', margin: 1.5 }];

const byNumber = (a: number, b: number): number => a - b;

/** All operations on one record, under one mapping. Throws on a failure. */
function tryRecord(bytes: Uint8Array, mapping: Mapping): void {
  const raw = recordOf(bytes);
  const parsed = parseRecord(raw);
  const { pairs, judgements, findings } = examine(parsed, mapping, 0);
  for (const { place, rule } of findings) {
    const { byteStart, byteEnd } = resolvePlace(bytes, place);
    if (byteStart < 0 || byteEnd < byteStart || byteEnd > bytes.length)
      throw new Error(`${rule}: a place outside`);
  }
  if (!('value' in parsed) || !isObject(parsed.value)) return;
  const targets = judgements.length > 0 ? [undefined] : pairs.slice(0, 4).map(({ candidates }) => candidates);
  for (const target of targets) {
    for (const edit of EDITS) {
      const plan = planEdit(mapping, bytes, parsed.value, target, edit);
      if (plan.kind !== 'edits') continue;
      const once = applyEdits(bytes, plan.edits);
      const again = parseRecord(recordOf(once));
      if (!('value' in again) || !isObject(again.value))
        throw new Error(`${edit.kind}: the record is no JSON any more`);
      if (edit.kind !== 'flip') continue;
      // The same two candidates, in swapped places if the mapping orders them by rank.
      const back = examine(again, mapping, 0).pairs.find(
        ({ candidates }) => candidates.toSorted(byNumber).join() === target?.toSorted(byNumber).join(),
      );
      const undo = planEdit(mapping, once, again.value, target && (back?.candidates ?? target), edit);
      const twice = undo.kind === 'edits' ? applyEdits(once, undo.edits) : once;
      if (Buffer.compare(twice, bytes) !== 0) throw new Error('flip: twice is not the first bytes');
    }
  }
}

export interface FuzzOutcome {
  readonly tried: number;
  /** Longest time of one record or file, in milliseconds of computing. */
  readonly longest: number;
  readonly peakMb: number;
  /** Each failure, with the input that caused it. */
  readonly failures: readonly string[];
}

export function fuzzLines(count: number, seed: number): FuzzOutcome {
  const random = seededRandom(seed);
  const seeds = seedLines();
  const failures: string[] = [];
  let [longest, peakMb] = [0, 0];
  for (let i = 0; i < count; i++) {
    const bytes = mutate(seeds[Math.floor(random() * seeds.length)]!, random, seeds);
    const begun = cpuMs();
    try {
      const parsed = parseRecord(recordOf(bytes));
      const own =
        'value' in parsed && isObject(parsed.value) ? recognise([parsed.value])?.mapping : undefined;
      for (const mapping of new Set([
        own ?? MAPPINGS[0]!,
        MAPPINGS[Math.floor(random() * MAPPINGS.length)]!,
      ])) {
        tryRecord(bytes, mapping);
      }
    } catch (error) {
      const line = Buffer.from(bytes.subarray(0, 400)).toString();
      failures.push(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n  ${line}`);
    }
    const took = cpuMs() - begun;
    longest = Math.max(longest, took);
    if (took > MAX_MS) failures.push(`${took.toFixed(0)} ms for ${bytes.length} bytes`);
    if (i % 500 === 0) peakMb = Math.max(peakMb, process.memoryUsage().rss / 1e6);
  }
  return { tried: count, longest, peakMb, failures };
}

/** Opens, surveys, relates, edits and saves a file. A UserError is allowed. */
export async function tryFile(path: string): Promise<void> {
  const signal = new AbortController().signal;
  try {
    const file = await openFile(path);
    const { survey } = await surveyFile(file, { ranges: HERE, signal });
    const { facts, recognition } = survey;
    if (!recognition) return;
    findRelations([{ name: path, facts, recognition }]);
    if (facts.recordCount === 0 || (await sampleOf(file)).length === 0) return;
    const record = facts.pairCount > 0 ? facts.recordOf(0) : 0;
    const edits = [{ record, edit: { kind: 'drop' as const } }];
    await saveEdits(file, recognition, edits, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

const PACKERS = [
  ['.jsonl', (bytes: Uint8Array) => bytes],
  ['.jsonl.gz', (bytes: Uint8Array) => gzipSync(bytes)],
] as const;

export async function fuzzFiles(count: number, seed: number): Promise<FuzzOutcome> {
  const random = seededRandom(seed);
  const seeds = seedLines();
  const compressed = readFileSync(join(FIXTURES, '..', 'compressed', 'pairs.jsonl.zst'));
  const folder = mkdtempSync(join(tmpdir(), 'preflens-fuzz-'));
  const failures: string[] = [];
  let [longest, peakMb] = [0, 0];
  try {
    for (let i = 0; i < count; i++) {
      const line = seeds[Math.floor(random() * seeds.length)]!;
      const ends = ['\n', '\r\n', '\n\n', '\r', ''];
      const lines = Array.from({ length: 1 + Math.floor(random() * 40) }, () => [
        random() < 0.2 ? mutate(line, random, seeds) : line,
        Buffer.from(ends[Math.floor(random() ** 3 * ends.length)]!),
      ]);
      const text = Buffer.concat([Buffer.from(random() < 0.1 ? '\ufeff' : ''), ...lines.flat()]);
      const [suffix, pack] = PACKERS[Math.floor(random() * PACKERS.length)]!;
      const isZstd = random() < 0.2;
      let bytes: Uint8Array = isZstd ? compressed : pack(text);
      if (random() < 0.7) bytes = mutate(bytes, random, seeds);
      const path = join(folder, `f${i}${isZstd ? '.jsonl.zst' : suffix}`);
      writeFileSync(path, bytes);
      const begun = cpuMs();
      try {
        await tryFile(path);
      } catch (error) {
        failures.push(
          `file ${i} (${suffix}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
      rmSync(path, { force: true });
      const took = cpuMs() - begun;
      longest = Math.max(longest, took);
      // A small compressed file may hold a hundred thousand broken records.
      if (took > 10 * MAX_MS) failures.push(`file ${i}: ${took.toFixed(0)} ms for ${bytes.length} bytes`);
      if (i % 50 === 0) peakMb = Math.max(peakMb, process.memoryUsage().rss / 1e6);
    }
    if (readdirSync(folder).length > 0)
      failures.push(`left behind: ${readdirSync(folder).slice(0, 5).join(', ')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { tried: count, longest, peakMb, failures };
}
