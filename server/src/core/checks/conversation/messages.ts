// The message lists of a record, with the paths of roles and texts.
import { pathsOf } from '../../mapping/field.ts';
import type { Reading } from '../../mapping/forms/form.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { readMessage } from '../../mapping/message.ts';
import { namesReadIn } from '../../mapping/read.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import type { Speaker } from '../../model/speaker.ts';
import { speakerOf } from '../../model/speaker.ts';

export interface Message {
  readonly role: string;
  readonly speaker: Speaker | undefined;
  /** Path of the value that holds the role. */
  readonly path: Path;
  readonly text: string;
  /** Fields of the message besides role and content. */
  readonly more?: JsonObject;
}

export interface MessageList {
  readonly path: Path;
  readonly messages: readonly Message[];
}

function messageOf(value: Json, path: Path): Message | undefined {
  const read = readMessage(value);
  if (!read) return undefined;
  const { role, roleName, text, more } = read;
  return { role, speaker: speakerOf(role), path: [...path, roleName], text, ...(more && { more }) };
}

function listOf(value: Json | undefined, path: Path): MessageList | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  const messages: Message[] = [];
  for (const [i, item] of value.entries()) {
    const message = messageOf(item, [...path, i]);
    if (!message) return undefined;
    messages.push(message);
  }
  return { path, messages };
}

/** The message lists in the fields that the mapping reads, in record order, including lists one level deeper. */
export function messageLists(record: JsonObject, mapping: Mapping): readonly MessageList[] {
  // Cached: half a dozen checks use them.
  const known = found.get(record);
  if (known) return known;
  const lists = findLists(record, mapping);
  found.set(record, lists);
  return lists;
}

const found = new WeakMap<JsonObject, readonly MessageList[]>();

function findLists(record: JsonObject, mapping: Mapping): readonly MessageList[] {
  const lists: MessageList[] = [];
  for (const name of namesReadIn(mapping, record)) {
    const value = record[name];
    const list = listOf(value, [name]);
    if (list) lists.push(list);
    else if (isObject(value)) {
      for (const [inner, item] of Object.entries(value)) {
        const below = listOf(item, [name, inner]);
        if (below) lists.push(below);
      }
    }
  }
  return lists;
}

/** Where a mapping's rivals stand: several answers to one message, which are no dialogue. */
function rivalsOf({ answers }: Mapping): Path {
  if (answers.kind !== 'candidates') return [];
  return 'at' in answers.from && typeof answers.from.at === 'string'
    ? (pathsOf(answers.from.at)[0] ?? [])
    : [];
}

/**
 * The conversations of a record, each in the order in which it was held: lists of messages without those of rivals,
 * and the way through a tree or a dialogue with several answers to each longest prompt.
 */
export function conversationsOf(
  { pairs }: Pick<Reading, 'pairs'>,
  record: JsonObject,
  mapping: Mapping,
): readonly MessageList[] {
  const rivals = rivalsOf(mapping);
  const lists = messageLists(record, mapping);
  if (rivals.length === 0) return lists;
  const ways = pairs.map(({ prompt, chosen }): MessageList => {
    const messages = [...prompt, ...chosen.turns].map(({ role, text }): Message => ({
      role,
      speaker: speakerOf(role),
      // A turn of the prompt has no place of its own here: the answer is near.
      path: chosen.path,
      text,
    }));
    return { path: rivals, messages };
  });
  return [...lists.filter(({ path }) => path[0] !== rivals[0]), ...ways];
}

/** The lists of the first pair's chosen and rejected answers. */
export function sideLists(
  lists: readonly MessageList[],
  pair: { readonly chosen: { readonly path: Path }; readonly rejected: { readonly path: Path } } | undefined,
): readonly [MessageList, MessageList] | undefined {
  const find = (path: Path | undefined): MessageList | undefined =>
    lists.find((list) => list.path.every((step, i) => step === path?.[i]));
  const [chosen, rejected] = [find(pair?.chosen.path), find(pair?.rejected.path)];
  return chosen && rejected && chosen !== rejected ? [chosen, rejected] : undefined;
}
