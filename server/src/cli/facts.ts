// `index --facts`: the facts of each file as a table, so that `join` finds what needs all shards.
import { SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import { needsWords } from '#core/checks/relations/relations.ts';
import { messages } from '#core/messages.ts';
import { plural } from '#core/words/numbers.ts';
import { memoryRoot, nameIn } from '#node/memory.ts';
import { writeFacts } from '#node/parquet/factsTable.ts';
import { rowGroupsOf } from '#node/parquet/open.ts';
import { maxSigned, maxWords, needForSigned, signDataset } from '#node/signatures.ts';
import type { SurveyedDataset, SurveyedFile } from '#node/survey.ts';

import type { Command } from './command.ts';
import type { ScoreOptions } from './job.ts';
import { isScorable, openSurveyed, scoreDataset } from './job.ts';

export interface FactsOptions extends Pick<ScoreOptions, 'seed' | 'groupBy' | 'model'> {
  readonly folder: string;
  readonly json: boolean;
  /** Write margins too. */
  readonly score: boolean;
}

/** One file as a dataset of its own. */
function alone(dataset: SurveyedDataset, one: SurveyedFile): SurveyedDataset {
  const { recordCount, pairCount, preferenceCount, tieCount, judgementCount } = one.survey.facts;
  const counts = { recordCount, pairCount, preferenceCount, tieCount, judgementCount };
  const files = [{ ...one, firstPair: 0, firstRecord: 0 }];
  return { ...dataset, name: one.file.path, files, leftOut: [], ...counts };
}

async function writeFactsOfFile(
  command: Command,
  dataset: SurveyedDataset,
  options: FactsOptions,
): Promise<void> {
  const { ranges, memoryMb, bar, signal } = command;
  const { name, pairCount, files } = dataset;
  const [one] = files;
  if (!one) return;
  const { file, survey } = one;
  const { facts, recognition, splits } = survey;
  const { rules } = await command.settingsOf(file.path);
  const sketches = await signDataset(
    dataset,
    ranges,
    { maxSigned: maxSigned(memoryMb), maxWords: needsWords(rules) ? maxWords(memoryMb) : 0 },
    (done) => {
      bar.show('Sketching', done);
    },
    signal,
  );
  if (sketches.signatures.length < SIGNATURE_BYTES * pairCount)
    throw messages.needsMemory(name, needForSigned(pairCount), memoryMb);
  const scored = { ...options, selfTest: false };
  if (options.score && isScorable(dataset, scored)) {
    const { margins } = await scoreDataset(command, dataset, scored);
    margins.forEach((margin, pair) => {
      facts.setMargin(pair, margin);
    });
  }
  const path = await writeFacts(
    options.folder,
    {
      name: file.path,
      ...(file.split !== undefined && { split: file.split }),
      ...(splits && { splits }),
      facts,
      recognition,
      rowGroups: rowGroupsOf(file.path),
      memoryName: nameIn(memoryRoot(file.path), file.path),
      rules: { severities: rules.severities, options: rules.options },
    },
    sketches,
  );
  bar.clear();
  const { recordCount } = facts;
  if (options.json)
    await command.json({ file: file.path, records: recordCount, pairs: pairCount, facts: path });
  else
    command.print(
      `${file.path}: facts of ${plural(pairCount, 'pair')} in ${plural(recordCount, 'record')} in ${path}`,
    );
}

/** Writes the facts of a file, or of each file of a folder. */
export async function writeFactsOf(command: Command, path: string, options: FactsOptions): Promise<void> {
  const dataset = await openSurveyed(command, [path]);
  for (const one of dataset.files) await writeFactsOfFile(command, alone(dataset, one), options);
}
