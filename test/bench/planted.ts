// What each check finds among planted faults and in records without any.

import type { RuleSettings } from '#core/checks/check.ts';
import { gramsOf } from '#core/checks/relations/benchmarkOverlap.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import { sketchesOf } from '#core/checks/relations/textSketches.ts';
import type { RulesConfig } from '#core/checks/settings.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ALL_RULES, MEMORY_RULES, SCORE_RULES } from '#core/checks/table.ts';
import type { Survey } from '#core/dataset/survey.ts';
import { readRaw, Surveyor } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import type { Finding } from '#core/model/finding.ts';
import type { RawRecord } from '#core/model/record.ts';
import { seededRandom } from '#core/score/random.ts';

import type { Plant } from '../fakes/fixtures.ts';
import { fixtureRules, plantsOf } from '../fakes/fixtures.ts';
import { cut, encode } from '../fakes/records.ts';
import type { MakeBiased } from './biases.ts';
import { BIASED, leakyFiles } from './biases.ts';
import type { FaultyFile } from './faults.ts';
import { BENCHMARK, FAULTY_FILES, plantTemplate } from './faults.ts';
import type { Random } from './faultWords.ts';
import { fillLines } from './template.ts';

export interface Count {
  planted: number;
  found: number;
  /** In records without any fault. */
  onClean: number;
  /** In records with another rule's fault: some of these findings are right too. */
  beside: number;
  /** Findings without a message. */
  silent: number;
}

const noCount = (): Count => ({ planted: 0, found: 0, onClean: 0, beside: 0, silent: 0 });

/** Every rule on, whatever its default. */
export const ALL_ON: RulesConfig = Object.fromEntries(
  ALL_RULES.map(({ id, severity }) => [id, severity === 'off' ? 'warning' : severity]),
);

interface Surveyed {
  readonly raws: readonly RawRecord[];
  readonly survey: Survey & { readonly recognition: Recognition };
}

function surveyed(lines: readonly string[], settings: RuleSettings): Surveyed {
  const surveyor = new Surveyor(undefined, settings);
  const raws = cut(encode(lines.join('\n')));
  for (const raw of raws) surveyor.add(raw);
  const survey = surveyor.end();
  const { recognition } = survey;
  if (!recognition) throw new Error(`No schema fits the planted records, such as ${lines[0] ?? ''}`);
  return { raws, survey: { ...survey, recognition } };
}

const isSilent = ({ message }: Finding): boolean => message.trim() === '';

function measure({ lines, planted, rules = {} }: FaultyFile, counts: Map<string, Count>): void {
  const settings = resolveRules([ALL_ON, rules], [{ name: 'benchmark', grams: BENCHMARK.flatMap(gramsOf) }]);
  const { raws, survey } = surveyed(lines, settings);
  const { facts, findings, recognition } = survey;
  const pairs = raws.flatMap((raw) => readRaw(raw, recognition)?.pairs ?? []);
  const [related] = findRelations([{ name: 'planted', facts, recognition }], sketchesOf(pairs), settings);
  const all = [...findings, ...(related?.findings ?? [])];
  const reported = new Map<string, Set<number>>();
  for (const { rule, record } of all)
    (reported.get(rule) ?? reported.set(rule, new Set()).get(rule)!).add(record);
  const faulty = new Set([...planted.values()].flatMap((records) => [...records]));
  for (const [rule, records] of planted) {
    const own = reported.get(rule) ?? new Set();
    const count = counts.get(rule) ?? noCount();
    count.silent += all.filter((finding) => finding.rule === rule && isSilent(finding)).length;
    count.planted += records.size;
    count.found += [...records].filter((record) => own.has(record)).length;
    const others = [...own].filter((record) => !records.has(record));
    count.onClean += others.filter((record) => !faulty.has(record)).length;
    count.beside += others.filter((record) => faulty.has(record)).length;
    counts.set(rule, count);
  }
}

function measureLeaks(random: () => number, counts: Map<string, Count>): void {
  const settings = resolveRules([]);
  const { train, test, planted } = leakyFiles(random);
  const files = [
    { name: 'train.jsonl', ...surveyed(train, settings).survey },
    { name: 'test.jsonl', ...surveyed(test, settings).survey },
  ];
  const [inTrain, inTest] = findRelations(files).map(({ findings }) =>
    findings.filter(({ rule }) => rule === 'split-leak').map(({ record }) => record),
  );
  const found = inTest!.filter((record) => planted.has(record)).length;
  counts.set('split-leak', {
    planted: planted.size,
    found,
    onClean: inTrain!.length + inTest!.length - found,
    beside: 0,
    silent: 0,
  });
}

/** Files of each kind that a whole-file rule is tested on, and their records. */
const FILES = 20;
const RECORDS = 400;

/** Files whose records all come from a template, with the fault or without. */
function fromTemplates({ plant, clean = null }: Plant): MakeBiased {
  return (random, isBiased) => ({
    lines: Array.from({ length: RECORDS }, () => fillLines(isBiased ? [plant] : [clean], random)).flat(),
  });
}

function measureBias(rule: string, make: MakeBiased, random: Random): Count {
  const findingsOf = (isBiased: boolean): readonly Finding[] => {
    const { lines, rowGroups = [] } = make(random, isBiased);
    const settings = resolveRules([ALL_ON]);
    const { survey } = surveyed(lines, settings);
    const [found] = findRelations([{ name: 'a', ...survey, rowGroups }], undefined, settings);
    return found!.findings.filter((finding) => finding.rule === rule);
  };
  const files = (isBiased: boolean): (readonly Finding[])[] =>
    Array.from({ length: FILES }, () => findingsOf(isBiased)).filter(({ length }) => length > 0);
  const [biased, onClean] = [files(true), files(false)];
  const silent = biased.flat().filter(isSilent).length;
  return { ...noCount(), planted: FILES, found: biased.length, onClean: onClean.length, silent };
}

/** Files with planted faults, the rules they are planted for, and what those find. */
interface Planting {
  readonly planted: readonly string[];
  readonly measure: (random: Random, counts: Map<string, Count>) => void;
}

function fixturePlantings(stage: 'record' | 'relation'): Planting[] {
  return fixtureRules(stage).flatMap((rule) =>
    plantsOf(stage, rule).map((one) => ({
      planted: [rule],
      measure: (random, counts) => {
        const records = stage === 'record' ? { ...one, plant: [one.plant] } : one;
        measure(plantTemplate(rule, records, random), counts);
      },
    })),
  );
}

const PLANTINGS: readonly Planting[] = [
  ...FAULTY_FILES.map(({ planted, make }): Planting => ({
    planted,
    measure: (random, counts) => {
      measure(make(random), counts);
    },
  })),
  { planted: ['split-leak'], measure: measureLeaks },
  ...fixturePlantings('record'),
  ...fixturePlantings('relation'),
  ...[
    ...Object.entries(BIASED),
    ...fixtureRules('dataset').flatMap((rule) =>
      plantsOf('dataset', rule).map((plant) => [rule, fromTemplates(plant)] as const),
    ),
  ].map(([rule, make]): Planting => ({
    planted: [rule],
    measure: (random, counts) => {
      counts.set(rule, measureBias(rule, make, random));
    },
  })),
];

/**
 * What a rule finds among the faults planted for it; undefined if there are none. Files are made on demand.
 */
export function plantedCounts(seed: number): (rule: string) => Count | undefined {
  const counts = new Map<string, Count>();
  const waiting = new Set(PLANTINGS);
  return (rule) => {
    for (const planting of waiting) {
      if (!planting.planted.includes(rule)) continue;
      waiting.delete(planting);
      planting.measure(seededRandom(seed), counts);
    }
    return counts.get(rule);
  };
}

/**
 * Rules without planted faults: bench:detection measures those of scores, and memory rules report on the
 * memory itself.
 */
export const NOT_PLANTED: ReadonlySet<string> = new Set(
  [...MEMORY_RULES, ...Object.values(SCORE_RULES)].map(({ id }) => id),
);
