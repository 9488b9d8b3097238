// Sources that nobody looked at while the scorer's settings were chosen, converted to plain pairs.
import { readLines } from './flips.ts';

export interface PlainPair {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

const records = (name: string): Record<string, unknown>[] =>
  readLines(name).map((line) => JSON.parse(line) as Record<string, unknown>);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function pairOf(prompt: unknown, a: unknown, b: unknown, isABetter: boolean): PlainPair {
  const [chosen, rejected] = isABetter ? [text(a), text(b)] : [text(b), text(a)];
  return { prompt: text(prompt), chosen, rejected };
}

interface Said {
  readonly value: string;
}

/** Name → its pairs, without ties. */
export const HELD_OUT: Readonly<Record<string, () => PlainPair[]>> = {
  'tulu-human-eval': () =>
    records('tulu-human-eval/annotations')
      .filter(({ preference }) => preference !== 'tie')
      .map((row) =>
        pairOf(row.prompt, row.completion_a, row.completion_b, text(row.preference).startsWith('a-')),
      ),
  'vicuna-gpt4-review': () =>
    records('vicuna-gpt4-review/reviews')
      .filter((row) => row.score_1 !== row.score_2)
      .map((row) =>
        pairOf(row.prompt, row.response_1, row.response_2, Number(row.score_1) > Number(row.score_2)),
      ),
  'llama-factory dpo_en': () =>
    records('llama-factory/dpo_en_demo').map((row) => {
      const prompt = (row.conversations as Said[]).map(({ value }) => value).join('\n\n');
      return pairOf(prompt, (row.chosen as Said).value, (row.rejected as Said).value, true);
    }),
  'medicalgpt (Chinese)': () =>
    records('medicalgpt/dpo_zh_500').map((row) => {
      const prompt = (row.conversations as Said[]).map(({ value }) => value).join('\n\n');
      return pairOf(prompt, row.chosen, row.rejected, true);
    }),
};
