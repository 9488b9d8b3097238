// The commands and their options. What a command needs is loaded when it runs, so that help and versions come at
// once.
import { Argument, Command as Program, Option } from 'commander';

import type { OnnxRule } from '#core/reward/scorerRule.ts';
import { HEADS, PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import type { McpOptions } from '#protocol/mcp.ts';

import type { BuildOptions } from './build.ts';
import type { DiffFormat, ReviewFormat, Shell } from './choices.ts';
import {
  BUILD_FORMATS,
  CODECS,
  DIFF_FORMATS,
  REVIEW_FORMATS,
  ROW_FORMATS,
  SHELLS,
  TRAINER_FORMATS,
} from './choices.ts';
import type { Command } from './command.ts';
import type { Global } from './context.ts';
import type { ConvertOptions } from './convert.ts';
import type { Checking, Common, Reporting } from './options.ts';
import {
  BASELINE,
  BUDGET,
  GROUP,
  JSON_OUT,
  MODEL,
  NO_SCORE,
  reporting,
  SEED,
  toNumber,
  toPosition,
  VERIFY,
  WHERE,
} from './options.ts';
import { openPrinter } from './printer.ts';
import type { RowsOptions } from './rows.ts';

const CLEAN = 0;
const FINDINGS = 1;
const CANNOT_RUN = 2;

const printer = openPrinter(() => process.exit(CLEAN));
const cancel = new AbortController();
/** True if one of several files could not be read. */
const run = { failed: false };

const program = new Program('preflens')
  .description('Inspect and repair preference datasets.')
  .version(process.env['PREFLENS_VERSION'] ?? '')
  .option('--memory <mb>', 'memory limit, in MB', toNumber, 1024)
  .option('--no-cache', 'neither read nor write the cache')
  .option('--model-memory <mb>', 'memory limit for models, in MB; default: half of the machine', toNumber)
  .option('--send', 'allow sending texts to the servers in preflens.json', false)
  .option('--run', 'allow running the commands in preflens.json on each answer', false)
  .configureOutput({ writeOut: printer.lines, writeErr: printer.notes })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? CLEAN : CANNOT_RUN);
  });

/** @param verify a verifier of the command line, which its user named and so allows */
const command = async (verify?: readonly string[]): Promise<Command> => {
  const { commandWith } = await import('./checking.ts');
  const global = program.opts<Global>();
  return commandWith({ ...global, run: global.run || verify !== undefined }, printer, cancel.signal, () => {
    run.failed = true;
  });
};

const expandPaths = async (paths: readonly string[]): Promise<readonly string[]> =>
  (await import('./checking.ts')).expandPaths(paths);

const FORMATS = 'JSON Lines, JSON, Parquet, CSV, TSV or Arrow';
const FILES = `files (${FORMATS}), folders, or patterns`;

reporting(
  program
    .command('check')
    .description('report problems in datasets; exit code 1 for new findings, 2 for unreadable files')
    .argument('<files...>', `${FILES}; - for standard input`)
    .option(...NO_SCORE)
    .option(...BUDGET)
    .option(...WHERE),
)
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .option(...VERIFY)
  .action(async (files: string[], options: Checking & Reporting & { where?: string }) => {
    const { check, spoolStandardInput } = await import('./checking.ts');
    const spooled = await spoolStandardInput(await expandPaths(files), cancel.signal);
    const { paths, shownAs, said, done } = spooled;
    const all = await command(options.verify);
    const own: Command = {
      ...all,
      note: (text) => {
        all.note(said(text));
      },
      fail: (error) => {
        all.fail(new Error(said(error.message)));
      },
    };
    try {
      const { found, failed } = await check(own, paths, {
        groupBy: undefined,
        maxFindings: Infinity,
        ...options,
        shownAs,
        said,
      });
      process.exitCode = failed ? CANNOT_RUN : found ? FINDINGS : CLEAN;
    } finally {
      await done();
    }
  });

program
  .command('fix')
  .description('apply the safe repairs; exit code 1 if --dry-run would change something')
  .argument('<files...>', FILES)
  .option('--rule <id...>', 'only repairs of these rules')
  .option('--review', 'with --rule: also repairs that need review', false)
  .option(...WHERE)
  .option('--dry-run', 'print what would change, write nothing', false)
  .action(
    async (
      files: string[],
      options: { rule?: string[]; review: boolean; where?: string; dryRun: boolean },
    ) => {
      const { fix } = await import('./commands.ts');
      const isChanged = await fix(await command(), await expandPaths(files), { rule: [], ...options });
      process.exitCode = options.dryRun && isChanged ? FINDINGS : CLEAN;
    },
  );

program
  .command('baseline')
  .description('save the present findings in .preflens/baseline.json, so that check reports only new ones')
  .argument('<files...>', FILES)
  .option('--prune', 'remove entries that are no longer found, and unused decisions', false)
  .option(...NO_SCORE)
  .option(...BUDGET)
  .option(...BASELINE)
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(
    async (files: string[], options: Omit<Checking, 'baseline'> & { baseline?: string; prune: boolean }) => {
      const { baseline } = await import('./commands.ts');
      await baseline(await command(), await expandPaths(files), {
        groupBy: undefined,
        ...options,
        baseline: options.baseline ?? true,
      });
    },
  );

program
  .command('keep')
  .description('ignore a finding of a pair from now on, in .preflens/decisions.jsonl')
  .argument('<place>', 'FILE:LINE, or FILE for a finding about the whole file')
  .requiredOption('--rule <id>', 'the rule of the finding')
  .requiredOption('--reason <words>', 'why')
  .option('--by <name>', "who decides; default: git's user.name, or the name of the account")
  .option('--pair <n>', 'number of the pair in its record, from 1', toPosition, 1)
  .option('--wrong', 'the finding is right: record that, and keep reporting it', false)
  .action(
    async (
      place: string,
      options: { rule: string; reason: string; by?: string; pair: number; wrong: boolean },
    ) => {
      const { keep } = await import('./commands.ts');
      await keep(await command(), place, options);
    },
  );

program
  .command('review')
  .description(
    'print what reviewers said of pairs: progress, agreement, disagreements; exit code 1 if they disagree',
  )
  .argument('<files...>', FILES)
  .addOption(
    new Option('--format <name>', 'format of the report').choices([...REVIEW_FORMATS]).default('text'),
  )
  .action(async (files: string[], options: { format: ReviewFormat }) => {
    const { review } = await import('./commands.ts');
    const isDisputed = await review(await command(), await expandPaths(files), options);
    process.exitCode = isDisputed ? FINDINGS : CLEAN;
  });

program
  .command('diff')
  .description(
    'print what happened to the records between two versions of a file; exit code 1 for differences, 2 for trouble',
  )
  .argument('<files...>', `OLD and NEW (${FORMATS}), or one file with --git`)
  .option('--git <revision>', 'compare the file with a revision of it, such as HEAD or main')
  .addOption(new Option('--format <name>', 'format of the report').choices([...DIFF_FORMATS]).default('text'))
  .option('--limit <n>', 'list no more changes of each kind than this; default: 20, in JSON all', toNumber)
  .option('--driver', 'take the arguments that git passes to a diff driver; the exit code is 0', false)
  .action(
    async (
      files: string[],
      { driver, ...options }: { format: DiffFormat; git?: string; limit?: number; driver: boolean },
    ) => {
      const { diff, gitDriver } = await import('./commands.ts');
      if (driver) await gitDriver(await command(), files, options);
      else process.exitCode = (await diff(await command(), files, options)) ? FINDINGS : CLEAN;
    },
  );

program
  .command('merge')
  .description(
    'merge two versions of a JSON Lines file record by record, into OURS; exit code 1 for conflicts, 2 for trouble',
  )
  .argument('<base>', 'the version that both come from')
  .argument('<ours>', 'the version that the result replaces')
  .argument('<theirs>', 'the other version')
  .option('--path <path>', 'the name of the file in the repository; default: OURS')
  .option('--marker-size <n>', 'length of conflict markers', toPosition, 7)
  .action(
    async (base: string, ours: string, theirs: string, options: { path?: string; markerSize: number }) => {
      const { merge } = await import('./commands.ts');
      process.exitCode = (await merge(await command(), { base, ours, theirs }, options)) ? FINDINGS : CLEAN;
    },
  );

program
  .command('explain')
  .description('print the page of a rule, of the query language or of recipes, or list all rules')
  .argument('[rule]', 'its id, or query, or build')
  .action(async (id: string | undefined) => {
    const { explainRule } = await import('./commands.ts');
    explainRule(printer, id);
  });

program
  .command('score')
  .description('write one JSON line for each pair: margin, percentile, strongest reasons')
  .argument('<file>', `a file (${FORMATS}) or a folder; - filters standard input to standard output`)
  .option('--out <file>', 'output file; - for standard output')
  .option('--mapping <id>', 'schema of standard input, if it is not recognised')
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .option(...VERIFY)
  .action(async (file: string, options: Common & { out?: string; mapping?: string }) => {
    if (file === '-') {
      const { filter } = await import('./commands.ts');
      await filter(await command(options.verify), {
        model: options.model,
        verify: options.verify,
        mapping: options.mapping,
      });
      return;
    }
    const { out } = options;
    if (out === undefined) return program.error("error: option '--out <file>' is required for a file");
    const { writeScores } = await import('./commands.ts');
    await writeScores(await command(options.verify), file, { groupBy: undefined, ...options, out });
  });

program
  .command('selftest')
  .description('flip some labels and print how many of them the ranking finds')
  .argument('<file>', `a file (${FORMATS}) or a folder`)
  .option('--json', 'print JSON', false)
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(async (file: string, options: Common & { json: boolean }) => {
    const { selfTest } = await import('./commands.ts');
    await selfTest(await command(), file, { groupBy: undefined, ...options });
  });

program
  .command('index')
  .description('survey a file or folder and cache the facts for later commands')
  .argument('<path>', 'a file or folder')
  .option(...JSON_OUT)
  .option('--rebuild', 'ignore the cache and read everything again', false)
  .option('--facts <folder>', 'write the facts of each file into this folder as Parquet, for join')
  .option('--score', 'with --facts: score each file, and write its margins too', false)
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(
    async (
      path: string,
      options: Common & { json: boolean; rebuild: boolean; facts?: string; score: boolean },
    ) => {
      const { index, writeFactsOf } = await import('./commands.ts');
      const { facts: folder } = options;
      if (folder === undefined && options.score)
        program.error("error: option '--facts <folder>' is required with --score");
      if (folder === undefined) await index(await command(), path, options);
      else await writeFactsOf(await command(), path, { groupBy: undefined, ...options, folder });
    },
  );

reporting(
  program
    .command('join')
    .description(
      'report what check finds between the records of all shards, and about each file, from facts that index --facts wrote',
    )
    .argument('<folder>', 'the folder with the facts'),
).action(async (folder: string, options: Reporting) => {
  const { join } = await import('./commands.ts');
  const found = await join(await command(), folder, { maxFindings: Infinity, ...options });
  process.exitCode = found ? FINDINGS : CLEAN;
});

program
  .command('schema')
  .description('explain how a file is read: its schema, why, and which answer is better')
  .argument('<file>', 'a file')
  .option(...JSON_OUT)
  .option(
    '--suggest',
    'if nothing is recognised: the nearest schemas, the fields, and an entry that fits',
    false,
  )
  .option('--write', 'write that entry into the nearest preflens.json', false)
  .option('--better <reading>', 'with --write: which answer is better, if the file does not say it')
  .action(
    async (file: string, options: { json: boolean; suggest: boolean; write: boolean; better?: string }) => {
      const { schema } = await import('./commands.ts');
      await schema(await command(), file, options);
    },
  );

program
  .command('stats')
  .description('print statistics of a file or folder: pairs, ties, lengths, by source')
  .argument('<path>', 'a file or folder')
  .option(...JSON_OUT)
  .option('--group-by <field>', 'the field that names the source; default: a usual one if present')
  .option(...WHERE)
  .action(async (path: string, options: { json: boolean; groupBy?: string; where?: string }) => {
    const { stats } = await import('./commands.ts');
    await stats(await command(), path, { groupBy: undefined, ...options });
  });

program
  .command('rows')
  .description(
    'list, count or write the records that a query selects; `preflens explain query` has the language',
  )
  .argument('<file>', 'a file')
  .option('--where <query>', 'which records, such as: margin<0 source:hh refus*; all by default')
  .option('--against <file>', 'an earlier version of the file, for queries such as change:flipped')
  .option('--sort <field>', 'a fact or a field; records without a value come last')
  .option('--descending', 'with --sort: the largest first', false)
  .option('--sample <n>', 'so many of them at random', toNumber)
  .option('--by <field>', 'with --sample: as many from each value of this fact or field')
  .option('--columns <names>', 'fields to print, joined by commas; default: prompt, chosen, rejected')
  .option('--limit <n>', 'print no more rows than this', toNumber)
  .option('--count', 'print their number alone', false)
  .addOption(
    new Option('--format <name>', 'records: the records byte for byte')
      .choices([...ROW_FORMATS])
      .default('text'),
  )
  .option('--out <file>', 'write them to a file; the records, if --format does not say')
  .option(...SEED)
  .option(...GROUP)
  .option(...MODEL)
  .action(async (file: string, options: Omit<RowsOptions, 'columns'> & { columns?: string }) => {
    const { rows } = await import('./commands.ts');
    const columns = options.columns?.split(',').map((name) => name.trim()) ?? [];
    await rows(await command(), file, { ...options, columns });
  });

program
  .command('apply')
  .description('apply a list of edits to a file (flips, drops, ties, margins): all or none')
  .argument('<file>', 'the file to edit')
  .requiredOption(
    '--edits <file>',
    'one JSON object per line: record and pair (from 0), edit; - for standard input',
  )
  .option('--dry-run', 'print what would change, write nothing', false)
  .action(async (file: string, options: { edits: string; dryRun: boolean }) => {
    const { apply } = await import('./commands.ts');
    await apply(await command(), file, options.edits, options.dryRun);
  });

program
  .command('model')
  .description('check a model folder: its content, how it is used, whether it works')
  .argument('<folder>', 'a folder in Hugging Face layout, with an .onnx file')
  .option('--file <name>', 'the .onnx file in it')
  .addOption(new Option('--head <name>', 'how to read its numbers').choices(HEADS))
  .option('--label <label>', 'the label for a good answer')
  .option('--format <text>', 'its input text, with {prompt} and {response}')
  .option('--reference <folder>', 'the reference model of an implicit reward')
  .addOption(new Option('--provider <name>', 'where to compute').choices(['auto', ...PROVIDER_NAMES]))
  .action(async (folder: string, options: Omit<OnnxRule, 'kind' | 'model'>) => {
    const { model } = await import('./commands.ts');
    await model(await command(), folder, options);
  });

program
  .command('convert')
  .description('write a file or folder as JSONL, Parquet or a trainer’s format, and report what is lost')
  .argument('<path>', 'a file or folder')
  .option(
    '--out <file>',
    'output file: .jsonl or .json (also .gz or .zst), or .parquet; - for JSONL to standard output; not needed with --dry-run',
  )
  .addOption(
    new Option('--to <format>', 'a trainer’s format; without it the records stay as they are').choices(
      TRAINER_FORMATS,
    ),
  )
  .addOption(new Option('--codec <name>', 'compression of a .parquet file').choices(CODECS).default('snappy'))
  .option('--dry-run', 'print the first record and what would be lost, write nothing', false)
  .action(async (path: string, options: Omit<ConvertOptions, 'to'> & { to?: string }) => {
    if (options.out === undefined && !options.dryRun)
      program.error("error: option '--out <file>' is required without --dry-run");
    const { convert } = await import('./commands.ts');
    await convert(await command(), path, { to: undefined, ...options });
  });

program
  .command('build')
  .description('make a training set from a recipe, and report what was kept, dropped and why')
  .argument('<recipe>', 'a JSON file with inputs, output and steps; `preflens explain build` describes them')
  .option('--out <file>', 'write to this file instead of the output in the recipe')
  .option('--dry-run', 'run the steps and print the report, write nothing', false)
  .addOption(new Option('--format <name>', 'format of the report').choices(BUILD_FORMATS).default('text'))
  .option(...MODEL)
  .action(async (recipe: string, options: BuildOptions) => {
    const { build } = await import('./commands.ts');
    await build(await command(), recipe, options);
  });

program
  .command('providers')
  .description('list available compute (CUDA, WebGPU, CPU), and what is chosen and why')
  .option(...JSON_OUT)
  .action(async ({ json }: { json: boolean }) => {
    const { providers } = await import('./commands.ts');
    await providers(await command(), json);
  });

program
  .command('lsp')
  .description('start the language server for any editor')
  .option('--stdio', 'use standard input and output (the default and only transport)')
  .action(async () => {
    await import(new URL('server.js', import.meta.url).href);
  });

program
  .command('mcp')
  .description(
    'serve the datasets of a folder to an assistant, over the Model Context Protocol on standard input and output',
  )
  .argument('[folder]', 'the folder whose files may be read; default: the working folder', '.')
  .option('--write', 'offer tools that change files: flip, tie, drop, keep, undo', false)
  .option('--trust', 'use the models, chat templates and servers that preflens.json names', false)
  .action(async (folder: string, options: Pick<McpOptions, 'write' | 'trust'>) => {
    const { memory, modelMemory, cache, send, run } = program.opts<Global>();
    const { defaultCacheFolder, openCacheFolder, UserError } = await import('./checking.ts');
    const { serve } = (await import(new URL('mcp.js', import.meta.url).href)) as {
      readonly serve: (options: McpOptions) => Promise<string>;
    };
    const why = await serve({
      folder,
      ...options,
      send,
      run,
      cacheFolder: cache ? openCacheFolder(defaultCacheFolder(), printer.note) : undefined,
      memoryMb: memory,
      modelMemoryMb: modelMemory,
    });
    throw new UserError(why);
  });

program
  .command('completion')
  .description('print what completes commands and options in a shell; the manual says where to put it')
  .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
  .action(async (shell: Shell) => {
    const { completionFor } = await import('./completion.ts');
    const { outlineOf } = await import('./outline.ts');
    printer.lines(completionFor(shell, outlineOf(program)));
  });

program
  .command('man')
  .description('print the manual page: preflens man | man -l -')
  .action(async () => {
    const { manualOf } = await import('./manual.ts');
    const { outlineOf } = await import('./outline.ts');
    printer.lines(manualOf(outlineOf(program)));
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    void import('./checking.ts').then(({ UserError }) => {
      cancel.abort(new UserError('Cancelled. Nothing was written.'));
    });
    // Kill a command that does not react soon.
    setTimeout(() => {
      void import('#node/ending.ts').then(({ endForSure }) => {
        process.on('exit', endForSure);
        process.exit(CANNOT_RUN);
      });
    }, 1000).unref();
  });
}

// Unhandled errors also end the program, and their messages may contain data from files.
process.on('uncaughtException', (error) => {
  printer.notes(`preflens: ${error.stack ?? error.message}`);
  process.exit(CANNOT_RUN);
});

try {
  await program.parseAsync();
  if (run.failed) process.exitCode = CANNOT_RUN;
} catch (error) {
  printer.bar.clear();
  const { inWords, UserError } = await import('./checking.ts');
  const said = inWords(error);
  if (said instanceof UserError) printer.note(said.message);
  else printer.notes(`preflens: ${said instanceof Error ? (said.stack ?? said.message) : String(said)}`);
  process.exitCode = CANNOT_RUN;
}
