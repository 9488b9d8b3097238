// One step of a recipe, on the rows of a stage.
import { basename, relative } from 'node:path';

import { columnOf } from '#core/build/columns.ts';
import type { ColumnStep, Recipe, RemakeStep, SelectStep, Step } from '#core/build/recipe.ts';
import type { Kept } from '#core/build/select.ts';
import { bestFirst, drawn, inBand, limited } from '#core/build/select.ts';
import { keepDiverse, SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import { messages } from '#core/messages.ts';
import { plural } from '#core/words/numbers.ts';
import { queryOf, selectRows } from '#node/selectRows.ts';
import { maxSigned, signDataset } from '#node/signatures.ts';

import type { Command } from '../command.ts';
import { fieldNames, searched } from '../known.ts';
import { groupsOf, numbersOf } from './measures.ts';
import type { Stage } from './stage.ts';
import { addColumn, eachRow, pairOf } from './stage.ts';

export interface Building {
  readonly command: Command;
  readonly seed: number;
  /** Where names of source files are counted from. */
  readonly folder: string;
}

type Note = (text: string) => void;

/** Names of facts that a step reads, as far as the recipe says them: they decide what is scored and checked. */
export function factsOf(step: Step): readonly string[] {
  switch (step.step) {
    case 'where':
      return [...queryOf(step.query).facts];
    case 'band':
      return [step.of, ...(step.by === undefined ? [] : [step.by])];
    case 'sample':
      return step.by === undefined ? [] : [step.by];
    case 'limit':
      return [step.per, ...(step.best === undefined ? [] : [step.best])];
    case 'diverse':
      return step.best === undefined ? [] : [step.best];
    case 'column':
      return [step.of ?? 'margin'];
    case 'source':
    case 'pairs':
    case 'convert':
    case 'negatives':
    case 'edits':
    case 'reactions':
    case 'split':
      return [];
  }
}

/** Facts of the steps up to the next one that makes records, without names that earlier columns take. */
export function factsNeeded(steps: readonly Step[]): ReadonlySet<string> {
  const columns = new Set<string>();
  const facts = new Set<string>();
  for (const step of steps) {
    for (const name of factsOf(step)) if (!columns.has(name)) facts.add(name);
    if (step.step === 'column') columns.add(step.name ?? step.value);
  }
  return facts;
}

async function selected(stage: Stage, { command }: Building, text: string): Promise<Kept> {
  const has = new Uint8Array(stage.rowCount);
  for (const known of stage.files) {
    const query = queryOf(text, await fieldNames(known.file));
    const places = await searched(command, query, known, async (reader) =>
      selectRows({ query: text }, query, known.facts, reader),
    );
    for (const { record } of places) if (record >= 0) has[known.firstRow + record] = 1;
  }
  return Uint8Array.from(stage.rows, (row) => has[row] ?? 0);
}

async function diverse(
  stage: Stage,
  { command }: Building,
  { distance, best }: Extract<SelectStep, { step: 'diverse' }>,
  note: Note,
): Promise<Kept> {
  const { bar, ranges, memoryMb, signal } = command;
  const max = maxSigned(memoryMb);
  if (stage.dataset.pairCount > max)
    throw messages.noStep(
      'diverse',
      `the sketches of ${plural(stage.dataset.pairCount, 'pair')} need more than ${memoryMb} MB (--memory).`,
    );
  const onProgress = (done: number): void => {
    bar.show('Comparing', done);
  };
  const limits = { maxSigned: max, maxWords: 0 };
  const { signatures: all } = await signDataset(stage.dataset, ranges, limits, onProgress, signal);
  bar.clear();
  const signatures = new Uint8Array(stage.rows.length * SIGNATURE_BYTES);
  const { files } = stage.dataset;
  let open = 0;
  eachRow(stage, (file, record, at) => {
    const pair = pairOf(file, record);
    const first = files.find((one) => one.file.path === file.file.path)?.firstPair ?? 0;
    if (pair < 0) open++;
    else {
      const from = (first + pair) * SIGNATURE_BYTES;
      signatures.set(all.subarray(from, from + SIGNATURE_BYTES), at * SIGNATURE_BYTES);
    }
  });
  if (open > 0) note(`${plural(open, 'record')} without a pair can’t be compared and are kept.`);
  const values = best === undefined ? undefined : await numbersOf(stage, command, best);
  return keepDiverse(signatures, bestFirst(stage.rows.length, values), 1 - distance);
}

/** Which rows a step keeps. */
export async function select(stage: Stage, building: Building, step: SelectStep, note: Note): Promise<Kept> {
  const { command, seed } = building;
  const count = stage.rows.length;
  switch (step.step) {
    case 'where':
      return selected(stage, building, step.query);
    case 'band': {
      const values = await numbersOf(stage, command, step.of);
      const without = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
      if (without > 0) note(`${plural(without, 'record')} without ${step.of}: dropped.`);
      const groups = step.by === undefined ? undefined : await groupsOf(stage, command, step.by);
      return inBand(values, step, groups?.of);
    }
    case 'sample': {
      const size = step.size ?? Math.round((step.share ?? 1) * count);
      if (size > count) note(`There are only ${plural(count, 'record')}: all are kept.`);
      const groups = step.by === undefined ? undefined : await groupsOf(stage, command, step.by);
      return drawn(
        count,
        size,
        step.seed ?? seed,
        groups && { groups: groups.of, names: groups.names, even: step.even === true },
      );
    }
    case 'limit': {
      const groups = await groupsOf(stage, command, step.per);
      const values = step.best === undefined ? undefined : await numbersOf(stage, command, step.best);
      note(`${plural(groups.names.length, 'group')}.`);
      return limited(groups.of, step.count, bestFirst(count, values));
    }
    case 'diverse':
      return diverse(stage, building, step, note);
  }
}

function assertSinglePairs(stage: Stage, words: string): void {
  eachRow(stage, ({ facts, file }, record) => {
    const [from, to] = facts.facts.pairsOf(record);
    if (to - from > 1)
      throw messages.noStep(
        words,
        `line ${(facts.facts.records.line[record] ?? 0) + 1} of ${file.path} holds ${plural(to - from, 'pair')}, and a column has one value for a record. Put a "pairs" or "convert" step before it.`,
      );
  });
}

/** Adds a column. Returns the rows to keep: all, unless those without a value are dropped. */
export async function column(
  stage: Stage,
  { command }: Building,
  step: ColumnStep,
  note: Note,
): Promise<Kept> {
  const { name = step.value, of = 'margin', missing = 'null', replace = false } = step;
  assertSinglePairs(stage, `column ${name}`);
  const { values, notes } = columnOf(await numbersOf(stage, command, of), step);
  notes.forEach(note);
  const without = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  if (without === values.length) throw messages.noStep(`column ${name}`, `no record that is left has ${of}.`);
  if (without > 0) {
    const then = missing === 'drop' ? 'dropped' : `${name} is ${missing} there`;
    note(`${plural(without, 'record')} without ${of}: ${then}.`);
  }
  const numbers = new Float64Array(stage.rowCount).fill(Number.NaN);
  values.forEach((value, at) => {
    numbers[stage.rows[at] ?? 0] = Number.isNaN(value) && typeof missing === 'number' ? missing : value;
  });
  addColumn(stage, `column ${name}`, {
    name,
    replace,
    numbers,
    valueOf(row) {
      const value = numbers[row] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    },
  });
  return Uint8Array.from(values, (value) => (Number.isNaN(value) && missing === 'drop' ? 0 : 1));
}

/** Adds where each record comes from: its file, and the number of its line or row from 1. */
export function addSource(stage: Stage, { folder }: Building): void {
  const names = stage.files.map(({ file }) => relative(folder, file.path) || basename(file.path));
  const fileOf = (row: number): number => {
    let number = stage.files.length - 1;
    while (number > 0 && (stage.files[number]?.firstRow ?? 0) > row) number--;
    return number;
  };
  addColumn(stage, 'source', {
    name: 'source_file',
    replace: false,
    valueOf: (row) => names[fileOf(row)],
  });
  addColumn(stage, 'source', {
    name: 'source_line',
    replace: false,
    valueOf(row) {
      const file = stage.files[fileOf(row)];
      return file && (file.facts.facts.records.line[row - file.firstRow] ?? 0) + 1;
    },
  });
}

const REMAKES: ReadonlySet<Step['step']> = new Set(['pairs', 'convert', 'negatives', 'edits', 'reactions']);

/** True for a step that writes other records, which are then read again. */
export function isRemake(step: Step): step is RemakeStep {
  return REMAKES.has(step.step);
}

export function seedOf(recipe: Recipe, step: Step): number {
  return ('seed' in step ? step.seed : undefined) ?? recipe.seed ?? 1;
}
