// `fix`: makes the repairs of findings. The safe ones; those that need a person where the rule is named and it is asked for.
import type { Newline } from '#core/edits/edit.ts';
import type { FixedRecord, FixScope } from '#core/fix.ts';
import { fixRecord, isOfDataset } from '#core/fix.ts';
import { groupBy } from '#core/group.ts';
import { UserError } from '#core/messages.ts';
import type { CutRecord } from '#core/model/record.ts';
import type { Change } from '#node/changes.ts';
import { planChanges } from '#node/changes.ts';
import type { DataFile } from '#node/files.ts';
import { savePlanned } from '#node/save.ts';

import type { CheckedFile } from './collect.ts';
import { collect } from './collect.ts';
import type { Command } from './command.ts';
import { knownRule } from './explain.ts';

export interface FixOptions {
  readonly rule: readonly string[];
  readonly review: boolean;
  readonly dryRun: boolean;
}

const decoder = new TextDecoder();

/** How lines end: as the record's own line, or where it is the last one, as the first. */
async function newlineOf({ records }: DataFile, raw: CutRecord): Promise<Newline> {
  const ending = ({ byteEnd, lineEnd }: CutRecord): number => lineEnd - byteEnd;
  if (ending(raw) > 0) return ending(raw) > 1 ? '\r\n' : '\n';
  for await (const first of records()) return ending(first) > 1 ? '\r\n' : '\n';
  return '\n';
}

/** The records that change, in file order, and how many repairs each rule made. */
async function plan(
  { file, survey, settings, findings, decisions }: CheckedFile,
  scope: FixScope,
): Promise<{ readonly changes: Change[]; readonly made: Map<string, number>; readonly diff: string[] }> {
  const { mapping } = survey.recognition;
  const open = findings.filter((finding) => !decisions.keeps(finding)).map(({ finding }) => finding);
  const byRecord = groupBy(open, ({ record }) => record);
  const kept = new Set(
    findings
      .filter((finding) => decisions.keeps(finding))
      .map(({ rule, finding }) => `${finding.record} ${rule}`),
  );
  const changes: Change[] = [];
  const made = new Map<string, number>();
  const diff: string[] = [];
  for await (const raw of file.records((record) => byRecord.has(record))) {
    const own = byRecord.get(raw.record) ?? [];
    // A rule that somebody silenced for this record makes nothing here.
    const rules = new Set(
      own
        .map(({ rule }) => rule)
        .filter((rule) => !kept.has(`${raw.record} ${rule}`) && (scope.rules?.has(rule) ?? true)),
    );
    const fixed: FixedRecord | undefined = fixRecord(
      raw,
      mapping,
      settings.rules,
      { ...scope, rules },
      // What one record shows is examined anew; what the whole dataset shows is taken as it was found.
      own.filter(isOfDataset),
      own.some(({ separate }) => separate) ? await newlineOf(file, raw) : undefined,
    );
    if (!fixed) continue;
    for (const [rule, count] of fixed.made) made.set(rule, (made.get(rule) ?? 0) + count);
    diff.push(
      `@@ line ${raw.line + 1}: ${[...fixed.made.keys()].join(', ')} @@`,
      `-${decoder.decode(raw.bytes)}`,
    );
    if (fixed.bytes) diff.push(`+${decoder.decode(fixed.bytes)}`);
    const { record, byteStart, byteEnd, lineEnd } = raw;
    changes.push({ raw: { record, byteStart, byteEnd, lineEnd }, bytes: fixed.bytes });
  }
  return { changes, made, diff };
}

/** Mends one file, whole or not at all. True when something was, or would be, changed. */
async function fixFile(
  command: Command,
  checked: CheckedFile,
  scope: FixScope,
  dryRun: boolean,
): Promise<boolean> {
  const { path } = checked.file;
  const { changes, made, diff } = await plan(checked, scope);
  if (changes.length > 0 && dryRun)
    for (const line of [`--- ${path}`, `+++ ${path}`, ...diff]) command.print(line);
  if (changes.length > 0 && !dryRun) {
    const planned = planChanges(checked.file, async () => Promise.resolve(changes), false);
    await savePlanned(checked.file, planned, command.signal);
  }
  const words = [...made].map(([rule, count]) => `${rule} ${count}`).join(', ');
  const what = dryRun ? 'would change' : 'changed';
  command.note(`${path}: ${changes.length} records ${what}${words === '' ? '' : ` (${words})`}.`);
  return changes.length > 0;
}

/** Mends files, each whole or not at all. True when something was, or would be, changed. */
export async function fix(command: Command, paths: readonly string[], options: FixOptions): Promise<boolean> {
  for (const id of options.rule) knownRule(id);
  const scope: FixScope = {
    ...(options.rule.length > 0 && { rules: new Set(options.rule) }),
    review: options.review && options.rule.length > 0,
  };
  const collecting = { score: false, seed: 1, groupBy: undefined, budget: 0, baseline: false } as const;
  let isChanged = false;
  for await (const checked of collect(command, paths, collecting)) {
    if (checked instanceof UserError) throw checked;
    for (const file of checked.files)
      isChanged = (await fixFile(command, file, scope, options.dryRun)) || isChanged;
  }
  return isChanged;
}
