import type { PairCheck } from './check.ts';
import { eachSide, responseWords, sideValue } from './check.ts';

export const emptyResponse: PairCheck = {
  id: 'empty-response',
  severity: 'error',
  title: 'A response is empty or only white space',
  help: 'An empty answer teaches a reward model nothing but length, and several trainers drop the row without a word. Fill it in, or drop the record.',
  ...eachSide((side, name) =>
    side.text.trim() === '' ? [{ place: sideValue(side), message: `${responseWords(name)} is empty.` }] : [],
  ),
};
