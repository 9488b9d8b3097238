// Why there is no pair to show, and what to do: for the status item, the pages, and commands that can't act.
import type { Survey } from '#core/dataset/survey.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { readRecord } from '#core/mapping/read.ts';
import { messages } from '#core/messages.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { isObject } from '#core/model/json.ts';
import { whyUnscorable } from '#core/score/scorable.ts';
import { capitalised, inGroups } from '#core/words/numbers.ts';
import { inLanguage, t } from '#core/words/translate.ts';
import { whyUnrecognised } from '#node/surveyFile.ts';
import type { RecordEdit } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { OpenDataset } from './dataset.ts';
import { fileNameOf, pathOf, readableUri } from './names.ts';
import type { OpenFile } from './state.ts';

/** What is known of a file beside its settings. */
export type FileFacts = Pick<OpenFile, 'dataset' | 'state'> & Partial<Pick<OpenFile, 'templates'>>;

export const whyNotOpen = (uri: string): string =>
  t('{0} is not open. Open the file, then compare one of its records.', fileNameOf(uri));

export const whyReading = (uri: string): string =>
  t('Still reading {0}. What it holds is shown as soon as it is known.', fileNameOf(uri));

/** Why nothing can be done with a file, or with its pairs. Undefined if something can. */
export function whyNothing(file: FileFacts | undefined, uri: string): string | undefined {
  if (!file) return whyNotRead(uri);
  if (file.dataset.isReady) return whyNoPairs(file);
  return file.state.phase === 'failed' ? (file.state.reason ?? whyUnreadable(uri)) : whyReading(uri);
}

/** Why no record stands on a line, from 0. */
export function whyNoRecordAt(file: FileFacts | undefined, uri: string, line: number): string {
  return (
    whyNothing(file, uri) ?? `Line ${(line + 1).toLocaleString('en')} is empty: put the cursor on a record.`
  );
}

/** Why a file cannot be scored. Undefined if it can, or if only a try can tell. */
export function whyNotScored(file: FileFacts | undefined, uri: string): string | undefined {
  const mapping = file?.dataset.survey.recognition?.mapping;
  return whyNothing(file, uri) ?? (mapping && whyUnscorable(mapping));
}

const whyNotRead = (uri: string): string =>
  `${fileNameOf(uri)} is no file that PrefLens reads: it takes JSON Lines (.jsonl, or the language mode JSON Lines) and Parquet. Compressed files: "PrefLens: Open From Disk".`;

export const whyUnreadable = (uri: string): string => t('{0} cannot be read.', fileNameOf(uri));

/** The nearest schema and what is missing; the pages and the status offer to map the fields. */
function whyUnrecognisedShort({ fieldsSeen, suggestion }: Survey): string | undefined {
  if (!suggestion || suggestion.fields.length === 0) return undefined;
  return messages.unrecognisedShort(fieldsSeen, suggestion).message;
}

/** Why nothing is recognised in a text, without the name of its file. */
function whyUnread(uri: string, survey: Survey): string {
  const { obstacle, findings, facts } = survey;
  const short =
    obstacle || findings.length > 0 || facts.recordCount === 0 ? undefined : whyUnrecognisedShort(survey);
  if (short !== undefined) return short;
  const path = pathOf(uri) ?? readableUri(uri);
  const { message } = whyUnrecognised(path, survey);
  const words = message.slice(path.length).replace(/^[:\d]*: /, '');
  return capitalised(words);
}

/** Why a file gives no pairs at all. Undefined if it does, or if each answer has its own verdict. */
export function whyNoPairs({
  dataset: { source, survey },
  state: { phase, reason },
}: FileFacts): string | undefined {
  if (phase === 'reading') return whyReading(source.uri);
  const { facts, recognition } = survey;
  if (phase === 'failed' && facts.recordCount === 0) return reason ?? whyUnreadable(source.uri);
  if (facts.recordCount === 0) return t('This file is empty: there is nothing to check.');
  // Long messages, which the command line has too, are English as a whole.
  if (!recognition) return inLanguage(undefined, () => whyUnread(source.uri, survey));
  const { answers } = recognition.mapping;
  return answers.kind === 'none' ? t('This file holds no pairs: {0}.', answers.why) : undefined;
}

function whyNoAnswers({ title, answers }: Mapping): string {
  if (answers.kind === 'candidates')
    return t('This record holds no pair: no two of its answers have a different rank or rating.');
  if (answers.kind === 'lists')
    return t('This record holds no pair: one of its two lists of answers has none in it.');
  return t('This record holds no pair, read as {0}.', title);
}

/** Why a record of a file that is read shows no pair and no verdict. */
export function whyNoPairAt(dataset: OpenDataset, record: number): string {
  const { source, survey } = dataset;
  const { facts, recognition } = survey;
  if (record === WHOLE_FILE) return t('This is said of the whole file.');
  if (record < 0 || record >= facts.recordCount)
    return t(
      'There is no record {0} in this file any more. Choose another one and compare it.',
      inGroups(record + 1),
    );
  if (source.pending?.isDropped(record)) return t('Dropped. U brings it back.');
  const raw = dataset.rawRecord(record);
  if (!raw || !recognition) return t('This record cannot be read.');
  const parsed = parseRecord(raw);
  if (!('value' in parsed))
    // A finding says the same, where its rule is on.
    return dataset.findingsOf(record).length > 0
      ? t('This record cannot be read. Fix its text, then compare it.')
      : t('This record cannot be read: {0}', parsed.fault.message);
  if (!isObject(parsed.value)) return t('This record is JSON, but no object: it has no fields to read.');
  const outcome = readRecord(recognition.mapping, parsed.value);
  if ('problem' in outcome) {
    const { kind, expected } = outcome.problem;
    const { title } = recognition.mapping;
    return kind === 'missing-field'
      ? t('This record cannot be read as {0}: it has no {1}.', title, expected)
      : t('This record cannot be read as {0}: it needs {1}.', title, expected);
  }
  return whyNoAnswers(recognition.mapping);
}

/** Why an edit changes nothing. */
export function whyNotEdited(file: FileFacts | undefined, ref: RecordRef, edit: RecordEdit): string {
  const { record, pair = 0 } = ref;
  const why = whyNothing(file, ref.uri);
  if (!file || why !== undefined) return why ?? whyNotRead(ref.uri);
  const { dataset } = file;
  if (edit.kind === 'repair')
    return 'No finding of this record has a repair of its text. Edit the text itself.';
  if (dataset.readPair(record, pair) ?? dataset.readRecord(record)?.judgements.length)
    return 'Nothing to change: the record says that already.';
  return whyNoPairAt(dataset, record);
}
