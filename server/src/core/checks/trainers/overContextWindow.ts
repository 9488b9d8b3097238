import type { PairCheck } from '../check.ts';
import { answerPlace, numberOption } from '../check.ts';
import { estimateTokens, MESSAGE_TOKENS, promptTokens } from './tokens.ts';

export const overContextWindow: PairCheck = {
  id: 'over-context-window',
  severity: 'off',
  title: 'Prompt and answer do not fit into the context window',
  why: 'What does not fit is cut, at one end or the other, by a default that few people know. A pair whose difference lies in the part that is cut teaches nothing. Tokens are estimated from characters.',
  example: 'A prompt and answer of 40,000 characters, and a window of 4,096 tokens.',
  remedy: 'Say which window you train with, raise it, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  options: {
    tokens: {
      default: 4096,
      schema: {
        type: 'integer',
        minimum: 16,
        description: 'Tokens of prompt and answer that the training takes.',
      },
    },
  },
  checkPair: ({ prompt, chosen, rejected }, context) => {
    const max = numberOption(context, 'tokens');
    // A token has no less than a quarter of a character of anything.
    const units = prompt.reduce((sum, { text }) => sum + text.length, 0);
    const longer = chosen.text.length >= rejected.text.length ? chosen : rejected;
    if (4 * (units + longer.text.length) < max) return [];
    const tokens = promptTokens(prompt) + estimateTokens(longer.text, longer.view.isWide) + MESSAGE_TOKENS;
    if (tokens <= max) return [];
    const message = `Prompt and ${longer.name} response have about ${tokens} tokens, more than the ${max} of the window.`;
    return [{ place: answerPlace(longer), message }];
  },
};
