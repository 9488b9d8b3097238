// Reads two answers of any shape as the two sides of a pair.
import type { JsonObject, Path } from '../model/json.ts';
import type { Pair, Piece, Side, Turn } from '../model/pair.ts';
import { isSameMore, isSameTurn, plainTurns } from '../model/pair.ts';
import { speakerOf, speakerWord } from '../model/speaker.ts';
import type { Found } from './field.ts';
import type { PlacedTurn, Shape } from './shape.ts';
import { concreteShape, turnsOf } from './shape.ts';
import { answerLength, isTemplated, sharedTranscriptPrompt, transcriptTurns } from './transcript.ts';

/** An answer as stored in the record. */
export interface Answer extends Found {
  readonly as: Shape;
  /** Other fields that belong to it. */
  readonly more?: JsonObject;
}

type Sides = Pick<Pair, 'prompt' | 'chosen' | 'rejected'>;

function countSharedTurns(a: readonly Turn[], b: readonly Turn[]): number {
  const max = Math.min(a.length, b.length);
  let shared = 0;
  for (; shared < max; shared++) {
    const [own, other] = [a[shared], b[shared]];
    if (!own || !other || !isSameTurn(own, other)) break;
  }
  // Identical lists still each end with an answer.
  return shared === max && shared > 0 ? shared - 1 : shared;
}

function plainTurn({ role, text, more }: Turn): Turn {
  return { role, text, ...(more && { more }) };
}

/** Separates the texts of an answer's messages. */
const BREAK = '\n\n';

function piecesOf(path: Path, turns: readonly PlacedTurn[]): Piece[] {
  const pieces: Piece[] = [];
  let turnStart = 0;
  for (const { text, strings } of turns) {
    let start = turnStart;
    for (const string of strings) {
      pieces.push({ start, end: start + string.length, path: [...path, ...string.path] });
      start += string.length;
    }
    turnStart += text.length + BREAK.length;
  }
  return pieces;
}

function sideOf(path: Path, all: readonly PlacedTurn[], from: number): Side {
  const placed = all.slice(from);
  const [only] = placed;
  const turns = placed.map(plainTurn);
  if (placed.length === 1 && only?.strings.length === 1)
    return { text: only.text, path: [...path, ...only.path], textStart: 0, turns };
  const text = placed.map((turn) => turn.text).join(BREAK);
  const last = all.at(-1);
  const pieces = piecesOf(path, placed);
  return { text, path: last ? [...path, ...last.path] : path, textStart: 0, turns, pieces };
}

function plainSide(answer: Answer): Side {
  const text = typeof answer.value === 'string' ? answer.value : '';
  return { text, path: answer.path, textStart: 0, turns: plainTurns(text) };
}

function transcriptSides(prompt: readonly Turn[], a: Answer, b: Answer): Sides {
  const [chosen, rejected] = [plainSide(a), plainSide(b)];
  const end = sharedTranscriptPrompt(chosen.text, rejected.text);
  const cut = (side: Side): Side => {
    const answer = side.text.slice(end);
    const text = end === 0 ? answer : answer.slice(0, answerLength(answer, side.text));
    return { ...side, text, textStart: end, turns: plainTurns(text) };
  };
  const turns = end === 0 ? [] : transcriptTurns(chosen.text.slice(0, end));
  return { prompt: joinPrompt(prompt, turns), chosen: cut(chosen), rejected: cut(rejected) };
}

/** True for two spellings of one message: either may lack fields, besides text, that the other has. */
function isSameSaying(a: Turn, b: Turn | undefined): boolean {
  if (b?.text !== a.text || speakerWord(a.role) !== speakerWord(b.role)) return false;
  return !a.more || !b.more || isSameMore(a, b);
}

/** True if some turns are the end of others. */
function endsWith(turns: readonly Turn[], end: readonly Turn[]): boolean {
  const from = turns.length - end.length;
  return from >= 0 && end.every((turn, i) => isSameSaying(turn, turns[from + i]));
}

/** The longer of two spellings of a conversation, with the extra fields of both. */
function mergeTurns(longer: readonly Turn[], shorter: readonly Turn[]): readonly Turn[] {
  const from = longer.length - shorter.length;
  return longer.map((turn, i) => {
    const more = shorter[i - from]?.more;
    return more ? { ...turn, more: { ...more, ...turn.more } } : turn;
  });
}

/** The number of turns at the end of one conversation with which the other begins. */
function overlap(prompt: readonly Turn[], repeated: readonly Turn[]): number {
  for (let length = Math.min(prompt.length, repeated.length); length > 0; length--)
    if (endsWith(prompt, repeated.slice(0, length))) return length;
  return 0;
}

/** The prompt plus the turns that both sides repeat. Some exporters put the user's turn in both places. */
function joinPrompt(prompt: readonly Turn[], repeated: readonly Turn[]): readonly Turn[] {
  if (prompt.length === 0) return repeated;
  if (repeated.length === 0) return prompt;
  if (endsWith(repeated, prompt)) return mergeTurns(repeated, prompt);
  // A system message that only the prompt has stays first.
  const spoken = prompt.findIndex(({ role }) => speakerOf(role) !== 'system');
  if (spoken > 0 && endsWith(repeated, prompt.slice(spoken)))
    return [...prompt.slice(0, spoken), ...mergeTurns(repeated, prompt.slice(spoken))];
  const shared = overlap(prompt, repeated);
  const [before, after] = [prompt.slice(-shared), repeated.slice(shared)];
  return shared > 0
    ? [...prompt.slice(0, -shared), ...mergeTurns(before, repeated.slice(0, shared)), ...after]
    : [...prompt, ...repeated];
}

/** The prompt without the answer, if its field holds a whole conversation of one side. */
function withoutAnswer(prompt: readonly Turn[], sides: readonly (readonly Turn[])[]): readonly Turn[] {
  if (prompt.length < 2) return prompt;
  const answer = sides.find((turns) => turns.length > 0 && endsWith(prompt, turns));
  return answer ? prompt.slice(0, -answer.length) : prompt;
}

function turnSides(
  prompt: readonly Turn[],
  a: Answer,
  b: Answer,
  aTurns: readonly PlacedTurn[],
  bTurns: readonly PlacedTurn[],
): Sides {
  const shared = countSharedTurns(aTurns, bTurns);
  const asked = withoutAnswer(
    prompt,
    [aTurns, bTurns].map((turns) => turns.slice(shared)),
  );
  return {
    prompt: joinPrompt(asked, aTurns.slice(0, shared).map(plainTurn)),
    chosen: sideOf(a.path, aTurns, shared),
    rejected: sideOf(b.path, bTurns, shared),
  };
}

function sidesOf(prompt: readonly Turn[], chosen: Answer, rejected: Answer): Sides {
  const a = concreteShape(chosen.value, chosen.as);
  const b = concreteShape(rejected.value, rejected.as);
  if (a === 'text' && b === 'text') {
    if (isTemplated(chosen.value) && isTemplated(rejected.value))
      return transcriptSides(prompt, chosen, rejected);
    const sides = [plainSide(chosen), plainSide(rejected)] as const;
    const asked = withoutAnswer(
      prompt,
      sides.map(({ turns }) => turns),
    );
    return { prompt: asked, chosen: sides[0], rejected: sides[1] };
  }
  if (a === 'transcript' && b === 'transcript') return transcriptSides(prompt, chosen, rejected);
  return turnSides(
    prompt,
    chosen,
    rejected,
    turnsOf(chosen.value, a, 'assistant'),
    turnsOf(rejected.value, b, 'assistant'),
  );
}

/** Turns that both sides share become part of the prompt. */
export function readSides(prompt: readonly Turn[], chosen: Answer, rejected: Answer): Sides {
  const sides = sidesOf(prompt, chosen, rejected);
  if (!chosen.more && !rejected.more) return sides;
  const withMore = (side: Side, { more }: Answer): Side => (more ? { ...side, more } : side);
  return {
    ...sides,
    chosen: withMore(sides.chosen, chosen),
    rejected: withMore(sides.rejected, rejected),
  };
}

/**
 * Reads two conversations whose questions are in the prompt, one before each text of an answer. Undefined if an
 * answer has more or fewer texts than there are questions.
 */
export function readWoven(prompt: readonly Turn[], chosen: Answer, rejected: Answer): Sides | undefined {
  const isSystem = ({ role }: Turn): boolean => speakerOf(role) === 'system';
  const asked = prompt.filter((turn) => !isSystem(turn)).map((turn) => ({ ...turn, role: 'user' }));
  if (asked.length < 2) return readSides(prompt, chosen, rejected);
  const [own, other] = [chosen, rejected].map((answer) => {
    const said = turnsOf(answer.value, concreteShape(answer.value, answer.as), 'assistant');
    if (said.length !== asked.length) return undefined;
    return said.flatMap((turn, i): PlacedTurn[] => {
      const question = asked[i];
      const reply = { ...turn, role: 'assistant' };
      return question ? [{ ...question, path: [], strings: [] }, reply] : [reply];
    });
  });
  return own && other && turnSides(prompt.filter(isSystem), chosen, rejected, own, other);
}

/** The number of turns before the ending of a conversation: what follows its last user message. */
export function endingStart(turns: readonly Turn[]): number {
  return turns.findLastIndex(({ role }) => speakerOf(role) === 'user') + 1;
}

/** Reads a conversation, and an answer that takes the place of its ending. */
export function readEnding(prompt: readonly Turn[], conversation: Answer, other: Answer): Sides {
  const turns = turnsOf(conversation.value, 'messages', 'user');
  const start = endingStart(turns);
  const shape = concreteShape(other.value, other.as);
  const rejected =
    shape === 'text' ? plainSide(other) : sideOf(other.path, turnsOf(other.value, shape, 'assistant'), 0);
  return {
    prompt: [...prompt, ...turns.slice(0, start).map(plainTurn)],
    chosen: sideOf(conversation.path, turns, start),
    rejected,
  };
}

/** An unpaired answer: the turns before the last are its prompt. */
export function readAlone(
  prompt: readonly Turn[],
  answer: Answer,
): { prompt: readonly Turn[]; response: Side } {
  const shape = concreteShape(answer.value, answer.as);
  if (shape === 'text') return { prompt, response: plainSide(answer) };
  const turns = turnsOf(answer.value, shape, 'assistant');
  const before = turns.slice(0, -1).map(plainTurn);
  return {
    prompt: [...prompt, ...before],
    response: sideOf(answer.path, turns, Math.max(0, turns.length - 1)),
  };
}
