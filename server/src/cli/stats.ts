// `stats`: the numbers of a dataset's portrait that need no scores.
import { shareText } from '#core/checks/dataset/labelEffects.ts';
import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { estimateWords, isKnown, percent } from '#core/drawing/words.ts';
import { SOURCE_FIELDS } from '#core/facts/sources.ts';
import { ratingsOf } from '#core/mapping/attributes.ts';
import { kindBy } from '#core/mapping/kinds.ts';
import { readRecord } from '#core/mapping/read.ts';
import { originsOf } from '#core/mapping/sideFields.ts';
import { includedOf } from '#core/portrait/included.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import type { RatingSummary } from '#core/portrait/ratings.ts';
import { RatingCounter } from '#core/portrait/ratings.ts';
import type { SourceCount } from '#core/portrait/sampled.ts';
import { countsOf, NO_SOURCE, SourceCounter } from '#core/portrait/sampled.ts';
import type { LeftOut, Strengths } from '#core/portrait/strengths.ts';
import { StrengthCounter } from '#core/portrait/strengths.ts';
import type { ChosenPairs } from '#core/query/chosen.ts';
import { countLabel } from '#core/report/formats.ts';
import { plural } from '#core/words/numbers.ts';
import { readPairs } from '#node/engine.ts';
import type { SurveyedDataset } from '#node/survey.ts';
import { sampleOf } from '#node/surveyFile.ts';

import type { Command } from './command.ts';
import { openSurveyed, splitsOf } from './job.ts';
import { knownFacts } from './known.ts';
import { portraitLines } from './portraitLines.ts';
import type { Where } from './where.ts';
import { choosePairs, whereOf } from './where.ts';

/** Sources to list for people; --json lists all. */
const MAX_SOURCES = 30;

interface FromRecords {
  readonly sources?: readonly SourceCount[] | undefined;
  readonly ratings?: RatingSummary | undefined;
  readonly strengths?: Strengths | undefined;
}

/** Whether the records have ratings, or name models, for both answers. */
async function isJudged({ files: [first] }: SurveyedDataset): Promise<boolean> {
  if (!first) return false;
  const { mapping } = first.survey.recognition;
  return (await sampleOf(first.file)).some((record) => {
    const read = readRecord(mapping, record);
    const [pair] = 'pairs' in read ? read.pairs : [];
    return pair !== undefined && (ratingsOf(record, pair).length > 0 || originsOf(record, pair).length > 0);
  });
}

/** What facts do not hold, with one more pass over the text if there is something to count. */
async function countRecords(
  dataset: SurveyedDataset,
  field: string | undefined,
  chosen: readonly ChosenPairs[] | undefined,
): Promise<FromRecords> {
  const judged = await isJudged(dataset);
  if (field === undefined && !judged) return {};
  const { files } = dataset;
  const sources = new SourceCounter();
  const ratings = new RatingCounter();
  const strengths = new StrengthCounter();
  for (const [i, { file, survey }] of files.entries())
    for await (const { number, pair, value } of readPairs(file.records, survey.recognition))
      if (chosen?.[i]?.hasPair(number) !== false) {
        if (field !== undefined) sources.add(kindBy(value, field) ?? NO_SOURCE, countsOf([pair]));
        ratings.add(value, [pair]);
        strengths.add(value, [pair]);
      }
  return {
    sources: field === undefined ? undefined : sources.values,
    ratings: ratings.summary,
    strengths: strengths.strengths,
  };
}

interface Verdicts {
  good: number;
  bad: number;
  rated: number;
  unrated: number;
}

/** Verdicts on single answers, with one pass over the text. */
async function countVerdicts(
  { files }: SurveyedDataset,
  chosen: readonly ChosenPairs[] | undefined,
): Promise<Verdicts> {
  const counts: Verdicts = { good: 0, bad: 0, rated: 0, unrated: 0 };
  for (const [i, { file, survey }] of files.entries()) {
    for await (const raw of file.records()) {
      if (chosen?.[i]?.has({ record: raw.record }) === false) continue;
      for (const { verdict } of readRaw(raw, survey.recognition)?.judgements ?? []) {
        const kind = {
          boolean: verdict === true ? 'good' : 'bad',
          number: 'rated',
          undefined: 'unrated',
        } as const;
        counts[kind[typeof verdict as keyof typeof kind]]++;
      }
    }
  }
  return counts;
}

async function sourceFieldOf(dataset: SurveyedDataset): Promise<string | undefined> {
  const [first] = dataset.files;
  const [record = {}] = first ? await sampleOf(first.file) : [];
  return SOURCE_FIELDS.find((name) => typeof record[name] === 'string');
}

/** What nobody knows of a dataset with a file that is unsure. */
const WITHOUT_SIDES = {
  chosen: null,
  rejected: null,
  longerChosen: null,
  labels: null,
  ratings: null,
  strengths: null,
};

/** Rows to print for people; --json has all. */
const MAX_LINES = 20;

function ratingLines({
  rows,
  several,
  dominated,
  unsteady,
  moved,
  kept,
  pairs,
}: RatingSummary): readonly string[] {
  const width = Math.min(30, Math.max(...rows.map(({ name }) => name.length)));
  const lines = rows
    .slice(0, MAX_LINES)
    .map(
      (row) =>
        `${row.name.padEnd(width)} chosen ${row.best === undefined ? 'higher' : 'better'} ${isKnown(row.prefersChosen) ? shareText(row.prefersChosen) : 'never'}, equal in ${row.equal.toLocaleString('en')} of ${plural(row.pairs, 'pair')}`,
    );
  if (several > 0)
    lines.push(
      `of ${plural(several, 'pair')} with several: no rating prefers the chosen answer in ${dominated.toLocaleString('en')}; the winner changes in ${unsteady.toLocaleString('en')} if weights move by ${percent(moved)}`,
    );
  if (kept < pairs) lines.push(`counted over ${kept.toLocaleString('en')} of ${plural(pairs, 'pair')}`);
  return lines;
}

const WHY_LEFT: Readonly<Record<LeftOut, string>> = {
  few: 'too few pairs with the others',
  apart: 'no pair connects it with the others',
  unbeaten: 'it never loses',
  winless: 'it never wins',
};

function strengthLines({ field, models, groups, ofOne }: Strengths): readonly string[] {
  const width = Math.min(40, Math.max(...models.map(({ name }) => name.length)));
  const lines = models.slice(0, MAX_LINES).map(({ name, strength, leftOut, pairs, wins }) => {
    const words = strength ? `${estimateWords(strength, 0)} points` : leftOut ? WHY_LEFT[leftOut] : '';
    return `${name.slice(0, width).padEnd(width)} ${words}, ${percent(wins / pairs)} of ${plural(pairs, 'pair')} won`;
  });
  if (models.length > MAX_LINES) lines.push(`and ${models.length - MAX_LINES} more`);
  if (groups > 1) lines.push(`${groups} groups of models have no pair with each other`);
  if (ofOne > 0) lines.push(`${plural(ofOne, 'pair')} of one model with itself left out`);
  return [`Bradley-Terry strength by "${field}"; 400 points are ten times the odds`, ...lines];
}

function sourceLines(sources: readonly SourceCount[], isUnsure: boolean): readonly string[] {
  const width = Math.min(40, Math.max(...sources.map(({ name }) => name.length)));
  const lines = sources.slice(0, MAX_SOURCES).map(({ name, pairs, ties, longerChosen }) => {
    const tied = ties > 0 ? `, ${percent(ties / pairs)} tied` : '';
    const wins =
      isUnsure || pairs === ties ? '' : `, longer one chosen ${percent(longerChosen / (pairs - ties))}`;
    return `${name.slice(0, width).padEnd(width)} ${String(pairs).padStart(8)} ${pairs === 1 ? 'pair' : 'pairs'}${wins}${tied}`;
  });
  const rest = sources.length - lines.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

/** The chosen pairs of each file. Findings and margins are made only if the query reads them. */
async function chosenIn(
  command: Command,
  where: Where,
  { files }: SurveyedDataset,
): Promise<readonly ChosenPairs[]> {
  const chosen: ChosenPairs[] = [];
  for (const { file, survey } of files) {
    const known = await knownFacts(command, file, where.query.facts, { seed: 1, survey });
    chosen.push(await choosePairs(command, where, known));
  }
  return chosen;
}

/** Statistics of a dataset: the numbers of its portrait that need no scores, and the same by source. */
export async function stats(
  command: Command,
  path: string,
  options: { json: boolean; groupBy: string | undefined; where?: string | undefined },
): Promise<void> {
  const where = whereOf(options.where);
  const dataset = await openSurveyed(command, [path]);
  const chosen = where && (await chosenIn(command, where, dataset));
  const portrait = portraitOf({
    files: dataset.files.map(({ survey }) => survey.facts),
    hasLabel: dataset.files.every(({ survey }) => survey.recognition.mapping.answers.kind === 'choice'),
    scorers: [],
    findings: [],
    ...(chosen && { includes: includedOf(chosen) }),
  });
  const { counts, lengths, labels } = portrait;
  const field = options.groupBy ?? (await sourceFieldOf(dataset));
  const { sources, ratings, strengths } = await countRecords(dataset, field, chosen);
  const verdicts = counts.judgements > 0 ? await countVerdicts(dataset, chosen) : undefined;
  // Splits count whole files.
  const splits = where ? [] : splitsOf(dataset);
  const unsure = dataset.files.flatMap(({ file, survey }) => {
    const question = unsureQuestion(survey.recognition.polarity);
    return question === undefined ? [] : [{ file: file.path, question }];
  });
  command.bar.clear();
  if (options.json) {
    const byName = sources?.map(({ name, ...own }) => [name, own] as const) ?? [];
    await command.json({
      dataset: dataset.name,
      files: dataset.files.length,
      ...(where && { where: where.text }),
      ...counts,
      ...lengths,
      longerChosen: labels.longerWins.value,
      labels,
      ...(ratings && { ratings }),
      ...(strengths && { strengths }),
      ...(unsure.length > 0 && { ...WITHOUT_SIDES, unsure }),
      ...(splits.length > 0 && { splits }),
      ...(sources && { bySource: { field, counts: Object.fromEntries(byName) } }),
      ...(verdicts && { verdicts }),
    });
    return;
  }
  const print = (name: string, text: string): void => {
    command.print(`  ${name.padEnd(19)} ${text}`);
  };
  const held = { pairCount: counts.pairs, tieCount: counts.ties, judgementCount: counts.judgements };
  const matching = where ? ` that match ${where.text}` : '';
  command.print(`${dataset.name}: ${countLabel(held)} in ${plural(counts.records, 'record')}${matching}`);
  if (splits.length > 1)
    print(
      'pairs by split',
      splits.map((one) => `${one.name ?? 'no split'} ${one.pairs.toLocaleString('en')}`).join(', '),
    );
  for (const [name, text] of portraitLines(portrait, unsure.length > 0)) print(name, text);
  if (counts.pairs > 0) for (const { file, question } of unsure) print('unsure', `${file}: ${question}.`);
  if (unsure.length === 0) {
    const lists = [
      ['ratings', ratings ? ratingLines(ratings) : []],
      ['models', strengths ? strengthLines(strengths) : []],
    ] as const;
    for (const [name, lines] of lists)
      lines.forEach((line, i) => {
        print(i === 0 ? name : '', line);
      });
  }
  if (verdicts) {
    const { good, bad, rated, unrated } = verdicts;
    print('verdicts', `${good} good, ${bad} bad, ${rated} rated by a number, ${unrated} without one`);
  }
  if (!sources || field === undefined) return;
  command.print(`  by ${field}`);
  for (const line of sourceLines(sources, unsure.length > 0)) command.print(`    ${line}`);
}
