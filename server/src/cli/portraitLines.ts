// A portrait in lines of text, for `stats` and for the report of a build.
import { pairedOdds } from '#core/checks/dataset/effects.ts';
import { shareText } from '#core/checks/dataset/labelEffects.ts';
import { MIN_STYLED } from '#core/drawing/figures/labels.ts';
import { estimateWords, isKnown } from '#core/drawing/words.ts';
import type { Lengths } from '#core/portrait/lengths.ts';
import type { Portrait } from '#core/portrait/portrait.ts';
import { plural } from '#core/words/numbers.ts';

const BARS = '▁▂▃▄▅▆▇█';

/** Counts as a line of bars; a bin without any is a space. */
function sparkline(counts: readonly number[]): string {
  const most = Math.max(...counts);
  const bar = (count: number): string =>
    count === 0 ? ' ' : (BARS[Math.round((count / most) * (BARS.length - 1))] ?? ' ');
  const used = counts.map((count, i) => (count > 0 ? i : -1)).filter((i) => i >= 0);
  return counts
    .slice(used[0] ?? 0, (used.at(-1) ?? -1) + 1)
    .map(bar)
    .join('');
}

function lengthWords({ mean, median, tenth, ninth, longest, histogram }: Lengths): string {
  return `mean ${mean.toFixed(0)}, median ${median}, 80 % from ${tenth} to ${ninth}, longest ${longest} characters  ${sparkline(histogram.counts)}`;
}

/** What the labels reward, a line each: odds ratios with their intervals. */
function rewardLines({ labels }: Pick<Portrait, 'labels'>): readonly string[] {
  const { longer, shorter, style } = labels;
  const rows = [
    { name: 'the longer one', odds: pairedOdds(longer, shorter), count: longer + shorter },
    ...style.map(({ name, odds, chosenOnly, rejectedOnly }) => ({
      name,
      odds,
      count: chosenOnly + rejectedOnly,
    })),
  ].filter(({ count }) => count >= MIN_STYLED);
  return rows.map(
    ({ name, odds, count }) =>
      `${name.padEnd(22)} odds ratio ${estimateWords(odds)} over ${plural(count, 'pair')}`,
  );
}

export type NamedLine = readonly [name: string, text: string];

/** @param isUnsure nothing tells which answer is better, so nothing is said of chosen and rejected ones */
export function portraitLines(
  portrait: Pick<Portrait, 'counts' | 'lengths' | 'labels'>,
  isUnsure: boolean,
): readonly NamedLine[] {
  const { counts, lengths, labels } = portrait;
  if (counts.pairs === 0) return [];
  const lines: NamedLine[] = [['prompts', `${counts.prompts.toLocaleString('en')} different`]];
  if (lengths.prompt.longest > 0) lines.push(['prompt length', lengthWords(lengths.prompt)]);
  if (isUnsure || labels.preferences === 0) return lines;
  lines.push(['chosen', lengthWords(lengths.chosen)], ['rejected', lengthWords(lengths.rejected)]);
  if (isKnown(labels.longerWins)) lines.push(['longer one chosen', shareText(labels.longerWins)]);
  rewardLines(portrait).forEach((line, i) => lines.push([i === 0 ? 'labels reward' : '', line]));
  return lines;
}
