import type { RecordCheck } from '../check.ts';
import { numberOption, promptPlace } from '../check.ts';
import { promptTokens } from './tokens.ts';

/** Tokens that OpenRLHF reserves for the answer. */
const ROOM = 2;

export const openrlhfDrops: RecordCheck = {
  id: 'openrlhf-drops',
  severity: 'off',
  title: 'OpenRLHF would drop the row: its prompt fills the window',
  why: 'OpenRLHF silently drops rows whose prompt has max_len − 2 tokens or more; in other rows it cuts off the end of the answer. PrefLens estimates tokens from characters.',
  example: 'A prompt of 4,000 characters with a max_len of 512.',
  remedy: 'Raise max_len, shorten the prompt, or drop the record on purpose.',
  options: {
    maxLength: {
      default: 512,
      schema: { type: 'integer', minimum: 8, description: 'The max_len that you pass to OpenRLHF.' },
    },
  },
  source: 'OpenRLHF, reward dataset; OpenRLHF/OpenRLHF#308',
  checkRecord: ({ pairs }, context) => {
    const max = numberOption(context, 'maxLength') - ROOM;
    const tokens = promptTokens(pairs[0]?.prompt ?? []);
    if (tokens < max) return [];
    const message = `The prompt has about ${tokens} tokens: OpenRLHF drops the row at max_len ${max + ROOM}.`;
    return [{ place: promptPlace(context), message }];
  },
};
