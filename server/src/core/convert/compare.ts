// Compares what was read with what was written, message by message. A conversion reports these differences, so it
// can't claim that nothing was lost when something was.
import { readRecord } from '../mapping/read.ts';
import { MAPPINGS } from '../mapping/table.ts';
import { canonical } from '../model/canonical.ts';
import { kindOfField } from '../model/fieldNames.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import { speakerWord } from '../model/speaker.ts';
import { fieldLabel } from './content.ts';
import type { Example } from './example.ts';
import {
  dialogueTurns,
  extrasOf,
  isDialogue,
  OPEN_END,
  partsOf,
  placedPart,
  placedText,
  plainCalls,
  plainRole,
  withCalls,
} from './example.ts';
import type { ConvertTarget } from './targets.ts';

/** Starts a turn of a transcript. A text may already be one. */
const TURN = /\n\n(?:Human|Assistant):/;

const CALLS = new Set(['tool_calls', 'tool_call', 'function_call']);

interface Thing {
  readonly label: string;
  readonly isOne?: true;
}

function fieldThing(name: string): Thing {
  const field = fieldLabel([name]);
  if (CALLS.has(name)) return { label: `tool calls (${field})` };
  const kind = kindOfField(name);
  if (kind === 'thought') return { label: `reasoning (${field})`, isOne: true };
  return kind === 'media' ? { label: `media (${field})` } : { label: `the field ${field}`, isOne: true };
}

/** The types of the parts that are not text. A part without a type has its kind as the name of its field. */
function partTypes(parts: readonly Json[]): string {
  const types = parts.flatMap((part) => {
    if (!isObject(part)) return [];
    const type = part['type'] ?? (typeof part['text'] === 'string' ? undefined : Object.keys(part)[0]);
    return typeof type === 'string' && type !== 'text' ? [fieldLabel([type])] : [];
  });
  return [...new Set(types)].join(', ');
}

function isSameSpeaker(a: string, b: string): boolean {
  return speakerWord(a) === speakerWord(b);
}

/** True if the text contains the others in this order. */
function holdsInOrder(text: string, others: readonly string[]): boolean {
  let from = 0;
  return others.every((other) => {
    const wanted = other.trim();
    const at = text.indexOf(wanted, from);
    from = at + wanted.length;
    return at >= 0;
  });
}

/** A conversation, and the same conversation read back. */
interface Comparison {
  readonly target: ConvertTarget;
  readonly what: string;
  readonly made: JsonObject;
}

function leftOut({ target, what }: Comparison, { label, isOne }: Thing): string {
  const [verb, them] = isOne ? ['is', 'it'] : ['are', 'them'];
  const why = target.isOfTexts ? `; ${target.id} has no place for ${them}, trl-messages has` : '';
  return `${label} of ${what} ${verb} left out${why}`;
}

function partsThing(parts: readonly Json[]): Thing {
  return { label: `parts of a message (${partTypes(parts) || 'lists'})` };
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

/** A message whose text is a call, as it is written for a trainer that does not know its role. */
function asWritten(own: Turn, { target }: Comparison): Turn | undefined {
  return target.roles.includes(plainRole(own.role)) ? undefined : withCalls(own);
}

function* turnDifferences(own: Turn, back: Turn, comparison: Comparison): Generator<string> {
  const { what } = comparison;
  const moved = asWritten(own, comparison);
  const calls = plainCalls(moved ?? own);
  if (back.role === 'function_call' && own.role !== back.role && calls === back.text) {
    yield moved
      ? `a ${fieldLabel([own.role])} message in ${what} is written as "function_call"`
      : `tool calls of ${what} are written as JSON into a "function_call" message, with only names and arguments`;
    for (const [name] of extrasOf(own))
      if (name !== 'tool_calls') yield leftOut(comparison, fieldThing(name));
    return;
  }
  if (moved) {
    const isKept = back.more?.['tool_calls'] !== undefined;
    yield isKept
      ? `a ${fieldLabel([own.role])} message in ${what} is written as "tool_calls" of the assistant`
      : leftOut(comparison, fieldThing(own.role));
    if (isKept) yield* turnDifferences(moved, back, comparison);
    return;
  }
  if (!isSameSpeaker(own.role, back.role))
    yield `a ${fieldLabel([own.role])} message in ${what} is written as ${fieldLabel([back.role])}`;
  else if (!comparison.target.roles.includes(plainRole(back.role)))
    yield `the role ${fieldLabel([back.role])} is written unchanged; a chat template may not know it`;
  yield* partDifferences(own, back, comparison);
  const isPlaced = partsOf(own) !== undefined && placedText(own, {}) === back.text;
  if (!isPlaced && own.text !== back.text) {
    yield own.text.trim() === back.text.trim()
      ? `blanks around a message of ${what} are left out`
      : `${what} reads back with different text`;
  }
  const kept = new Map(extrasOf(back));
  for (const [name, value] of extrasOf(own)) {
    const written = kept.get(name);
    if (written === undefined || canonical(written) !== canonical(value))
      yield leftOut(comparison, fieldThing(name));
    kept.delete(name);
  }
  for (const name of kept.keys()) yield `${what} reads back with an extra field ${fieldLabel([name])}`;
}

/** Messages were joined: everything in them except text is lost, and their text must still be there. */
function* joinedDifferences(
  own: readonly Turn[],
  back: readonly Turn[],
  comparison: Comparison,
): Generator<string> {
  const { what } = comparison;
  const text = back.map((turn) => turn.text).join('\n');
  const moved = own.map((turn) => asWritten(turn, comparison));
  const written = own.map((turn, i) => moved[i] ?? turn);
  if (
    !holdsInOrder(
      text,
      written.flatMap((turn) => turn.text.split(TURN)),
    )
  ) {
    yield `${what} reads back with different text`;
  } else if (back.length <= 1) {
    const roles = [...new Set(own.map(({ role }) => plainRole(role)))].map((role) => fieldLabel([role]));
    yield `several messages of ${what} (${roles.join(', ')}) are written as one text`;
  } else {
    yield `${what} reads back as different messages with the same text`;
  }
  for (const [i, turn] of own.entries()) {
    if (moved[i]) yield leftOut(comparison, fieldThing(turn.role));
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
    // A transcript can't mark a system message, so it goes before the first turn.
    first?.role === 'system' &&
    back.length < own.length &&
    back[0]?.role !== 'system' &&
    typeof text === 'string' &&
    text.startsWith(first.text)
  ) {
    yield `the system message of ${what} is written before the first turn, without a role marker`;
    yield* differences(rest, back, comparison);
    for (const [name] of extrasOf(first)) yield leftOut(comparison, fieldThing(name));
  } else {
    yield* joinedDifferences(own, back, comparison);
  }
}

/** A blank after a transcript's role marker belongs to the marker. */
function withoutMarkBlank(turns: readonly Turn[]): readonly Turn[] {
  return turns.map((turn) => (turn.text.startsWith(' ') ? { ...turn, text: turn.text.slice(1) } : turn));
}

function isBlank(turns: readonly Turn[]): boolean {
  return turns.every((turn) => turn.text.trim() === '' && extrasOf(turn).length === 0 && !partsOf(turn));
}

function isSameTurns(some: readonly Turn[], others: readonly Turn[]): boolean {
  const spelling = (turns: readonly Turn[]): string =>
    turns.map((turn) => canonical([speakerWord(turn.role), turn.text, turn.more ?? null])).join();
  return spelling(some) === spelling(others);
}

/** How a pair differs from the pair read back by the mapping of its format. One sentence each. */
export function comparePair(
  target: ConvertTarget,
  own: Example,
  made: readonly JsonObject[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const mapping = MAPPINGS.find(({ id }) => id === target.readBy);
  const note = (messages: Iterable<string>): void => {
    for (const one of messages) found.add(one);
  };
  for (const [i, record] of made.entries()) {
    const outcome = mapping ? readRecord(mapping, record) : undefined;
    if (!outcome || 'problem' in outcome) {
      found.add('the record cannot be read back');
      continue;
    }
    const of = (what: string): Comparison => ({ target, what, made: record });
    if (target.verdictAt !== undefined) {
      const verdict = record[target.verdictAt];
      const judgement = outcome.judgements[0];
      const side = verdict === true ? own.chosen : own.rejected;
      const back = judgement ? [...judgement.prompt, ...judgement.response.turns] : [];
      note(differences([...own.prompt, ...side], back, of('a conversation')));
      if (judgement?.verdict !== verdict || (made.length === 2 && verdict !== (i === 0)))
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
    // PrefLens reads the turns of such a prompt, but to the trainer it is one text.
    const isFlat = Object.values(record).some(
      (value) => typeof value === 'string' && value.endsWith(OPEN_END),
    );
    if (isFlat && !isTranscript && own.prompt.length > 1)
      found.add('several messages of the prompt are written as one text');
    for (const side of ['chosen', 'rejected'] as const) {
      const { turns, text } = pair[side];
      const back = isTranscript && isDialogue(own[side]) ? dialogueTurns(text) : turns;
      note(differences(own[side], isTranscript ? withoutMarkBlank(back) : back, of('an answer')));
      if (isBlank(turns) && !isBlank(own[side])) found.add('an answer is written as an empty text');
    }
    if (isSameTurns(pair.chosen.turns, pair.rejected.turns) && !isSameTurns(own.chosen, own.rejected))
      found.add('both answers are written as the same text: what sets them apart is left out');
  }
  return found;
}
