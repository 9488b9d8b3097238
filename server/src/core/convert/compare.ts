// What was read and what was written, message by message. A conversion reports what this finds, so that it cannot say
// that nothing is lost where something is.
import { readRecord } from '../mapping/read.ts';
import { MAPPINGS } from '../mapping/table.ts';
import { canonical } from '../model/canonical.ts';
import { kindOfField } from '../model/fieldNames.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import { speakerWord } from '../model/speaker.ts';
import { fieldLabel } from './content.ts';
import type { Example } from './example.ts';
import { extrasOf, partsOf, placedPart, placedText, plainCalls, plainRole } from './example.ts';
import type { ConvertTarget } from './targets.ts';

/** Opens a turn of a transcript, which a text may be already. */
const TURN = /\n\n(?:Human|Assistant):/;

const CALLS = new Set(['tool_calls', 'tool_call', 'function_call']);

interface Thing {
  readonly words: string;
  readonly isOne?: true;
}

/** What a field of a message is, for people. */
function fieldThing(name: string): Thing {
  const field = fieldLabel([name]);
  if (CALLS.has(name)) return { words: `tool calls (${field})` };
  const kind = kindOfField(name);
  if (kind === 'thought') return { words: `reasoning (${field})`, isOne: true };
  return kind === 'media' ? { words: `media (${field})` } : { words: `the field ${field}`, isOne: true };
}

/** The kinds of parts that are no text. */
function partTypes(parts: readonly Json[]): string {
  const types = parts.flatMap((part) => {
    const type = typeof part === 'object' && part !== null && !isList(part) ? part['type'] : undefined;
    return typeof type === 'string' && type !== 'text' ? [fieldLabel([type])] : [];
  });
  return [...new Set(types)].join(', ');
}

function isSameSpeaker(a: string, b: string): boolean {
  return speakerWord(a) === speakerWord(b);
}

/** True when a text holds others, one after the other. */
function holdsInOrder(text: string, others: readonly string[]): boolean {
  let from = 0;
  return others.every((other) => {
    const words = other.trim();
    const at = text.indexOf(words, from);
    from = at + words.length;
    return at >= 0;
  });
}

/** One conversation and how it reads back. */
interface Comparison {
  readonly target: ConvertTarget;
  /** "the prompt" or "an answer". */
  readonly what: string;
  readonly made: JsonObject;
}

function leftOut({ target, what }: Comparison, { words, isOne }: Thing): string {
  const [verb, them] = isOne ? ['is', 'it'] : ['are', 'them'];
  const why = target.isOfTexts ? `; ${target.id} has no place for ${them}, trl-messages has` : '';
  return `${words} of ${what} ${verb} left out${why}`;
}

function partsThing(parts: readonly Json[]): Thing {
  return { words: `parts of a message (${partTypes(parts) || 'lists'})` };
}

function* partDifferences(own: Turn, back: Turn, comparison: Comparison): Generator<string> {
  const { target, what, made } = comparison;
  const content = partsOf(own);
  if (!content) return;
  const written = partsOf(back);
  if (written && canonical(written.parts) === canonical(content.parts)) return;
  const media: Record<string, Json[]> = {};
  const lost = content.parts.filter((part) => {
    const placed = placedPart(part);
    if (placed) return false;
    return typeof part !== 'string' && partTypes([part]) !== '';
  });
  const isPlaced =
    target.columns.includes('videos') &&
    placedText(own, media) === back.text &&
    Object.entries(media).every(([column, payloads]) => {
      const list = made[column];
      return isList(list) && payloads.every((one) => list.some((item) => canonical(item) === canonical(one)));
    });
  if (isPlaced) {
    const placed = content.parts.filter((part) => placedPart(part) !== undefined);
    const columns = Object.keys(media).map((name) => `"${name}"`);
    if (placed.length > 0)
      yield (
        `parts of a message (${partTypes(placed)}) of ${what} are written as marks in the text, such as "<image>"` +
        (columns.length > 0 ? `, and what they show as a list in ${columns.join(' and ')}` : '')
      );
    if (lost.length > 0) yield leftOut(comparison, partsThing(lost));
  } else {
    yield leftOut(comparison, partsThing(content.parts));
  }
}

function* turnDifferences(own: Turn, back: Turn, comparison: Comparison): Generator<string> {
  const { what } = comparison;
  const calls = plainCalls(own);
  if (back.role === 'function_call' && own.role !== back.role && calls === back.text) {
    yield `tool calls of ${what} are written as JSON into a message of "function_call", names and arguments alone`;
    for (const [name] of extrasOf(own))
      if (name !== 'tool_calls') yield leftOut(comparison, fieldThing(name));
    return;
  }
  if (!isSameSpeaker(own.role, back.role))
    yield `a message of ${fieldLabel([own.role])} in ${what} is written as one of ${fieldLabel([back.role])}`;
  else if (!comparison.target.roles.includes(plainRole(back.role)))
    yield `the role ${fieldLabel([back.role])} is written as it is, and a chat template may not know it`;
  yield* partDifferences(own, back, comparison);
  const isPlaced = partsOf(own) !== undefined && placedText(own, {}) === back.text;
  if (!isPlaced && own.text !== back.text) {
    yield own.text.trim() === back.text.trim()
      ? `blanks around a message of ${what} are left out`
      : `${what} reads back with other words`;
  }
  const kept = new Map(extrasOf(back));
  for (const [name, value] of extrasOf(own)) {
    const written = kept.get(name);
    if (written === undefined || canonical(written) !== canonical(value))
      yield leftOut(comparison, fieldThing(name));
    kept.delete(name);
  }
  for (const name of kept.keys()) yield `${what} reads back with a field ${fieldLabel([name])} more`;
}

/** Messages that became fewer: what each of them holds beside words is gone, and its words have to be there. */
function* joinedDifferences(
  own: readonly Turn[],
  back: readonly Turn[],
  comparison: Comparison,
): Generator<string> {
  const { what } = comparison;
  const text = back.map((turn) => turn.text).join('\n');
  if (
    !holdsInOrder(
      text,
      own.flatMap((turn) => turn.text.split(TURN)),
    )
  ) {
    yield `${what} reads back with other words`;
  } else if (back.length <= 1) {
    yield `several messages of ${what} are written as one text`;
  } else {
    yield `${what} reads back as other messages, with the same words`;
  }
  for (const turn of own) {
    const content = partsOf(turn);
    if (content) yield leftOut(comparison, partsThing(content.parts));
    for (const [name] of extrasOf(turn)) yield leftOut(comparison, fieldThing(name));
  }
}

function* differences(
  own: readonly Turn[],
  back: readonly Turn[],
  comparison: Comparison,
): Generator<string> {
  const { what, made } = comparison;
  const [first, ...rest] = own;
  const [text] = [made['chosen']];
  if (own.length === back.length) {
    for (const [i, turn] of own.entries()) {
      const other = back[i];
      if (other) yield* turnDifferences(turn, other, comparison);
    }
  } else if (
    // A transcript has no mark for the system message: it stands before the first turn.
    first?.role === 'system' &&
    back.length < own.length &&
    back[0]?.role !== 'system' &&
    typeof text === 'string' &&
    text.startsWith(first.text)
  ) {
    yield `the system message of ${what} is written before the first turn, without a mark of its own`;
    yield* differences(rest, back, comparison);
    for (const [name] of extrasOf(first)) yield leftOut(comparison, fieldThing(name));
  } else {
    yield* joinedDifferences(own, back, comparison);
  }
}

/** A blank after the mark of a transcript belongs to the mark. */
function withoutMarkBlank(turns: readonly Turn[]): readonly Turn[] {
  return turns.map((turn) => (turn.text.startsWith(' ') ? { ...turn, text: turn.text.slice(1) } : turn));
}

/** How a pair differs from what its records hold, read by the mapping of their format. A sentence each. */
export function comparePair(
  target: ConvertTarget,
  own: Example,
  made: readonly JsonObject[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const mapping = MAPPINGS.find(({ id }) => id === target.readBy);
  const note = (words: Iterable<string>): void => {
    for (const one of words) found.add(one);
  };
  for (const [i, record] of made.entries()) {
    const outcome = mapping ? readRecord(mapping, record) : undefined;
    if (!outcome || 'problem' in outcome) {
      found.add('the record cannot be read back');
      continue;
    }
    const of = (what: string): Comparison => ({ target, what, made: record });
    if (target.isUnpaired) {
      const judgement = outcome.judgements[0];
      const side = record['label'] === true ? own.chosen : own.rejected;
      const back = judgement ? [...judgement.prompt, ...judgement.response.turns] : [];
      note(differences([...own.prompt, ...side], back, of('a conversation')));
      if (judgement?.verdict !== record['label'] || (made.length === 2 && record['label'] !== (i === 0)))
        found.add('the verdict reads back differently');
      continue;
    }
    const [pair] = outcome.pairs;
    if (!pair || pair.isTie || outcome.pairs.length > 1) {
      found.add('the pair reads back as something else');
      continue;
    }
    const isTranscript = target.readBy === 'hh-transcript';
    note(differences(own.prompt, pair.prompt, of('the prompt')));
    for (const side of ['chosen', 'rejected'] as const) {
      const { turns } = pair[side];
      note(differences(own[side], isTranscript ? withoutMarkBlank(turns) : turns, of('an answer')));
    }
  }
  return found;
}
