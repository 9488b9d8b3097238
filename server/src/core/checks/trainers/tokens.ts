// How many tokens a text comes to, without a tokenizer: an estimate, and called one wherever it is shown.
import type { Turn } from '../../model/pair.ts';

/** English text in the tokenizers of today; code and other languages have more tokens for a character. */
const CHARACTERS = 4;
/** A character outside ASCII: between half a token (accents) and two (rare scripts). */
const WIDE = 0.8;
const NOT_ASCII = /[^\0-\x7f]/g;
/** Role and marks of one message in a chat template. */
export const MESSAGE_TOKENS = 4;

/** @param isWide some character may be outside ASCII */
export function estimateTokens(text: string, isWide = true): number {
  const wide = isWide ? (text.match(NOT_ASCII)?.length ?? 0) : 0;
  return Math.ceil((text.length - wide) / CHARACTERS + wide * WIDE);
}

export function promptTokens(prompt: readonly Turn[]): number {
  return prompt.reduce((sum, { text }) => sum + estimateTokens(text) + MESSAGE_TOKENS, 0);
}
