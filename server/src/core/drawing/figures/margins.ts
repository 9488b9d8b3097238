// Margins: their histogram, and how they go with length.
import type { Estimate } from '../../checks/dataset/effects.ts';
import type { BinRange } from '../../portrait/bins.ts';
import { binQuery, usedBins } from '../../portrait/bins.ts';
import type { Density } from '../../portrait/margins.ts';
import type { Portrait, ScorerMargins } from '../../portrait/portrait.ts';
import { capitalised, plural } from '../../words/numbers.ts';
import { english, t } from '../../words/translate.ts';
import { drawDensity } from '../density.ts';
import type { Figure, Row } from '../figure.ts';
import { behindKey, number, words } from '../figure.ts';
import { drawHistogram } from '../histogram.ts';
import { binWords, count, estimateWords, isKnown, percent, shareWords, signed } from '../words.ts';
import { joined } from './queries.ts';

/** About this many labels fit below a histogram. */
const LABELS = 8;

/** @param whole the margins of the same scorer, to compare with; its bins are the same */
export function marginsOf(
  scorer: ScorerMargins,
  trust: string | undefined,
  isRanking: boolean,
  whole?: ScorerMargins,
): Figure {
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
    label: t('Margins of the scorer'),
    axis: t('margin: reward of chosen minus reward of rejected'),
    range,
    up: {
      histogram,
      behind: whole?.histogram,
      // A bin that ends at 0 or below holds pairs against their label.
      nameOf: (bin) => ((edges[bin] ?? Infinity) <= 0 ? 'rejected' : 'chosen'),
      markOf: (bin) => ({
        hint: t(
          '{0} with a margin of {1}',
          plural(bins[bin] ?? 0, 'pair'),
          binWords(edges[bin - 1], edges[bin]),
        ),
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
              words: t('review: lowest {0} %', budget.percent),
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
    ? [
        t(
          'The line is the review budget: pairs left of it, with margins up to {0}, are on the review list.',
          signed(budget.worst),
        ),
      ]
    : [];
  return {
    id: isRanking ? 'margins' : `margins of ${name}`,
    title: isRanking ? t('Margins') : t('Margins of {0}', name),
    caption: [
      t(
        '{0}: {1} scored. It agrees with {2} labels ({3}) and disagrees with {4} ({5}): look at those, but their share is no error rate.',
        capitalised(name),
        plural(scored, 'pair'),
        count(agrees),
        share(agrees),
        count(disagrees),
        share(disagrees),
      ),
      ...list,
      ...(trust === undefined ? [] : [trust]),
    ].join(' '),
    picture,
    ...(isRanking && { brush }),
    key: [
      { name: 'chosen', label: t('agrees with the label') },
      { name: 'rejected', label: t('disagrees') },
      ...behindKey(whole),
    ],
    table: {
      columns: [...words(t('Margin')), number(t('Pairs'))],
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
      ? english('The margin hardly depends on length: Spearman’s ρ {0}.')
      : size < 0.3
        ? english('The margin depends a little on length: Spearman’s ρ {0}.')
        : size < 0.6
          ? english('The margin depends on length: Spearman’s ρ {0}.')
          : english('The margin depends strongly on length: Spearman’s ρ {0}.');
  return ` ${t(strength, estimateWords(correlation))}`;
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
    if (low === undefined) return t('{0} or more shorter', count(1 - (high ?? 0)));
    if (high === undefined) return t('{0} or more longer', count(low));
    if (low === 0) return t('equally long');
    return low > 0
      ? t('{0} to {1} longer', count(low), count(high - 1))
      : t('{0} to {1} shorter', count(1 - high), count(-low));
  };
  const picture = drawDensity(density, {
    label: t('Difference of lengths against margin'),
    across,
    up,
    leftWords: t('shorter chosen {0}', percent(shorter / preferences)),
    rightWords: t('longer chosen {0}', percent(longer / preferences)),
    markOf: (x, y) => ({
      hint: t(
        '{0}: chosen answer {1}, margin {2}',
        plural(counts[x]?.[y] ?? 0, 'pair'),
        differenceWords(x),
        binWords(margins[y - 1], margins[y]),
      ),
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
    title: t('Length and margin'),
    caption: `${t(
      'The more pairs, the stronger the colour of a cell. The line in the middle parts pairs by which answer is longer; “the longer one wins” is right for {0} of {1}, equal lengths counted half. The curve is the mean margin.',
      shareWords(longerWins),
      plural(preferences, 'pair'),
    )}${correlationWords(density.correlation)}`,
    picture,
    table: {
      columns: [...words(t('Chosen answer')), number(t('Pairs scored')), number(t('Mean margin'))],
      rows,
    },
  };
}
