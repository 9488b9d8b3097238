// Surveys the files of a dataset.
import { basename } from 'node:path';

import type { TextSketches } from '#core/checks/relations/textSketches.ts';
import type { Survey } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { UserError } from '#core/messages.ts';
import { whyUnscorable } from '#core/score/scorable.ts';

import type { DataFile } from './dataFile.ts';
import type { PairSource } from './engine.ts';
import type { Dataset } from './files.ts';
import { assertFits, factsBytes } from './memoryLimits.ts';
import type { FileSurvey } from './surveyFile.ts';
import { whyUnrecognised } from './surveyFile.ts';

export type RecognisedSurvey = Survey & { readonly recognition: Recognition };

/** A surveyed file of a dataset. Pair and record numbers continue across files. */
export interface SurveyedFile {
  readonly file: DataFile;
  readonly survey: RecognisedSurvey;
  readonly firstPair: number;
  readonly firstRecord: number;
  /** Of its pairs, if computed. */
  readonly sketches: TextSketches | undefined;
}

/** A skipped file. */
export interface LeftOut {
  readonly path: string;
  readonly error: UserError;
  /** True if it should have been readable; false if it is empty or something else. */
  readonly isFailure: boolean;
  /** Set if its lines could be examined. */
  readonly surveyed?: { readonly file: DataFile; readonly survey: Survey };
}

export interface SurveyedDataset {
  readonly name: string;
  readonly files: readonly SurveyedFile[];
  /** Skipped files with the reason; all files if `files` is empty. */
  readonly leftOut: readonly LeftOut[];
  readonly recordCount: number;
  readonly pairCount: number;
  readonly preferenceCount: number;
  readonly tieCount: number;
  readonly judgementCount: number;
}

/** Surveys one file: from the cache, with threads, or in this thread. */
export type SurveyFile = (
  file: DataFile,
  pairsBefore: number,
) => Promise<Pick<FileSurvey, 'survey' | 'sketches'>>;

export interface SurveyDatasetOptions {
  /** Also read files whose records share one line: a repair splits them. */
  readonly canPart?: boolean;
  readonly signal?: AbortSignal;
  /** Memory budget for the facts of all files. */
  readonly memoryMb?: number;
}

/** Whether an unrecognised file should have been readable: it has another format, or its lines are broken. */
function isBroken({ obstacle, findings, counts }: Survey): boolean {
  return obstacle !== undefined || findings.length > 0 || counts.size > 0;
}

/** Surveys all files of a dataset. Skips files that can't be read or recognised. */
export async function surveyDataset(
  { name, files, failed }: Dataset,
  surveyFile: SurveyFile,
  { canPart = false, signal, memoryMb = Infinity }: SurveyDatasetOptions = {},
): Promise<SurveyedDataset> {
  const surveyed: SurveyedFile[] = [];
  const leftOut: LeftOut[] = failed.map((one) => ({ ...one, isFailure: true }));
  const sum = { recordCount: 0, pairCount: 0, preferenceCount: 0, tieCount: 0, judgementCount: 0 };
  for (const file of files) {
    const { path } = file;
    const read = await surveyFile(file, sum.pairCount).catch((error: unknown) => {
      if (!(error instanceof UserError) || signal?.aborted) throw error;
      leftOut.push({ path, error, isFailure: true });
      return undefined;
    });
    if (!read) continue;
    const { survey, sketches } = read;
    const { facts, recognition, obstacle } = survey;
    if (!recognition || (obstacle && !canPart)) {
      const error = whyUnrecognised(path, survey);
      leftOut.push({ path, error, isFailure: isBroken(survey), surveyed: { file, survey } });
      continue;
    }
    surveyed.push({
      file,
      survey: { ...survey, recognition },
      firstPair: sum.pairCount,
      firstRecord: sum.recordCount,
      sketches,
    });
    for (const count of Object.keys(sum) as (keyof typeof sum)[]) sum[count] += facts[count];
    assertFits(name, factsBytes(sum), memoryMb);
  }
  return { name, files: surveyed, leftOut, ...sum };
}

/** The pairs of a dataset that can be scored. */
export interface PairSources {
  readonly files: readonly PairSource[];
  readonly preferenceCount: number;
  /** Why there are none. */
  readonly whyNone?: string;
}

/** The name by which the pairs of one of several files are a group; undefined for the only one. */
export function sourceName(
  { files }: Pick<SurveyedDataset, 'files'>,
  { path }: DataFile,
): string | undefined {
  return files.length > 1 ? basename(path) : undefined;
}

export function pairSources({ files }: SurveyedDataset): PairSources {
  const scorable = files.filter(({ survey }) => whyUnscorable(survey.recognition.mapping) === undefined);
  const [first] = files;
  const whyNone =
    scorable.length === 0 && first ? whyUnscorable(first.survey.recognition.mapping) : undefined;
  return {
    files: scorable.map(({ file, survey, firstPair }) => {
      const name = sourceName({ files }, file);
      const { records } = file;
      return { records, recognition: survey.recognition, firstPair, ...(name !== undefined && { name }) };
    }),
    preferenceCount: scorable.reduce((sum, { survey }) => sum + survey.facts.preferenceCount, 0),
    ...(whyNone !== undefined && { whyNone }),
  };
}

export async function assertSame({ files }: SurveyedDataset): Promise<void> {
  for (const { file } of files) await file.assertSame();
}
