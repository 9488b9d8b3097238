// Where a record holds its candidates: in a list, an object, fields, a tree or a dialogue.
import type { Json } from '../../model/json.ts';
import { isList } from '../../model/json.ts';
import type { Turn } from '../../model/pair.ts';
import { speakerWord } from '../../model/speaker.ts';
import { findField, valueAt } from '../field.ts';
import type { Answers, CandidateSource } from '../mapping.ts';
import { concreteShape, turnsOf } from '../shape.ts';
import type { FormContext, Item } from './form.ts';
import { valueItems } from './named.ts';

export type CandidateAnswers = Extract<Answers, { kind: 'candidates' }>;

/** Deeper trees and longer dialogues are not followed: each node repeats the whole conversation before it. */
const MAX_DEPTH = 256;

/** Candidates at one point of a conversation. */
export interface Group {
  readonly prompt: readonly Turn[];
  readonly items: readonly Item[];
}

type SourceOf<K extends CandidateSource['kind']> = Extract<CandidateSource, { kind: K }>;
function listGroups(at: string, { record, prompt }: FormContext): Group[] {
  const found = findField(record, at);
  if (!found || !isList(found.value)) return [];
  const { path } = found;
  return [{ prompt, items: found.value.map((value, i) => ({ path: [...path, i], value })) }];
}

/** The last message's list, and the messages before it as the prompt. */
function lastMessageGroups(source: SourceOf<'last-message'>, { record, prompt }: FormContext): Group[] {
  const found = findField(record, source.at);
  const last = found && isList(found.value) ? found.value.at(-1) : undefined;
  const list = valueAt(last, [source.list]);
  if (!found || !isList(found.value) || !isList(list)) return [];
  const at = found.value.length - 1;
  const before = turnsOf(found.value.slice(0, at), 'messages', 'user');
  const path = [...found.path, at, source.list];
  return [
    {
      prompt: [...prompt, ...before.map(({ role, text, more }) => ({ role, text, ...(more && { more }) }))],
      items: list.map((value, i) => ({ path: [...path, i], value })),
    },
  ];
}

function textOf(answers: CandidateAnswers, item: Item): string {
  const found = findField(item.value, answers.text.at, item.path);
  if (!found) return '';
  return turnsOf(found.value, concreteShape(found.value, answers.text.as), '')
    .map(({ text }) => text)
    .join('\n\n');
}

/** True for two names of one speaker. */
function isRole(role: Json | undefined, speaker: string): boolean {
  return typeof role === 'string' && speakerWord(role) === speakerWord(speaker);
}

function treeGroups(
  source: SourceOf<'tree'>,
  answers: CandidateAnswers,
  { record, prompt }: FormContext,
): Group[] {
  const root = findField(record, source.at);
  if (!root) return [];
  const groups: Group[] = [];
  const open: { item: Item; before: readonly Turn[] }[] = [{ item: root, before: prompt }];
  // The list grows during the loop: breadth first.
  for (const { item, before } of open) {
    const children = valueAt(item.value, [source.children]);
    if (!isList(children) || children.length === 0 || before.length >= MAX_DEPTH) continue;
    const role = valueAt(item.value, [source.role]);
    const path = [...before, { role: typeof role === 'string' ? role : '', text: textOf(answers, item) }];
    const items = children.map((value, i) => ({ path: [...item.path, source.children, i], value }));
    if (items.every(({ value }) => isRole(valueAt(value, [source.role]), source.answers)))
      groups.push({ prompt: path, items });
    for (const child of items) open.push({ item: child, before: path });
  }
  return groups;
}

function dialogueGroups(
  source: SourceOf<'dialogue'>,
  answers: CandidateAnswers,
  context: FormContext,
): Group[] {
  const groups: Group[] = [];
  let before: readonly Turn[] = context.prompt;
  let items: Item[] = [];
  let turn: Json | undefined;
  const close = (): void => {
    if (items.length === 0 || groups.length >= MAX_DEPTH) return;
    groups.push({ prompt: before, items });
    const best = items.find(({ value }) => valueAt(value, [source.chosen]) === true) ?? items[0];
    if (best) before = [...before, { role: source.answers, text: textOf(answers, best) }];
    items = [];
  };
  for (const item of listGroups(source.at, context)[0]?.items ?? []) {
    const number = valueAt(item.value, [source.turn]);
    if (number !== turn) close();
    turn = number;
    const role = valueAt(item.value, [source.role]);
    if (isRole(role, source.answers)) items.push(item);
    else before = [...before, { role: typeof role === 'string' ? role : '', text: textOf(answers, item) }];
  }
  close();
  return groups;
}

/** The candidates of a record, by the point of the conversation at which they stand. */
export function groupsOf(answers: CandidateAnswers, context: FormContext): readonly Group[] {
  const source = answers.from;
  switch (source.kind) {
    case 'list':
      return listGroups(source.at, context);
    case 'values':
      return [{ prompt: context.prompt, items: valueItems(context.record, source.at) }];
    case 'last-message':
      return lastMessageGroups(source, context);
    case 'fields': {
      const fields = [...source.at, ...(source.more ?? [])];
      const items = fields.flatMap((at) => findField(context.record, at) ?? []);
      return [{ prompt: context.prompt, items }];
    }
    case 'tree':
      return treeGroups(source, answers, context);
    case 'dialogue':
      return dialogueGroups(source, answers, context);
  }
}
