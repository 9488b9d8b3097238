// Lengths of answers and of prompts.
import type { BinRange } from '../../portrait/bins.ts';
import { binQuery, usedBins } from '../../portrait/bins.ts';
import type { Lengths } from '../../portrait/lengths.ts';
import type { Portrait } from '../../portrait/portrait.ts';
import { capitalised, plural } from '../../words/numbers.ts';
import { english, t } from '../../words/translate.ts';
import type { Figure, Row } from '../figure.ts';
import { behindKey, number, words } from '../figure.ts';
import { drawHistogram } from '../histogram.ts';
import { count, lengthWords, short } from '../words.ts';
import { joined, withoutTies } from './queries.ts';

const quantileWords = ({ mean, tenth, median, ninth, longest }: Lengths): string =>
  t(
    'median {0}, 80 % from {1} to {2}, mean {3}, longest {4}',
    count(median),
    count(tenth),
    count(ninth),
    count(Math.round(mean)),
    count(longest),
  );

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

const ANSWERS_OF = {
  chosen: english('{0} chosen answers of {1}'),
  rejected: english('{0} rejected answers of {1}'),
};

/** @param whole to compare with */
export function answerLengths(portrait: Portrait, whole?: Portrait): Figure | undefined {
  const { chosen, rejected } = portrait.lengths;
  const { preferences } = portrait.labels;
  if (preferences === 0) return undefined;
  const range = usedBins(
    [portrait, ...(whole ? [whole] : [])].flatMap(({ lengths }) => [
      lengths.chosen.histogram,
      lengths.rejected.histogram,
    ]),
  );
  const { edges } = chosen.histogram;
  const queryOf = (field: string, bins: BinRange): string =>
    joined(binQuery(field, edges, bins), withoutTies(portrait));
  const side = (name: 'chosen' | 'rejected', { histogram }: Lengths) => ({
    histogram,
    behind: whole?.lengths[name].histogram,
    nameOf: () => name,
    markOf: (bin: number) => ({
      hint: t(ANSWERS_OF[name], count(histogram.counts[bin] ?? 0), lengthWords(edges[bin - 1], edges[bin])),
      query: queryOf(`${name}_length`, [bin, bin]),
    }),
  });
  const { picture, brush } = drawHistogram({
    label: t('Lengths of chosen answers, upwards, and of rejected answers, downwards'),
    axis: t('characters, on a logarithmic scale'),
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
    title: t('Lengths of answers'),
    caption: t(
      'Of the {0} with a preferred answer. Chosen: {1}. Rejected: {2}.',
      plural(preferences, 'pair'),
      quantileWords(chosen),
      quantileWords(rejected),
    ),
    note: t('A drag selects by the length of the chosen answer.'),
    picture,
    brush,
    key: [
      { name: 'chosen', label: t('chosen') },
      { name: 'rejected', label: t('rejected') },
      ...behindKey(whole),
    ],
    table: { columns: [...words(t('Length')), number(t('Chosen')), number(t('Rejected'))], rows },
  };
}

/** @param whole to compare with */
export function promptLengths(
  { lengths: { prompt }, counts }: Portrait,
  whole?: Portrait,
): Figure | undefined {
  // Without prompts there is nothing to draw.
  if (counts.pairs === 0 || prompt.longest === 0) return undefined;
  const behind = whole?.lengths.prompt.histogram;
  const range = usedBins([prompt.histogram, ...(behind ? [behind] : [])]);
  const { edges, counts: bins } = prompt.histogram;
  const queryOf = (from: number, to: number): string => binQuery('prompt_length', edges, [from, to]);
  const { picture, brush } = drawHistogram({
    label: t('Lengths of prompts'),
    axis: t('characters, on a logarithmic scale'),
    range,
    up: {
      histogram: prompt.histogram,
      behind,
      nameOf: () => 'neutral',
      markOf: (bin) => ({
        hint: t(
          '{0} with a prompt of {1}',
          plural(bins[bin] ?? 0, 'pair'),
          lengthWords(edges[bin - 1], edges[bin]),
        ),
        query: queryOf(bin, bin),
      }),
    },
    isTick: tickedEdges(edges, range),
    tickWords: short,
    queryOf,
  });
  return {
    id: 'prompts',
    title: t('Lengths of prompts'),
    caption: t(
      'All turns of a prompt together, of all {0}; {1}. {2}.',
      plural(counts.pairs, 'pair'),
      plural(counts.prompts, 'different prompt'),
      capitalised(quantileWords(prompt)),
    ),
    picture,
    brush,
    key: behindKey(behind),
    table: {
      columns: [...words(t('Length')), number(t('Pairs'))],
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
