// What labels reward, and how good the labels' judges are.
import type { Estimate } from '../../checks/dataset/effects.ts';
import { pairedOdds } from '../../checks/dataset/effects.ts';
import type { Portrait } from '../../portrait/portrait.ts';
import { plural } from '../../words/numbers.ts';
import type { Figure } from '../figure.ts';
import { number, words } from '../figure.ts';
import type { IntervalRow } from '../intervals.ts';
import { drawIntervals, ODDS_AXIS, shareAxis } from '../intervals.ts';
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
    hint: `${name}: odds ratio ${estimateWords(estimate)}; chosen in ${count(won)} and rejected in ${count(lost)} of ${plural(won + lost, 'pair')}`,
    query,
  };
}

export function rewards(portrait: Portrait): Figure | undefined {
  const { labels, hasLabel } = portrait;
  const { preferences, longer, shorter, style, firstWins } = labels;
  const first = Math.round(firstWins.value * preferences);
  const all: readonly (readonly [string, number, number, string?])[] = [
    ['longer', longer, shorter, joined('length_difference!=0', withoutTies(portrait))],
    ...(hasLabel ? [['first in the record', first, preferences - first, 'is:pair -is:tie'] as const] : []),
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
    title: 'What the labels reward',
    caption:
      'Odds ratios with 95 % intervals. Each counts the pairs in which only one answer is so, or has this: 3 means that this answer is chosen three times as often as it is rejected. Correlation, not cause: longer answers have more of everything.',
    picture: drawIntervals('Odds ratios of length, position and style', ODDS_AXIS, rows),
    key: [
      { name: 'chosen', label: 'preferred' },
      { name: 'rejected', label: 'not preferred' },
      { name: 'neutral', label: 'the interval contains 1' },
    ],
    table: {
      columns: [
        ...words('An answer that is or has'),
        number('Odds ratio'),
        number('Chosen'),
        number('Rejected'),
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

export function reliability({ calibration }: Portrait): Figure | undefined {
  if (!calibration) return undefined;
  const { bins, error } = calibration;
  const drawn = bins.filter(({ count: pairs }) => pairs >= MIN_PREDICTED);
  if (drawn.length === 0) return undefined;
  const rest =
    bins.length > drawn.length ? ` Points of fewer than ${MIN_PREDICTED} pairs are only in the table.` : '';
  const queryOf = ({ from, to }: (typeof bins)[number]): string => {
    // A margin of 0 prefers neither answer.
    const low = from === 0 ? '>0' : `>=${from}`;
    const mirrored = from === 0 ? '<0' : `<=-${from}`;
    const above = joined(`margin${low}`, to === undefined ? '' : `margin<${to}`);
    const below = joined(`margin${mirrored}`, to === undefined ? '' : `margin>-${to}`);
    return `(${above}) OR (${below})`;
  };
  return {
    id: 'calibration',
    title: 'Calibration',
    caption: `Pairs by how sure the scorer is, always by a fit that did not see them. On the dashed line, it is as often right about the recorded label as it claims; the mean distance is ${percent(error)}. It says that margins can be read as probabilities of the recorded label, not that the labels are true: a scorer learns the errors that a file repeats.${rest}`,
    picture: drawReliability('How sure the scorer is, against how often the label agrees', drawn, (bin) => ({
      hint: `${plural(bin.count, 'pair')} with margins of ±${bin.from}${bin.to === undefined ? ' and more' : ` to ±${bin.to}`}: predicted ${percent(bin.predicted)}, observed ${shareWords(bin.observed)}`,
      query: queryOf(bin),
    })),
    table: {
      columns: [...words('Size of the margin'), number('Pairs'), number('Predicted'), number('Label agrees')],
      rows: bins.map((bin) => ({
        cells: [
          ...words(`${bin.from}${bin.to === undefined ? ' and more' : ` to ${bin.to}`}`),
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
      columns: [...words('', 'Of'), number('Share')],
      rows: rows.map(({ name, share, of }) => ({ cells: [...words(name, of), number(shareWords(share))] })),
    },
  };
}

export function agreement({ annotators, agreements }: Portrait): Figure | undefined {
  const rows = [
    ...(annotators
      ? [
          {
            name: 'annotators',
            share: annotators.same,
            of: `of the pairs of votes on ${plural(annotators.records, 'record')}`,
          },
        ]
      : []),
    ...agreements.map(({ names, agreement: { same, count: both } }) => ({
      name: names.join(' and '),
      share: same,
      of: `of ${plural(both, 'pair')} that both scored`,
    })),
  ];
  if (rows.length === 0) return undefined;
  const kappas = [
    ...(annotators && isKnown(annotators.kappa) ? [['annotators', annotators.kappa] as const] : []),
    ...agreements.flatMap(({ names, agreement: { kappa } }) =>
      isKnown(kappa) ? [[names.join(' and '), kappa] as const] : [],
    ),
  ].map(([name, kappa]) => `κ of ${name} ${estimateWords(kappa)}`);
  const split = annotators
    ? ` The votes on ${count(annotators.split)} of ${plural(annotators.records, 'record')} are not all the same.`
    : '';
  return shares(
    {
      id: 'agreement',
      title: 'Agreement',
      caption: `How often two judges prefer the same answer.${split} κ is agreement beyond chance: 1 is perfect, 0 is chance. ${kappas.join('; ')}${kappas.length > 0 ? '.' : ''}`,
    },
    'share of the pairs on which two judges agree',
    undefined,
    rows,
  );
}

export function selfTestOf({ selfTest }: Portrait): Figure | undefined {
  if (!selfTest) return undefined;
  const { planted, share, auroc, lengthAuroc, precisionAt1, precisionAt5, precisionAtPlanted } = selfTest;
  const of = ({ count: all }: { readonly count: number }): string => `of ${plural(all, 'pair')}`;
  return shares(
    {
      id: 'self-test',
      title: 'Self-test',
      caption: `${plural(planted, 'label')} were flipped on purpose in a copy (${percent(share)}). Shown is how many pairs at the top of the ranking were such flips; a random ranking finds ${percent(share)}. AUROC ${auroc.toFixed(2)}, by length alone ${lengthAuroc.toFixed(2)}, by chance 0.50. Real errors are not random, so the real list may be better or worse.`,
    },
    'share of planted flips',
    share,
    [
      { name: 'worst 1 %', share: precisionAt1, of: of(precisionAt1) },
      { name: 'worst 5 %', share: precisionAt5, of: of(precisionAt5) },
      { name: 'as many as planted', share: precisionAtPlanted, of: of(precisionAtPlanted) },
    ],
  );
}

export function verdicts({ labels, counts }: Portrait): Figure | undefined {
  if (counts.judgements === 0 || !isKnown(labels.good)) return undefined;
  return shares(
    {
      id: 'verdicts',
      title: 'Verdicts',
      caption: `${plural(counts.judgements, 'answer')} with a verdict of ${counts.judgements === 1 ? 'its' : 'their'} own; ${count(labels.judgements)} are called good or bad, the others are rated by a number or not at all.`,
    },
    'share called good',
    0.5,
    [{ name: 'good', share: labels.good, of: `of ${plural(labels.judgements, 'answer')}` }],
  );
}
