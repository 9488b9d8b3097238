import type { PairCheck } from './check.ts';
import { sideValue } from './check.ts';

const SIDES = ['chosen', 'rejected'] as const;

export const emptyResponse: PairCheck = {
  id: 'empty-response',
  severity: 'error',
  title: 'A response is empty or only white space',
  help: 'An empty answer teaches a reward model nothing but length, and several trainers drop the row without a word. Fill it in, or drop the record.',
  check: (pair) =>
    SIDES.filter((side) => pair[side].text.trim() === '').map((side) => ({
      place: sideValue(pair, side),
      message: `The ${side} response is empty.`,
    })),
};
