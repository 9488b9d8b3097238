// Findings by rule, and pairs by source.
import type { Portrait } from '../../portrait/portrait.ts';
import { plural } from '../../words/numbers.ts';
import { english, t } from '../../words/translate.ts';
import { drawBars } from '../bars.ts';
import type { Figure } from '../figure.ts';
import { number, words } from '../figure.ts';
import { count, percent } from '../words.ts';
import { quoted } from './queries.ts';

/** Bars of sources and rules that are drawn; the table has the others too. */
const MAX_BARS = 16;

/** Rules about pairs that occur more than once, or where they must not. */
const REPETITION = new Set([
  'duplicate-pair',
  'near-duplicate-pair',
  'opposite-duplicate',
  'preference-cycle',
  'split-leak',
  'benchmark-overlap',
]);

const SEVERITIES = {
  error: english('error'),
  warning: english('warning'),
  information: english('information'),
};

const findingsIn = (findings: Portrait['findings']): number =>
  findings.reduce((sum, one) => sum + one.count, 0);

export function findingsOf(portrait: Portrait): Figure {
  const { findings } = portrait;
  const total = findingsIn(findings);
  if (total === 0) return { id: 'findings', title: t('Findings'), caption: t('No findings.') };
  const repeated = findingsIn(findings.filter(({ rule }) => REPETITION.has(rule)));
  const shown = findings.slice(0, MAX_BARS);
  const rest = findings.length - shown.length;
  return {
    id: 'findings',
    title: t('Findings'),
    caption: [
      t(
        '{0} of {1}, without those that a decision covers.',
        plural(total, 'finding'),
        plural(findings.length, 'rule'),
      ),
      ...(rest > 0 ? [t('The table lists {0}.', plural(rest, 'more rule'))] : []),
      ...(repeated > 0 ? [t('{0} of them are about duplicates and leaks.', count(repeated))] : []),
    ].join(' '),
    note: t('A record can have several findings, so a bar may select fewer rows than it counts.'),
    picture: drawBars(
      t('Findings by rule'),
      shown.map(({ rule, severity, title, count: value }) => ({
        name: rule,
        value,
        words: count(value),
        colour: severity,
        hint: `${rule}: ${plural(value, 'finding')}. ${title}`,
        query: `rule:${rule}`,
      })),
    ),
    key: (['error', 'warning', 'information'] as const).flatMap((name) =>
      findings.some(({ severity }) => severity === name) ? [{ name, label: t(SEVERITIES[name]) }] : [],
    ),
    table: {
      columns: [...words(t('Rule'), t('What is wrong')), number(t('Findings'))],
      rows: findings.map(({ rule, title, count: value }) => ({
        cells: [...words(rule, title), number(count(value))],
        query: `rule:${rule}`,
      })),
    },
  };
}

export function sourcesOf({ sources }: Portrait): Figure | undefined {
  if (!sources || sources.values.length === 0) return undefined;
  const { field, values, read, records } = sources;
  const all = values.reduce((sum, { pairs }) => sum + pairs, 0);
  const queryOf = (name: string): string => `${field}:${quoted(name)}`;
  const wins = ({ pairs, ties, longerChosen }: (typeof values)[number]): string =>
    pairs === ties ? '' : percent(longerChosen / (pairs - ties));
  const sampled =
    read < records
      ? t('From {0} of {1}, evenly spread: shares are estimates.', count(read), plural(records, 'record'))
      : t('All {0}.', plural(all, 'pair'));
  return {
    id: 'sources',
    title: t('By {0}', field),
    caption: `${sampled} ${t('{0} of the field “{1}”.', plural(values.length, 'value'), field)}`,
    picture: drawBars(
      t('Pairs by source'),
      values.slice(0, MAX_BARS).map((one) => ({
        name: one.name,
        value: one.pairs,
        words: read < records ? percent(one.pairs / all) : count(one.pairs),
        colour: 'neutral',
        hint: `${one.name}: ${[
          plural(one.pairs, 'pair'),
          ...(one.ties > 0 ? [plural(one.ties, 'tie')] : []),
          ...(wins(one) === '' ? [] : [t('longer one chosen {0}', wins(one))]),
        ].join(', ')}`,
        query: one.name === '(none)' ? undefined : queryOf(one.name),
      })),
    ),
    table: {
      columns: [...words(field), number(t('Pairs')), number(t('Ties')), number(t('Longer one chosen'))],
      rows: values.map((one) => ({
        cells: [...words(one.name), number(count(one.pairs)), number(count(one.ties)), number(wins(one))],
        query: one.name === '(none)' ? undefined : queryOf(one.name),
      })),
    },
  };
}
