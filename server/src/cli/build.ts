// `build`: makes a training set from a recipe, and says what was kept, dropped and why.
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { assign } from '#core/build/clusters.ts';
import type { Built, Recipe, RemakeStep, SplitStep } from '#core/build/recipe.ts';
import { stepWords } from '#core/build/recipe.ts';
import type { BuildReport, Figures, FileReport, StepReport } from '#core/build/report.ts';
import { reportLines } from '#core/build/report.ts';
import type { Kept } from '#core/build/select.ts';
import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { Losses } from '#core/convert/losses.ts';
import { messages } from '#core/messages.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import { plural } from '#core/words/numbers.ts';
import { withLineEnds, writeTo } from '#node/convertFile.ts';
import { openFile } from '#node/files.ts';
import { temporaryFolder } from '#node/leftovers.ts';
import type { TableCodec } from '#node/parquet/write.ts';
import { checkCodec } from '#node/parquet/write.ts';
import { expandPaths } from '#node/paths.ts';
import { maxSigned } from '#node/signatures.ts';
import type { SurveyedDataset } from '#node/survey.ts';
import { digestOf } from '#node/surveyFile.ts';
import { writeWhole } from '#node/write.ts';

import type { Output } from './build/outputs.ts';
import { assertNoInput, papersOf, partPath, writeOutputs } from './build/outputs.ts';
import { promptClusters } from './build/prompts.ts';
import type { ReadRecipe } from './build/recipeFile.ts';
import { readRecipe } from './build/recipeFile.ts';
import type { LinesMade, Remaking } from './build/remake.ts';
import { converted, paired, withNegatives } from './build/remake.ts';
import { edited, mappingFor, reacted } from './build/signals.ts';
import type { Stage } from './build/stage.ts';
import { openStage } from './build/stage.ts';
import type { Building } from './build/steps.ts';
import { addSource, column, factsNeeded, isRemake, seedOf, select } from './build/steps.ts';
import type { Command } from './command.ts';
import { targetOf } from './convert.ts';
import { openSurveyed } from './job.ts';
import { portraitLines } from './portraitLines.ts';

export interface BuildOptions {
  /** Replaces the output of the recipe. */
  readonly out?: string;
  readonly dryRun: boolean;
  readonly format: 'text' | 'json';
  readonly model?: string;
}

const REMAKE: {
  readonly [name in RemakeStep['step']]: (
    remaking: Remaking,
    step: Extract<RemakeStep, { step: name }>,
  ) => LinesMade;
} = { pairs: paired, convert: converted, negatives: withNegatives, edits: edited, reactions: reacted };

/** Copies are written as records of one format, whatever their number of schemas. */
function assertOneSchema({ dataset }: Stage): void {
  const [first, ...others] = dataset.files;
  for (const { file, survey } of others)
    if (first && survey.recognition.mapping.id !== first.survey.recognition.mapping.id)
      throw messages.noStep(
        file.path,
        `its records are ${survey.recognition.mapping.id}, and those of ${first.file.path} are ${first.survey.recognition.mapping.id}. Add a "convert" step, which writes all in one format.`,
      );
}

function assertSure({ dataset }: Stage): void {
  for (const { file, survey } of dataset.files) {
    const { polarity } = survey.recognition;
    if (polarity && !polarity.isSure) throw messages.uncertainPolarity(file.path, polarity.readings);
  }
}

function keep(stage: Stage, kept: Kept): void {
  stage.rows = stage.rows.filter((_, at) => kept[at] === 1);
}

/** Runs steps over stages. The files between them live in a folder that `done` deletes. */
class Builder {
  readonly steps: StepReport[] = [];
  readonly #command: Command;
  readonly #read: ReadRecipe;
  readonly #model: string | undefined;
  readonly #between: string;

  /** Where names of source files are counted from: that of the output, so that a repeated build gives the same bytes. */
  readonly #folder: string;

  constructor(
    command: Command,
    read: ReadRecipe,
    { between, folder, model }: { between: string; folder: string; model: string | undefined },
  ) {
    this.#command = command;
    this.#read = read;
    this.#folder = folder;
    this.#between = between;
    this.#model = model;
  }

  async open(paths: readonly string[], from: number): Promise<Stage> {
    const { steps, seed = 1 } = this.#read.recipe;
    const end = steps.findIndex((step, i) => i >= from && isRemake(step));
    // A step that makes records reads facts too.
    const facts = factsNeeded(steps.slice(from, end < 0 ? steps.length : end + 1));
    return openStage(this.#command, paths, facts, {
      seed,
      mapping: from === 0 ? mappingFor(this.#read.recipe) : undefined,
      ...(this.#model !== undefined && { model: this.#model }),
    });
  }

  /** The stage after all steps, before a split. */
  async run(first: Stage): Promise<Stage> {
    let stage = first;
    const { recipe } = this.#read;
    const { recordCount } = first.dataset;
    const left = recordCount - first.rows.length;
    this.steps.push({
      step: 'read',
      before: recordCount,
      after: first.rows.length,
      notes:
        left === 0
          ? []
          : [
              `${plural(left, 'record')} without ${recipe.steps.some(({ step }) => step === 'edits') ? 'a draft and an edited text' : 'a pair or a verdict'} that can be read: dropped.`,
            ],
    });
    this.#assertSomeLeft(first);
    for (const [i, step] of recipe.steps.entries()) {
      if (step.step === 'split') break;
      const before = stage.rows.length;
      const notes: string[] = [];
      const note = (text: string): void => {
        notes.push(text);
      };
      const building: Building = { command: this.#command, seed: seedOf(recipe, step), folder: this.#folder };
      if (isRemake(step)) {
        assertSure(stage);
        const path = await this.#remake(stage, step, i, building.seed, note);
        stage = await this.open([path], i + 1);
      } else if (step.step === 'column') {
        if (step.value !== 'copy') assertSure(stage);
        keep(stage, await column(stage, building, step, note));
      } else if (step.step === 'source') addSource(stage, building);
      else keep(stage, await select(stage, building, step, note));
      this.steps.push({ step: stepWords(step), before, after: stage.rows.length, notes });
      this.#assertSomeLeft(stage);
    }
    return stage;
  }

  #assertSomeLeft({ rows }: Stage): void {
    if (rows.length > 0) return;
    for (const { step, before, after } of this.steps) this.#command.note(`${step}: ${before} → ${after}`);
    throw messages.nothingLeft(this.#read.path);
  }

  async #remake(
    stage: Stage,
    step: RemakeStep,
    number: number,
    seed: number,
    note: (text: string) => void,
  ): Promise<string> {
    const isOfAnswers = step.step === 'reactions' && step.make === 'answers';
    const target = targetOf(step.to ?? (isOfAnswers ? 'trl-unpaired' : 'trl-messages'));
    const report = { losses: new Losses(), caveats: new Losses() };
    const told: string[] = [];
    const tell = (text: string): void => {
      told.push(text);
      note(text);
    };
    const path = join(this.#between, `step-${number + 1}.jsonl`);
    const make = REMAKE[step.step] as (remaking: Remaking, step: RemakeStep) => LinesMade;
    let made = 0;
    const encoder = new TextEncoder();
    const lines = async function* (command: Command): AsyncGenerator<Uint8Array> {
      for await (const line of make({ stage, command, target, report, seed, note: tell }, step)) {
        made++;
        yield encoder.encode(line);
      }
    };
    const { signal } = this.#command;
    await writeTo(path, signal)(withLineEnds(lines(this.#command)), async () => {
      for (const { file } of stage.files) await file.assertSame();
    });
    for (const line of [...report.losses.lines(), ...report.caveats.lines()]) tell(line);
    if (made === 0) {
      for (const line of told) this.#command.note(line);
      throw messages.noStep(stepWords(step), 'it makes no record.');
    }
    return path;
  }

  /** The rows of each file that is written. */
  async outputs(stage: Stage, output: string): Promise<readonly Output[]> {
    const last = this.#read.recipe.steps.at(-1);
    if (last?.step !== 'split') return [{ path: output, rows: stage.rows }];
    const { parts, names, clusters } = await this.#split(stage, last);
    const made = names.map((name, part) => ({
      path: partPath(output, name),
      rows: stage.rows.filter((_, at) => parts[at] === part),
    }));
    this.steps.push({
      step: stepWords(last),
      before: stage.rows.length,
      after: stage.rows.length,
      notes: [
        `${plural(clusters, 'cluster')} of prompts, each on one side: ${names.map((name, i) => `${name} ${plural(made[i]?.rows.length ?? 0, 'record')}`).join(', ')}.`,
        ...made.flatMap(({ rows }, i) =>
          rows.length === 0 ? [`${names[i] ?? ''} gets no record, and no file.`] : [],
        ),
      ],
    });
    return made.filter(({ rows }) => rows.length > 0);
  }

  async #split(
    stage: Stage,
    step: SplitStep,
  ): Promise<{ parts: Uint8Array; names: readonly string[]; clusters: number }> {
    const clusters = await promptClusters(stage, this.#command, maxSigned(this.#command.memoryMb));
    const names = Object.keys(step.parts);
    const parts = assign(
      clusters,
      names.map((name) => ({ name, share: step.parts[name] ?? 0 })),
      seedOf(this.#read.recipe, step),
    );
    return { parts, names, clusters: new Set(clusters).size };
  }
}

function figuresOf({ files }: SurveyedDataset): Figures & { readonly isUnsure: boolean } {
  const { counts, lengths, labels } = portraitOf({
    files: files.map(({ survey }) => survey.facts),
    hasLabel: files.every(({ survey }) => survey.recognition.mapping.answers.kind === 'choice'),
    scorers: [],
    findings: [],
  });
  const findings: Record<string, number> = {};
  for (const { survey } of files)
    for (const [rule, count] of survey.counts) findings[rule] = (findings[rule] ?? 0) + count;
  const isUnsure = files.some(({ survey }) => unsureQuestion(survey.recognition.polarity) !== undefined);
  return { portrait: { counts, lengths, labels }, findings, isUnsure };
}

/** A path as files in this folder name it. */
function nameFrom(folder: string, path: string): string {
  return relative(folder, resolve(path)).split(sep).join('/');
}

/** What is not as it was when the recipe was last built. */
function changesSince(built: Built | undefined, now: readonly FileReport[]): readonly string[] {
  if (!built) return [];
  const before = new Map(built.inputs.map((one) => [one.path, one]));
  const version = process.env['PREFLENS_VERSION'] ?? '';
  return [
    ...(built.version === version ? [] : [`The last build was made by version ${built.version}.`]),
    ...now.flatMap(({ path, sha256 }) => {
      const known = before.get(path);
      if (!known) return [`${path} is new since the last build.`];
      return known.sha256 === sha256 ? [] : [`${path} has changed since the last build.`];
    }),
    ...built.inputs
      .filter(({ path }) => now.every((one) => one.path !== path))
      .map(({ path }) => `${path} was an input of the last build, and is none now.`),
  ];
}

/** What the last build of this output wrote down; undefined if there was none, or it is no such file. */
function builtAt(path: string): Built | undefined {
  try {
    return readRecipe(path).recipe.built;
  } catch {
    // Not ours, or not there: there is nothing to compare with.
    return undefined;
  }
}

/** Builds what a recipe says. Nothing is written unless every step succeeds. */
export async function build(command: Command, path: string, options: BuildOptions): Promise<void> {
  const read = readRecipe(path);
  const { recipe, folder } = read;
  const codec = (recipe.codec ?? 'snappy') as TableCodec;
  checkCodec(codec);
  const output = options.out === undefined ? resolve(folder, recipe.output) : resolve(options.out);
  const papers = papersOf(output);
  const papersFolder = dirname(papers.built);
  const { built = builtAt(papers.built) } = recipe;
  const inputs = await expandPaths(recipe.inputs.map((one) => resolve(folder, one)));
  if (!options.dryRun) await mkdir(dirname(papers.built), { recursive: true });
  const between = await temporaryFolder(options.dryRun ? resolve(path) : papers.built);
  try {
    const builder = new Builder(command, read, {
      between: between.path,
      folder: papersFolder,
      model: options.model,
    });
    const first = await builder.open(inputs, 0);
    const { dataset } = first;
    const before = figuresOf(dataset);
    if (!recipe.steps.some(isRemake)) assertOneSchema(first);
    const inputFiles: FileReport[] = [];
    for (const { file, survey } of dataset.files)
      inputFiles.push({
        path: nameFrom(papersFolder, file.path),
        sha256: await digestOf(file, command.signal),
        records: survey.facts.recordCount,
      });
    const stage = await builder.run(first);
    const outputs = await builder.outputs(stage, output);
    await assertNoInput(first, [...outputs.map((one) => one.path), papers.report, papers.built]);
    command.bar.clear();
    const report: BuildReport = {
      recipe: nameFrom(papersFolder, path),
      inputs: inputFiles,
      notes: changesSince(built, inputFiles),
      steps: builder.steps,
      outputs: [],
      before,
    };
    const whole = options.dryRun
      ? report
      : await finish(command, { read, stage, outputs, codec, report, papers, output });
    if (options.format === 'json') await command.json(whole);
    else for (const line of linesOf(whole, before.isUnsure)) command.print(line);
  } finally {
    await between.done();
  }
}

function linesOf(report: BuildReport, isUnsure: boolean): readonly string[] {
  return reportLines(report, (portrait) =>
    portraitLines(portrait, isUnsure).map(([name, text]) => `  ${name.padEnd(19)} ${text}`),
  );
}

interface Finishing {
  readonly read: ReadRecipe;
  readonly stage: Stage;
  readonly outputs: readonly Output[];
  readonly codec: TableCodec;
  readonly report: BuildReport;
  readonly papers: ReturnType<typeof papersOf>;
  readonly output: string;
}

/** Writes the files, reads them again, and writes what says how they were made. */
async function finish(command: Command, finishing: Finishing): Promise<BuildReport> {
  const { read, stage, outputs, codec, report, papers, output } = finishing;
  const { recipe } = read;
  const lost = await writeOutputs(stage, outputs, codec, command, async () => {
    // They are about the old files. Without them a build that was killed does not look complete.
    for (const path of [papers.report, papers.built]) await rm(path, { force: true });
  });
  command.bar.clear();
  const after = figuresOf(
    await openSurveyed(
      command,
      outputs.map(({ path }) => path),
    ),
  );
  const folder = dirname(papers.built);
  const written: FileReport[] = [];
  for (const { path, rows } of outputs)
    written.push({
      path: nameFrom(folder, path),
      sha256: await digestOf(await openFile(path), command.signal),
      records: rows.length,
    });
  const { isUnsure, ...figures } = after;
  const whole: BuildReport = {
    ...report,
    notes: [...report.notes, ...lost],
    outputs: written,
    after: figures,
  };
  await writeWhole(papers.report, `${linesOf(whole, isUnsure).join('\n')}\n`);
  const again: Recipe = {
    ...recipe,
    inputs: report.inputs.map(({ path }) => path),
    output: nameFrom(folder, output),
    built: {
      version: process.env['PREFLENS_VERSION'] ?? '',
      inputs: report.inputs,
      outputs: written,
    },
  };
  await writeWhole(papers.built, `${JSON.stringify(again, null, 2)}\n`);
  return whole;
}
