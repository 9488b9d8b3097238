// Numbers and groups of rows, by the names that recipes use.
import { isEmptyPrompt } from '#core/checks/relations/relation.ts';
import { hashKey, keyNumber } from '#core/hash.ts';
import { columnMargin } from '#core/mapping/columnMargin.ts';
import { toNumber } from '#core/mapping/forms/label.ts';
import { namedVotes } from '#core/mapping/namedVotes.ts';
import { UserError } from '#core/messages.ts';
import { canonical } from '#core/model/canonical.ts';
import { pairKey, promptSpelling } from '#core/model/identity.ts';
import type { Json } from '#core/model/json.ts';
import type { Turn } from '#core/model/pair.ts';
import { NUMBER_FACTS } from '#core/query/facts.ts';
import { fieldOf } from '#core/query/fields.ts';
import { sortKeyOf } from '#core/query/sortKey.ts';

import type { Command } from '../command.ts';
import type { ReadRow, Stage, StageFile } from './stage.ts';
import { eachRow, isFact, pairOf, readIn, readRows, valueIn } from './stage.ts';

/** Numbers that only the records say. */
const OF_RECORD: Readonly<Record<string, (one: ReadRow) => number | undefined>> = {
  strength(one) {
    const read = readIn(one);
    const [pair] = read?.pairs ?? [];
    const mapping = one.file.recognition?.mapping;
    if (!read || !pair || !mapping || pair.isTie) return undefined;
    const { margin } = columnMargin(mapping, read.value, pair) ?? {};
    // The field that trainers read, and that conversions write.
    return margin ?? (mapping.answers.kind === 'pair' ? toNumber(read.value['margin']) : undefined);
  },
  votes(one) {
    const read = readIn(one);
    const [pair] = read?.pairs ?? [];
    const mapping = one.file.recognition?.mapping;
    const votes = read && pair && mapping ? namedVotes(mapping, read.value, pair) : [];
    const worth = { chosen: 1, tie: 0.5, rejected: 0 } as const;
    return votes.length === 0
      ? undefined
      : votes.reduce((sum, { said }) => sum + worth[said], 0) / votes.length;
  },
};

function fieldNamed(name: string): string {
  const key = sortKeyOf(name);
  if (key.kind === 'fault') throw new UserError(key.message);
  return name.startsWith('.') ? name.slice(1) : name;
}

function factOf(name: string, file: StageFile): (record: number, pair: number) => number {
  return NUMBER_FACTS[name]?.of(file.facts) ?? (() => Number.NaN);
}

/** A number of each row that is left, by its place among them; NaN where there is none. */
export async function numbersOf(stage: Stage, command: Command, name: string): Promise<Float64Array> {
  const numbers = new Float64Array(stage.rows.length).fill(Number.NaN);
  const made = stage.columns.get(name)?.numbers;
  if (made) return numbers.map((_, at) => made[stage.rows[at] ?? 0] ?? Number.NaN);
  if (isFact(name)) {
    const facts = new Map(stage.files.map((file) => [file, factOf(name, file)]));
    eachRow(stage, (file, record, at) => {
      numbers[at] = facts.get(file)?.(record, pairOf(file, record)) ?? Number.NaN;
    });
    return numbers;
  }
  const field = Object.hasOwn(OF_RECORD, name) ? undefined : fieldNamed(name);
  const read = OF_RECORD[name] ?? ((one: ReadRow) => toNumber(fieldOf(valueIn(one), field ?? '')));
  let at = 0;
  for await (const one of readRows(stage, command)) {
    while (stage.rows[at] !== one.row) at++;
    numbers[at] = read(one) ?? Number.NaN;
  }
  return numbers;
}

export interface Groups {
  /** The group of each row that is left, by its place among them. */
  readonly of: Int32Array;
  readonly names: readonly string[];
}

/** Gives names their numbers by first occurrence. */
class Names {
  readonly #known = new Map<string | number, number>();
  readonly names: string[] = [];

  numberOf(key: string | number): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.names.length);
    return this.names.push(String(key)) - 1;
  }
}

const spellingKey = (prompt: readonly Turn[]): number => keyNumber(hashKey(promptSpelling({ prompt })));

/**
 * The prompt of each row as a number. Pairs without one count by their answers, so that they don't count as the same.
 */
async function promptNumbers(stage: Stage, command: Command): Promise<Float64Array> {
  const keys = new Float64Array(stage.rows.length).fill(Number.NaN);
  eachRow(stage, (file, record, at) => {
    const pair = pairOf(file, record);
    if (pair < 0) return;
    const identity = file.facts.facts.identity(pair);
    const isEmpty = isEmptyPrompt(file.facts.facts.pairs.promptKey, pair);
    keys[at] = keyNumber(isEmpty ? pairKey(identity) : identity.promptKey);
  });
  if (!keys.some(Number.isNaN)) return keys;
  let at = 0;
  for await (const one of readRows(stage, command)) {
    while (stage.rows[at] !== one.row) at++;
    const [judgement] = readIn(one)?.judgements ?? [];
    // A single answer without a prompt is its own group.
    if (Number.isNaN(keys[at]))
      keys[at] = judgement && judgement.prompt.length > 0 ? spellingKey(judgement.prompt) : -1 - one.row;
  }
  return keys;
}

export async function groupsOf(stage: Stage, command: Command, name: string): Promise<Groups> {
  const names = new Names();
  const of = new Int32Array(stage.rows.length);
  if (name === 'prompt') {
    const keys = await promptNumbers(stage, command);
    keys.forEach((key, at) => (of[at] = names.numberOf(key)));
  } else if (name === 'file') {
    eachRow(stage, (file, _, at) => (of[at] = names.numberOf(file.file.path)));
  } else if (stage.columns.has(name) || isFact(name) || Object.hasOwn(OF_RECORD, name)) {
    (await numbersOf(stage, command, name)).forEach((number, at) => (of[at] = names.numberOf(number)));
  } else {
    const field = fieldNamed(name);
    let at = 0;
    for await (const one of readRows(stage, command)) {
      while (stage.rows[at] !== one.row) at++;
      const value: Json = fieldOf(valueIn(one), field) ?? null;
      of[at] = names.numberOf(canonical(value));
    }
  }
  return { of, names: names.names };
}
