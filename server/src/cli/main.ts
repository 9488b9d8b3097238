// The command line: parsing, exit codes, signals. Each command is a function in a file of its own.
import { join } from 'node:path';

import { Command as Program, InvalidArgumentError, Option } from 'commander';

import { TARGETS } from '#core/convert/targets.ts';
import { messages, UserError } from '#core/messages.ts';
import type { OnnxRule } from '#core/reward/scorerRule.ts';
import { HEADS, PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import { openCache } from '#node/cache.ts';
import { defaultCacheFolder, openCacheFolder } from '#node/cacheFolder.ts';
import { endForSure } from '#node/ending.ts';
import { TABLE_CODECS } from '#node/parquet/write.ts';
import { expandPaths } from '#node/paths.ts';
import { sendingOf } from '#node/scorers/endpoint.ts';
import { modelBudget } from '#node/scorers/onnx.ts';
import { environmentSecret } from '#node/scorers/secrets.ts';
import { startScorer } from '#node/scoring/process.ts';
import { inWords } from '#node/systemErrors.ts';
import { threads, widthFor } from '#node/threads.ts';

import { apply } from './apply.ts';
import { baseline } from './baseline.ts';
import type { FailOn, FormatName } from './check.ts';
import { check, FAIL_ON, FORMATS } from './check.ts';
import type { Command } from './command.ts';
import type { ConvertOptions } from './convert.ts';
import { convert } from './convert.ts';
import { explainRule } from './explain.ts';
import { filter } from './filter.ts';
import { fix } from './fix.ts';
import { index, schema, stats } from './inspect.ts';
import { keep } from './keep.ts';
import { model, providers } from './models.ts';
import { openPrinter } from './printer.ts';
import { writeScores } from './score.ts';
import { selfTest } from './selftest.ts';
import { spoolStandardInput } from './standardInput.ts';

const CLEAN = 0;
const FINDINGS = 1;
const CANNOT_RUN = 2;

const printer = openPrinter(() => process.exit(CLEAN));
const cancel = new AbortController();
const bundle = (name: string): string => join(import.meta.dirname, name);

/** Set where a file of several could not be read. */
const run = { failed: false };

interface Global {
  readonly memory: number;
  readonly cache: boolean;
  readonly modelMemory: number | undefined;
  readonly send: boolean;
}

/** What all commands work with, by the options that all of them have. */
function commandWith({ memory, cache, modelMemory, send }: Global): Command {
  const cacheFolder = cache ? openCacheFolder(defaultCacheFolder(), printer.note) : undefined;
  return {
    ...printer,
    signal: cancel.signal,
    fail(error) {
      run.failed = true;
      printer.note(error.message);
    },
    ranges: threads(bundle('thread.js'), widthFor(memory), (message) => new UserError(message)),
    cache: cacheFolder === undefined ? undefined : openCache(cacheFolder, printer.note),
    memoryMb: memory,
    machine: {
      start: async (options) => startScorer(bundle('scorer.js'), options),
      cacheFolder,
      budget: modelBudget(modelMemory),
      log: printer.note,
      isTrusted: true,
      secret: async (name) => Promise.resolve(environmentSecret(name)),
      async maySend(rule) {
        const { what, where } = sendingOf(rule, 'this dataset');
        if (!send) throw messages.notAllowedToSend(what, where);
        printer.note(`Sending ${what} to ${where}.`);
      },
    },
  };
}

function toNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('expected a number, 0 or more.');
  return value;
}

const program = new Program('preflens')
  .description('Inspect and repair preference datasets.')
  .version(process.env['PREFLENS_VERSION'] ?? '')
  .option('--memory <mb>', 'memory to stay inside, in MB', toNumber, 1024)
  .option('--no-cache', 'keep nothing of what was read, and use nothing that was kept')
  .option(
    '--model-memory <mb>',
    'memory that models may take, in MB; half of the machine where it is not said',
    toNumber,
  )
  .option('--send', 'allow texts to be sent to the servers that preflens.json names', false)
  .configureOutput({ writeOut: printer.lines, writeErr: printer.notes })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? CLEAN : CANNOT_RUN);
  });

const command = (): Command => commandWith(program.opts<Global>());

const SEED = ['--seed <n>', 'seed of folds and fits', toNumber, 1] as const;
const MODEL = ['--model <folder>', 'score with the reward model in this folder'] as const;
const GROUP = ['--group-by <field>', 'fit one model for each value of this field'] as const;

interface Common {
  readonly seed: number;
  readonly groupBy?: string;
  readonly model?: string;
}

interface Checking extends Common {
  readonly score: boolean;
  readonly budget: number;
  readonly baseline: string | boolean;
}

const FILES = '.jsonl or .parquet files, packed or not, folders, or patterns of them; - for standard input';
const NO_SCORE = ['--no-score', 'leave out what scores say of labels'] as const;
const BUDGET = ['--budget <percent>', 'percent of the pairs to put up for review', toNumber, 1] as const;
const BASELINE = ['--baseline <file>', 'a baseline of another name than .preflens/baseline.json'] as const;

program
  .command('check')
  .description(
    'report what is wrong with datasets; exit 1 when something new is found, 2 when something cannot be read',
  )
  .argument('<files...>', FILES)
  .option(...NO_SCORE)
  .option(...BUDGET)
  .addOption(new Option('--format <name>', 'of the report').choices(Object.keys(FORMATS)).default('text'))
  .option('--out <file>', 'where the report goes; standard output where it is not said')
  .option('--max-findings <n>', 'findings that are listed at most, the gravest first; else all', toNumber)
  .addOption(
    new Option('--fail-on <severity>', 'the least severity that makes the exit code 1')
      .choices([...FAIL_ON])
      .default('warning'),
  )
  .option(...BASELINE)
  .option('--no-baseline', 'take no baseline into account')
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(
    async (
      files: string[],
      options: Checking & { format: FormatName; maxFindings?: number; failOn: FailOn; out?: string },
    ) => {
      const { paths, shownAs, done } = await spoolStandardInput(await expandPaths(files), cancel.signal);
      try {
        const { found, failed } = await check(command(), paths, {
          groupBy: undefined,
          maxFindings: Infinity,
          ...options,
          shownAs,
        });
        process.exitCode = failed ? CANNOT_RUN : found ? FINDINGS : CLEAN;
      } finally {
        await done();
      }
    },
  );

program
  .command('fix')
  .description('make the safe repairs of findings; exit 1 when --dry-run would change something')
  .argument('<files...>', FILES)
  .option('--rule <id...>', 'repairs of these rules alone')
  .option('--review', 'with --rule: also repairs that a person should look at first', false)
  .option('--dry-run', 'print what would change, and write nothing', false)
  .action(async (files: string[], options: { rule?: string[]; review: boolean; dryRun: boolean }) => {
    const isChanged = await fix(command(), await expandPaths(files), { rule: [], ...options });
    process.exitCode = options.dryRun && isChanged ? FINDINGS : CLEAN;
  });

program
  .command('baseline')
  .description(
    'write down what is found now in these files together, in .preflens/baseline.json: check reports what is new',
  )
  .argument('<files...>', FILES)
  .option('--prune', 'take out what is not found any more, and decisions that nobody needs', false)
  .option(...NO_SCORE)
  .option(...BUDGET)
  .option(...BASELINE)
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(
    async (files: string[], options: Omit<Checking, 'baseline'> & { baseline?: string; prune: boolean }) => {
      await baseline(command(), await expandPaths(files), {
        groupBy: undefined,
        ...options,
        baseline: options.baseline ?? true,
      });
    },
  );

program
  .command('keep')
  .description('decide that a pair stays as it is in spite of a finding, in .preflens/decisions.jsonl')
  .argument('<place>', 'FILE:LINE, or FILE for a finding about the whole file')
  .requiredOption('--rule <id>', 'the rule of the finding')
  .requiredOption('--reason <words>', 'why')
  .option('--by <name>', "who decides; git's user.name, else the name of the account, where it is not said")
  .option('--pair <n>', 'number of the pair in its record, from 0', toNumber, 0)
  .option('--wrong', 'the finding is right: write that down, and go on reporting it', false)
  .action(
    async (
      place: string,
      options: { rule: string; reason: string; by?: string; pair: number; wrong: boolean },
    ) => {
      await keep(command(), place, options);
    },
  );

program
  .command('explain')
  .description('the page of a rule; without one, all rules')
  .argument('[rule]', 'its id')
  .action((id: string | undefined) => {
    explainRule(command(), id);
  });

program
  .command('score')
  .description('write one JSON line for each pair: margin, percentile, strongest reasons')
  .argument(
    '<file>',
    'a .jsonl file, packed or not, or a folder; - filters standard input to standard output',
  )
  .option('--out <file>', 'where to write, - for standard output')
  .option('--mapping <id>', 'of standard input: its schema, where it is not recognised')
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(async (file: string, options: Common & { out?: string; mapping?: string }) => {
    if (file === '-') await filter(command(), { model: options.model, mapping: options.mapping });
    else if (options.out === undefined) program.error("error: option '--out <file>' is needed for a file");
    else await writeScores(command(), file, { groupBy: undefined, ...options, out: options.out });
  });

program
  .command('selftest')
  .description('flip labels on purpose and print how many of them the ranking finds')
  .argument('<file>', 'a .jsonl file, packed or not, or a folder')
  .option('--json', 'figures for machines', false)
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(async (file: string, options: Common & { json: boolean }) => {
    await selfTest(command(), file, { groupBy: undefined, ...options });
  });

const JSON_OUT = ['--json', 'for machines', false] as const;

program
  .command('index')
  .description('read a file or folder and say what it holds; the facts are kept for later commands')
  .argument('<path>', 'a file or folder')
  .option(...JSON_OUT)
  .option('--rebuild', 'read everything anew', false)
  .action(async (path: string, options: { json: boolean; rebuild: boolean }) => {
    await index(command(), path, options);
  });

program
  .command('schema')
  .description('explain how a file is read: which schema, why, which answer is the better one')
  .argument('<file>', 'a file')
  .option(...JSON_OUT)
  .action(async (file: string, options: { json: boolean }) => {
    await schema(command(), file, options);
  });

program
  .command('stats')
  .description('print the figures of a file or folder: pairs, ties, lengths, by source')
  .argument('<path>', 'a file or folder')
  .option(...JSON_OUT)
  .option('--group-by <field>', 'the field that names the source; found by itself where it is usual')
  .action(async (path: string, options: { json: boolean; groupBy?: string }) => {
    await stats(command(), path, { groupBy: undefined, ...options });
  });

program
  .command('apply')
  .description('make a list of edits in a file: flips, drops, ties, margins; all of them or none')
  .argument('<file>', 'the file to edit')
  .requiredOption('--edits <file>', 'one JSON object a line: record, pair, edit; - for standard input')
  .option('--dry-run', 'say what would change and write nothing', false)
  .action(async (file: string, options: { edits: string; dryRun: boolean }) => {
    await apply(command(), file, options.edits, options.dryRun);
  });

program
  .command('model')
  .description('check a model folder: what it holds, how it is used, whether it works')
  .argument('<folder>', 'a folder in Hugging Face layout, with an .onnx file')
  .option('--file <name>', 'the .onnx file in it')
  .addOption(new Option('--head <name>', 'how its numbers are read').choices(HEADS))
  .option('--label <label>', 'the label that speaks for a good answer')
  .option('--format <text>', 'the text that it reads, with {prompt} and {response}')
  .option('--reference <folder>', 'the reference model of an implicit reward')
  .addOption(new Option('--provider <name>', 'what computes').choices(['auto', ...PROVIDER_NAMES]))
  .action(async (folder: string, options: Omit<OnnxRule, 'kind' | 'model'>) => {
    await model(command(), folder, options);
  });

program
  .command('convert')
  .description('write a file or folder as JSONL, Parquet or a trainer’s format, and say what is lost by it')
  .argument('<path>', 'a file or folder')
  .requiredOption(
    '--out <file>',
    'where to write: .jsonl, .jsonl.gz, .jsonl.zst or .parquet; - for JSONL to standard output',
  )
  .addOption(
    new Option('--to <format>', 'a trainer’s format; without it the records stay as they are').choices(
      TARGETS.map(({ id }) => id),
    ),
  )
  .addOption(
    new Option('--codec <name>', 'how a .parquet file is packed')
      .choices(Object.keys(TABLE_CODECS))
      .default('snappy'),
  )
  .option('--dry-run', 'say what would be lost, and write nothing', false)
  .action(async (path: string, options: Omit<ConvertOptions, 'to'> & { to?: string }) => {
    await convert(command(), path, { to: undefined, ...options });
  });

program
  .command('providers')
  .description('try what can compute here, and say what is chosen and why')
  .option(...JSON_OUT)
  .action(async ({ json }: { json: boolean }) => {
    await providers(command(), json);
  });

program
  .command('lsp')
  .description('start the language server for any editor')
  .option('--stdio', 'speak over standard input and output (the only way, and the default)')
  .action(async () => {
    await import(new URL('server.js', import.meta.url).href);
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    cancel.abort(new UserError('Cancelled. Nothing was written.'));
    // A command that does not hear it soon is ended all the same.
    setTimeout(() => {
      process.on('exit', endForSure);
      process.exit(CANNOT_RUN);
    }, 1000).unref();
  });
}

// What nobody waited for ends the program too, and its words come from data as often.
process.on('uncaughtException', (error) => {
  printer.notes(`preflens: ${error.stack ?? error.message}`);
  process.exit(CANNOT_RUN);
});

try {
  await program.parseAsync();
  if (run.failed) process.exitCode = CANNOT_RUN;
} catch (error) {
  printer.bar.clear();
  const said = inWords(error);
  if (said instanceof UserError) printer.note(said.message);
  else printer.notes(`preflens: ${said instanceof Error ? (said.stack ?? said.message) : String(said)}`);
  process.exitCode = CANNOT_RUN;
}
