// Records that a build makes of others, in a trainer's format: pairs of candidates, single answers, pairs across prompts.
import type { Chosen } from '#core/build/candidates.ts';
import { choosePairs } from '#core/build/candidates.ts';
import type { ConvertStep, NegativesStep, PairsStep } from '#core/build/recipe.ts';
import { drawn } from '#core/build/select.ts';
import { contentNames } from '#core/convert/content.ts';
import type { ConvertInput, ConvertReport } from '#core/convert/convert.ts';
import { convertRecord, convertToLines, readSource } from '#core/convert/convert.ts';
import { Losses } from '#core/convert/losses.ts';
import type { ConvertTarget } from '#core/convert/targets.ts';
import { formatKey, keyNumber } from '#core/hash.ts';
import type { Judgement } from '#core/mapping/forms/form.ts';
import { partFor, strengthOf } from '#core/mapping/read.ts';
import { sideScores } from '#core/mapping/sideScores.ts';
import { messages } from '#core/messages.ts';
import { identify } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair, Side } from '#core/model/pair.ts';
import { hashText, seededRandom } from '#core/score/random.ts';

import type { Command } from '../command.ts';
import { groupsOf } from './measures.ts';
import type { ReadRow, Stage } from './stage.ts';
import { bytesOf, readIn, readRows } from './stage.ts';

export interface Remaking {
  readonly stage: Stage;
  readonly command: Command;
  readonly target: ConvertTarget;
  readonly report: ConvertReport;
  readonly seed: number;
  /** What a person should know of the result. */
  readonly note: (text: string) => void;
}

export type LinesMade = AsyncGenerator<string>;

/** The record as a conversion reads it, with the columns of earlier steps. Undefined if it can't be read. */
export function sourceOf(one: ReadRow, stage: Stage): ConvertInput | undefined {
  const bytes = bytesOf(one, stage);
  const { recognition } = one.file;
  const raw = { ...one.raw, bytes, byteEnd: one.raw.byteStart + bytes.length };
  return recognition && readSource(raw, recognition, one.row);
}

const withPairs = (source: ConvertInput, pairs: readonly Pair[]): ConvertInput => ({
  ...source,
  read: { ...source.read, pairs },
});

/** The middle between the mean scores of chosen and of rejected answers. */
async function middleScore({ stage, command }: Remaking): Promise<number> {
  const sums = { chosen: 0, rejected: 0, count: 0 };
  for await (const one of readRows(stage, command)) {
    const read = readIn(one);
    for (const pair of read?.pairs ?? []) {
      const scores = read && sideScores(read.value, pair);
      if (!scores) continue;
      sums.chosen += scores.chosen;
      sums.rejected += scores.rejected;
      sums.count++;
    }
  }
  return (sums.chosen + sums.rejected) / (2 * sums.count);
}

/** The lines of a format with single answers, without those whose own score contradicts their verdict. */
function aboveThreshold(
  source: ConvertInput,
  { target, report }: Remaking,
  threshold: number,
  onLeft: () => void,
): string[] {
  return source.read.pairs.flatMap((pair) => {
    const scores = sideScores(source.read.value, pair);
    return convertToLines(target, withPairs(source, [pair]), report).filter((line) => {
      if (!scores) return true;
      const isGood = (JSON.parse(line) as JsonObject)[target.verdictAt ?? ''] === true;
      const agrees = isGood ? scores.chosen >= threshold : scores.rejected < threshold;
      if (!agrees) onLeft();
      return agrees;
    });
  });
}

export async function* converted(remaking: Remaking, step: ConvertStep): LinesMade {
  const { stage, command, target, report, note } = remaking;
  const { threshold: given } = step;
  if (given !== undefined && target.verdictAt === undefined)
    throw messages.noStep(
      'convert',
      `"threshold" is for formats with single answers, and ${target.id} has pairs.`,
    );
  const threshold = given === 'middle' ? await middleScore(remaking) : given;
  if (threshold !== undefined && Number.isNaN(threshold))
    throw messages.noStep(
      'convert',
      'no record has a score for each of its answers, so there is no threshold.',
    );
  if (given === 'middle' && threshold !== undefined) note(`The threshold is ${threshold.toPrecision(5)}.`);
  let left = 0;
  for await (const one of readRows(stage, command)) {
    const source = sourceOf(one, stage);
    if (!source) continue;
    const lines =
      threshold === undefined
        ? convertToLines(target, source, report)
        : aboveThreshold(source, remaking, threshold, () => left++);
    // An answer in several pairs is one single answer.
    yield* target.verdictAt === undefined ? lines : new Set(lines);
  }
  if (left > 0)
    note(`${left.toLocaleString('en')} answers are left out: their score contradicts their verdict.`);
}

/** The candidates of one prompt in one record, with scores that differ as theirs do. */
interface Scored {
  readonly pairs: readonly Pair[];
  readonly numbers: readonly number[];
  readonly scores: readonly number[];
}

/** Scores by the differences that the record states; the pairs of a prompt hold every two of its candidates. */
function scoredIn({ mapping, read }: ConvertInput): readonly Scored[] {
  const byPrompt = new Map<string, Pair[]>();
  for (const pair of read.pairs) {
    const key = formatKey(identify(pair).promptKey);
    byPrompt.set(key, [...(byPrompt.get(key) ?? []), pair]);
  }
  return [...byPrompt.values()].map((pairs) => {
    const scores = new Map<number, number>([[pairs[0]?.candidates[0] ?? 0, 0]]);
    for (const pair of pairs) {
      const [better, worse] = pair.candidates;
      const difference = strengthOf(mapping, read.value, pair);
      const [a, b] = [scores.get(better), scores.get(worse)];
      if (difference === undefined) continue;
      if (a !== undefined && b === undefined) scores.set(worse, a - difference);
      if (b !== undefined && a === undefined) scores.set(better, b + difference);
    }
    const numbers = [...scores.keys()].sort((a, b) => a - b);
    return { pairs, numbers, scores: numbers.map((number) => scores.get(number) ?? 0) };
  });
}

const promptSeed = (seed: number, name: string): number => hashText(name, seed);

function pairsIn(source: ConvertInput, step: PairsStep, seed: number): readonly Pair[] {
  return scoredIn(source).flatMap(({ pairs, numbers, scores }) => {
    const [first] = pairs;
    const own = first ? promptSeed(seed, formatKey(identify(first).promptKey)) : seed;
    return choosePairs(scores, [], step, own).flatMap(([a, b]) => {
      const candidates: Chosen = [numbers[a] ?? -1, numbers[b] ?? -1];
      return pairs.find((pair) => !pair.isTie && pair.candidates.join() === candidates.join()) ?? [];
    });
  });
}

/** Good against bad answers of a record with both in lists: its pairs in random order, each answer once before any is used again. */
function pairsOfLists({ read }: ConvertInput, step: PairsStep, seed: number): readonly Pair[] {
  const numbers = [...new Set(read.pairs.flatMap(({ candidates }) => candidates))];
  const good = new Set(read.pairs.map(({ candidates }) => candidates[0]));
  const scores = numbers.map((number) => Number(good.has(number)));
  return choosePairs(
    scores,
    scores.map((score) => score === 1),
    step,
    seed,
  ).flatMap(([a, b]) => {
    const candidates: Chosen = [numbers[a] ?? -1, numbers[b] ?? -1];
    return read.pairs.find((pair) => pair.candidates.join() === candidates.join()) ?? [];
  });
}

async function* pairedInRecords(
  { stage, command, target, report, seed }: Remaking,
  step: PairsStep,
): LinesMade {
  for await (const one of readRows(stage, command)) {
    const source = sourceOf(one, stage);
    if (!source) continue;
    const { kind } = source.mapping.answers;
    if (kind === 'lists' && step.choose === 'correct-wrong') {
      const [first] = source.read.pairs;
      const own = first ? promptSeed(seed, formatKey(identify(first).promptKey)) : seed;
      yield* convertToLines(target, withPairs(source, pairsOfLists(source, step, own)), report);
    } else if (kind === 'candidates' && step.choose !== 'correct-wrong')
      yield* convertToLines(target, withPairs(source, pairsIn(source, step, seed)), report);
    else
      throw messages.noStep(
        'pairs',
        step.choose === 'correct-wrong'
          ? 'correct-wrong needs single answers with verdicts, or records with lists of good and of bad answers.'
          : `${step.choose} needs records with scored candidates, or single answers with ratings.`,
      );
  }
}

function scoreOf({ verdict }: Judgement): number | undefined {
  return typeof verdict === 'boolean' ? Number(verdict) : verdict;
}

/** Which rows of single answers make a pair, by the later one; the earlier one is the key. */
async function partners({ stage, command, seed }: Remaking, step: PairsStep): Promise<readonly Chosen[]> {
  const { choose, threshold } = step;
  const groups = await groupsOf(stage, command, 'prompt');
  const scores = new Float64Array(stage.rows.length).fill(Number.NaN);
  const good: (boolean | undefined)[] = Array.from({ length: stage.rows.length });
  let at = 0;
  for await (const one of readRows(stage, command)) {
    while (stage.rows[at] !== one.row) at++;
    const [judgement] = readIn(one)?.judgements ?? [];
    const score = judgement && scoreOf(judgement);
    if (judgement === undefined || score === undefined) continue;
    if (choose === 'correct-wrong' && typeof judgement.verdict === 'number' && threshold === undefined)
      throw messages.noStep('pairs', 'the answers have ratings, so correct-wrong needs a "threshold".');
    scores[at] = score;
    good[at] = typeof judgement.verdict === 'boolean' ? judgement.verdict : score >= (threshold ?? 0);
  }
  const members = new Map<number, number[]>();
  groups.of.forEach((group, i) => {
    if (Number.isNaN(scores[i])) return;
    const own = members.get(group);
    if (own) own.push(i);
    else members.set(group, [i]);
  });
  return [...members].flatMap(([group, own]) =>
    choosePairs(
      own.map((i) => scores[i] ?? 0),
      own.map((i) => good[i]),
      step,
      promptSeed(seed, groups.names[group] ?? ''),
    ).map(([a, b]): Chosen => [stage.rows[own[a] ?? 0] ?? 0, stage.rows[own[b] ?? 0] ?? 0]),
  );
}

/** The better answer's record as one pair: its other fields stay, and the verdict becomes two scores. */
function pairOfTwo(better: ConvertInput, worse: Judgement): ConvertInput {
  const { mapping, read } = better;
  const [own] = read.judgements;
  const verdictAt = mapping.answers.kind === 'unpaired' ? mapping.answers.verdict.at.split('|') : [];
  const scores = own && {
    score_chosen: scoreOf(own) ?? null,
    score_rejected: scoreOf(worse) ?? null,
  };
  const without = (value: JsonObject): JsonObject => ({
    ...Object.fromEntries(Object.entries(value).filter(([name]) => !verdictAt.includes(name))),
    ...scores,
  });
  const pair = own && {
    prompt: own.prompt,
    chosen: own.response,
    rejected: worse.response,
    isTie: false,
    candidates: [0, 1] as const,
  };
  return {
    ...better,
    read: { ...read, value: without(read.value), pairs: pair ? [pair] : [], judgements: [] },
    ...(better.exact && { exact: without(better.exact) }),
  };
}

/** Pairs of single answers. Answers wait in memory for their partner, which usually stands close by. */
async function* pairedAcross(remaking: Remaking, step: PairsStep): LinesMade {
  const { stage, command, target, report } = remaking;
  const pairs = await partners(remaking, step);
  const byRow = new Map<number, Chosen[]>();
  for (const pair of pairs) for (const row of pair) byRow.set(row, [...(byRow.get(row) ?? []), pair]);
  const waiting = new Map<number, ConvertInput>();
  const left = new Map([...byRow].map(([row, own]) => [row, own.length]));
  const done = (row: number): void => {
    const count = (left.get(row) ?? 0) - 1;
    left.set(row, count);
    if (count === 0) waiting.delete(row);
  };
  const rows = Uint32Array.from(byRow.keys()).sort();
  for await (const one of readRows(stage, command, rows)) {
    const source = sourceOf(one, stage);
    if (!source) continue;
    waiting.set(one.row, source);
    for (const pair of byRow.get(one.row) ?? []) {
      const [better, worse] = pair.map((row) => waiting.get(row));
      const [judgement] = worse?.read.judgements ?? [];
      if (!better || !judgement) continue;
      yield* convertToLines(target, pairOfTwo(better, judgement), report);
      for (const row of pair) done(row);
    }
  }
}

export async function* paired(remaking: Remaking, step: PairsStep): LinesMade {
  const isSingle = remaking.stage.files.every(
    ({ recognition }) => recognition?.mapping.answers.kind === 'unpaired',
  );
  yield* isSingle ? pairedAcross(remaking, step) : pairedInRecords(remaking, step);
}

/** Answers that stand for those of other prompts: they are held in memory. */
const MAX_DONORS = 4096;

interface Donor {
  readonly promptKey: number;
  readonly side: Side;
  readonly text: string;
}

async function donorsOf({ stage, command, seed }: Remaking): Promise<readonly Donor[]> {
  const kept = drawn(stage.rows.length, MAX_DONORS, seed);
  const rows = stage.rows.filter((_, at) => kept[at] === 1);
  const donors: Donor[] = [];
  for await (const one of readRows(stage, command, rows)) {
    const [pair] = readIn(one)?.pairs ?? [];
    if (!pair || pair.isTie) continue;
    donors.push({
      promptKey: keyNumber(identify(pair).promptKey),
      side: pair.chosen,
      text: pair.chosen.text,
    });
  }
  return donors;
}

/** Of a pair across prompts nothing is known but its texts: all other fields speak of the answer that it replaces. */
function acrossPrompts(source: ConvertInput, pair: Pair, side: Side): ConvertInput {
  const names = contentNames(source.mapping, source.read.value);
  const tagged = (value: JsonObject): JsonObject => ({
    ...Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name))),
    built_from: 'cross-prompt',
  });
  const { read, exact } = source;
  return {
    ...source,
    read: { ...read, value: tagged(read.value), pairs: [{ ...pair, rejected: side }] },
    ...(exact && { exact: tagged(exact) }),
  };
}

export async function* withNegatives(remaking: Remaking, { share }: NegativesStep): LinesMade {
  const { stage, command, target, report, seed, note } = remaking;
  const donors = await donorsOf(remaking);
  const random = seededRandom(seed);
  let [added, lacking] = [0, 0];
  // An added pair lacks the rejected answer of its record on purpose: that is no loss to report.
  const ofAdded = { losses: new Losses(), caveats: new Losses() };
  for await (const one of readRows(stage, command)) {
    const source = sourceOf(one, stage);
    const [pair, second] = source?.read.pairs ?? [];
    if (!source || !pair) continue;
    if (second || partFor(source.mapping, source.read.value).answers.kind !== 'pair')
      throw messages.noStep(
        'negatives',
        'it needs records that name the better answer by its field, one pair in each. Put a "convert" or "pairs" step before it.',
      );
    const { read, exact } = source;
    const tagged = (value: JsonObject): JsonObject => ({ ...value, built_from: 'record' });
    const own = {
      ...source,
      read: { ...read, value: tagged(read.value) },
      ...(exact && { exact: tagged(exact) }),
    };
    yield* convertToLines(target, own, report);
    // Both numbers are drawn for every record, so that none depends on what the others hold.
    const [isWanted, start] = [random() < share, Math.floor(random() * donors.length)];
    if (!isWanted || pair.isTie) continue;
    const promptKey = keyNumber(identify(pair).promptKey);
    const donor = donors
      .slice(start)
      .concat(donors.slice(0, start))
      .find((other) => other.promptKey !== promptKey && other.text !== pair.chosen.text);
    if (!donor) {
      lacking++;
      continue;
    }
    for (const made of convertRecord(target, acrossPrompts(source, pair, donor.side), ofAdded)) {
      added++;
      yield JSON.stringify(made);
    }
  }
  note(`${added.toLocaleString('en')} pairs across prompts are added, tagged built_from: cross-prompt.`);
  if (lacking > 0) note(`For ${lacking.toLocaleString('en')} there is no other prompt.`);
}
