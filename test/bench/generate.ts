// Synthetic pairs for measuring: words of a Zipf-like vocabulary, answers of 20 to 400 words, the chosen one
// longer and from a slightly different vocabulary, so that a scorer has something to find.
import { seededRandom } from '#core/score/random.ts';

const SYLLABLES = [
  'ka',
  'ri',
  'to',
  'mu',
  'sel',
  'ban',
  'do',
  'vin',
  'ter',
  'ol',
  'pra',
  'shi',
  'en',
  'qua',
  'lu',
  'zem',
];

function vocabulary(size: number, random: () => number): string[] {
  return Array.from({ length: size }, () => {
    const length = 1 + Math.floor(random() * 3);
    return Array.from({ length }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]!).join('');
  });
}

/** JSON lines, each with its line end. The same for the same seed. */
export function* generatePairs(count: number, seed: number, meanWords = 110): Generator<string> {
  const random = seededRandom(seed);
  const words = vocabulary(20_000, random);
  const word = (shift: number): string => words[Math.floor(words.length * random() ** (3 + shift))]!;
  const text = (length: number, shift: number): string => {
    const out: string[] = [];
    for (let i = 0; i < length; i++) out.push(i % 12 === 11 ? `${word(shift)}.` : word(shift));
    return `${out.join(' ')}.`;
  };
  for (let i = 0; i < count; i++) {
    const length = Math.max(20, Math.floor(meanWords * (0.4 + 1.2 * random())));
    const better = { chosen: text(Math.floor(length * 1.15), 0), rejected: text(length, 0.15) };
    const flipped = random() < 0.1;
    yield `${JSON.stringify({
      prompt: text(12, 0).replace(/\.$/, '?'),
      chosen: flipped ? better.rejected : better.chosen,
      rejected: flipped ? better.chosen : better.rejected,
    })}\n`;
  }
}
