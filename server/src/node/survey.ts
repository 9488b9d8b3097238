// Surveys of files on disk: one pass each, its result as the rest of the product takes it.
import type { Survey } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import { whyUnscorable } from '#core/score/scorable.ts';

import type { PairSource } from './engine.ts';
import type { DataFile, Dataset } from './files.ts';
import { assertFits, factsBytes } from './memoryLimits.ts';
import type { FileSurvey } from './surveyFile.ts';

export type RecognisedSurvey = Survey & { readonly recognition: Recognition };

/** A file of a dataset with its survey. Pairs and records are numbered through the files. */
export interface SurveyedFile {
  readonly file: DataFile;
  readonly survey: RecognisedSurvey;
  readonly firstPair: number;
  readonly firstRecord: number;
  /** Of its pairs, where they were made on the way. */
  readonly signatures: Uint8Array | undefined;
}

export interface SurveyedDataset {
  readonly name: string;
  readonly files: readonly SurveyedFile[];
  /** Files that hold nothing that is recognised, and why. Never all of them. */
  readonly leftOut: readonly Error[];
  readonly recordCount: number;
  readonly pairCount: number;
  readonly preferenceCount: number;
  readonly tieCount: number;
  readonly judgementCount: number;
}

/** How one file is surveyed: from the cache, by worker threads, or here. */
export type SurveyFile = (
  file: DataFile,
  pairsBefore: number,
) => Promise<Pick<FileSurvey, 'survey' | 'signatures'>>;

/** Surveys all files of a dataset. A file that cannot be read ends it; one that is not recognised is left out. */
export async function surveyDataset(
  { name, files }: Dataset,
  surveyFile: SurveyFile,
  memoryMb = Infinity,
): Promise<SurveyedDataset> {
  const surveyed: SurveyedFile[] = [];
  const leftOut: Error[] = [];
  const sum = { recordCount: 0, pairCount: 0, preferenceCount: 0, tieCount: 0, judgementCount: 0 };
  for (const file of files) {
    const { survey, signatures } = await surveyFile(file, sum.pairCount);
    const { facts, recognition, fieldsSeen } = survey;
    if (facts.recordCount === 0) leftOut.push(messages.empty(file.path));
    else if (!recognition) leftOut.push(messages.unrecognised(file.path, fieldsSeen));
    else {
      surveyed.push({
        file,
        survey: { ...survey, recognition },
        firstPair: sum.pairCount,
        firstRecord: sum.recordCount,
        signatures,
      });
      for (const count of Object.keys(sum) as (keyof typeof sum)[]) sum[count] += facts[count];
      assertFits(name, factsBytes(sum), memoryMb);
    }
  }
  const [first] = leftOut;
  if (surveyed.length === 0 && first) throw first;
  return { name, files: surveyed, leftOut, ...sum };
}

/** The pairs of a dataset that can be scored. */
export interface PairSources {
  readonly files: readonly PairSource[];
  readonly preferenceCount: number;
  /** Why there are no such files, where there are none. */
  readonly whyNone?: string;
}

export function pairSources({ files }: SurveyedDataset): PairSources {
  const scorable = files.filter(({ survey }) => whyUnscorable(survey.recognition.mapping) === undefined);
  const [first] = files;
  const whyNone =
    scorable.length === 0 && first ? whyUnscorable(first.survey.recognition.mapping) : undefined;
  return {
    files: scorable.map(({ file, survey, firstPair }) => ({
      records: file.records,
      recognition: survey.recognition,
      firstPair,
    })),
    preferenceCount: scorable.reduce((sum, { survey }) => sum + survey.facts.preferenceCount, 0),
    ...(whyNone !== undefined && { whyNone }),
  };
}

export async function assertSame({ files }: SurveyedDataset): Promise<void> {
  for (const { file } of files) await file.assertSame();
}
