// What ratings and names of models in the records say of the labels.
import type { Estimate } from '../../checks/dataset/effects.ts';
import type { Portrait } from '../../portrait/portrait.ts';
import type { QualityFloor, RatingRow, RatingSummary } from '../../portrait/ratings.ts';
import type { LeftOut, ModelRow } from '../../portrait/strengths.ts';
import { counted, plural } from '../../words/numbers.ts';
import { english, t } from '../../words/translate.ts';
import type { Figure, Row } from '../figure.ts';
import { number, words } from '../figure.ts';
import type { IntervalAxis } from '../intervals.ts';
import { drawIntervals, shareAxis } from '../intervals.ts';
import { count, isKnown, percent, shareWords, signed } from '../words.ts';
import { ratingName } from './queries.ts';

/** A share of fewer pairs says nothing. */
const MIN_DIFFERENT = 10;

/** How many pairs were kept, if not all. */
function keptWords({ pairs, kept }: RatingSummary): readonly string[] {
  return kept < pairs
    ? [t('Counted over {0} of {1}, evenly spread.', count(kept), plural(pairs, 'pair'))]
    : [];
}

const colourOf = ({ low, high }: Estimate, nothing: number): string =>
  low > nothing ? 'chosen' : high < nothing ? 'rejected' : 'neutral';

/** Pairs in which a rating prefers the rejected answer. */
function againstQuery({ name, best }: RatingRow): string | undefined {
  if (best === undefined) return undefined;
  return `${ratingName('rating_difference', name)}${best === 'high' ? '<' : '>'}0`;
}

export function ratingsFigure({ ratings }: Portrait): Figure | undefined {
  if (!ratings) return undefined;
  const { rows, several, dominated, unsteady, moved } = ratings;
  const shown = rows.filter(({ pairs, equal }) => pairs - equal >= MIN_DIFFERENT);
  if (shown.length === 0) return undefined;
  const together =
    several === 0
      ? []
      : [
          counted(
            dominated,
            'Of the pairs with several ratings, {0} has a rejected answer that is nowhere worse and somewhere better (rule ratings-contradict-label).',
            'Of the pairs with several ratings, {0} have a rejected answer that is nowhere worse and somewhere better (rule ratings-contradict-label).',
          ),
          t(
            'In {0} the better answer by the mean of all ratings, each in units of its spread, is the other one if weights move by up to {1}.',
            percent(unsteady / several),
            percent(moved),
          ),
        ];
  const better = ({ name, best }: RatingRow): string =>
    best === undefined ? t('{0} (neither good nor bad)', name) : name;
  return {
    id: 'ratings',
    title: t('Ratings and labels'),
    caption: [
      t(
        'How often the chosen answer is the better one by a rating in the records, where it differs; 50 % means that the label ignores it. Labels that were made from these ratings agree with them, of course.',
      ),
      ...together,
      ...keptWords(ratings),
    ].join(' '),
    picture: drawIntervals(
      t('Share of pairs whose chosen answer has the better rating'),
      shareAxis(t('share of the pairs in which the rating differs'), 0.5),
      shown.map((row) => ({
        name: row.name,
        estimate: row.prefersChosen,
        colour: row.best === undefined ? 'neutral' : colourOf(row.prefersChosen, 0.5),
        hint: t(
          '{0}: better for the chosen answer in {1} of {2}; equal in {3}',
          row.name,
          shareWords(row.prefersChosen),
          plural(row.pairs - row.equal, 'pair'),
          count(row.equal),
        ),
        query: againstQuery(row),
      })),
    ),
    note: t('A click shows the pairs in which the rejected answer has the better rating.'),
    table: {
      columns: [
        ...words(t('Rating')),
        number(t('Pairs')),
        number(t('Chosen is better')),
        number(t('Equal')),
        number(t('Mean difference')),
      ],
      rows: rows.map((row) => ({
        cells: [
          ...words(better(row)),
          number(count(row.pairs)),
          number(isKnown(row.prefersChosen) ? shareWords(row.prefersChosen) : ''),
          number(count(row.equal)),
          number(signed(row.meanDifference)),
        ],
        query: againstQuery(row),
      })),
    },
  };
}

function floorRows({
  name,
  best,
  poorChosen,
  median,
  acceptable,
  counts,
  pairs,
}: QualityFloor): readonly Row[] {
  const [worse, better] = best === 'high' ? (['<', '>'] as const) : (['>', '<'] as const);
  const [chosen, rejected] = [ratingName('chosen_rating', name), ratingName('rejected_rating', name)];
  const row = (what: string, found: number, query: string): Row => ({
    cells: [...words(name, what), number(count(found)), number(percent(found / pairs))],
    query,
  });
  return [
    row(
      t('poor chosen: {0} {1}', worse, signed(poorChosen)),
      counts.poorChosen,
      `${chosen}${worse}${poorChosen}`,
    ),
    row(
      t('good rejected: {0} {1}', better, signed(median)),
      counts.goodRejected,
      `${rejected}${better}${median}`,
    ),
    row(
      t('both poor: {0} {1}', worse, signed(acceptable)),
      counts.bothPoor,
      `${chosen}${worse}${acceptable} ${rejected}${worse}${acceptable}`,
    ),
  ];
}

export function floorFigure({ ratings }: Portrait): Figure | undefined {
  const floors = ratings?.floors ?? [];
  if (!ratings || floors.length === 0) return undefined;
  return {
    id: 'floor',
    title: t('Poor and good answers'),
    caption: [
      t(
        'Answers that are good or bad by their own rating, whatever the other one is: chosen answers in the worst tenth of the chosen ones, rejected answers that are better than their median, and pairs of two answers in the worst quarter of all. Such pairs are no errors: two weak answers still teach if one is better. The limits are shares of this file, so some pairs are always beyond them.',
      ),
      ...keptWords(ratings),
    ].join(' '),
    table: {
      columns: [...words(t('Rating'), t('What')), number(t('Pairs')), number(t('Share'))],
      rows: floors.flatMap(floorRows),
    },
  };
}

const LEFT_OUT: Readonly<Record<LeftOut, ReturnType<typeof english>>> = {
  few: english('too few pairs with the others'),
  apart: english('no pair connects it with the others'),
  unbeaten: english('it never loses: no upper limit'),
  winless: english('it never wins: no lower limit'),
};

const points = (value: number): string => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(0)}`;
const pointWords = ({ value, low, high }: Estimate): string =>
  t('{0} ({1} to {2})', points(value), points(low), points(high));

function eloAxis(estimates: readonly Estimate[]): IntervalAxis {
  const reach = Math.max(100, ...estimates.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  const step = [50, 100, 200, 400, 1000].find((one) => reach / one <= 4) ?? 2000;
  const ticks = Array.from(
    { length: 2 * Math.ceil(reach / step) + 1 },
    (_, i) => (i - Math.ceil(reach / step)) * step,
  );
  return {
    title: t('points: 400 more are ten times the odds of winning'),
    from: ticks[0] ?? -reach,
    to: ticks.at(-1) ?? reach,
    nothing: 0,
    ticks: ticks.map((value) => ({ value, label: points(value) })),
    place: (value) => value,
  };
}

export function strengthsFigure({ strengths }: Portrait): Figure | undefined {
  if (!strengths) return undefined;
  const { field, models, pairs, ties, ofOne, groups } = strengths;
  const fitted = models.flatMap((model) => (model.strength ? [{ ...model, strength: model.strength }] : []));
  const left = models.length - fitted.length;
  const why = ({ strength, leftOut }: ModelRow): string =>
    strength ? pointWords(strength) : leftOut ? t(LEFT_OUT[leftOut]) : '';
  const notes = [
    ...(ties > 0 ? [t('A tie is half a win for both ({0}).', plural(ties, 'tie'))] : []),
    ...(left > 0
      ? [
          counted(
            left,
            '{0} model is left out; the table says why.',
            '{0} models are left out; the table says why.',
          ),
        ]
      : []),
    ...(groups > 1
      ? [
          counted(
            groups,
            '{0} group of models has no pair with the others.',
            '{0} groups of models have no pair with each other: only one of them has strengths.',
          ),
        ]
      : []),
    ...(ofOne > 0 ? [t('{0} with two answers of one model do not count.', plural(ofOne, 'pair'))] : []),
  ];
  const head = { id: 'strengths', title: t('Strength of the models') };
  const table = {
    columns: [...words(t('Model'), t('Strength')), number(t('Pairs')), number(t('Wins'))],
    rows: models.map((model) => ({
      cells: [
        ...words(model.name, why(model)),
        number(count(model.pairs)),
        number(percent(model.wins / model.pairs)),
      ],
    })),
  };
  if (fitted.length === 0)
    return {
      ...head,
      caption: [t('The pairs do not say which model is stronger.'), ...notes].join(' '),
      table,
    };
  return {
    ...head,
    caption: [
      t(
        'Bradley-Terry strengths of the values of "{0}" by {1}, with 95 % intervals that take pairs as independent: of several pairs of one prompt, they are too narrow. They say whose answers the labels prefer, not whose are better.',
        field,
        plural(pairs, 'pair'),
      ),
      ...notes,
    ].join(' '),
    picture: drawIntervals(
      t('Strengths of models'),
      eloAxis(fitted.map(({ strength }) => strength)),
      fitted.map(({ name, strength, pairs: own, wins }) => ({
        name,
        estimate: strength,
        colour: colourOf(strength, 0),
        hint: t(
          '{0}: {1}; {2}, {3} won',
          name,
          pointWords(strength),
          plural(own, 'pair'),
          percent(wins / own),
        ),
      })),
    ),
    table,
  };
}

/** Parts that are drawn; the table has the others too. */
const MAX_DRAWN = 12;

export function bySourceFigure({ bySource, sources }: Portrait): Figure | undefined {
  if (!bySource) return undefined;
  const { field, scorers, parts } = bySource;
  const hasErrors = parts.some(({ calibration }) => calibration !== undefined);
  const drawn = parts.slice(0, MAX_DRAWN);
  const isSampled = sources !== undefined && sources.read < sources.records;
  return {
    id: 'by-source',
    title: t('Scorers by source'),
    caption: [
      t(
        'How often the scorer ({0}) prefers the chosen answer, for each value of "{1}". Where it is near 50 %, its margins say little of those pairs; it never says that labels are true.',
        scorers[0] ?? '',
        field,
      ),
      ...(hasErrors
        ? [
            t(
              'The calibration error is the mean distance between how sure the scorer is and how often the label agrees; few pairs make it larger.',
            ),
          ]
        : []),
      ...(scorers.length > 1 ? [t('The table has the other scorers too.')] : []),
      ...(isSampled
        ? [t('Counted over {0} of {1} records, evenly spread.', count(sources.read), count(sources.records))]
        : []),
    ].join(' '),
    picture: drawIntervals(
      t('Share of pairs on which the scorer prefers the chosen answer'),
      shareAxis(t('share of the scored pairs'), 0.5),
      drawn.flatMap(({ name, accuracy: [first] }) =>
        first
          ? [
              {
                name,
                estimate: first.share,
                colour: colourOf(first.share, 0.5),
                hint: t('{0}: {1} of {2}', name, shareWords(first.share), plural(first.of, 'pair')),
              },
            ]
          : [],
      ),
    ),
    table: {
      columns: [
        ...words(field),
        ...scorers.map(number),
        number(t('Pairs')),
        ...(hasErrors ? [number(t('Calibration error'))] : []),
      ],
      rows: parts.map(({ name, accuracy, calibration }) => ({
        cells: [
          ...words(name),
          ...accuracy.map(({ of, share }) => number(of === 0 ? '' : shareWords(share))),
          number(count(accuracy[0]?.of ?? 0)),
          ...(hasErrors ? [number(calibration ? percent(calibration.error) : '')] : []),
        ],
      })),
    },
  };
}
