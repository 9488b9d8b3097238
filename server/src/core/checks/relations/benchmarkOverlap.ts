import { TokenList } from '../../model/tokens.ts';
import type { Benchmark, PairCheck } from '../check.ts';
import { numberOption, promptPlace } from '../check.ts';

/** Words in a gram: enough that two authors don't write the same by chance. */
const GRAM_WORDS = 8;

/** Filled again by each text. */
const TOKENS = new TokenList();

/** Hashes of a text's runs of eight words. A text of three to seven words is one run. */
export function gramsOf(text: string): number[] {
  const words: number[] = [];
  const { count, hashes, starts, ends } = TOKENS.read(text);
  for (let at = 0; at < count; at++) {
    const [start, end] = [starts[at] as number, ends[at] as number];
    if (end - start > 1 || /\w/.test(text.charAt(start)) || text.charCodeAt(start) > 0x7f)
      words.push(hashes[at] as number);
  }
  const size = Math.min(GRAM_WORDS, words.length);
  if (size < 3) return [];
  const grams: number[] = [];
  for (let at = 0; at + size <= words.length; at++) {
    let [low, high] = [0x811c9dc5, 0x2545f491];
    for (let i = at; i < at + size; i++) {
      low = Math.imul(low ^ (words[i] ?? 0), 0x01000193);
      high = Math.imul(high ^ (words[i] ?? 0), 0x85ebca6b) ^ (low >>> 13);
    }
    grams.push((high & 0xffff) * 2 ** 32 + (low >>> 0));
  }
  return grams;
}

const prepared = new WeakMap<readonly Benchmark[], ReadonlyMap<number, number>>();

function tableOf(benchmarks: readonly Benchmark[]): ReadonlyMap<number, number> {
  const known = prepared.get(benchmarks);
  if (known) return known;
  const table = new Map(benchmarks.flatMap(({ grams }, i) => grams.map((gram) => [gram, i] as const)));
  prepared.set(benchmarks, table);
  return table;
}

export const benchmarkOverlap: PairCheck = {
  id: 'benchmark-overlap',
  severity: 'warning',
  title: 'The prompt is also in a benchmark',
  why: 'A benchmark that was trained on measures nothing. Between versions 0.1 and 0.2, Skywork removed about 5,000 pairs from its set because they were in RewardBench.',
  example:
    'preflens.json has "benchmarks": ["eval/rewardbench.jsonl"], and a training prompt shares its runs of eight words.',
  remedy: 'Drop the record from the training data.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  options: {
    share: {
      default: 0.5,
      schema: {
        type: 'number',
        minimum: 0.01,
        maximum: 1,
        description: 'Minimum share of the prompt’s runs of eight words that are in one benchmark.',
      },
    },
  },
  source:
    'Skywork-Reward-Preference-80K v0.2; n-gram decontamination as in the GPT-3 paper (T. Brown et al., 2020)',
  checkPair: ({ prompt }, context) => {
    const { benchmarks } = context;
    if (benchmarks.length === 0) return [];
    const grams = gramsOf(prompt.at(-1)?.text ?? '');
    if (grams.length === 0) return [];
    const table = tableOf(benchmarks);
    const counts = new Map<number, number>();
    for (const gram of grams) {
      const at = table.get(gram);
      if (at !== undefined) counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    const [best] = [...counts].sort((a, b) => b[1] - a[1]);
    if (!best || best[1] < numberOption(context, 'share') * grams.length) return [];
    const name = benchmarks[best[0]]?.name ?? '';
    const share = Math.round((100 * best[1]) / grams.length);
    return [
      {
        place: promptPlace(context),
        message: `The prompt is in ${name}: ${share} % of its runs of ${GRAM_WORDS} words match.`,
      },
    ];
  },
};
