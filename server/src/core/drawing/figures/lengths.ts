// Lengths of answers and of prompts.
import type { BinRange } from '../../portrait/bins.ts';
import { binQuery, usedBins } from '../../portrait/bins.ts';
import type { Lengths } from '../../portrait/lengths.ts';
import type { Portrait } from '../../portrait/portrait.ts';
import { plural } from '../../words/numbers.ts';
import type { Figure, Row } from '../figure.ts';
import { number, words } from '../figure.ts';
import { drawHistogram } from '../histogram.ts';
import { count, lengthWords, short } from '../words.ts';
import { joined, withoutTies } from './queries.ts';

const quantileWords = ({ mean, tenth, median, ninth, longest }: Lengths): string =>
  `median ${count(median)}, 80 % from ${count(tenth)} to ${count(ninth)}, mean ${count(Math.round(mean))}, longest ${count(longest)}`;

/** Labels that stand beside each other. */
const MAX_LABELS = 8;

/** Which edges get a label: 1, 10, 100 and so on; in a range that has at most one of those, others too. */
function tickedEdges(edges: readonly number[], [first, last]: BinRange): (edge: number) => boolean {
  const inner = edges.slice(first, last);
  const decades = inner.filter((edge) => /^10*$/.test(String(edge)));
  const every = Math.ceil(inner.length / MAX_LABELS);
  const ticked = new Set(decades.length > 1 ? decades : inner.filter((_, i) => i % every === 0));
  return (edge) => ticked.has(edge);
}

export function answerLengths(portrait: Portrait): Figure | undefined {
  const { chosen, rejected } = portrait.lengths;
  const { preferences } = portrait.labels;
  if (preferences === 0) return undefined;
  const range = usedBins([chosen.histogram, rejected.histogram]);
  const { edges } = chosen.histogram;
  const queryOf = (field: string, bins: BinRange): string =>
    joined(binQuery(field, edges, bins), withoutTies(portrait));
  const side = (name: 'chosen' | 'rejected', { histogram }: Lengths) => ({
    histogram,
    nameOf: () => name,
    markOf: (bin: number) => ({
      hint: `${count(histogram.counts[bin] ?? 0)} ${name} answers of ${lengthWords(edges[bin - 1], edges[bin])}`,
      query: queryOf(`${name}_length`, [bin, bin]),
    }),
  });
  const { picture, brush } = drawHistogram({
    label: 'Lengths of chosen answers, upwards, and of rejected answers, downwards',
    axis: 'characters, on a logarithmic scale',
    range,
    up: side('chosen', chosen),
    down: side('rejected', rejected),
    isTick: tickedEdges(edges, range),
    tickWords: short,
    queryOf: (first, last) => queryOf('chosen_length', [first, last]),
  });
  const rows = Array.from({ length: range[1] - range[0] + 1 }, (_, i): Row => {
    const bin = range[0] + i;
    return {
      cells: [
        ...words(lengthWords(edges[bin - 1], edges[bin])),
        number(count(chosen.histogram.counts[bin] ?? 0)),
        number(count(rejected.histogram.counts[bin] ?? 0)),
      ],
      query: queryOf('chosen_length', [bin, bin]),
    };
  });
  return {
    id: 'lengths',
    title: 'Lengths of answers',
    caption: `Of the ${plural(preferences, 'pair')} with a preferred answer. Chosen: ${quantileWords(chosen)}. Rejected: ${quantileWords(rejected)}.`,
    note: 'A drag selects by the length of the chosen answer.',
    picture,
    brush,
    key: [
      { name: 'chosen', label: 'chosen' },
      { name: 'rejected', label: 'rejected' },
    ],
    table: { columns: [...words('Length'), number('Chosen'), number('Rejected')], rows },
  };
}

export function promptLengths({ lengths: { prompt }, counts }: Portrait): Figure | undefined {
  // Without prompts there is nothing to draw.
  if (counts.pairs === 0 || prompt.longest === 0) return undefined;
  const range = usedBins([prompt.histogram]);
  const { edges, counts: bins } = prompt.histogram;
  const queryOf = (from: number, to: number): string => binQuery('prompt_length', edges, [from, to]);
  const { picture, brush } = drawHistogram({
    label: 'Lengths of prompts',
    axis: 'characters, on a logarithmic scale',
    range,
    up: {
      histogram: prompt.histogram,
      nameOf: () => 'neutral',
      markOf: (bin) => ({
        hint: `${plural(bins[bin] ?? 0, 'pair')} with a prompt of ${lengthWords(edges[bin - 1], edges[bin])}`,
        query: queryOf(bin, bin),
      }),
    },
    isTick: tickedEdges(edges, range),
    tickWords: short,
    queryOf,
  });
  return {
    id: 'prompts',
    title: 'Lengths of prompts',
    caption: `All turns of a prompt together, of all ${plural(counts.pairs, 'pair')}; ${plural(counts.prompts, 'different prompt')}. ${quantileWords(prompt).replace(/^m/, 'M')}.`,
    picture,
    brush,
    table: {
      columns: [...words('Length'), number('Pairs')],
      rows: Array.from({ length: range[1] - range[0] + 1 }, (_, i) => {
        const bin = range[0] + i;
        return {
          cells: [...words(lengthWords(edges[bin - 1], edges[bin])), number(count(bins[bin] ?? 0))],
          query: queryOf(bin, bin),
        };
      }),
    },
  };
}
