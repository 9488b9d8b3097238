// What messages hold besides text, for pages: calls, reasoning, pictures and other parts, each as a labelled block.
import { kindOfField } from '#core/model/fieldNames.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';
import type { Side, Turn } from '#core/model/pair.ts';
import { speakerOf } from '#core/model/speaker.ts';
import { plural } from '#core/words/numbers.ts';
import type { PartView, TurnView } from '#protocol/editor/views.ts';

import { picturesIn } from './images.ts';

/** Parts of one answer or prompt. */
const MAX_PARTS = 40;

/** Characters of a part that a page shows. */
const MAX_PART = 20_000;

/** Maximum characters of one string inside a part: a longer one is a file in disguise. */
const MAX_STRING = 2000;

const PICTURE_DEPTH = 4;

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${plural(text.length, 'character')})`;
}

/** A value as people read it: JSON with indents, a text as it is. */
function textOf(value: Json): string {
  if (typeof value === 'string') return cut(value, MAX_PART);
  try {
    const shortened = (_key: string, inner: unknown): unknown =>
      typeof inner === 'string' ? cut(inner, MAX_STRING) : inner;
    return cut(JSON.stringify(value, shortened, 2), MAX_PART);
  } catch {
    // Nested so deeply that the stack has no room for it.
    return '[nested too deeply]';
  }
}

/** Arguments of a call: writers keep them as JSON in a string. */
function argumentsOf(value: Json | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return textOf(value);
  try {
    const parsed = JSON.parse(value) as Json;
    return typeof parsed === 'object' && parsed !== null ? textOf(parsed) : textOf(value);
  } catch {
    // It is a text of its own.
    return textOf(value);
  }
}

/** A call, in the spellings of OpenAI and of those who leave out the frame; undefined for another object. */
function callOf(value: Json): PartView | undefined {
  if (!isObject(value)) return undefined;
  const inner = value['function'];
  const call = isObject(inner) ? inner : value;
  const { name } = call;
  if (typeof name !== 'string') return undefined;
  return {
    kind: 'call',
    label: `call ${name}`,
    text: argumentsOf(call['arguments'] ?? call['parameters'] ?? call['input']),
  };
}

function picturePart(label: string, value: Json): PartView | undefined {
  const [picture] = picturesIn(label, value, PICTURE_DEPTH);
  return picture && { kind: 'media', label, text: '', image: picture.source };
}

/** A part of a list of contents: `{"type": "image_url", "image_url": {"url": …}}`. */
function contentPart(part: Json): PartView | undefined {
  // Its text is the text of the message.
  if (typeof part === 'string' || !isObject(part) || part['type'] === 'text') return undefined;
  const { type, ...rest } = part;
  const label = typeof type === 'string' ? type : 'part';
  const [only, ...more] = Object.values(rest);
  return (
    picturePart(label, rest) ?? {
      kind: kindOfField(label) === 'media' ? 'media' : 'other',
      label,
      text: textOf(more.length === 0 && only !== undefined ? only : rest),
    }
  );
}

const KINDS: Partial<Record<ReturnType<typeof kindOfField>, PartView['kind']>> = {
  media: 'media',
  thought: 'thought',
};

function partsOfField(name: string, value: Json): readonly PartView[] {
  const items = isList(value) ? value : [value];
  if (name === 'content') return items.flatMap((item) => contentPart(item) ?? []);
  const kind = kindOfField(name);
  if (kind === 'tools' || name.includes('call')) {
    const calls = items.flatMap((item) => callOf(item) ?? []);
    if (calls.length === items.length && name.includes('call')) return calls;
  }
  if (kind === 'media') {
    return items.map((item) => picturePart(name, item) ?? { kind: 'media', label: name, text: textOf(item) });
  }
  return [{ kind: KINDS[kind] ?? 'other', label: name, text: textOf(value) }];
}

/** The parts of an object of fields, as `Turn.more` and `Side.more` have them. */
export function partsOf(more: JsonObject | undefined): readonly PartView[] {
  if (!more) return [];
  const parts = Object.entries(more).flatMap(([name, value = null]) => partsOfField(name, value));
  return parts.slice(0, MAX_PARTS);
}

export function turnView({ role, text, more }: Turn): TurnView {
  const parts = partsOf(more);
  return { role, text, ...(parts.length > 0 && { parts }) };
}

/** The parts of an answer: of each of its messages, and the fields of the record that belong to it. */
export function answerParts({ turns, more }: Side): readonly PartView[] {
  const isAlone = turns.length <= 1;
  const ofTurns = turns.flatMap((turn, i): readonly PartView[] => {
    const parts = partsOf(turn.more);
    if (isAlone) return parts;
    const from = `message ${i + 1}, ${speakerOf(turn.role) ?? turn.role}`;
    return parts.map((part) => ({ ...part, turn: i, label: `${part.label} (${from})` }));
  });
  return [...ofTurns, ...partsOf(more)].slice(0, MAX_PARTS);
}

/** The beginning of an answer, for a list: its text, or else its first part. */
export function answerStart(side: Side): string {
  if (side.text.trim() !== '') return side.text;
  const [first] = answerParts(side);
  return first ? `${first.label} ${first.text}` : '';
}
