// `fix`: applies repairs. Safe ones by default; those that need review only for named rules with --review.
import { examine } from '#core/checks/examine.ts';
import type { Newline } from '#core/edits/edit.ts';
import type { FixedRecord, FixScope } from '#core/fix.ts';
import { fixRecord, isOfDataset } from '#core/fix.ts';
import { groupBy } from '#core/group.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { findingKey, labelOfFinding } from '#core/memory/keys.ts';
import { messages, UserError } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import type { CutRecord, RawRecord } from '#core/model/record.ts';
import type { RecordChange } from '#core/model/record.ts';
import { recordKey } from '#core/model/sameRecord.ts';
import type { ChosenPairs } from '#core/query/chosen.ts';
import { capitalised, plural } from '#core/words/numbers.ts';
import { assertWritable, containerOf, planChanges } from '#node/containers/containers.ts';
import type { DataFile } from '#node/dataFile.ts';
import { hardLinksOf, savePlanned } from '#node/save.ts';

import type { CheckedFile } from './collect.ts';
import { collect, tellUnchecked } from './collect.ts';
import type { Command } from './command.ts';
import { knownRule } from './explain.ts';
import { knownOf, needsScores } from './known.ts';
import type { Where } from './where.ts';
import { choosePairs, matchWords, whereOf } from './where.ts';

export interface FixOptions {
  readonly rule: readonly string[];
  readonly review: boolean;
  readonly dryRun: boolean;
  /** Repair these pairs alone. */
  readonly where?: string | undefined;
}

/** Dataset findings of a rule to fix in one run, per MB of memory. */
const RELATED_PER_MB = 250;

const decoder = new TextDecoder();

/** The line end of a record; for the last record, that of the first line. */
async function newlineOf({ records }: DataFile, raw: CutRecord): Promise<Newline> {
  const ending = ({ byteEnd, lineEnd }: CutRecord): number => lineEnd - byteEnd;
  if (ending(raw) > 0) return ending(raw) > 1 ? '\r\n' : '\n';
  for await (const first of records()) return ending(first) > 1 ? '\r\n' : '\n';
  return '\n';
}

/** Planned fixes of one file. */
interface Fixes {
  /** In file order. */
  readonly changes: readonly RecordChange[];
  /** Number of repairs by rule. */
  readonly made: ReadonlyMap<string, number>;
}

/** Findings of a record that this scope can fix, without those that a decision hides. */
function openFindings(
  { survey, settings, name, decisions }: CheckedFile,
  raw: RawRecord,
  related: readonly Finding[],
  scope: FixScope,
): readonly Finding[] {
  const { findings } = examine(parseRecord(raw), survey.recognition.mapping, raw.record, settings.rules);
  return [...related, ...findings].filter(
    (finding) =>
      (scope.rules?.has(finding.rule) ?? true) &&
      !decisions.keeps({
        rule: finding.rule,
        key: findingKey(finding, survey.facts, raw.bytes, name),
        label: labelOfFinding(finding, survey.facts),
      }),
  );
}

/** Whether a rule has unlisted findings that single records show: then all records must be examined. */
function needsAllRecords({ unlisted }: CheckedFile, scope: FixScope): boolean {
  return [...unlisted.keys()].some((rule) => !isOfDataset({ rule }) && (scope.rules?.has(rule) ?? true));
}

/** @param onFixed called for each changed record */
async function planFixes(
  checked: CheckedFile,
  scope: FixScope,
  chosen: ChosenPairs | undefined,
  onFixed: (raw: RawRecord, fixed: FixedRecord) => void,
): Promise<Fixes> {
  const { file, survey, settings, findings } = checked;
  const byRecord = groupBy(
    findings.map(({ finding }) => finding),
    ({ record }) => record,
  );
  const isAll = needsAllRecords(checked, scope);
  const changes: RecordChange[] = [];
  const made = new Map<string, number>();
  const twins = new Set(findings.flatMap(({ finding: { twin } }) => twin ?? []));
  /** A twin comes before its copies. */
  const twinKeys = new Map<number, string>();
  const isWanted = (record: number): boolean => isAll || byRecord.has(record) || twins.has(record);
  for await (const raw of file.records(isWanted)) {
    if (twins.has(raw.record)) twinKeys.set(raw.record, recordKey(raw.bytes));
    // Pairs of one record share texts, so a repair of one would change the others.
    if (chosen && !chosen.hasAll(raw.record)) continue;
    // Checks of single records run again here. Findings of the whole dataset are reused.
    const related = (byRecord.get(raw.record) ?? []).filter(isOfDataset);
    const open = openFindings(checked, raw, related, scope);
    if (open.length === 0) continue;
    // Rules that a decision hides for this record are skipped.
    const rules = new Set(open.map(({ rule }) => rule));
    const others = open.filter(isOfDataset);
    const newline = open.some(({ separate }) => separate) ? await newlineOf(file, raw) : undefined;
    const { mapping } = survey.recognition;
    const fixed = fixRecord(
      raw,
      mapping,
      settings.rules,
      { ...scope, rules },
      {
        others,
        ...(newline && { newline }),
        keyOf: (record) => twinKeys.get(record),
      },
    );
    if (!fixed) continue;
    for (const [rule, count] of fixed.made) made.set(rule, (made.get(rule) ?? 0) + count);
    onFixed(raw, fixed);
    const { record, byteStart, byteEnd, lineEnd } = raw;
    changes.push({ raw: { record, byteStart, byteEnd, lineEnd }, bytes: fixed.bytes });
  }
  return { changes, made };
}

/** The lines of a record: one, except in a JSON document. */
function marked(mark: string, bytes: Uint8Array): readonly string[] {
  return decoder
    .decode(bytes)
    .split(/\r?\n/)
    .map((line) => mark + line);
}

function diffLines(raw: RawRecord, fixed: FixedRecord): readonly string[] {
  return [
    `@@ line ${raw.line + 1}: ${[...fixed.made.keys()].join(', ')} @@`,
    ...marked('-', raw.bytes),
    ...(fixed.bytes ? marked('+', fixed.bytes) : []),
  ];
}

/** Fixes one file completely or not at all. True if it changed, or would change. */
async function fixFile(
  command: Command,
  checked: CheckedFile,
  scope: FixScope,
  { dryRun }: FixOptions,
  where: Where | undefined,
): Promise<boolean> {
  const { path } = checked.file;
  let isFirst = true;
  const show = (raw: RawRecord, fixed: FixedRecord): void => {
    if (isFirst) for (const line of [`--- ${path}`, `+++ ${path}`]) command.print(line);
    isFirst = false;
    for (const line of diffLines(raw, fixed)) command.print(line);
  };
  const chosen = where && (await choosePairs(command, where, knownOf(checked)));
  const { changes, made } = await planFixes(checked, scope, chosen, dryRun ? show : () => undefined);
  if (changes.length > 0 && !dryRun) {
    const planned = planChanges(checked.file, async () => Promise.resolve(changes), false);
    const names = await hardLinksOf(path);
    if (names !== undefined) command.note(messages.splitsLinks(path, names).message);
    await savePlanned(checked.file, planned, command.signal);
    await command.cache?.holdReading(path, checked.survey.recognition);
  }
  const counts = [...made].map(([rule, count]) => `${rule} ${count}`).join(', ');
  const records = plural(changes.length, 'record');
  const what = dryRun ? 'would change' : 'changed';
  const of = chosen ? ` ${capitalised(matchWords(chosen, checked.survey.facts))} ${where.text}.` : '';
  command.note(`${path}: ${records} ${what}${counts === '' ? '' : ` (${counts})`}.${of}`);
  for (const [rule, count] of checked.unlisted) {
    if (isOfDataset({ rule }) && made.has(rule)) command.note(messages.fixesLeft(path, rule, count).message);
  }
  return changes.length > 0;
}

/** Fixes files, each completely or not at all. True if one changed, or would change. */
export async function fix(command: Command, paths: readonly string[], options: FixOptions): Promise<boolean> {
  for (const id of options.rule) knownRule(id);
  const scope: FixScope = {
    ...(options.rule.length > 0 && { rules: new Set(options.rule) }),
    review: options.review && options.rule.length > 0,
  };
  const where = whereOf(options.where);
  const collecting = {
    score: where !== undefined && needsScores(where.query),
    seed: 1,
    groupBy: undefined,
    budget: 1,
    baseline: false,
    canPart: true,
    maxRelated: Math.ceil(command.memoryMb * RELATED_PER_MB),
  } as const;
  let isChanged = false;
  for await (const checked of collect(command, paths, collecting)) {
    if (checked instanceof UserError) {
      command.fail(checked);
      continue;
    }
    tellUnchecked(command, checked);
    for (const one of checked.files) {
      try {
        assertWritable(one.file);
        isChanged = (await fixFile(command, one, scope, options, where)) || isChanged;
      } catch (error) {
        if (!(error instanceof UserError) || !containerOf(one.file).isReadOnly) throw error;
        command.fail(error);
      }
    }
  }
  return isChanged;
}
