import type { PairCheck } from '../check.ts';
import { answerPlace, numberOption } from '../check.ts';
import { estimateTokens, MESSAGE_TOKENS, promptTokens } from './tokens.ts';

export const overContextWindow: PairCheck = {
  id: 'over-context-window',
  severity: 'off',
  title: 'Prompt and answer exceed the context window',
  why: 'Trainers cut off what does not fit, at one end or the other, by a default that few people know. If the answers differ only in the part that is cut off, the pair teaches nothing. PrefLens estimates tokens from characters.',
  example: 'A prompt and answer of 40,000 characters, and a window of 4,096 tokens.',
  remedy: 'Set the option to the window you train with, raise the window, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  options: {
    tokens: {
      default: 4096,
      schema: {
        type: 'integer',
        minimum: 16,
        description: 'Maximum tokens of prompt and answer in your training.',
      },
    },
  },
  checkPair: ({ prompt, chosen, rejected }, context) => {
    const max = numberOption(context, 'tokens');
    // A token is at least a quarter of a character.
    const length = prompt.reduce((sum, { text }) => sum + text.length, 0);
    const longer = chosen.text.length >= rejected.text.length ? chosen : rejected;
    if (4 * (length + longer.text.length) < max) return [];
    const tokens = promptTokens(prompt) + estimateTokens(longer.text, longer.view.isWide) + MESSAGE_TOKENS;
    if (tokens <= max) return [];
    const message = `The prompt and the ${longer.name} response have about ${tokens} tokens; the window has ${max}.`;
    return [{ place: answerPlace(longer), message }];
  },
};
