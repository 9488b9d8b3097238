// Collects all findings of datasets with their places and keys, for `check`, `baseline` and `fix`.
import { dirname } from 'node:path';

import { SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import { answerToOtherPrompt } from '#core/checks/relations/otherPrompt.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { findRelations, needsSignatures, needsWords } from '#core/checks/relations/relations.ts';
import type { Search } from '#core/checks/table.ts';
import { isSearched } from '#core/checks/table.ts';
import type { Facts } from '#core/facts/facts.ts';
import { memoryFindings } from '#core/memory/apply.ts';
import type { Baseline } from '#core/memory/baseline.ts';
import { Decisions } from '#core/memory/decisions.ts';
import { labelOfFinding } from '#core/memory/keys.ts';
import type { Preference } from '#core/memory/verdicts.ts';
import { messages, UserError } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import type { ScorerInput } from '#core/portrait/portrait.ts';
import { scorerInputs } from '#core/portrait/scorers.ts';
import type { ReportedFinding } from '#core/report/report.ts';
import { fitTemperature } from '#core/reward/calibrate.ts';
import { unscoredMessage } from '#core/reward/counts.ts';
import { labelFindings, rankingOf } from '#core/score/ranking.ts';
import { capitalised, plural } from '#core/words/numbers.ts';
import type { FileSettings } from '#node/config.ts';
import type { DataFile } from '#node/dataFile.ts';
import type { PlacedFinding } from '#node/engine.ts';
import { placeFindings } from '#node/engine.ts';
import { groupShards } from '#node/files.ts';
import type { KnownDecisions } from '#node/memory.ts';
import { memoryRoot, nameIn, readBaseline, readDecisions } from '#node/memory.ts';
import { rowGroupsOf } from '#node/parquet/open.ts';
import { maxRelated, maxSigned, maxWords, signDataset } from '#node/signatures.ts';
import type { LeftOut, RecognisedSurvey, SurveyedDataset } from '#node/survey.ts';

import type { Command } from './command.ts';
import { isScorable, scoreDataset, surveyGroup } from './job.ts';

export interface CollectOptions {
  readonly score: boolean;
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly budget: number;
  readonly model?: string | undefined;
  readonly verify?: readonly string[] | undefined;
  /** Include files whose records share one line: a repair splits them. */
  readonly canPart?: boolean;
  /** Path of another baseline; false for none. */
  readonly baseline: string | boolean;
  /** Dataset findings of a rule to keep per file. */
  readonly maxRelated?: number;
}

/** A finding with its place and key. */
export interface CollectedFinding extends ReportedFinding {
  readonly finding: Finding;
  readonly label: Preference | undefined;
}

export interface CheckedFile {
  readonly file: DataFile;
  readonly survey: RecognisedSurvey;
  readonly settings: FileSettings;
  /** In file order. */
  readonly findings: readonly CollectedFinding[];
  readonly unlisted: ReadonlyMap<string, number>;
  /** Name of the file in keys of findings. */
  readonly name: string;
  readonly decisions: Decisions;
  readonly search: Search;
  /** Whether a rule was on and ran everywhere. If not, a missing finding means nothing. */
  readonly isChecked: (rule: string) => boolean;
  readonly baseline: Baseline | undefined;
  /** Empty if nothing was scored. */
  readonly scorers: readonly ScorerInput[];
  /** How good the scorer is on this dataset, as a sentence; '' if nothing was scored. */
  readonly trust: string;
}

/** A skipped file, and what its lines show. */
export interface UncheckedFile {
  readonly path: string;
  readonly error: UserError;
  /** True if it should have been readable; false if it is empty or something else. */
  readonly isFailure: boolean;
  readonly recordCount: number;
  readonly findings: readonly CollectedFinding[];
  readonly unlisted: ReadonlyMap<string, number>;
}

/** Files of one dataset, such as shards and splits. */
export interface CheckedDataset {
  readonly name: string;
  readonly files: readonly CheckedFile[];
  readonly unchecked: readonly UncheckedFile[];
}

/** Lines to report if every line of a file is broken. */
const MAX_BROKEN_LINES = 100;

/** Findings about labels per file, and how good the scorer is. */
interface Review {
  readonly byFile: readonly (readonly Finding[])[];
  readonly scorers: readonly (readonly ScorerInput[])[];
  readonly trust: string;
}

/** Margins, without those for which a scorer saw only part of an answer. */
function rankedMargins({ files }: SurveyedDataset, margins: Float32Array): Float32Array {
  const ranked = margins.slice();
  for (const { survey, firstPair } of files) {
    const { facts } = survey;
    for (let pair = 0; pair < facts.pairCount; pair++)
      if (facts.isPartial(pair)) ranked[firstPair + pair] = Number.NaN;
  }
  return ranked;
}

async function review(
  command: Command,
  dataset: SurveyedDataset,
  settings: readonly FileSettings[],
  options: CollectOptions,
): Promise<Review> {
  const { margins, scorer, trust, ensemble, counts } = await scoreDataset(command, dataset, {
    ...options,
    selfTest: false,
  });
  const ranked = rankedMargins(dataset, margins);
  // Log-odds already, from the built-in scorer; other scorers have scales of their own.
  const temperature = !ensemble || ensemble.agreement ? 1 : fitTemperature(ranked);
  const ranking = rankingOf(scorer, margins, ranked, options.budget, temperature);
  const own = dataset.files.map(({ survey, firstPair }) => ({
    survey,
    margins: margins.subarray(firstPair, firstPair + survey.facts.pairCount),
  }));
  const byFile = own.map(({ survey, margins: ofFile }, i) =>
    labelFindings(survey, ofFile, ranking, rulesOf(settings, i)),
  );
  const scorers = own.map(({ survey, margins: ofFile }) =>
    scorerInputs(survey.facts, ofFile, ranking, ensemble),
  );
  const percent = (share: number): string => (100 * share).toFixed(0);
  const name = capitalised(scorer);
  const sentence = `${name} agrees with ${percent(trust.accuracy.value)} % of labels (longer wins: ${percent(trust.longerWins)} %).`;
  const refused = unscoredMessage({ ...counts, ties: 0, unscored: 0 });
  return { byFile, scorers, trust: refused === '' ? sentence : `${sentence} ${refused}.` };
}

function rulesOf(settings: readonly FileSettings[], file: number): FileSettings['rules'] {
  const own = settings[file] ?? settings[0];
  if (!own) throw new Error('collect: a file without settings');
  return own.rules;
}

/** Finds duplicates and other relations. Looks for near duplicates as far as memory allows. */
async function relate(
  command: Command,
  dataset: SurveyedDataset,
  settings: readonly FileSettings[],
  max: number | undefined,
): Promise<readonly Relations[]> {
  const { ranges, memoryMb, bar, signal } = command;
  if (dataset.pairCount > maxRelated(memoryMb)) {
    command.note(
      `${dataset.name}: skipped the search for duplicates: ${plural(dataset.pairCount, 'pair')} need more than ${memoryMb} MB (--memory).`,
    );
    return [];
  }
  const rules = rulesOf(settings, 0);
  const maxPairs = needsSignatures(rules) ? maxSigned(memoryMb) : 0;
  const limits = { maxSigned: maxPairs, maxWords: needsWords(rules) ? maxWords(memoryMb) : 0 };
  const onProgress = (done: number): void => {
    bar.show('Looking for duplicates', done);
  };
  const sketches = await signDataset(dataset, ranges, limits, onProgress, signal);
  const signed = sketches.signatures.length / SIGNATURE_BYTES;
  if (maxPairs > 0 && signed < dataset.pairCount) {
    bar.clear();
    command.note(
      `${dataset.name}: searched near duplicates only among the first ${signed} of ${plural(dataset.pairCount, 'pair')}. Raise --memory for more.`,
    );
  }
  if (needsWords(rules) && dataset.pairCount > limits.maxWords) {
    bar.clear();
    command.note(
      `${dataset.name}: skipped ${answerToOtherPrompt.id}: ${plural(dataset.pairCount, 'pair')} need more than ${memoryMb} MB (--memory).`,
    );
  }
  const files = dataset.files.map(({ file, survey }) => ({
    name: file.path,
    split: file.split,
    splits: survey.splits,
    facts: survey.facts,
    recognition: survey.recognition,
    rowGroups: rowGroupsOf(file.path),
  }));
  return findRelations(files, sketches, rules, max);
}

export function collected(
  { finding, line, column, range, key }: PlacedFinding,
  facts: Facts,
): CollectedFinding {
  const { rule, severity, message, other } = finding;
  return {
    rule,
    severity,
    message,
    line,
    column,
    range,
    key,
    ...(other !== undefined && { other }),
    finding,
    label: labelOfFinding(finding, facts),
  };
}

/** Number of findings that were not kept, by rule. */
export function countUnlisted(
  counts: Iterable<readonly [string, number]>,
  listed: readonly Finding[],
): ReadonlyMap<string, number> {
  const unlisted = new Map<string, number>();
  for (const [rule, count] of counts) {
    const kept = listed.filter((finding) => finding.rule === rule).length;
    if (kept < count) unlisted.set(rule, count - kept);
  }
  return unlisted;
}

const NOT_RELATED: Relations = { findings: [], counts: new Map(), partial: new Set() };

/** Reads the decisions of a folder at most once, for all its shards. */
export function decisionsReader(command: Command): (root: string) => Promise<KnownDecisions> {
  const known = new Map<string, KnownDecisions>();
  return async (root) => {
    const before = known.get(root);
    if (before) return before;
    const read = await readDecisions(root);
    for (const { line, why } of read.bad) command.note(messages.badMemory(read.path, line, why).message);
    known.set(root, read);
    return read;
  };
}

/** What the memory of a folder says about its datasets. */
interface FolderMemory {
  readonly root: string;
  readonly known: KnownDecisions;
  readonly baseline: Baseline | undefined;
}

/** Reads the memory of each folder at most once, for all its shards. */
function memoryReader(
  command: Command,
  { baseline }: CollectOptions,
): (path: string) => Promise<FolderMemory> {
  const byFolder = new Map<string, FolderMemory>();
  const byRoot = new Map<string, FolderMemory>();
  const named = typeof baseline === 'string' ? baseline : undefined;
  const decisions = decisionsReader(command);
  const read = async (root: string): Promise<FolderMemory> => ({
    root,
    known: await decisions(root),
    baseline: baseline === false ? undefined : await readBaseline({ root, named }),
  });
  return async (path) => {
    const folder = dirname(path);
    const before = byFolder.get(folder);
    if (before) return before;
    const root = memoryRoot(path);
    const memory = byRoot.get(root) ?? (await read(root));
    byFolder.set(folder, memory);
    byRoot.set(root, memory);
    return memory;
  };
}

async function uncheckedFile({ path, error, isFailure, surveyed }: LeftOut): Promise<UncheckedFile> {
  const { file, survey } = surveyed ?? {};
  const shown = survey?.findings.slice(0, MAX_BROKEN_LINES) ?? [];
  const name = nameIn(memoryRoot(path), path);
  const placed =
    file && survey && shown.length > 0
      ? (await placeFindings(file.records, shown, survey.facts, name)).map((one) =>
          collected(one, survey.facts),
        )
      : [];
  return {
    path,
    error,
    isFailure,
    recordCount: survey?.facts.recordCount ?? 0,
    findings: placed,
    unlisted: countUnlisted(survey?.counts ?? [], shown),
  };
}

async function collectDataset(
  command: Command,
  paths: readonly string[],
  options: CollectOptions,
): Promise<CheckedDataset> {
  const dataset = await surveyGroup(command, paths, { sign: true, canPart: options.canPart ?? false });
  const unchecked: UncheckedFile[] = [];
  for (const one of dataset.leftOut) unchecked.push(await uncheckedFile(one));
  if (dataset.files.length === 0) return { name: dataset.name, files: [], unchecked };
  const settings = await Promise.all(dataset.files.map(async ({ file }) => command.settingsOf(file.path)));
  const relations = await relate(command, dataset, settings, options.maxRelated);
  const canScore = options.score && isScorable(dataset, { ...options, selfTest: false });
  const reviewed = canScore ? await review(command, dataset, settings, options) : undefined;
  const checked: CheckedFile[] = [];
  const memoryOf = memoryReader(command, options);
  for (const [i, { file, survey }] of dataset.files.entries()) {
    const { root, known, baseline } = await memoryOf(file.path);
    const name = nameIn(root, file.path);
    const related = relations[i] ?? NOT_RELATED;
    const found = [...survey.findings, ...related.findings];
    const all = [...found, ...(reviewed?.byFile[i] ?? [])];
    const placed = await placeFindings(file.records, all, survey.facts, name);
    const { decisions } = known;
    const own = settings[i] ?? (await command.settingsOf(file.path));
    const unlisted = countUnlisted([...survey.counts, ...related.counts], found);
    const search: Search = {
      stages: new Set([
        'record',
        'memory',
        ...(relations.length > 0 ? (['relation', 'dataset'] as const) : []),
        ...(reviewed ? (['score'] as const) : []),
      ]),
      partial: new Set([...related.partial, ...unlisted.keys()]),
    };
    const isChecked = (rule: string): boolean =>
      own.rules.severities[rule] !== undefined && isSearched(rule, search);
    const withLabel = (one: PlacedFinding): CollectedFinding => collected(one, survey.facts);
    const remembered = placed.map(withLabel);
    const said = memoryFindings(decisions, remembered, name, own.rules, isChecked);
    const more = await placeFindings(file.records, said, survey.facts, name);
    checked.push({
      file,
      survey,
      name,
      settings: own,
      findings: [...more.map(withLabel), ...remembered],
      unlisted,
      decisions: new Decisions(decisions, known.verdicts),
      search,
      isChecked,
      baseline,
      scorers: reviewed?.scorers[i] ?? [],
      trust: i === 0 ? (reviewed?.trust ?? '') : '',
    });
  }
  command.bar.clear();
  return { name: dataset.name, files: checked, unchecked };
}

/** Reports the skipped files of a dataset. Those that should have been readable make the exit code 2. */
export function tellUnchecked(command: Command, { files, unchecked }: CheckedDataset): void {
  for (const { error, isFailure } of unchecked) {
    if (isFailure || files.length === 0) command.fail(error);
    else command.note(`${error.message} Skipped.`);
  }
}

/** Checks the datasets of all paths; yields an error for one that fails. */
export async function* collect(
  command: Command,
  paths: readonly string[],
  options: CollectOptions,
): AsyncGenerator<CheckedDataset | UserError> {
  for (const group of groupShards(paths)) {
    try {
      yield await collectDataset(command, group, options);
    } catch (error) {
      if (!(error instanceof UserError) || command.signal.aborted) throw error;
      command.bar.clear();
      yield error;
    }
  }
}
