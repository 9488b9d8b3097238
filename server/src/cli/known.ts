// A file as queries of the command line see it: with findings and margins if the query asks for them.
import { ALL_RULES } from '#core/checks/table.ts';
import type { Survey } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { remember } from '#core/memory/apply.ts';
import { messages, UserError } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import type { KnownFacts } from '#core/query/facts.ts';
import { spellName } from '#core/query/fields.ts';
import type { Query } from '#core/query/query.ts';
import { ratingsSeen } from '#core/query/ratings.ts';
import type { DataFile } from '#node/dataFile.ts';
import type { RowReader } from '#node/selectRows.ts';
import { storedText } from '#node/selectRows.ts';
import { recogniseIfKnown, sampleOf } from '#node/surveyFile.ts';

import type { CheckedFile, CollectedFinding } from './collect.ts';
import { collect } from './collect.ts';
import type { Command } from './command.ts';
import { openSurveyed, scoreDataset, surveyOne } from './job.ts';

/** Rules that a note names. */
const MAX_LISTED = 5;

/** Facts that come from findings, and those that come from scores. */
export const FINDING_FACTS = ['rule', 'severity', 'findings', 'is:finding', 'is:kept'];
export const SCORE_FACTS = ['margin', 'is:scored', 'is:unscored'];

export interface KnownFile {
  readonly file: DataFile;
  readonly recognition: Recognition | undefined;
  readonly facts: KnownFacts;
  /** Whether a rule was on and ran everywhere. */
  readonly isChecked: (rule: string) => boolean;
}

export interface KnowOptions {
  readonly seed: number;
  readonly groupBy?: string;
  readonly model?: string;
  /** If the file is surveyed already. */
  readonly survey?: Survey;
}

interface Found {
  readonly findings: readonly Finding[];
  readonly kept: readonly Finding[];
  readonly isChecked: KnownFile['isChecked'];
}

function knownFile(
  file: DataFile,
  { facts, recognition }: Pick<Survey, 'facts' | 'recognition'>,
  { findings = [], kept = [], isChecked = () => false }: Partial<Found> = {},
): KnownFile {
  const mapping = recognition?.mapping;
  const schemas = mapping ? [mapping.id, ...(mapping.others ?? []).map(({ id }) => id)] : [];
  const never = (): boolean => false;
  const known = { facts, findings, kept, schemas, isEdited: never, isDropped: never };
  return { file, recognition, facts: known, isChecked };
}

function setMargins({ facts }: Survey, marginOf: (pair: number) => number): void {
  for (let pair = 0; pair < facts.pairCount; pair++) facts.setMargin(pair, marginOf(pair));
}

/** A checked file as queries see it. */
export function knownOf({
  file,
  survey,
  findings,
  decisions,
  scorers: [scorer],
  isChecked,
}: CheckedFile): KnownFile {
  if (scorer) setMargins(survey, (pair) => scorer.marginOf(0, pair));
  const { shown, kept } = remember(findings, decisions, undefined);
  const findingsOf = (list: readonly CollectedFinding[]): readonly Finding[] =>
    list.map(({ finding }) => finding);
  return knownFile(file, survey, { findings: findingsOf(shown), kept: findingsOf(kept), isChecked });
}

/** A query can't be answered without scores: it reads margins, or findings that rankings make. */
export function needsScores({ facts }: Query): boolean {
  return [...SCORE_FACTS, ...FINDING_FACTS].some((name) => facts.has(name));
}

/** Says of which rules the query can know nothing; undefined if it knows all that it asks about. */
function silentRules({ facts, namesRule }: Query, { isChecked }: KnownFile): string | undefined {
  if (!facts.has('rule')) return undefined;
  const silent = ALL_RULES.filter(({ id }) => namesRule(id) && !isChecked(id)).map(({ id }) => `"${id}"`);
  // An expression such as rule:/./ names all of them.
  const listed = silent.slice(0, MAX_LISTED).join(', ');
  const more = silent.length > MAX_LISTED ? ` and ${silent.length - MAX_LISTED} more` : '';
  return silent.length === 0
    ? undefined
    : `${listed}${more} did not run on the whole file, so the query knows not all findings of ${silent.length === 1 ? 'it' : 'them'}.`;
}

/** Searches the texts of a file, and says of which rules the query knows too little. */
export async function searched<T>(
  { ranges, bar, note, signal }: Command,
  query: Query,
  known: KnownFile,
  search: (reader: RowReader) => Promise<T>,
): Promise<T> {
  if (query.facts.has('change') && !known.facts.changes) throw messages.nothingCompared(known.file.path);
  const found = await search({
    text: storedText(known.file),
    recognition: known.recognition,
    ranges,
    onProgress: (done) => {
      bar.show('Searching', done);
    },
    signal,
  });
  bar.clear();
  const silent = silentRules(query, known);
  if (silent !== undefined) note(`${known.file.path}: ${silent}`);
  return found;
}

/** The facts of a file, with findings and margins only if they are needed: they take longer than reading. */
export async function knownFacts(
  command: Command,
  file: DataFile,
  facts: ReadonlySet<string>,
  { seed, groupBy, model, survey: before }: KnowOptions,
): Promise<KnownFile> {
  const needs = (names: readonly string[]): boolean => names.some((name) => facts.has(name));
  if (needs(FINDING_FACTS)) {
    const collecting = { score: true, seed, groupBy, model, budget: 1, baseline: false };
    for await (const checked of collect(command, [file.path], collecting)) {
      if (checked instanceof UserError) throw checked;
      const [own] = checked.files;
      if (!own) throw checked.unchecked[0]?.error ?? messages.empty(file.path);
      return knownOf(own);
    }
  }
  if (needs(SCORE_FACTS)) {
    const dataset = await openSurveyed(command, [file.path]);
    const [own] = dataset.files;
    if (!own) throw messages.empty(file.path);
    const { margins } = await scoreDataset(command, dataset, { seed, groupBy, model, selfTest: false });
    setMargins(own.survey, (pair) => margins[pair] ?? Number.NaN);
    return knownFile(own.file, own.survey);
  }
  const survey = before ?? (await surveyOne(command, file)).survey;
  if (survey.obstacle) throw messages.obstacle(file.path, survey.obstacle);
  return knownFile(file, survey);
}

/** The names of the fields of the records and of the ratings of pairs, as far as a sample shows, as queries spell them. */
export async function fieldNames(file: DataFile): Promise<readonly string[]> {
  const sample = await sampleOf(file);
  const names = new Set(sample.flatMap((record) => Object.keys(record)));
  const recognition = await recogniseIfKnown(file);
  return [
    ...[...names].map(spellName),
    ...(recognition ? ratingsSeen(recognition.mapping, sample).keys() : []),
  ];
}
