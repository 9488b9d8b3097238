// What labels reward, and how good the labels' judges are.
import type { Estimate } from '../../checks/dataset/effects.ts';
import { pairedOdds } from '../../checks/dataset/effects.ts';
import type { ReliabilityBin } from '../../portrait/calibration.ts';
import type { Portrait } from '../../portrait/portrait.ts';
import { counted, plural } from '../../words/numbers.ts';
import { t } from '../../words/translate.ts';
import type { Figure } from '../figure.ts';
import { number, words } from '../figure.ts';
import type { IntervalRow } from '../intervals.ts';
import { drawIntervals, oddsAxis, shareAxis } from '../intervals.ts';
import { drawReliability } from '../reliability.ts';
import { count, estimateWords, isKnown, percent, shareWords } from '../words.ts';
import { joined, quoted, withoutTies } from './queries.ts';

/** Fewer pairs say nothing about a style. */
export const MIN_STYLED = 10;

/** Fewer pairs say nothing about a probability. */
const MIN_PREDICTED = 10;

function oddsRow(name: string, won: number, lost: number, query?: string): IntervalRow {
  const estimate = pairedOdds(won, lost);
  return {
    name,
    estimate,
    colour: estimate.low > 1 ? 'chosen' : estimate.high < 1 ? 'rejected' : 'neutral',
    hint: t(
      '{0}: odds ratio {1}; chosen in {2} and rejected in {3} of {4}',
      name,
      estimateWords(estimate),
      count(won),
      count(lost),
      plural(won + lost, 'pair'),
    ),
    query,
  };
}

export function rewards(portrait: Portrait): Figure | undefined {
  const { labels, hasLabel } = portrait;
  const { preferences, longer, shorter, style, firstWins } = labels;
  const first = Math.round(firstWins.value * preferences);
  const all: readonly (readonly [string, number, number, string?])[] = [
    [t('longer'), longer, shorter, joined('length_difference!=0', withoutTies(portrait))],
    ...(hasLabel ? [[t('first in the record'), first, preferences - first, 'is:pair -is:tie'] as const] : []),
    ...style.map(
      ({ name, chosenOnly, rejectedOnly }) =>
        [
          name,
          chosenOnly,
          rejectedOnly,
          `chosen_style:${quoted(name)} OR rejected_style:${quoted(name)}`,
        ] as const,
    ),
  ];
  const shown = all.filter(([, won, lost]) => won + lost >= MIN_STYLED);
  if (shown.length === 0) return undefined;
  const rows = shown.map(([name, won, lost, query]) => oddsRow(name, won, lost, query));
  return {
    id: 'rewards',
    title: t('What the labels reward'),
    caption: t(
      'Odds ratios with 95 % intervals. Each counts the pairs in which only one answer is so, or has this: 3 means that this answer is chosen three times as often as it is rejected. Correlation, not cause: longer answers have more of everything.',
    ),
    picture: drawIntervals(t('Odds ratios of length, position and style'), oddsAxis(), rows),
    key: [
      { name: 'chosen', label: t('preferred') },
      { name: 'rejected', label: t('not preferred') },
      { name: 'neutral', label: t('the interval contains 1') },
    ],
    table: {
      columns: [
        ...words(t('An answer that is or has')),
        number(t('Odds ratio')),
        number(t('Chosen')),
        number(t('Rejected')),
      ],
      rows: shown.map(([name, won, lost], i) => ({
        cells: [
          ...words(name),
          number(estimateWords(rows[i]?.estimate ?? pairedOdds(won, lost))),
          number(count(won)),
          number(count(lost)),
        ],
        query: rows[i]?.query,
      })),
    },
  };
}

/** The sizes of margins in a bin. */
function sizeWords({ from, to }: ReliabilityBin, sign = ''): string {
  return to === undefined
    ? t('{0} and more', `${sign}${from}`)
    : t('{0} to {1}', `${sign}${from}`, `${sign}${to}`);
}

export function reliability({ calibration }: Portrait): Figure | undefined {
  if (!calibration) return undefined;
  const { bins, error } = calibration;
  const drawn = bins.filter(({ count: pairs }) => pairs >= MIN_PREDICTED);
  if (drawn.length === 0) return undefined;
  const rest =
    bins.length > drawn.length
      ? [t('Points of fewer than {0} pairs are only in the table.', MIN_PREDICTED)]
      : [];
  const queryOf = ({ from, to }: ReliabilityBin): string => {
    // A margin of 0 prefers neither answer.
    const low = from === 0 ? '>0' : `>=${from}`;
    const mirrored = from === 0 ? '<0' : `<=-${from}`;
    const above = joined(`margin${low}`, to === undefined ? '' : `margin<${to}`);
    const below = joined(`margin${mirrored}`, to === undefined ? '' : `margin>-${to}`);
    return `(${above}) OR (${below})`;
  };
  return {
    id: 'calibration',
    title: t('Calibration'),
    caption: [
      t(
        'Pairs by how sure the scorer is, always by a fit that did not see them. On the dashed line, it is as often right about the recorded label as it claims; the mean distance is {0}. It says that margins can be read as probabilities of the recorded label, not that the labels are true: a scorer learns the errors that a file repeats.',
        percent(error),
      ),
      ...rest,
    ].join(' '),
    picture: drawReliability(
      t('How sure the scorer is, against how often the label agrees'),
      drawn,
      (bin) => ({
        hint: t(
          '{0} with margins of {1}: predicted {2}, observed {3}',
          plural(bin.count, 'pair'),
          sizeWords(bin, '±'),
          percent(bin.predicted),
          shareWords(bin.observed),
        ),
        query: queryOf(bin),
      }),
    ),
    table: {
      columns: [
        ...words(t('Size of the margin')),
        number(t('Pairs')),
        number(t('Predicted')),
        number(t('Label agrees')),
      ],
      rows: bins.map((bin) => ({
        cells: [
          ...words(sizeWords(bin)),
          number(count(bin.count)),
          number(percent(bin.predicted)),
          number(shareWords(bin.observed)),
        ],
        query: queryOf(bin),
      })),
    },
  };
}

/** Shares with intervals as a figure. */
function shares(
  figure: Pick<Figure, 'id' | 'title' | 'caption'>,
  axis: string,
  nothing: number | undefined,
  rows: readonly { readonly name: string; readonly share: Estimate; readonly of: string }[],
): Figure {
  return {
    ...figure,
    picture: drawIntervals(
      figure.title,
      shareAxis(axis, nothing),
      rows.map(({ name, share, of }) => ({
        name,
        estimate: share,
        colour: 'neutral',
        hint: `${name}: ${shareWords(share)} ${of}`,
      })),
    ),
    table: {
      columns: [...words('', t('Of')), number(t('Share'))],
      rows: rows.map(({ name, share, of }) => ({ cells: [...words(name, of), number(shareWords(share))] })),
    },
  };
}

/** The names of two judges. */
function bothWords(names: readonly string[]): string {
  const [one = '', other = ''] = names;
  return t('{0} and {1}', one, other);
}

export function agreement({ annotators, agreements }: Portrait): Figure | undefined {
  const rows = [
    ...(annotators
      ? [
          {
            name: t('annotators'),
            share: annotators.same,
            of: t('of the pairs of votes on {0}', plural(annotators.records, 'record')),
          },
        ]
      : []),
    ...agreements.map(({ names, agreement: { same, count: both } }) => ({
      name: bothWords(names),
      share: same,
      of: t('of {0} that both scored', plural(both, 'pair')),
    })),
  ];
  if (rows.length === 0) return undefined;
  const kappas = [
    ...(annotators && isKnown(annotators.kappa) ? [[t('annotators'), annotators.kappa] as const] : []),
    ...agreements.flatMap(({ names, agreement: { kappa } }) =>
      isKnown(kappa) ? [[bothWords(names), kappa] as const] : [],
    ),
  ].map(([name, kappa]) => t('κ of {0} {1}', name, estimateWords(kappa)));
  const split = annotators
    ? [
        t(
          'The votes on {0} of {1} are not all the same.',
          count(annotators.split),
          plural(annotators.records, 'record'),
        ),
      ]
    : [];
  return shares(
    {
      id: 'agreement',
      title: t('Agreement'),
      caption: [
        t('How often two judges prefer the same answer.'),
        ...split,
        t('κ is agreement beyond chance: 1 is perfect, 0 is chance.'),
        kappas.length > 0 ? `${kappas.join('; ')}.` : '',
      ].join(' '),
    },
    t('share of the pairs on which two judges agree'),
    undefined,
    rows,
  );
}

export function selfTestOf({ selfTest }: Portrait): Figure | undefined {
  if (!selfTest) return undefined;
  const { planted, share, auroc, lengthAuroc, precisionAt1, precisionAt5, precisionAtPlanted } = selfTest;
  const of = ({ count: all }: { readonly count: number }): string => t('of {0}', plural(all, 'pair'));
  return shares(
    {
      id: 'self-test',
      title: t('Self-test'),
      caption: t(
        '{0} were flipped on purpose in a copy ({1}). Shown is how many pairs at the top of the ranking were such flips; a random ranking finds {1}. AUROC {2}, by length alone {3}, by chance 0.50. Real errors are not random, so the real list may be better or worse.',
        plural(planted, 'label'),
        percent(share),
        auroc.toFixed(2),
        lengthAuroc.toFixed(2),
      ),
    },
    t('share of planted flips'),
    share,
    [
      { name: t('worst 1 %'), share: precisionAt1, of: of(precisionAt1) },
      { name: t('worst 5 %'), share: precisionAt5, of: of(precisionAt5) },
      { name: t('as many as planted'), share: precisionAtPlanted, of: of(precisionAtPlanted) },
    ],
  );
}

export function verdicts({ labels, counts }: Portrait): Figure | undefined {
  if (counts.judgements === 0 || !isKnown(labels.good)) return undefined;
  return shares(
    {
      id: 'verdicts',
      title: t('Verdicts'),
      caption: counted(
        counts.judgements,
        '{0} answer with a verdict of its own; {1} are called good or bad, the others are rated by a number or not at all.',
        '{0} answers with a verdict of their own; {1} are called good or bad, the others are rated by a number or not at all.',
        count(labels.judgements),
      ),
    },
    t('share called good'),
    0.5,
    [{ name: t('good'), share: labels.good, of: t('of {0}', plural(labels.judgements, 'answer')) }],
  );
}
