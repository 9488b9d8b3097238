// A file in which a stretch of answers is a row late.
import type { FaultyFile } from './faults.ts';
import type { Random } from './faultWords.ts';
import { answer, pick } from './faultWords.ts';

const COUNT = 300;
const [FIRST, LAST] = [100, 139];

const SYLLABLES = ['ba', 'co', 'di', 'fu', 'ge', 'ha', 'ki', 'lo', 'mu', 'ne', 'pa', 'ri', 'so', 'tu', 've'];
const word = (random: Random): string => Array.from({ length: 4 }, () => pick(random, SYLLABLES)).join('');

function make(random: Random): FaultyFile {
  const pairs = Array.from({ length: COUNT }, () => {
    const [one, other, third] = [word(random), word(random), word(random)];
    return {
      prompt: `${one} ${other} or ${third}?`,
      chosen: `With time, ${one} makes each ${third} ${word(random)}. ${answer(random)}`,
      rejected: answer(random),
    };
  });
  const isLate = (row: number): boolean => row > FIRST && row <= LAST;
  const lines = pairs.map((pair, row) =>
    JSON.stringify(isLate(row) ? { ...pair, chosen: pairs[row - 1]?.chosen } : pair),
  );
  const late = pairs.flatMap((_, row) => (isLate(row) ? [row] : []));
  return { lines, planted: new Map([['answer-to-other-prompt', new Set(late)]]) };
}

export const SLIPPED = { planted: ['answer-to-other-prompt'], make };
