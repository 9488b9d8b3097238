// `join`: what needs all shards, from the facts of each. No text of the data is read.
import { joinRelations } from '#core/checks/relations/joinRelations.ts';
import type { FileFacts } from '#core/checks/relations/relation.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { Decisions } from '#core/memory/decisions.ts';
import { findingKey } from '#core/memory/keys.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { FileReport } from '#core/report/report.ts';
import { totalOf } from '#core/report/report.ts';
import { plural } from '#core/words/numbers.ts';
import type { PlacedFinding } from '#node/engine.ts';
import { planJoin, shardsOf } from '#node/joinPlan.ts';
import { memoryRoot, readBaseline } from '#node/memory.ts';
import type { FactsTable } from '#node/parquet/factsTable.ts';
import { openFactsFolder } from '#node/parquet/factsTable.ts';

import type { CheckOptions } from './check.ts';
import { collected, countUnlisted, decisionsReader } from './collect.ts';
import type { Command } from './command.ts';
import { fails, fileReport, writeReport } from './fileReport.ts';

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
  const baseline =
    named === false
      ? undefined
      : await readBaseline({ root, named: typeof named === 'string' ? named : undefined });
  return fileReport(
    {
      path: about.name,
      facts,
      recognition,
      findings: findings.map((one) => collected(placed(one, file, about), facts)),
      unlisted: countUnlisted(counts, findings),
      decisions: new Decisions(decisions, verdicts),
      baseline,
      scorers: [],
      trust: '',
    },
    format,
  );
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
  const version = process.env['PREFLENS_VERSION'] ?? '';
  await writeReport(command, { version, files, errors: [], leftOut: [] }, options);
  return files.some((file) => fails(file, rules, options.failOn));
}
