// `join`: what needs all shards, from the facts of each. No text of the data is read.
import { isatty } from 'node:tty';

import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { joinRelations } from '#core/checks/relations/joinRelations.ts';
import type { FileFacts } from '#core/checks/relations/relation.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { readAs } from '#core/dataset/readAs.ts';
import { remember } from '#core/memory/apply.ts';
import { Decisions } from '#core/memory/decisions.ts';
import { findingKey } from '#core/memory/keys.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { FileReport } from '#core/report/report.ts';
import { countByRule, totalOf } from '#core/report/report.ts';
import { plural } from '#core/words/numbers.ts';
import type { PlacedFinding } from '#node/engine.ts';
import { planJoin, shardsOf } from '#node/joinPlan.ts';
import { memoryRoot, readBaseline } from '#node/memory.ts';
import type { FactsTable } from '#node/parquet/factsTable.ts';
import { openFactsFolder } from '#node/parquet/factsTable.ts';
import { writeWhole } from '#node/write.ts';

import type { CheckOptions } from './check.ts';
import { fails, formatOf, WITH_PORTRAIT } from './check.ts';
import type { CollectedFinding } from './collect.ts';
import { collected, countUnlisted, decisionsReader } from './collect.ts';
import type { Command } from './command.ts';

export type JoinOptions = Pick<CheckOptions, 'format' | 'maxFindings' | 'failOn' | 'out' | 'baseline'>;

/** A finding with the place of its record: where in it the label is, only the text says. */
function placed(finding: Finding, { facts }: FileFacts, { memoryName }: FactsTable['about']): PlacedFinding {
  const { record } = finding;
  const { line, byteStart, byteEnd } = facts.records;
  const range = { byteStart: byteStart[record] ?? 0, byteEnd: byteEnd[record] ?? 0 };
  return {
    finding,
    line: record === WHOLE_FILE ? 1 : (line[record] ?? 0) + 1,
    column: 1,
    range,
    key: findingKey(finding, facts, new Uint8Array(0), memoryName),
  };
}

async function reportOf(
  { about, facts: read }: FactsTable,
  { findings, counts }: Relations,
  decisionsOf: ReturnType<typeof decisionsReader>,
  { format, baseline: named }: JoinOptions,
): Promise<FileReport> {
  const file = read();
  const { facts, recognition } = file;
  const root = memoryRoot(about.name);
  const { decisions, verdicts } = await decisionsOf(root);
  const all: CollectedFinding[] = findings.map((one) => collected(placed(one, file, about), facts));
  const baseline =
    named === false
      ? undefined
      : await readBaseline({ root, named: typeof named === 'string' ? named : undefined });
  const { shown, kept, old } = remember(all, new Decisions(decisions, verdicts), baseline);
  const unlisted = countUnlisted(counts, findings);
  const unsure = unsureQuestion(recognition.polarity);
  const portrait = WITH_PORTRAIT.has(format)
    ? (await import('#core/portrait/portrait.ts')).portraitOf({
        files: [facts],
        hasLabel: recognition.mapping.answers.kind === 'choice',
        scorers: [],
        findings: countByRule([{ findings: shown, unlisted }]),
        unsure,
      })
    : undefined;
  const { recordCount, pairCount, tieCount, judgementCount } = facts;
  return {
    path: about.name,
    mapping: readAs(recognition.mapping, facts),
    unsure,
    recordCount,
    pairCount,
    tieCount,
    judgementCount,
    findings: shown,
    unlisted,
    kept: kept.length,
    old: old.length,
    ...(portrait && { portrait }),
    trust: '',
  };
}

/** True for findings that fail a run. */
export async function join(command: Command, folder: string, options: JoinOptions): Promise<boolean> {
  const { bar, signal, memoryMb } = command;
  const tables = await openFactsFolder(folder);
  const plan = planJoin(folder, tables, memoryMb);
  const [first] = tables;
  const rules = { severities: {}, options: {}, ...first?.about.rules, benchmarks: [] };
  const relations = await joinRelations(shardsOf(tables, signal), rules, {
    ...plan,
    onProgress: (done) => {
      bar.show('Joining', done);
    },
  });
  const files: FileReport[] = [];
  const decisionsOf = decisionsReader(command);
  for (const [i, table] of tables.entries()) {
    const own = relations[i];
    if (own) files.push(await reportOf(table, own, decisionsOf, options));
  }
  bar.clear();
  const pairs = files.reduce((sum, { pairCount }) => sum + pairCount, 0);
  command.note(
    `${folder}: ${plural(pairs, 'pair')} of ${plural(files.length, 'file')}, ${plural(totalOf(files), 'finding')} between records or about files${
      plan.passes > 1 ? `, in ${plan.passes} passes for ${memoryMb} MB` : ''
    }`,
  );
  const report = { version: process.env['PREFLENS_VERSION'] ?? '', files, errors: [], leftOut: [] };
  const lines = (await formatOf(options.format))(report, options.maxFindings);
  const print = options.format === 'github' ? command.command : command.print;
  if (options.out === undefined) for (const line of lines) print(line);
  else await writeWhole(options.out, [...lines].map((line) => `${line}\n`).join(''));
  if (options.format !== 'text' && options.out === undefined && isatty(1))
    command.note('--out FILE writes the report to a file.');
  return files.some(({ findings, unlisted }) =>
    [
      ...findings,
      ...[...unlisted.keys()].map((rule) => ({ rule, severity: rules.severities[rule] ?? 'information' })),
    ].some((one) => fails(one, options.failOn)),
  );
}
