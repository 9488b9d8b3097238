// The command line: parsing, exit codes, signals. Each command is a function in a file of its own.
import { join } from 'node:path';

import { Command as Program, InvalidArgumentError } from 'commander';

import { UserError } from '#core/messages.ts';

import { check } from './check.ts';
import type { Command } from './command.ts';
import { writeScores } from './score.ts';
import { selfTest } from './selftest.ts';
import { progressBar } from './terminal.ts';

const CLEAN = 0;
const FINDINGS = 1;
const CANNOT_RUN = 2;

const cancel = new AbortController();
const command: Command = {
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  bar: progressBar(process.stderr),
  signal: cancel.signal,
  scorerPath: join(import.meta.dirname, 'scorer.js'),
};

function toNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('expected a number, 0 or more.');
  return value;
}

const program = new Program('preflens')
  .description('Inspect and repair preference datasets.')
  .version(process.env['PREFLENS_VERSION'] ?? '')
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? CLEAN : CANNOT_RUN);
  });

const SEED = ['--seed <n>', 'seed of folds and fits', toNumber, 1] as const;
const GROUP = ['--group-by <field>', 'fit one model for each value of this field'] as const;

interface Common {
  readonly seed: number;
  readonly groupBy?: string;
}

program
  .command('check')
  .description('report broken records and pairs whose label looks wrong; exit 1 when a record is broken')
  .argument('<files...>', '.jsonl or .jsonl.gz files')
  .option('--no-score', 'structural checks alone')
  .option('--budget <percent>', 'percent of the pairs to put up for review', toNumber, 1)
  .option(...SEED)
  .option(...GROUP)
  .action(async (files: string[], options: Common & { score: boolean; budget: number }) => {
    const { found, failed } = await check(command, files, { groupBy: undefined, ...options });
    process.exitCode = failed ? CANNOT_RUN : found ? FINDINGS : CLEAN;
  });

program
  .command('score')
  .description('write one JSON line for each pair: margin, percentile, strongest reasons')
  .argument('<file>', 'a .jsonl or .jsonl.gz file')
  .requiredOption('--out <file>', 'where to write, - for standard output')
  .option(...SEED)
  .option(...GROUP)
  .action(async (file: string, options: Common & { out: string }) => {
    await writeScores(command, file, { groupBy: undefined, ...options });
  });

program
  .command('selftest')
  .description('flip labels on purpose and print how many of them the ranking finds')
  .argument('<file>', 'a .jsonl or .jsonl.gz file')
  .option('--json', 'figures for machines', false)
  .option(...SEED)
  .option(...GROUP)
  .action(async (file: string, options: Common & { json: boolean }) => {
    await selfTest(command, file, { groupBy: undefined, ...options });
  });

program
  .command('lsp')
  .description('start the language server for any editor')
  .option('--stdio', 'speak over standard input and output (the only way, and the default)')
  .action(async () => {
    await import('../lsp/main.ts');
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    cancel.abort(new UserError('Cancelled. Nothing was written.'));
    // A command that does not hear it soon is ended all the same.
    setTimeout(() => process.exit(CANNOT_RUN), 1000).unref();
  });
}
// The reader of our output may be gone, as in `preflens check … | head`.
process.stdout.on('error', () => process.exit(CLEAN));

try {
  await program.parseAsync();
} catch (error) {
  command.bar.clear();
  command.note(
    error instanceof UserError
      ? error.message
      : `preflens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  process.exitCode = CANNOT_RUN;
}
