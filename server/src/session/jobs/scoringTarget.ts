// An open file as a scoring run takes it. Edits move its pairs while the run goes on.
import type { RecordStream } from '#core/ports.ts';
import type { Ensemble } from '#core/reward/ensemble.ts';
import { whyUnscorable } from '#core/score/scorable.ts';
import type { RatingSource } from '#node/scorers/rating.ts';
import type { Scored } from '#node/scoring/fit.ts';
import type { ScoringTarget } from '#node/scoring/run.ts';
import type { Settings } from '#protocol/editor/options.ts';

import { Slices } from '../breathe.ts';
import type { OpenDataset } from '../dataset.ts';

/** The records of a stream; other requests run in between. */
function sliced(records: RecordStream): RecordStream {
  return async function* (wants) {
    const slices = new Slices();
    for await (const record of records(wants)) {
      if (slices.isOver) await slices.breathe();
      yield record;
    }
  };
}

/** The pairs of the dataset as they are now, in file order. */
function sourceOf(dataset: OpenDataset): RatingSource {
  const { facts } = dataset.survey;
  return {
    facts,
    async *pass(wanted) {
      const slices = new Slices();
      for (let number = 0; number < facts.pairCount; number++) {
        if (slices.isOver) await slices.breathe();
        if (!wanted(number)) continue;
        const record = facts.recordOf(number);
        const read = dataset.readPair(record, number - facts.pairsOf(record)[0]);
        if (read) yield { number, pair: read.pair, value: read.value };
      }
    },
  };
}

/**
 * @param path of the file; undefined for a text without one
 * @param onScored called when pairs have new margins
 */
export function openFileTarget(
  dataset: OpenDataset,
  path: string | undefined,
  settings: Settings,
  onScored: () => void,
): ScoringTarget {
  const { recognition, facts } = dataset.survey;
  if (!recognition) throw new Error('openFileTarget: nothing is recognised');
  const { mapping } = recognition;
  /** The last ranking of an ensemble: the next one waits for it. */
  let ranking = Promise.resolve();

  const rank = async (ensemble: Ensemble, signal: AbortSignal, fitted: Scored | undefined): Promise<void> => {
    // It waited for the ranking before it.
    signal.throwIfAborted();
    ensemble.measure(dataset.survey.facts);
    await dataset.setEnsemble(ensemble, settings, signal, fitted);
    if (dataset.survey.facts.margins.some((margin) => !Number.isNaN(margin))) onScored();
  };
  return {
    name: path ?? dataset.source.uri,
    file: { path, mapping, firstPairOf: (record) => facts.pairsOf(record)[0] },
    hasScores: recognition.hasScores ?? false,
    whyNone: whyUnscorable(mapping),
    get preferenceCount() {
      return dataset.survey.facts.preferenceCount;
    },
    get judgementCount() {
      return dataset.survey.facts.judgementCount;
    },
    get revision() {
      return dataset.generation;
    },
    get margins() {
      return dataset.survey.facts.margins;
    },
    source: () => sourceOf(dataset),
    first: () => new Set(dataset.findingPairs()),
    begin() {
      dataset.beginScoring();
      return [{ records: sliced(dataset.source.records), recognition, firstPair: 0 }];
    },
    takeFit(result, margins) {
      dataset.update();
      dataset.setScores(result, margins, settings);
      onScored();
    },
    takeRest(margins) {
      dataset.setRest(margins, settings.reviewPercent);
      onScored();
    },
    renumber(margins) {
      dataset.update();
      return dataset.marginsByOrigin(margins);
    },
    async takeEnsemble(ensemble, signal, fitted) {
      const next = async (): Promise<void> => rank(ensemble, signal, fitted);
      ranking = ranking.then(next, next);
      return ranking;
    },
  };
}
