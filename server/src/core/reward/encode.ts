// Turns texts into model input: special tokens, pair encoding and truncation.
import type { Turn } from '../model/pair.ts';
import { ANSWER_CUT, PROMPT_CUT } from './table.ts';

/** Converts text to token ids, without special tokens. */
export type Tokenize = (text: string) => number[];

export type Side = 'left' | 'right';

/** The part of the input that a text fills. */
export type Slot = 'prompt' | 'answer';

/** A run of tokens. One without a slot belongs to the template and is never cut. */
export interface Piece {
  readonly ids: readonly number[];
  readonly slot?: Slot;
  /** Segment number, for models with token types. */
  readonly type: number;
}

/** One row of model input. */
export interface Sequence {
  readonly ids: readonly number[];
  readonly types: readonly number[];
  /** Start of the answer. Set only if its tokens are separate from the prompt's. */
  readonly answerStart: number;
  /** Tokens of the answer's own text from there on. Those of a template may follow. */
  readonly answerTokens: number;
  /** See `table.ts`. */
  readonly flags: number;
}

/** A text that the model can't score, with the reason. */
export class Unscorable extends Error {}

const count = (pieces: readonly Piece[]): number => pieces.reduce((sum, { ids }) => sum + ids.length, 0);

/** Removes `excess` tokens from the ends of a slot's pieces, always from the longest. */
function cutEnds(pieces: readonly Piece[], slot: Slot, excess: number): Piece[] {
  const lengths = pieces.map((piece) => (piece.slot === slot ? piece.ids.length : -1));
  for (let left = excess; left > 0; left--) {
    const longest = lengths.indexOf(Math.max(...lengths));
    if ((lengths[longest] ?? 0) <= 0) break;
    lengths[longest] = (lengths[longest] ?? 0) - 1;
  }
  return pieces.map((piece, i) =>
    piece.slot === slot ? { ...piece, ids: piece.ids.slice(0, lengths[i]) } : piece,
  );
}

function cutStarts(pieces: readonly Piece[], slot: Slot, excess: number): Piece[] {
  let left = excess;
  return pieces.map((piece) => {
    if (piece.slot !== slot || left === 0) return piece;
    const cut = Math.min(left, piece.ids.length);
    left -= cut;
    return { ...piece, ids: piece.ids.slice(cut) };
  });
}

/**
 * Joins pieces to at most `max` tokens. Cutting on the left removes the beginning of the prompt, and ends of
 * answers only once the prompt is gone. Cutting on the right removes the ends of answers, longest first. Throws
 * Unscorable if a whole answer would be lost, or if the template alone is too long.
 */
export function fit(pieces: readonly Piece[], max: number, side: Side): Sequence {
  let fitted = pieces;
  let flags = 0;
  const before = (slot: Slot): number => count(pieces.filter((piece) => piece.slot === slot));
  if (side === 'left' && count(fitted) > max) {
    fitted = cutStarts(fitted, 'prompt', count(fitted) - max);
    flags |= PROMPT_CUT;
  }
  if (count(fitted) > max) {
    fitted = cutEnds(fitted, 'answer', count(fitted) - max);
    flags |= ANSWER_CUT;
    const isLost = fitted.some(
      ({ slot, ids }, i) => slot === 'answer' && ids.length === 0 && (pieces[i]?.ids.length ?? 0) > 0,
    );
    if (count(fitted) > max || isLost) {
      throw new Unscorable(
        `it has ${count(pieces)} tokens, ${before('prompt')} of them in the prompt; the model accepts ${max}`,
      );
    }
  }
  const answerAt = fitted.findIndex(({ slot }) => slot === 'answer');
  return {
    ids: fitted.flatMap(({ ids }) => ids),
    types: fitted.flatMap(({ ids, type }) => ids.map(() => type)),
    answerStart: count(fitted.slice(0, Math.max(0, answerAt))),
    answerTokens: fitted[answerAt]?.ids.length ?? 0,
    flags,
  };
}

/** Special tokens around one text (A) or two (A and B). */
export type Pattern = readonly (
  { readonly special: number; readonly type: number } | { readonly text: 'A' | 'B'; readonly type: number }
)[];

export interface Patterns {
  readonly single: Pattern;
  readonly pair: Pattern;
}

const BARE: Patterns = {
  single: [{ text: 'A', type: 0 }],
  pair: [
    { text: 'A', type: 0 },
    { text: 'B', type: 0 },
  ],
};

interface TemplateItem {
  readonly SpecialToken?: { readonly id: string; readonly type_id: number };
  readonly Sequence?: { readonly id: 'A' | 'B'; readonly type_id: number };
}

interface PostProcessor {
  readonly type?: string;
  readonly processors?: readonly PostProcessor[];
  readonly single?: readonly TemplateItem[];
  readonly pair?: readonly TemplateItem[];
  readonly special_tokens?: Readonly<Record<string, { readonly ids: readonly number[] }>>;
  readonly cls?: readonly [string, number];
  readonly sep?: readonly [string, number];
}

function patternOf(items: readonly TemplateItem[], specials: PostProcessor['special_tokens']): Pattern {
  return items.flatMap(({ SpecialToken, Sequence }): Pattern => {
    if (Sequence) return [{ text: Sequence.id, type: Sequence.type_id }];
    const ids = specials?.[SpecialToken?.id ?? '']?.ids ?? [];
    return ids.map((special) => ({ special, type: SpecialToken?.type_id ?? 0 }));
  });
}

/** The special tokens that a tokenizer.json adds to texts, from its post-processor. */
export function patternsOf(postProcessor: unknown): Patterns {
  const processor = (postProcessor ?? {}) as PostProcessor;
  if (processor.processors) {
    const inner = processor.processors.map(patternsOf);
    return inner.find((patterns) => patterns !== BARE) ?? BARE;
  }
  if (processor.single && processor.pair) {
    return {
      single: patternOf(processor.single, processor.special_tokens),
      pair: patternOf(processor.pair, processor.special_tokens),
    };
  }
  if (!processor.cls || !processor.sep) return BARE;
  const [[, cls], [, sep]] = [processor.cls, processor.sep];
  const isRoberta = processor.type === 'RobertaProcessing';
  const second = isRoberta ? 0 : 1;
  return {
    single: [
      { special: cls, type: 0 },
      { text: 'A', type: 0 },
      { special: sep, type: 0 },
    ],
    pair: [
      { special: cls, type: 0 },
      { text: 'A', type: 0 },
      { special: sep, type: 0 },
      ...(isRoberta ? [{ special: sep, type: 0 }] : []),
      { text: 'B', type: second },
      { special: sep, type: second },
    ],
  };
}

/** Inserts pieces into a pattern. `B` is dropped if the pattern has no place for it. */
export function surround(pattern: Pattern, a: readonly Piece[], b: readonly Piece[] = []): Piece[] {
  return pattern.flatMap((item): Piece[] =>
    'special' in item
      ? [{ ids: [item.special], type: item.type }]
      : (item.text === 'A' ? a : b).map((piece) => ({ ...piece, type: item.type })),
  );
}

const ROLES: readonly (readonly [RegExp, string])[] = [
  [/^(system|context|developer)/i, 'system'],
  [/^(assistant|gpt|bot|model|chatgpt|ai)/i, 'assistant'],
  [/^(tool|function|observation|ipython)/i, 'tool'],
];

/** The chat template's role for a dataset's role; unknown roles become user. */
export function chatRole(role: string): string {
  return ROLES.find(([pattern]) => pattern.test(role))?.[1] ?? 'user';
}

/** A prompt for models without a chat template: a single turn unchanged, several turns with their speakers. */
export function plainPrompt(prompt: readonly Turn[]): string {
  const [first] = prompt;
  if (prompt.length === 1 && first) return first.text;
  const name = (role: string): string => {
    const known = chatRole(role);
    return `${known.charAt(0).toUpperCase()}${known.slice(1)}`;
  };
  return prompt.map(({ role, text }) => `${name(role)}: ${text}`).join('\n\n');
}

/** Splits a format with {prompt}, {response}, {first} and {second} into literal parts and placeholders. */
export function formatParts(format: string): readonly (string | { readonly place: string })[] {
  return format
    .split(/(\{(?:prompt|response|first|second)\})/)
    .filter((part) => part !== '')
    .map((part) => (/^\{\w+\}$/.test(part) ? { place: part.slice(1, -1) } : part));
}
