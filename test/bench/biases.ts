// Faults of whole files: prompts that leak into held-out data, and biased labels.
import type { Pair } from './faults.ts';
import { pair } from './faults.ts';
import type { Random } from './faultWords.ts';
import { answer, pick, question } from './faultWords.ts';

/** A training and a held-out file that share some prompts. */
export function leakyFiles(random: Random): {
  readonly train: string[];
  readonly test: string[];
  readonly planted: Set<number>;
} {
  const train = Array.from({ length: 800 }, () => pair(random));
  const planted = new Set<number>();
  const test = Array.from({ length: 400 }, (_, i) => {
    if (i % 10 !== 3) return pair(random);
    planted.add(i);
    return { ...pair(random), prompt: pick(random, train).prompt };
  });
  const lines = (pairs: readonly Pair[]): string[] => pairs.map((one) => JSON.stringify(one));
  return { train: lines(train), test: lines(test), planted };
}

export type MakeBiased = (
  random: Random,
  isBiased: boolean,
) => { readonly lines: string[]; readonly rowGroups?: number[] };

/**
 * Files with a bias, and the same without, that no fixture template can make: each whole-file rule has one
 * finding in the first and none in the second.
 */
export const BIASED: Readonly<Record<string, MakeBiased>> = {
  'style-bias': (random, isBiased) => ({
    lines: Array.from({ length: 400 }, () => {
      const one = pair(random);
      const bold = isBiased ? random() < 0.8 : random() < 0.5;
      const marked = (text: string): string => text.replace(/The (\w+)/, 'The **$1**');
      return JSON.stringify(
        bold ? { ...one, chosen: marked(one.chosen) } : { ...one, rejected: marked(one.rejected) },
      );
    }),
  }),
  'label-imbalance': (random, isBiased) => ({
    lines: Array.from({ length: 400 }, () =>
      JSON.stringify({
        instruction: question(random),
        input: '',
        response1: answer(random),
        response2: answer(random),
        ...Object.fromEntries(
          ((voted: number) => ['annotator1', 'annotator2', 'annotator3'].map((name) => [name, voted]))(
            random() < (isBiased ? 0.75 : 0.5) ? 1 : 2,
          ),
        ),
      }),
    ),
  }),
  'row-group-too-large': (random, isBiased) => ({
    lines: Array.from({ length: 50 }, () => JSON.stringify(pair(random))),
    rowGroups: [(isBiased ? 300 + 900 * random() : 280 * random()) * 1024 * 1024, 1024],
  }),
};
