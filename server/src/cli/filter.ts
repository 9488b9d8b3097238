// `preflens score -`: reads records from standard input and writes scores to standard output, in constant memory.
// One process per partition scores any amount of data.

import { readRaw } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { recogniseAs, RECOGNITION_SAMPLE } from '#core/mapping/recognise.ts';
import { mappingById } from '#core/mapping/table.ts';
import { messages } from '#core/messages.ts';
import { identify } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';
import type { RawRecord } from '#core/model/record.ts';
import { pairCountText, unscoredMessage } from '#core/reward/counts.ts';
import { Ensemble } from '#core/reward/ensemble.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import { streamedRecords } from '#node/containers/document.ts';
import { openScorers, warningsOf } from '#node/scorers/open.ts';
import type { NumberedPair, PairScorer } from '#node/scorers/rating.ts';

import type { Command } from './command.ts';
import { scorersFor } from './job.ts';
import { keysOf, memberLines } from './score.ts';

/** Records to hold at a time. */
const WINDOW = 256;

const NAME = 'standard input';

export interface FilterOptions {
  readonly model: string | undefined;
  readonly verify: readonly string[] | undefined;
  readonly mapping: string | undefined;
}

/** Scorers that need the whole file. */
const WHOLE_FILE: ReadonlySet<ScorerRule['kind']> = new Set(['consistency', 'probe', 'sidecar']);

/** Scorers of a filter: one model, or those in the preflens.json of the working folder. */
function rulesFor(options: FilterOptions): {
  readonly rules: readonly ScorerRule[];
  readonly folder: string;
} {
  const { rules, folder } = scorersFor('-', options);
  const usable = rules.filter(({ kind }) => !WHOLE_FILE.has(kind));
  if (usable.length === 0) {
    throw messages.notScorable(
      NAME,
      'The built-in scorer and encoders learn from the pairs of a whole file: their words, the strengths of models, groups. They see one window of records at a time here, so they can’t score a stream. Use --model, or set scorers in preflens.json ("columns" for the records’ own scores).',
    );
  }
  return { rules: usable, folder };
}

function recogniseWindow(window: readonly RawRecord[], mapping: string | undefined): Recognition {
  const decoder = new TextDecoder();
  const sample = window.slice(0, RECOGNITION_SAMPLE).flatMap(({ bytes }): JsonObject[] => {
    try {
      const value: unknown = JSON.parse(decoder.decode(bytes));
      return isObject(value as JsonObject) ? [value as JsonObject] : [];
    } catch {
      // Reported later, in order.
      return [];
    }
  });
  const known = mapping === undefined ? undefined : mappingById(mapping);
  if (mapping !== undefined && !known) throw messages.notScorable(NAME, `No such mapping: ${mapping}.`);
  const recognition = recogniseAs(known, sample);
  if (!recognition) throw messages.unrecognised(NAME, Object.keys(sample[0] ?? {}));
  return recognition;
}

async function* windows(signal: AbortSignal): AsyncGenerator<readonly RawRecord[]> {
  let window: RawRecord[] = [];
  for await (const raw of streamedRecords(process.stdin)) {
    signal.throwIfAborted();
    // The bytes are only valid until the next record is read.
    window.push({ ...raw, bytes: raw.bytes.slice() });
    if (window.length < WINDOW) continue;
    yield window;
    window = [];
  }
  if (window.length > 0) yield window;
}

/** Counts for the records of a stream. */
interface FilterOutcome {
  scored: number;
  refused: number;
  ties: number;
  unscored: number;
  /** Records without pairs, or unreadable. */
  without: number;
  reason?: string;
}

function countPair(
  outcome: FilterOutcome,
  isTie: boolean,
  margin: number,
  refusal: string | undefined,
): void {
  if (isTie) outcome.ties++;
  else if (!Number.isNaN(margin)) outcome.scored++;
  else if (refusal === undefined) outcome.unscored++;
  else {
    outcome.refused++;
    outcome.reason ??= refusal;
  }
}

/** Scores one window. Writes a line for each pair, and one for each record without pairs, in order. */
async function filterWindow(
  window: readonly RawRecord[],
  recognition: Recognition,
  scorers: readonly PairScorer[],
  outcome: FilterOutcome,
  command: Command,
): Promise<void> {
  const read = window.map((raw) => ({ raw, record: readRaw(raw, recognition) }));
  const pairs = read.flatMap(({ record }): NumberedPair[] =>
    record ? record.pairs.map((pair, number) => ({ number, pair, value: record.value })) : [],
  );
  for (const scorer of scorers) await scorer.ratePairs(pairs, command.signal);
  const ensemble = new Ensemble(scorers);
  for (const { raw, record } of read) {
    if (!record || record.pairs.length === 0) {
      outcome.without++;
      await command.json({ record: raw.record, error: record ? 'no pair' : 'cannot be read' });
      continue;
    }
    for (const [pair, one] of record.pairs.entries()) {
      const identity = identify(one);
      const { margin } = ensemble.verdict(identity);
      const refusal = ensemble.members
        .map((member) => member.refusal(identity))
        .find((reason) => reason !== undefined);
      countPair(outcome, one.isTie, margin, refusal);
      await command.json({
        record: raw.record,
        pair,
        ...keysOf(identity),
        scorer: ensemble.id,
        margin: one.isTie || Number.isNaN(margin) ? null : Number(margin.toFixed(6)),
        ...(one.isTie && { tie: true }),
        ...(refusal !== undefined && { error: refusal }),
        members: memberLines(ensemble, identity),
      });
    }
  }
  for (const scorer of scorers) scorer.forget();
}

export async function filter(command: Command, options: FilterOptions): Promise<void> {
  const { rules, folder } = rulesFor(options);
  let scorers: readonly PairScorer[] = [];
  let recognition: Recognition | undefined;
  const outcome: FilterOutcome = { scored: 0, refused: 0, ties: 0, unscored: 0, without: 0 };
  try {
    for await (const window of windows(command.signal)) {
      if (!recognition) {
        recognition = recogniseWindow(window, options.mapping);
        // Don't cache: a repeated partition is scored again, possibly elsewhere.
        const machine = { ...command.machine, cacheFolder: undefined };
        const file = { path: undefined, mapping: recognition.mapping, firstPairOf: () => 0 };
        const opened = await openScorers(rules, folder, file, machine, command.signal);
        for (const warning of warningsOf(opened)) command.note(warning);
        ({ scorers } = opened);
      }
      await filterWindow(window, recognition, scorers, outcome, command);
    }
  } finally {
    for (const scorer of scorers) scorer.close();
  }
  const { scored, refused, unscored, without } = outcome;
  const others = [
    unscoredMessage(outcome),
    ...(without > 0 ? [`${without === 1 ? '1 record' : `${without} records`} without a pair`] : []),
  ].filter((words) => words !== '');
  if (scored === 0 && refused + unscored > 0) throw messages.nothingScored(NAME, others.join(', '));
  command.note([`${pairCountText(scored)} scored`, ...others].join('; ') + '.');
}
