// The implicit reward of an answer, token by token: β·(log π − log π_ref). The sum over its tokens is the reward of the answer.
import type { Side } from '../model/pair.ts';
import { isPlain, scoredStarts } from '../model/pair.ts';
import type { Head } from './heads.ts';
import { ANSWER_CUT } from './table.ts';

/** What a language model says of each token of an answer. */
export interface TokenLikelihoods {
  /** log π of each token that counts. */
  readonly logs: Float64Array;
  /** Start and end, in UTF-16 units, of the first tokens, those of the answer's text; the template wrote the others. */
  readonly places: Int32Array;
  /** See `table.ts`. */
  readonly flags: number;
}

/** A token, or several that have their place in the text in common. */
export interface TokenSpan {
  /** Half-open, in UTF-16 units of the answer's text. */
  readonly start: number;
  readonly end: number;
  readonly reward: number;
}

export interface AnswerTokens {
  /** In order. */
  readonly spans: readonly TokenSpan[];
  /** Of the answer: the sum over `spans` and `hidden`. */
  readonly reward: number;
  /** Tokens of the policy, all of them. */
  readonly tokens: number;
  /** Tokens that no text shows: those of the template, of calls and the like. */
  readonly hidden: { readonly tokens: number; readonly reward: number };
  /** Where the text ends that the models saw, if it did not fit. */
  readonly cutAt?: number;
}

export interface PairTokens {
  readonly chosen: AnswerTokens;
  readonly rejected: AnswerTokens;
}

/** The tokens of one model while they are read, and what was taken of them since the last span. */
class Reader {
  readonly #of: TokenLikelihoods;
  readonly #count: number;
  #next = 0;
  sum = 0;
  taken = 0;

  constructor(of: TokenLikelihoods) {
    this.#of = of;
    this.#count = of.places.length / 2;
  }

  /** Of the next token; Infinity after the last one. */
  get start(): number {
    return this.#next < this.#count ? (this.#of.places[2 * this.#next] ?? 0) : Infinity;
  }

  /** Takes the next token, and returns its end. */
  take(): number {
    const token = this.#next++;
    this.sum += this.#of.logs[token] ?? 0;
    this.taken++;
    return this.#of.places[2 * token + 1] ?? 0;
  }

  /** Takes all that is left, with the tokens of the template. */
  takeRest(): void {
    for (; this.#next < this.#of.logs.length; this.#next++) {
      this.sum += this.#of.logs[this.#next] ?? 0;
      this.taken++;
    }
  }

  reset(): void {
    this.sum = 0;
    this.taken = 0;
  }
}

/**
 * The rewards of one answer in the text that the models read. Two tokenizers may cut it differently, and one may cut characters: a
 * span ends only where a token of both models does. So tokens of one tokenizer are spans of their own.
 */
export function answerTokens(
  { beta, perToken }: Extract<Head, { kind: 'implicit' }>,
  policy: TokenLikelihoods,
  reference: TokenLikelihoods,
): AnswerTokens {
  const scale = perToken ? beta / policy.logs.length : beta;
  const readers = [new Reader(policy), new Reader(reference)] as const;
  const [own, other] = readers;
  const spans: TokenSpan[] = [];
  let start = Number.NaN;
  for (;;) {
    const first = Math.min(own.start, other.start);
    if (first === Infinity) break;
    // What a model alone has, or what no character shows, is part of the next span.
    if (Number.isNaN(start)) start = first;
    let end = first;
    const isInside = (reader: Reader): boolean => reader.start < end || reader.start === first;
    while (readers.some(isInside))
      for (const reader of readers) while (isInside(reader)) end = Math.max(end, reader.take());
    if (end === first || own.taken === 0 || other.taken === 0) continue;
    spans.push({ start, end, reward: scale * (own.sum - other.sum) });
    for (const reader of readers) reader.reset();
    start = Number.NaN;
  }
  for (const reader of readers) reader.takeRest();
  const hidden = { tokens: own.taken, reward: scale * (own.sum - other.sum) };
  const isCut = ((policy.flags | reference.flags) & ANSWER_CUT) !== 0;
  return {
    spans,
    reward: spans.reduce((sum, { reward }) => sum + reward, hidden.reward),
    tokens: policy.logs.length,
    hidden,
    ...(isCut && { cutAt: spans.at(-1)?.end ?? 0 }),
  };
}

interface Stretch {
  /** In the text that the models read. */
  readonly from: number;
  /** In the text of the answer. */
  readonly shown: number;
  readonly length: number;
}

/** Where the text that models read holds that of the answer: between its messages stand calls and the like. */
function shownStretches(side: Side): readonly Stretch[] {
  if (isPlain(side)) return [{ from: 0, shown: 0, length: side.text.length }];
  const starts = scoredStarts(side);
  let at = 0;
  return side.turns.flatMap(({ text }, turn) => {
    const shown = side.text.indexOf(text, at);
    if (shown < 0 || text === '') return [];
    at = shown + text.length;
    return [{ from: starts[turn] ?? 0, shown, length: text.length }];
  });
}

/** The same rewards in the text of an answer. Tokens of what it does not show are hidden. */
export function inAnswer(side: Side, tokens: AnswerTokens): AnswerTokens {
  const stretches = shownStretches(side);
  const hidden = { ...tokens.hidden };
  const spans = tokens.spans.flatMap(({ start, end, reward }) => {
    const own = stretches.find(({ from, length }) => from < end && start < from + length);
    if (!own) {
      hidden.tokens++;
      hidden.reward += reward;
      return [];
    }
    const moved = own.shown - own.from;
    return [
      {
        start: Math.max(start, own.from) + moved,
        end: Math.min(end, own.from + own.length) + moved,
        reward,
      },
    ];
  });
  return {
    ...tokens,
    spans,
    hidden,
    ...(tokens.cutAt !== undefined && { cutAt: spans.at(-1)?.end ?? 0 }),
  };
}
