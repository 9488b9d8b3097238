// Estimates the number of tokens without a tokenizer. Wherever it is shown, it is called an estimate.
import type { Turn } from '../../model/pair.ts';

/** Characters per token of English text in current tokenizers. Code and other languages need more tokens. */
const CHARACTERS = 4;
/** Tokens per character outside ASCII: between half a token (accents) and two (rare scripts). */
const WIDE = 0.8;
const NOT_ASCII = /[^\0-\x7f]/g;
/** Tokens for the role and the markers of one message in a chat template. */
export const MESSAGE_TOKENS = 4;

/** @param isWide some character may be outside ASCII */
export function estimateTokens(text: string, isWide = true): number {
  const wide = isWide ? (text.match(NOT_ASCII)?.length ?? 0) : 0;
  return Math.ceil((text.length - wide) / CHARACTERS + wide * WIDE);
}

export function promptTokens(prompt: readonly Turn[]): number {
  return prompt.reduce((sum, { text }) => sum + estimateTokens(text) + MESSAGE_TOKENS, 0);
}
