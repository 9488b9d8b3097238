import { jsonLine } from '#core/escape/escape.ts';
import { formatKey } from '#core/hash.ts';
import { messages } from '#core/messages.ts';
import type { Identity } from '#core/model/identity.ts';
import { pairKey } from '#core/model/identity.ts';
import { pairCountText, unscoredMessage } from '#core/reward/counts.ts';
import type { Ensemble } from '#core/reward/ensemble.ts';
import { idOf, oppositionsTo, withParts } from '#core/reward/ensemble.ts';
import { ANSWER_CUT, PROMPT_CUT } from '#core/reward/table.ts';
import { Distribution } from '#core/score/ranking.ts';
import type { ScoreRow } from '#formats/arrow.ts';
import type { SurveyedDataset, SurveyedFile } from '#node/survey.ts';
import { assertSame, sourceName } from '#node/survey.ts';
import { isSamePlace, writeWhole } from '#node/write.ts';

import type { Command } from './command.ts';
import type { DatasetScores } from './job.ts';
import { openSurveyed, scoreDataset } from './job.ts';
import { outlookWords } from './outlook.ts';

export interface ScoreCommandOptions {
  readonly out: string;
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly model?: string | undefined;
  readonly verify?: readonly string[] | undefined;
}

/** One line of written scores. */
export interface ScoreLine extends ScoreRow {
  /** Only from the built-in scorer and checklists. */
  readonly reasons?: readonly { readonly text: string; readonly side: string; readonly weight: number }[];
  /** Only from an ensemble. */
  readonly members?: readonly MemberLine[];
  /** Only of the pairs with the lowest margins, and only where pairs like it are labelled the other way. */
  readonly neighbours?: readonly NeighboursLine[];
}

/** Pairs that an encoder finds like this one and that are labelled the other way. */
export interface NeighboursLine {
  readonly scorer: string;
  /** Neighbours, however they are labelled. */
  readonly near: number;
  /** Share of the labels of the file that follow neighbours who agree. */
  readonly following: number;
  /** Pairs of the file that it was compared with. */
  readonly compared: number;
  /** The one most like it first. Cosines are below 0. */
  readonly opposite: readonly {
    readonly record: number;
    readonly pair: number;
    readonly pairKey: string;
    readonly cosine: number;
  }[];
}

/** One member of an ensemble. */
export interface MemberLine {
  readonly scorer: string;
  readonly margin: number;
  readonly chosen_reward?: number;
  readonly rejected_reward?: number;
  /** log π_ref(rejected) − log π_ref(chosen). Only of an implicit reward. */
  readonly reference_gap?: number;
  readonly reference_gap_per_token?: number;
  /** The parts that were too long: "prompt", "answer". */
  readonly cut?: readonly string[];
}

/** Keys of a pair as written to files. */
export function keysOf(identity: Identity): Pick<ScoreRow, 'pairKey' | 'chosenKey' | 'rejectedKey'> {
  return {
    pairKey: formatKey(pairKey(identity)),
    chosenKey: formatKey(identity.chosenKey),
    rejectedKey: formatKey(identity.rejectedKey),
  };
}

export function memberLines(ensemble: Ensemble, identity: Identity): MemberLine[] {
  return withParts(ensemble.members).flatMap((member) => {
    const account = member.account(identity);
    if (!account || Number.isNaN(account.margin)) return [];
    const { margin, chosenReward, rejectedReward, referenceGap: gap, flags } = account;
    const cut = [
      ...((flags & PROMPT_CUT) === 0 ? [] : ['prompt']),
      ...((flags & ANSWER_CUT) === 0 ? [] : ['answer']),
    ];
    return {
      scorer: idOf(member),
      margin: round(margin, 6),
      ...(chosenReward !== undefined && { chosen_reward: round(chosenReward, 6) }),
      ...(rejectedReward !== undefined && { rejected_reward: round(rejectedReward, 6) }),
      ...(gap && {
        reference_gap: round(gap.sum, 6),
        reference_gap_per_token: round(gap.perToken, 6),
      }),
      ...(cut.length > 0 && { cut }),
    };
  });
}

/** The place of a pair by its number in its file. */
function placeIn(
  { survey: { facts }, firstRecord }: SurveyedFile,
  number: number,
): Pick<ScoreRow, 'record' | 'pair'> {
  const record = facts.recordOf(number);
  return { record: firstRecord + record, pair: number - facts.pairsOf(record)[0] };
}

/** Numbers of pairs and records continue across files. */
function placeOf({ files }: SurveyedDataset, number: number): Pick<ScoreRow, 'record' | 'pair'> {
  const own = files.findLast(({ firstPair }) => firstPair <= number);
  if (!own) throw new Error(`placeOf: no pair ${number}`);
  return placeIn(own, number - own.firstPair);
}

function neighbourLines(
  dataset: SurveyedDataset,
  { ensemble, pairs }: DatasetScores,
  identity: Identity,
): NeighboursLine[] {
  if (!ensemble) return [];
  return oppositionsTo(identity, ensemble, pairs).map((found) => ({
    scorer: found.scorer,
    near: found.near,
    following: round(found.following, 3),
    compared: found.compared,
    opposite: found.pairs.map(({ number, cosine }) => ({
      ...placeOf(dataset, number),
      pairKey: formatKey(pairKey(pairs.identity(number))),
      cosine: round(cosine, 4),
    })),
  }));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** A line for each scored pair, in file order. Numbers of records continue across files. */
async function* scoreLines(
  command: Command,
  dataset: SurveyedDataset,
  scores: DatasetScores,
): AsyncGenerator<ScoreLine> {
  const { margins, pairs, tellReasons, scorerId, ensemble } = scores;
  const distribution = new Distribution(margins);
  let made = 0;
  for (const own of dataset.files) {
    const marginOf = (number: number): number => margins[own.firstPair + number] ?? Number.NaN;
    const isScored = (number: number): boolean => !Number.isNaN(marginOf(number));
    for await (const { number, reasons } of tellReasons(own, sourceName(dataset, own.file), isScored)) {
      command.signal.throwIfAborted();
      const margin = marginOf(number);
      const identity = pairs.identity(own.firstPair + number);
      const neighbours = neighbourLines(dataset, scores, identity);
      yield {
        ...placeIn(own, number),
        ...keysOf(identity),
        scorer: scorerId,
        margin: round(margin, 6),
        percentile: round(distribution.percentile(margin), 3),
        ...(ensemble && { members: memberLines(ensemble, identity) }),
        ...(neighbours.length > 0 && { neighbours }),
        ...(reasons && {
          reasons: reasons.map((reason) => ({ ...reason, weight: round(reason.weight, 4) })),
        }),
      };
      command.bar.show('Writing', ++made / dataset.pairCount);
    }
  }
}

async function* asText(lines: AsyncIterable<ScoreLine>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(`${jsonLine(line)}\n`);
}

async function* asArrow(lines: AsyncIterable<ScoreLine>): AsyncGenerator<Uint8Array> {
  const rows: ScoreRow[] = [];
  for await (const line of lines) rows.push(line);
  const { scoresToArrow } = await import('#formats/arrow.ts');
  yield scoresToArrow(rows);
}

/**
 * Writes one JSON line per pair in file order, or an Arrow file without reasons if the name ends in .arrow. The
 * output appears completely or not at all.
 */
export async function writeScores(
  command: Command,
  path: string,
  options: ScoreCommandOptions,
): Promise<void> {
  const { out } = options;
  const toStdout = out === '-';
  if (!toStdout && (await isSamePlace(out, path))) throw messages.outputIsInput(out);
  const dataset = await openSurveyed(command, [path]);
  const scores = await scoreDataset(command, dataset, { ...options, selfTest: false, compares: true });
  let written = 0;
  const counted = async function* (): AsyncGenerator<ScoreLine> {
    for await (const line of scoreLines(command, dataset, scores)) {
      written++;
      yield line;
    }
  };
  if (toStdout) {
    for await (const line of counted()) await command.json(line);
    await assertSame(dataset);
  } else {
    const bytes = out.endsWith('.arrow') ? asArrow(counted()) : asText(counted());
    await writeWhole(out, bytes, { signal: command.signal, verify: async () => assertSame(dataset) });
  }
  command.bar.clear();
  for (const note of scores.notes) command.note(note);
  const others = unscoredMessage(scores.counts);
  const to = toStdout ? '' : ` to ${out}`;
  command.note(`${pairCountText(written)} scored${to}${others === '' ? '' : `; ${others}`}.`);
  const outlook = await outlookWords(dataset, scores.margins);
  if (outlook !== undefined) command.note(outlook);
}
