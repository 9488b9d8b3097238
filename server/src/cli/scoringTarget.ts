// A dataset of several files as the target of a scoring run. Pair numbers continue across files.
import { whyUnscorable } from '#core/score/scorable.ts';
import { readWantedPairs } from '#node/engine.ts';
import type { PairFacts, RatingSource } from '#node/scorers/rating.ts';
import type { Scorable, ScoringTarget } from '#node/scoring/run.ts';
import type { SurveyedDataset, SurveyedFile } from '#node/survey.ts';
import { assertSame, pairSources } from '#node/survey.ts';

function sourceOf({ files, pairCount }: SurveyedDataset): RatingSource {
  // Callers read pairs in order, so start searching at the last file.
  let at = 0;
  const fileOf = (pair: number): SurveyedFile => {
    while (at > 0 && (files[at]?.firstPair ?? 0) > pair) at--;
    while ((files[at + 1]?.firstPair ?? Infinity) <= pair) at++;
    return files[at] as SurveyedFile;
  };
  const facts: PairFacts = {
    pairCount,
    isTie: (pair) => fileOf(pair).survey.facts.isTie(pair - fileOf(pair).firstPair),
    identity: (pair) => fileOf(pair).survey.facts.identity(pair - fileOf(pair).firstPair),
    answerLength: (pair) => fileOf(pair).survey.facts.answerLength(pair - fileOf(pair).firstPair),
  };
  return {
    facts,
    async *pass(wanted) {
      for (const { file, survey, firstPair } of files) {
        if (whyUnscorable(survey.recognition.mapping) !== undefined) continue;
        const isWanted = (number: number): boolean => wanted(firstPair + number);
        for await (const read of readWantedPairs(file.records, survey.recognition, survey.facts, isWanted))
          yield { ...read, number: firstPair + read.number };
      }
    },
  };
}

function firstPairOf({ files }: SurveyedDataset, record: number): number {
  const file = files.findLast(({ firstRecord }) => firstRecord <= record);
  return file ? file.firstPair + file.survey.facts.pairsOf(record - file.firstRecord)[0] : 0;
}

export function scorableOf(dataset: SurveyedDataset): Scorable {
  const { whyNone, preferenceCount } = pairSources(dataset);
  return { whyNone, preferenceCount, judgementCount: dataset.judgementCount };
}

export function datasetTarget(dataset: SurveyedDataset): ScoringTarget {
  const { name, files, pairCount } = dataset;
  const [first] = files;
  if (!first) throw new Error('datasetTarget: a dataset without files');
  const margins = new Float32Array(pairCount).fill(Number.NaN);
  const source = sourceOf(dataset);
  return {
    ...scorableOf(dataset),
    name,
    file: {
      path: first.file.path,
      mapping: first.survey.recognition.mapping,
      firstPairOf: (record) => firstPairOf(dataset, record),
    },
    hasScores: files.some(({ survey }) => survey.recognition.hasScores),
    revision: 0,
    source: () => source,
    margins,
    begin: () => pairSources(dataset).files,
    takeFit(_result, fitted) {
      margins.set(fitted);
    },
    takeRest(fitted) {
      margins.set(fitted);
    },
    renumber: (fitted) => fitted,
    async takeEnsemble(ensemble) {
      ensemble.measure(source.facts);
      for (const { survey, firstPair } of files) {
        const { facts } = survey;
        for (let pair = 0; pair < facts.pairCount; pair++) {
          if (facts.isTie(pair)) continue;
          ensemble.judge(facts, pair);
          margins[firstPair + pair] = facts.margin(pair);
        }
      }
      return Promise.resolve();
    },
    assertSame: async () => assertSame(dataset),
  };
}
