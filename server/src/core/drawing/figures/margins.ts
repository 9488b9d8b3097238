// Margins: their histogram, and how they go with length.
import type { Estimate } from '../../checks/dataset/effects.ts';
import type { BinRange } from '../../portrait/bins.ts';
import { binQuery, usedBins } from '../../portrait/bins.ts';
import type { Density } from '../../portrait/margins.ts';
import type { Portrait, ScorerMargins } from '../../portrait/portrait.ts';
import { capitalised, plural } from '../../words/numbers.ts';
import { drawDensity } from '../density.ts';
import type { Figure, Row } from '../figure.ts';
import { number, words } from '../figure.ts';
import { drawHistogram } from '../histogram.ts';
import { binWords, count, estimateWords, isKnown, percent, shareWords, signed } from '../words.ts';
import { joined } from './queries.ts';

/** About this many labels fit below a histogram. */
const LABELS = 8;

export function marginsOf(scorer: ScorerMargins, trust: string | undefined, isRanking: boolean): Figure {
  const { name, histogram, scored, agrees, disagrees, budget } = scorer;
  const { edges, counts: bins } = histogram;
  const range: BinRange = [0, bins.length - 1];
  const queryOf = (from: number, to: number): string => binQuery('margin', edges, [from, to]);
  const own = isRanking ? queryOf : () => '';
  const every = Math.max(1, Math.ceil(edges.length / LABELS));
  const zero = Math.max(0, edges.indexOf(0));
  const isListed = budget !== undefined && Number.isFinite(budget.worst);
  const { picture, brush } = drawHistogram({
    // Without the name, which a file may have chosen: the title has it.
    label: 'Margins of the scorer',
    axis: 'margin: reward of chosen minus reward of rejected',
    range,
    up: {
      histogram,
      // A bin that ends at 0 or below holds pairs against their label.
      nameOf: (bin) => ((edges[bin] ?? Infinity) <= 0 ? 'rejected' : 'chosen'),
      markOf: (bin) => ({
        hint: `${plural(bins[bin] ?? 0, 'pair')} with a margin of ${binWords(edges[bin - 1], edges[bin])}`,
        ...(isRanking && { query: queryOf(bin, bin) }),
      }),
    },
    isTick: (edge) => (edges.indexOf(edge) - zero) % every === 0,
    tickWords: signed,
    rules: [
      ...(edges.includes(0) ? [{ value: 0, words: '', name: 'axis', side: 'right' as const }] : []),
      ...(isListed
        ? [
            {
              value: budget.worst,
              words: `review: lowest ${budget.percent} %`,
              name: 'budget',
              side: 'right' as const,
            },
          ]
        : []),
    ],
    queryOf: own,
  });
  const share = (part: number): string => percent(part / scored);
  const list = isListed
    ? ` The line is the review budget: pairs left of it, with margins up to ${signed(budget.worst)}, are on the review list.`
    : '';
  return {
    id: isRanking ? 'margins' : `margins of ${name}`,
    title: isRanking ? 'Margins' : `Margins of ${name}`,
    caption: `${capitalised(name)}: ${plural(scored, 'pair')} scored. It agrees with ${count(agrees)} labels (${share(agrees)}) and disagrees with ${count(disagrees)} (${share(disagrees)}): look at those, but their share is no error rate.${list}${trust === undefined ? '' : ` ${trust}`}`,
    picture,
    ...(isRanking && { brush }),
    key: [
      { name: 'chosen', label: 'agrees with the label' },
      { name: 'rejected', label: 'disagrees' },
    ],
    table: {
      columns: [...words('Margin'), number('Pairs')],
      rows: bins.map((value, bin) => ({
        cells: [...words(binWords(edges[bin - 1], edges[bin])), number(count(value))],
        ...(isRanking && { query: queryOf(bin, bin) }),
      })),
    },
  };
}

/** Bins of a density that hold pairs, across and up. */
function usedCells({ counts }: Density): readonly [BinRange, BinRange] {
  const columns = counts.map((column) => column.reduce((sum, one) => sum + one, 0));
  const rows = (counts[0] ?? []).map((_, y) => counts.reduce((sum, column) => sum + (column[y] ?? 0), 0));
  return [usedBins([{ edges: [], counts: columns }]), usedBins([{ edges: [], counts: rows }])];
}

function correlationWords(correlation: Estimate): string {
  if (!isKnown(correlation)) return '';
  const size = Math.abs(correlation.value);
  const strength =
    size < 0.1
      ? 'hardly depends'
      : size < 0.3
        ? 'depends a little'
        : size < 0.6
          ? 'depends'
          : 'depends strongly';
  return ` The margin ${strength} on length: Spearman’s ρ ${estimateWords(correlation)}.`;
}

export function lengthAndMargin({ density, labels }: Portrait): Figure | undefined {
  if (!density) return undefined;
  const { differences, margins, counts } = density;
  const [across, up] = usedCells(density);
  const { longer, shorter, preferences, longerWins } = labels;
  const queryOf = (x: number, y: number): string =>
    joined(binQuery('length_difference', differences, [x, x]), binQuery('margin', margins, [y, y]));
  /** Both ends inclusive. */
  const differenceWords = (x: number): string => {
    const [low, high] = [differences[x - 1], differences[x]];
    if (low === undefined) return `${count(1 - (high ?? 0))} or more shorter`;
    if (high === undefined) return `${count(low)} or more longer`;
    if (low === 0) return 'equally long';
    return low > 0
      ? `${count(low)} to ${count(high - 1)} longer`
      : `${count(1 - high)} to ${count(-low)} shorter`;
  };
  const picture = drawDensity(density, {
    label: 'Difference of lengths against margin',
    across,
    up,
    leftWords: `shorter chosen ${percent(shorter / preferences)}`,
    rightWords: `longer chosen ${percent(longer / preferences)}`,
    markOf: (x, y) => ({
      hint: `${plural(counts[x]?.[y] ?? 0, 'pair')}: chosen answer ${differenceWords(x)}, margin ${binWords(margins[y - 1], margins[y])}`,
      query: queryOf(x, y),
    }),
  });
  const rows = counts.flatMap((column, x): Row[] => {
    const all = column.reduce((sum, one) => sum + one, 0);
    const mean = density.means[x];
    if (all === 0) return [];
    return [
      {
        cells: [
          ...words(differenceWords(x)),
          number(count(all)),
          number(mean === null || mean === undefined ? '' : signed(Number(mean.toFixed(2)))),
        ],
        query: joined(
          binQuery('length_difference', differences, [x, x]),
          // Pairs without a margin are not in the picture.
          '(margin<0 OR margin>=0)',
        ),
      },
    ];
  });
  return {
    id: 'length-margin',
    title: 'Length and margin',
    caption: `The more pairs, the stronger the colour of a cell. The line in the middle parts pairs by which answer is longer; “the longer one wins” is right for ${shareWords(longerWins)} of ${plural(preferences, 'pair')}, equal lengths counted half. The curve is the mean margin.${correlationWords(density.correlation)}`,
    picture,
    table: {
      columns: [...words('Chosen answer'), number('Pairs scored'), number('Mean margin')],
      rows,
    },
  };
}
