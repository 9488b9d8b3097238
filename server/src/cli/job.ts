// Scoring a file for a command: survey, fit in the scoring process, hand back what commands print.
import type { Survey } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import { LEAST_PAIRS } from '#core/score/consistency.ts';
import { pairText, readerOf } from '#core/score/model.ts';
import { fittedShare, groupOf, pairBatches, readPairs, surveyBytes } from '#node/engine.ts';
import type { DatasetFile } from '#node/files.ts';
import type { Scored, Stage } from '#node/scoring.ts';
import { score } from '#node/scoring.ts';
import { startScorer } from '#node/scoringProcess.ts';

import type { Command } from './command.ts';

export interface ScoreOptions {
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly selfTest: boolean;
}

export interface ScoredFile {
  readonly scored: Scored;
  /** The record of each fitted pair. */
  readonly records: readonly number[];
}

export type RecognisedSurvey = Survey & { readonly recognition: Recognition };

const STAGE_TITLES: Record<Stage, string> = {
  reading: 'Reading',
  fitting: 'Scoring',
  'self-test': 'Self-test',
};

/** Surveys a file; refuses one that holds no pairs. */
export async function surveyFile({ bar }: Command, file: DatasetFile): Promise<RecognisedSurvey> {
  const packed = file.path.endsWith('.gz');
  const survey = await surveyBytes(file.bytes, (byteEnd) => {
    // The unpacked size of a gzip file is not known; its text is about four times as long.
    bar.show('Checking', Math.min(0.99, byteEnd / (packed ? file.size * 4 : file.size)));
  });
  const { recognition } = survey;
  if (survey.facts.count === 0) throw messages.empty(file.path);
  if (!recognition) throw messages.unrecognised(file.path, survey.fieldsSeen);
  return { ...survey, recognition };
}

/** Fits and scores in a child process. */
export async function scoreFile(
  { bar, signal, scorerPath }: Command,
  file: DatasetFile,
  survey: RecognisedSurvey,
  options: ScoreOptions,
): Promise<ScoredFile> {
  if (survey.pairCount < LEAST_PAIRS) throw messages.tooFewPairs(file.path, survey.pairCount, LEAST_PAIRS);
  const records: number[] = [];
  const share = fittedShare(survey);
  const scored = await score(() => startScorer(scorerPath), {
    pairs: () => pairBatches(file.bytes, survey.recognition, share, options.groupBy, records),
    pairCount: Math.ceil(survey.pairCount * share),
    seed: options.seed,
    selfTest: options.selfTest,
    onProgress: ({ stage, done }) => {
      bar.show(STAGE_TITLES[stage], done);
    },
    onRestart: (reason) => {
      process.stderr.write(`${reason} Starting another one.\n`);
    },
    signal,
  });
  await file.assertSame();
  return { scored, records };
}

/**
 * Margins by record, NaN for a record without a pair. Pairs of a very large file that were not among
 * the fitted ones are read by one more pass.
 */
export async function marginsByRecord(
  file: DatasetFile,
  survey: RecognisedSurvey,
  { scored, records }: ScoredFile,
  groupField: string | undefined,
): Promise<Float32Array> {
  const margins = new Float32Array(survey.facts.count).fill(Number.NaN);
  records.forEach((record, i) => {
    margins[record] = scored.result.margins[i] ?? Number.NaN;
  });
  if (records.length === survey.pairCount) return margins;
  const read = readerOf(scored.result);
  for await (const { raw, pair, value } of readPairs(file.bytes, survey.recognition)) {
    if (!Number.isNaN(margins[raw.record])) continue;
    margins[raw.record] = read(pairText(pair), groupOf(value, groupField), 0).margin;
  }
  return margins;
}
