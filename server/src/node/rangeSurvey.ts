// Surveys a byte range of a file, which is the work of one thread, and joins the parts.
import type { RuleSettings } from '#core/checks/check.ts';
import type { SketchLimits, TextSketches } from '#core/checks/relations/textSketches.ts';
import { NO_SKETCHES, Sketcher } from '#core/checks/relations/textSketches.ts';
import type { Schema, Survey } from '#core/dataset/survey.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import type { TypedColumn } from '#core/facts/columns.ts';
import type { PairColumns, RecordColumns } from '#core/facts/facts.ts';
import { Facts } from '#core/facts/facts.ts';
import type { Finding } from '#core/model/finding.ts';
import { MAX_FINDINGS } from '#core/model/finding.ts';

import { codecOf } from './codec.ts';
import type { FileRange, OnBytes } from './containers/container.ts';
import type { RangePart } from './containers/containers.ts';
import { readRange } from './containers/containers.ts';
import { assertFits, factsBytes, factsBytesFor } from './memoryLimits.ts';

/** A range of a file to survey. */
export interface RangeTask extends FileRange {
  readonly schema: Schema | undefined;
  readonly rules: RuleSettings;
  /** Pairs to sketch, for the checks that compare texts. */
  readonly limits?: SketchLimits;
  /** Memory budget, and the number of parts that are read in parallel. */
  readonly memory?: { readonly mb: number; readonly parts: number };
}

/** Facts in a form that can be sent between threads. */
export interface FactsTables {
  readonly records: RecordColumns;
  readonly recordCount: number;
  readonly pairs: PairColumns;
  readonly pairCount: number;
}

/** A survey in a form that can be sent between threads. Line, record and byte numbers begin at 0. */
export interface RangeSurvey extends Omit<Survey, 'facts'>, FactsTables {
  readonly lineCount: number;
  readonly isCut: boolean;
  /** Of the first pairs, if requested. */
  readonly sketches?: TextSketches;
}

/** Share of a plain file after which its total memory need is estimated. */
const FORESEEN_FROM = 1 / 8;

/** Tolerance of that estimate, because records differ in length. */
const FORESEEN_TIMES = 0.8;

/** Stops a survey as soon as its facts clearly won't fit into memory, with the memory that they would need. */
function watchMemory({ path, start, end, memory }: RangeTask): (facts: number, done: number) => void {
  if (!memory) return () => undefined;
  const { expansion } = codecOf(path);
  const total = (end - start) * expansion;
  return (facts, done) => {
    const whole = facts * memory.parts * Math.max(1, total / done);
    const isForeseen = expansion === 1 && done > total * FORESEEN_FROM;
    const min = isForeseen ? Math.max(facts * memory.parts, whole * FORESEEN_TIMES) : facts * memory.parts;
    if (min > factsBytesFor(memory.mb)) assertFits(path, whole, memory.mb);
  };
}

export async function surveyRange(task: RangeTask, onBytes?: OnBytes): Promise<RangeSurvey> {
  const { limits = NO_SKETCHES } = task;
  const sketcher = new Sketcher(limits);
  const watch = watchMemory(task);
  let [recordCount, pairCount, done] = [0, 0, 0];
  const surveyor = new Surveyor(task.schema, task.rules, (pair) => {
    pairCount++;
    sketcher.add(pair);
  });
  const { lineCount, isCut } = await readRange(
    task,
    (raw) => {
      recordCount++;
      surveyor.add(raw);
    },
    (bytes) => {
      done += bytes;
      watch(factsBytes({ recordCount, pairCount }), done);
      onBytes?.(bytes);
    },
  );
  const { facts, ...rest } = surveyor.end();
  const { records, pairs } = facts;
  [recordCount, pairCount] = [facts.recordCount, facts.pairCount];
  const signed = limits.maxSigned > 0 && { sketches: sketcher.take() };
  return { ...rest, records, recordCount, pairs, pairCount, lineCount, isCut, ...signed };
}

/** Buffers to transfer instead of copying. */
export function buffersOf({ records, pairs, sketches }: RangeSurvey): ArrayBuffer[] {
  const columns: readonly TypedColumn[] = [records, pairs].flatMap(
    (table) => Object.values(table) as TypedColumn[],
  );
  const rows = sketches ? [sketches.signatures, sketches.words] : [];
  return [...columns, ...rows].map(({ buffer }) => buffer as ArrayBuffer);
}

/** Facts from another thread. */
export function factsOf({ records, recordCount, pairs, pairCount }: FactsTables): Facts {
  const facts = new Facts();
  facts.load(records, recordCount, pairs, pairCount);
  return facts;
}

/** Start of a part in its file. */
export interface PartStart {
  readonly byte: number;
  readonly line: number;
}

/** Appends a part to a survey. Changes the survey's facts in place. */
export function appendPart(survey: Survey, part: RangeSurvey, start: PartStart): Survey {
  const { facts } = survey;
  const firstRecord = facts.recordCount;
  facts.append(factsOf(part), start.line, start.byte);
  const counts = new Map(survey.counts);
  const kept = new Map<string, number>();
  const findings: Finding[] = [];
  for (const finding of survey.findings) kept.set(finding.rule, (kept.get(finding.rule) ?? 0) + 1);
  for (const finding of part.findings) {
    const count = (kept.get(finding.rule) ?? 0) + 1;
    kept.set(finding.rule, count);
    if (count <= MAX_FINDINGS) findings.push({ ...finding, record: finding.record + firstRecord });
  }
  for (const [rule, count] of part.counts) counts.set(rule, (counts.get(rule) ?? 0) + count);
  const splits = part.splits?.map(({ name, record }) => ({ name, record: record + firstRecord })) ?? [];
  return {
    ...survey,
    facts,
    findings: [...survey.findings, ...findings],
    counts,
    ...(splits.length > 0 && { splits: [...(survey.splits ?? []), ...splits] }),
  };
}

/** Joins the parts of a file, which must come in order. */
export class PartJoin {
  readonly #isTable: boolean;
  #survey: Survey | undefined;
  #lines = 0;

  /** @param isTable the ranges are of rows */
  constructor(isTable = false) {
    this.#isTable = isTable;
  }

  /** @param share of the file that was read with this part, 0 to 1: room for the rest is made at once */
  add({ part, start }: Pick<RangePart<RangeSurvey>, 'part' | 'start'>, share = 1): void {
    if (this.#survey) {
      // Byte offsets of a row begin at 0, wherever the row is.
      const place = { byte: this.#isTable ? 0 : start, line: this.#lines };
      this.#survey = appendPart(this.#survey, part, place);
    } else {
      const { findings, counts, recognition, fieldsSeen, suggestion, splits } = part;
      const facts = factsOf(part);
      this.#survey = {
        facts,
        findings,
        counts,
        recognition,
        fieldsSeen,
        ...(suggestion && { suggestion }),
        ...(splits && { splits }),
      };
      facts.reserve(part.recordCount / share, part.pairCount / share);
    }
    this.#lines += part.lineCount;
  }

  end(): Survey {
    if (!this.#survey) throw new Error('survey: a file without parts');
    return this.#survey;
  }
}
