// Checks across the records of many shards whose facts are not in memory together. Pairs that can mean something to
// each other share a key, so each check runs over one part of the keys after the other; the checks themselves are those
// of `relations.ts`.
import type { Finding } from '../../model/finding.ts';
import { WHOLE_FILE } from '../../model/finding.ts';
import { MAX_FINDINGS } from '../../model/finding.ts';
import type { RuleSettings } from '../check.ts';
import { ALL_RULES } from '../table.ts';
import type { Compared } from './families.ts';
import { ALL_BANDS, bandPart, Families } from './families.ts';
import { SIGNATURE_BYTES } from './nearDuplicates.ts';
import { nearDuplicatePair, reportNear, samePairs } from './nearPairs.ts';
import { answerToOtherPrompt, otherPrompts } from './otherPrompt.ts';
import type { FileFacts } from './relation.ts';
import { PairSpace, ReportRelation } from './relation.ts';
import type { Relations } from './relations.ts';
import { checkWhole, findByKeys } from './relations.ts';
import { promptPart, sliceOf } from './slice.ts';

/** Facts of shards, read when they are needed. */
export interface Shards {
  /** Pairs of each shard. */
  readonly pairCounts: readonly number[];
  readonly facts: (shard: number) => Promise<FileFacts>;
  /** SIGNATURE_BYTES for each pair. */
  readonly signatures: (shard: number) => Promise<Uint8Array>;
  /** WORDS_BYTES for each pair, or empty. */
  readonly words: (shard: number) => Promise<Uint8Array<ArrayBuffer>>;
}

export interface JoinOptions {
  /** Pairs to hold at the same time, without and with their signatures. One shard is held besides. */
  readonly maxPairs: number;
  readonly maxSigned: number;
  /** Findings of a rule to keep per shard; all are counted. */
  readonly max?: number;
  readonly onProgress?: (done: number) => void;
}

/** A part of all pairs, in memory. */
interface Part {
  readonly space: PairSpace;
  /** Numbers of its pairs among all. */
  readonly numbers: Int32Array;
  /** Empty unless asked for. */
  readonly signatures: Uint8Array;
}

type Wants = (file: FileFacts, pair: number, number: number, signatures: Uint8Array) => boolean;

/** The pairs that are wanted, of all shards. */
async function partOf(shards: Shards, wants: Wants, isSigned: boolean): Promise<Part> {
  const files: FileFacts[] = [];
  const numbers: Int32Array[] = [];
  const signed: Uint8Array[] = [];
  let first = 0;
  for (const [shard, count] of shards.pairCounts.entries()) {
    const file = await shards.facts(shard);
    const signatures = isSigned ? await shards.signatures(shard) : new Uint8Array(0);
    const pairs = new Int32Array(count);
    let taken = 0;
    for (let pair = 0; pair < count; pair++)
      if (wants(file, pair, first + pair, signatures)) pairs[taken++] = pair;
    const own = pairs.subarray(0, taken);
    files.push(sliceOf(file, own));
    numbers.push(own.map((pair) => pair + first));
    if (isSigned) signed.push(rowsOf(signatures, own));
    first += count;
  }
  const signatures = new Uint8Array(
    SIGNATURE_BYTES * sum(signed.map(({ length }) => length / SIGNATURE_BYTES)),
  );
  const all = new Int32Array(sum(numbers.map(({ length }) => length)));
  let at = 0;
  numbers.forEach((own, i) => {
    all.set(own, at);
    const rows = signed[i];
    if (rows) signatures.set(rows, SIGNATURE_BYTES * at);
    // Both are there twice otherwise.
    signed[i] = new Uint8Array(0);
    at += own.length;
  });
  return { space: new PairSpace(files), numbers: all, signatures };
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

function rowsOf(signatures: Uint8Array, pairs: Int32Array): Uint8Array {
  if (pairs.length * SIGNATURE_BYTES === signatures.length) return signatures;
  const rows = new Uint8Array(SIGNATURE_BYTES * pairs.length);
  pairs.forEach((pair, row) => {
    const at = SIGNATURE_BYTES * pair;
    rows.set(signatures.subarray(at, at + SIGNATURE_BYTES), SIGNATURE_BYTES * row);
  });
  return rows;
}

const partsFor = (pairs: number, atOnce: number): number => Math.max(1, Math.ceil(pairs / atOnce));

/** Near duplicates of all pairs: the earliest for each, or −1. */
async function familiesOf(
  shards: Shards,
  pairCount: number,
  maxSigned: number,
  onBand: (done: number) => void,
): Promise<Int32Array> {
  const families = new Families(pairCount);
  const parts = partsFor(pairCount, maxSigned);
  const compared = ({ space, signatures, numbers }: Part): Compared => ({
    signatures,
    numbers,
    count: numbers.length,
    isSkipped: samePairs(space),
  });
  if (parts === 1) {
    const all = compared(await partOf(shards, () => true, true));
    for (const band of ALL_BANDS) {
      families.add([band], all);
      onBand((band + 1) / ALL_BANDS.length);
    }
    return families.original;
  }
  for (const band of ALL_BANDS) {
    for (let part = 0; part < parts; part++) {
      const wants: Wants = (_, pair, __, signatures) => bandPart(signatures, pair, band, parts) === part;
      families.add([band], compared(await partOf(shards, wants, true)));
      onBand((band + (part + 1) / parts) / ALL_BANDS.length);
    }
  }
  return families.original;
}

/** Place of a number in a rising list that holds it. */
function placeIn(numbers: Int32Array, number: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Collects the findings of several searches, by shard. */
class Joined {
  readonly #findings: Finding[][];
  readonly #counts: Map<string, number>[];
  readonly #partial: Set<string>[];
  readonly #max: number;
  /** Place of each rule in a report. */
  readonly #order = new Map(ALL_RULES.map(({ id }, i) => [id, i]));

  constructor(shards: number, max: number) {
    this.#findings = Array.from({ length: shards }, () => []);
    this.#counts = this.#findings.map(() => new Map<string, number>());
    this.#partial = this.#findings.map(() => new Set<string>());
    this.#max = max;
  }

  /** The rule did not run on all pairs of the shard. */
  leaveOut(shard: number, rule: string): void {
    this.#partial[shard]?.add(rule);
  }

  /** @param first the shard of the report's first file */
  add({ findings, counts }: ReportRelation, first = 0): void {
    findings.forEach((own, i) => {
      for (const finding of own) this.#findings[first + i]?.push(finding);
    });
    counts.forEach((own, i) => {
      for (const [rule, count] of own) this.count(first + i, rule, count);
    });
  }

  count(shard: number, rule: string, more: number): void {
    const counts = this.#counts[shard];
    counts?.set(rule, (counts.get(rule) ?? 0) + more);
  }

  /** In file order. Of more findings of a rule than may be kept, the first ones. */
  relations(shard: number): Relations {
    const kept = new Map<string, number>();
    const findings = [...(this.#findings[shard] ?? [])]
      .sort(
        (a, b) =>
          a.record - b.record ||
          (this.#order.get(a.rule) ?? 0) - (this.#order.get(b.rule) ?? 0) ||
          (a.pair ?? 0) - (b.pair ?? 0),
      )
      .filter(({ rule, record }) => {
        const count = (kept.get(rule) ?? 0) + 1;
        kept.set(rule, count);
        return record === WHOLE_FILE || count <= this.#max;
      });
    return { findings, counts: this.#counts[shard] ?? new Map(), partial: this.#partial[shard] ?? new Set() };
  }
}

/** The findings of `findRelations` over all shards as the files of one dataset. */
export async function joinRelations(
  shards: Shards,
  rules: RuleSettings,
  { maxPairs, maxSigned, max = MAX_FINDINGS, onProgress = () => undefined }: JoinOptions,
): Promise<readonly Relations[]> {
  const { pairCounts } = shards;
  const pairCount = sum(pairCounts);
  const joined = new Joined(pairCounts.length, max);
  const parts = partsFor(pairCount, maxPairs);
  for (let part = 0; part < parts; part++) {
    const { space } = await partOf(shards, (file, pair) => promptPart(file, pair, parts) === part, false);
    const report = new ReportRelation(space, rules, max);
    findByKeys(space, report);
    joined.add(report);
    onProgress((0.3 * (part + 1)) / parts);
  }
  if (rules.severities[nearDuplicatePair.id] !== undefined) {
    const original = await familiesOf(shards, pairCount, maxSigned, (done) => {
      onProgress(0.3 + 0.6 * done);
    });
    await reportFamilies(shards, original, rules, joined, max);
  }
  for (const shard of pairCounts.keys()) {
    const file = await shards.facts(shard);
    const space = new PairSpace([file]);
    const report = new ReportRelation(space, rules, max);
    // Prompts of other shards are other files: they are not searched.
    if (report.isOn(answerToOtherPrompt)) {
      const sketches = { signatures: new Uint8Array(0), words: await shards.words(shard) };
      otherPrompts.find(space, report, sketches);
      if (!otherPrompts.isWhole(sketches, space.count)) joined.leaveOut(shard, answerToOtherPrompt.id);
    }
    checkWhole([file], report);
    joined.add(report, shard);
  }
  onProgress(1);
  return pairCounts.map((_, shard) => joined.relations(shard));
}

/** Reports the first near duplicates of each shard and counts the others. */
async function reportFamilies(
  shards: Shards,
  original: Int32Array,
  rules: RuleSettings,
  joined: Joined,
  max: number,
): Promise<void> {
  const isReported = new Uint8Array(original.length);
  const isNeeded = new Uint8Array(original.length);
  let first = 0;
  shards.pairCounts.forEach((count, shard) => {
    let found = 0;
    for (let number = first; number < first + count; number++) {
      const twin = original[number] ?? -1;
      if (twin < 0 || ++found > max) continue;
      isReported[number] = 1;
      isNeeded[number] = 1;
      isNeeded[twin] = 1;
    }
    if (found > max) joined.count(shard, nearDuplicatePair.id, found - max);
    first += count;
  });
  const { space, numbers, signatures } = await partOf(
    shards,
    (_, __, number) => isNeeded[number] === 1,
    true,
  );
  const report = new ReportRelation(space, rules, max);
  const own = numbers.map((number) =>
    isReported[number] === 1 ? placeIn(numbers, original[number] ?? 0) : -1,
  );
  reportNear(space, report, signatures, own);
  joined.add(report);
}
