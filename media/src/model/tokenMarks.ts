// Rewards of tokens as marks of the answers, and as numbers beside them.
import { signedWith, signWith } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { PairTokens, TokenSpan } from '#protocol/editor/tokens.ts';

import type { Mark } from './textMarks.ts';

type Side = 'chosen' | 'rejected';
type Stretches = readonly { readonly kind: 'same' | 'only'; readonly text: string }[];

/** What the answers do not have in common; `unmarked` where they have too little in common to say. */
type Differences = Readonly<Record<Side, Stretches>> & { readonly unmarked?: string };

/** The tokens that are marked: all, or those that the answers do not have in common. */
export interface MarkedTokens {
  readonly chosen: readonly TokenSpan[];
  readonly rejected: readonly TokenSpan[];
  /** The largest of their rewards, without its sign. */
  readonly top: number;
  readonly isRestricted: boolean;
}

/** Digits after the point: tokens have small parts of a reward. */
const DIGITS = 3;

export const tokenReward = (reward: number): string => signedWith(DIGITS, reward);

/** What a reward of a token does to the margin. */
export const effectOn = (side: Side, reward: number): number => (side === 'chosen' ? reward : -reward);

/** The spans that touch what only this answer has. */
function differing(spans: readonly TokenSpan[], stretches: Stretches): readonly TokenSpan[] {
  let end = 0;
  const only = stretches.flatMap(({ kind, text }) => {
    const start = end;
    end += text.length;
    return kind === 'only' ? [{ start, end }] : [];
  });
  let next = 0;
  return spans.filter((span) => {
    while ((only[next]?.end ?? Infinity) <= span.start) next++;
    return (only[next]?.start ?? Infinity) < span.end;
  });
}

/** @param differences restricts the tokens, where the answers have enough in common to be compared */
export function markedTokens(
  { chosen, rejected }: PairTokens,
  differences: Differences | undefined,
): MarkedTokens {
  const isRestricted = differences !== undefined && differences.unmarked === undefined;
  const own = isRestricted ? differing(chosen.spans, differences.chosen) : chosen.spans;
  const other = isRestricted ? differing(rejected.spans, differences.rejected) : rejected.spans;
  const top = [...own, ...other].reduce((most, { reward }) => Math.max(most, Math.abs(reward)), 0);
  return { chosen: own, rejected: other, top, isRestricted };
}

/** Grounds of a mark, from none. */
const LEVELS = 4;

/** By the root: a few tokens have most of a reward, and the others shall be seen beside them. 0 below a 64th of the largest one. */
function levelOf(reward: number, top: number): number {
  const share = Math.sqrt(Math.abs(reward) / top);
  return share < 1 / 8 ? 0 : Math.ceil(LEVELS * share);
}

function titleOf(side: Side, reward: number): string {
  const [words, effect] = [tokenReward(reward), effectOn(side, reward)];
  if (signWith(DIGITS, reward) === 0) return t('reward {0}', words);
  return effect < 0 ? t('Reward {0}: lowers the margin', words) : t('Reward {0}: raises the margin', words);
}

export function tokenMarks(tokens: MarkedTokens, side: Side): readonly Mark[] {
  return tokens[side].map(({ start, end, reward }) => ({
    start,
    end,
    kind: effectOn(side, reward) < 0 ? 'against' : 'for',
    level: tokens.top > 0 ? levelOf(reward, tokens.top) : 0,
    title: titleOf(side, reward),
  }));
}

/** Tokens that are listed, of each answer. */
const MAX_LISTED = 5;

const SIGNS: Readonly<Record<string, string>> = { '\n': '⏎', '\t': '⇥' };

/** A token as a list names it: white space alone has signs. */
function nameOf(text: string): string {
  const bare = text.trim();
  return bare === '' ? Array.from(text, (space) => SIGNS[space] ?? '␣').join('') : bare;
}

export interface ListedToken {
  readonly text: string;
  readonly side: Side;
  readonly reward: number;
}

/** The tokens with the largest rewards of an answer, the largest first. */
export function strongest(tokens: MarkedTokens, side: Side, text: string): readonly ListedToken[] {
  return tokens[side]
    .filter(({ reward }) => signWith(DIGITS, reward) !== 0)
    .toSorted((a, b) => Math.abs(b.reward) - Math.abs(a.reward))
    .slice(0, MAX_LISTED)
    .map(({ start, end, reward }) => ({ text: nameOf(text.slice(start, end)), side, reward }));
}

export const sumOf = (spans: readonly TokenSpan[]): number =>
  spans.reduce((sum, { reward }) => sum + reward, 0);
