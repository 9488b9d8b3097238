// Records of one schema as records of a trainer's format, and what that loses.
import type { ReadValue } from '../dataset/survey.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { namesRead, strengthOf } from '../mapping/read.ts';
import type { JsonObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import type { Target } from './targets.ts';
import { RESERVED } from './targets.ts';

/** The words of datasets for the three speakers. */
const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  prompter: 'user',
  question: 'user',
  gpt: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  chatgpt: 'assistant',
  answer: 'assistant',
  developer: 'system',
};
const KNOWN = new Set(['system', 'user', 'assistant', 'tool']);

/** Counts what was lost, each kind with the first record that it happened in. */
export class Losses {
  readonly #kinds = new Map<string, { count: number; readonly first: number }>();

  add(words: string, record: number): void {
    const known = this.#kinds.get(words);
    if (known) known.count++;
    else this.#kinds.set(words, { count: 1, first: record });
  }

  /** A sentence each, the most frequent first. */
  lines(): readonly string[] {
    return [...this.#kinds]
      .sort((a, b) => b[1].count - a[1].count)
      .map(
        ([words, { count, first }]) =>
          `${count.toLocaleString('en')} ${count === 1 ? 'time' : 'times'}, first in record ${first + 1}: ${words}.`,
      );
  }
}

function normalTurn({ role, text }: Turn, lose: (words: string) => void): Turn {
  const plain = role.toLowerCase();
  const known = ROLES[plain] ?? plain;
  if (!KNOWN.has(known)) lose(`the role "${role}" is written as it is, and a chat template may not know it`);
  return { role: known, text };
}

/** The records that one record becomes. What cannot be said is told to `losses`. */
export function convertRecord(
  target: Target,
  mapping: Mapping,
  record: number,
  { value, pairs, judgements }: ReadValue,
  losses: Losses,
): readonly JsonObject[] {
  const lose = (words: string): void => {
    losses.add(words, record);
  };
  if (pairs.length === 0)
    lose(
      judgements.length > 0 ? 'a single verdict, which is no pair, is left out' : 'no pair is in the record',
    );
  const read = namesRead(mapping);
  const others = Object.entries(value).filter(([name]) => !read.has(name));
  return pairs.flatMap((pair) => {
    if (pair.isTie) {
      lose('a tie is left out: no trainer has a way to say it');
      return [];
    }
    if (target.needsPrompt && pair.prompt.length === 0) {
      lose('a pair without a prompt is left out: this format is of conversations');
      return [];
    }
    const example = {
      prompt: pair.prompt.map((turn) => normalTurn(turn, lose)),
      chosen: pair.chosen.text.trimStart(),
      rejected: pair.rejected.text.trimStart(),
    };
    if (example.chosen !== pair.chosen.text || example.rejected !== pair.rejected.text)
      lose('blanks before an answer are left out');
    const strength = strengthOf(mapping, value, pair);
    return target.write(example, lose).map((made) => {
      const kept: Record<string, JsonObject[string]> = { ...made };
      if (strength !== undefined && !('label' in made)) kept['margin'] = strength;
      for (const [name, other] of others) {
        if (name in kept || RESERVED.has(name))
          lose(`the field "${name}" is left out: trainers take one of that name for theirs`);
        else kept[name] = other;
      }
      return kept;
    });
  });
}
