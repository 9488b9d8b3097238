// Two answers in whatever shapes they stand, read as the two sides of a pair.
import type { Path } from '../model/json.ts';
import type { Pair, Side, Turn } from '../model/pair.ts';
import type { Found } from './field.ts';
import type { PlacedTurn, Shape } from './shape.ts';
import { concreteShape, turnsOf } from './shape.ts';
import { sharedTranscriptPrompt, transcriptTurns } from './transcript.ts';

/** An answer as it stands in the record. */
export interface Answer extends Found {
  readonly as: Shape;
}

type Sides = Pick<Pair, 'prompt' | 'chosen' | 'rejected'>;

function countSharedTurns(a: readonly Turn[], b: readonly Turn[]): number {
  const most = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < most && a[shared]?.role === b[shared]?.role && a[shared]?.text === b[shared]?.text)
    shared++;
  // Identical lists still end in an answer each.
  return shared === most && shared > 0 ? shared - 1 : shared;
}

function sideOf(path: Path, turns: readonly PlacedTurn[], from: number): Side {
  const answer = turns.slice(from);
  const text = answer.length === 1 ? (answer[0]?.text ?? '') : answer.map((turn) => turn.text).join('\n\n');
  const last = turns.at(-1);
  return { text, path: last ? [...path, ...last.path] : path, textStart: 0 };
}

function plainSide(answer: Answer): Side {
  return { text: typeof answer.value === 'string' ? answer.value : '', path: answer.path, textStart: 0 };
}

function transcriptSides(prompt: readonly Turn[], a: Answer, b: Answer): Sides {
  const [chosen, rejected] = [plainSide(a), plainSide(b)];
  const promptEnd = sharedTranscriptPrompt(chosen.text, rejected.text);
  const cut = (side: Side): Side => ({ ...side, text: side.text.slice(promptEnd), textStart: promptEnd });
  const turns = transcriptTurns(chosen.text.slice(0, promptEnd));
  return { prompt: [...prompt, ...turns], chosen: cut(chosen), rejected: cut(rejected) };
}

function turnSides(
  prompt: readonly Turn[],
  a: Answer,
  b: Answer,
  aTurns: PlacedTurn[],
  bTurns: PlacedTurn[],
): Sides {
  const shared = countSharedTurns(aTurns, bTurns);
  const repeated = aTurns.slice(0, shared).map(({ role, text }) => ({ role, text }));
  // Some exporters put the user's turn both in `prompt` and at the head of both sides.
  const isCopy = prompt.length > 0 && repeated.at(-1)?.text === prompt.at(-1)?.text;
  return {
    prompt: isCopy ? repeated : [...prompt, ...repeated],
    chosen: sideOf(a.path, aTurns, shared),
    rejected: sideOf(b.path, bTurns, shared),
  };
}

/** Turns that both sides repeat become part of the prompt. */
export function readSides(prompt: readonly Turn[], chosen: Answer, rejected: Answer): Sides {
  const a = concreteShape(chosen.value, chosen.as);
  const b = concreteShape(rejected.value, rejected.as);
  if (a === 'text' && b === 'text')
    return { prompt, chosen: plainSide(chosen), rejected: plainSide(rejected) };
  if (a === 'transcript' && b === 'transcript') return transcriptSides(prompt, chosen, rejected);
  return turnSides(
    prompt,
    chosen,
    rejected,
    turnsOf(chosen.value, a, 'assistant'),
    turnsOf(rejected.value, b, 'assistant'),
  );
}

/** One answer that stands alone: turns before the last are its prompt. */
export function readAlone(
  prompt: readonly Turn[],
  answer: Answer,
): { prompt: readonly Turn[]; response: Side } {
  const shape = concreteShape(answer.value, answer.as);
  if (shape === 'text') return { prompt, response: plainSide(answer) };
  const turns = turnsOf(answer.value, shape, 'assistant');
  const before = turns.slice(0, -1).map(({ role, text }) => ({ role, text }));
  return {
    prompt: [...prompt, ...before],
    response: sideOf(answer.path, turns, Math.max(0, turns.length - 1)),
  };
}
