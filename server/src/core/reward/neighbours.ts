// Pairs that an encoder finds like another one, as evidence for or against its label. Two pairs are alike if the differences of
// their embeddings, chosen minus rejected, lie along one line: the cosine is far from 0. If it is negative, one of the two is
// labelled the other way.
import { compareKeys } from '../hash.ts';
import type { Identity, PairIdentities } from '../model/identity.ts';
import { t } from '../words/translate.ts';

/** Smallest cosine of neighbours, without its sign: an angle of 60°. */
export const MIN_COSINE = 0.5;

/** Neighbours that count: the nearest ones. */
export const MAX_NEAR = 8;

/** A pair with fewer says nothing. */
const MIN_NEAR = 5;

/** Share of the neighbours that must say the same. */
const MIN_AGREEING = 0.75;

/**
 * Where neighbours agree, so many labels of the file must follow them, by the lower end of a 95 % range. Below, neighbours of
 * this encoder say too little about labels to be shown.
 */
export const MIN_FOLLOWING = 0.6;

/** A pair as it stood when the file was scored. */
export interface Placed {
  readonly identity: Identity;
  /** Its number then. */
  readonly number: number;
}

export interface Neighbour extends Placed {
  /** Of the two differences as both pairs were labelled then. */
  readonly cosine: number;
}

/** A pair and its neighbours when the file was scored, nearest first. */
export interface Neighbourhood extends Placed {
  /** The encoder. */
  readonly scorer: string;
  readonly neighbours: readonly Neighbour[];
  /** Of labels whose neighbours agree: the share that follows them. */
  readonly following: number;
  /** Pairs that it was compared with, and pairs of the file. */
  readonly compared: number;
  readonly pairCount: number;
}

/** Neighbours that are labelled the other way. */
export interface Opposition extends Pick<Neighbourhood, 'scorer' | 'following' | 'compared' | 'pairCount'> {
  /** Neighbours that are there now. */
  readonly near: number;
  /** Numbers of those that are labelled the other way, nearest first. */
  readonly pairs: readonly { readonly number: number; readonly cosine: number }[];
}

/** Edits move a pair by as many others as they add or remove before it. A pair that is farther away counts as gone. */
const MAX_MOVED = 10_000;

/** 1 for the same two answers with the same label, −1 with the opposite one, 0 for other answers. */
function turnOf(then: Identity, now: Identity): number {
  const isSame = (a: keyof Identity, b: keyof Identity): boolean => compareKeys(then[a], now[b]) === 0;
  if (isSame('chosenKey', 'chosenKey') && isSame('rejectedKey', 'rejectedKey')) return 1;
  return isSame('chosenKey', 'rejectedKey') && isSame('rejectedKey', 'chosenKey') ? -1 : 0;
}

interface Found {
  readonly number: number;
  readonly turn: number;
}

/** A pair as it stands now; undefined if it is gone, or a tie by now. */
function find({ identity, number }: Placed, pairs: PairIdentities): Found | undefined {
  for (let away = 0; away <= MAX_MOVED; away++) {
    for (const at of away === 0 ? [number] : [number - away, number + away]) {
      const turn = at < 0 || at >= pairs.pairCount ? 0 : turnOf(identity, pairs.identity(at));
      if (turn !== 0) return pairs.isTie(at) ? undefined : { number: at, turn };
    }
  }
  return undefined;
}

/** What signs of neighbours say together: 1 or −1 if nearly all say the same, else 0. Undefined if they are too few. */
export function verdictOf(signs: readonly number[]): number | undefined {
  if (signs.length < MIN_NEAR) return undefined;
  const sum = signs.reduce((total, sign) => total + sign, 0);
  return Math.abs(sum) >= (2 * MIN_AGREEING - 1) * signs.length ? Math.sign(sum) : 0;
}

/** The neighbours of a pair that speak against its label, as labels are now; undefined if they don't. */
export function oppositionTo(
  identity: Identity,
  neighbourhood: Neighbourhood,
  pairs: PairIdentities,
): Opposition | undefined {
  const turn = turnOf(neighbourhood.identity, identity);
  const near = neighbourhood.neighbours.flatMap((one) => {
    const found = find(one, pairs);
    return found ? [{ number: found.number, cosine: turn * found.turn * one.cosine }] : [];
  });
  if (verdictOf(near.map(({ cosine }) => Math.sign(cosine))) !== -1) return undefined;
  const { scorer, following, compared, pairCount } = neighbourhood;
  const against = near.filter(({ cosine }) => cosine < 0);
  return { scorer, following, compared, pairCount, near: near.length, pairs: against };
}

/** "6 of the 8 pairs most like this one …". The places of the pairs follow it. */
export function oppositionWords(opposition: Opposition): string {
  const { scorer, near, pairs, following, compared, pairCount } = opposition;
  const said =
    pairs.length === near
      ? t(
          'All {0} pairs most like this one, by the embeddings of {1}, are labelled the other way.',
          near,
          scorer,
        )
      : t(
          '{0} of the {1} pairs most like this one, by the embeddings of {2}, are labelled the other way.',
          ...[pairs.length, near, scorer],
        );
  const worth = t(
    'Where so many agree, {0} % of the labels of this file follow them.',
    Math.round(100 * following),
  );
  if (compared === pairCount) return `${said} ${worth}`;
  const [own, all] = [compared.toLocaleString('en'), pairCount.toLocaleString('en')];
  return `${said} ${worth} ${t('It was compared with {0} of {1} pairs.', own, all)}`;
}
