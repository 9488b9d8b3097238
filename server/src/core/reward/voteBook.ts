// The named votes of a dataset by pair, and what they say together.
import type { Identity } from '../model/identity.ts';
import { pairKey } from '../model/identity.ts';
import type { NamedVote } from '../model/pair.ts';
import { plural } from '../words/numbers.ts';
import type { English } from '../words/translate.ts';
import { english, t } from '../words/translate.ts';
import type { Annotator, FittedVotes, Vote } from './annotators.ts';
import { fitVotes } from './annotators.ts';
import { chosenIsFirst } from './reading.ts';
import { ScoreTable } from './table.ts';

/** Names in a sentence about all annotators. */
const MAX_NAMED = 6;

const turned = (votes: readonly Vote[], isTurned: boolean): readonly Vote[] =>
  isTurned
    ? votes.map(({ by, said }) => ({
        by,
        said: said === 'first' ? 'second' : said === 'second' ? 'first' : said,
      }))
    : votes;

const shareRight = ({ right, wrong }: Annotator): string =>
  `${((100 * right) / (right + wrong)).toFixed(0)} %`;

/** Who votes for what, with their names. */
const VOTE_GROUPS: readonly (readonly [Vote['said'], English])[] = [
  ['first', english('{0} for the chosen answer')],
  ['second', english('{0} for the rejected one')],
  ['tie', english('{0} for neither')],
];

export class VoteBook {
  /** Many pairs have the same votes: each row is the number of a pattern. */
  readonly #rows = new ScoreTable(1);
  readonly #patterns: { readonly votes: readonly Vote[]; count: number }[] = [];
  readonly #numbers = new Map<string, number>();
  #fitted: FittedVotes | undefined;

  #patternOf(identity: Identity): { readonly votes: readonly Vote[]; count: number } | undefined {
    const row = this.#rows.rowOf(pairKey(identity));
    return row < 0 ? undefined : this.#patterns[this.#rows.values(row)[0] ?? -1];
  }

  #set(identity: Identity, votes: readonly Vote[]): void {
    const old = this.#patternOf(identity);
    if (old) old.count--;
    const spelling = JSON.stringify(votes.map(({ by, said }) => [by, said]));
    const number = this.#numbers.get(spelling) ?? this.#patterns.push({ votes, count: 0 }) - 1;
    this.#numbers.set(spelling, number);
    const pattern = this.#patterns[number];
    if (pattern) pattern.count++;
    this.#rows.set({ key: pairKey(identity), values: [number], tokens: 0, flags: 0, provider: 0, time: 0 });
  }

  /** Adds the votes of a record to those of other records on the same answers. An annotator has one vote on a pair. */
  add(identity: Identity, votes: readonly NamedVote[]): void {
    const known = this.#patternOf(identity)?.votes ?? [];
    const isNew = ({ by }: NamedVote, i: number): boolean =>
      !known.some((vote) => vote.by === by) && votes.findIndex((vote) => vote.by === by) === i;
    const added = votes.filter(isNew);
    if (added.length > 0) this.#set(identity, sorted([...known, ...byKey(identity, added)]));
  }

  /** The votes after an edit of the one record that holds them all. */
  replace(identity: Identity, votes: readonly NamedVote[]): void {
    this.#set(identity, sorted(byKey(identity, votes)));
  }

  fit(): void {
    this.#fitted = fitVotes(this.#patterns.filter(({ count }) => count > 0));
  }

  clear(): void {
    this.#rows.clear();
    this.#patterns.length = 0;
    this.#numbers.clear();
    this.#fitted = undefined;
  }

  /** Log-odds of the label; undefined without votes, or if too few pairs have two of them. */
  margin(identity: Identity): number | undefined {
    const votes = this.#patternOf(identity)?.votes;
    if (!votes || !this.#fitted) return undefined;
    const odds = this.#fitted.logOdds(votes);
    return chosenIsFirst(identity) ? odds : -odds;
  }

  /** Who is there, the one with the most votes first. */
  get about(): readonly string[] {
    const annotators = this.#fitted?.annotators;
    if (!annotators) return [];
    const most = [...annotators].sort(([, a], [, b]) => b.votes - a.votes);
    const named = most.slice(0, MAX_NAMED).map(([name, one]) => `"${name}" ${shareRight(one)}`);
    const rest = most.length - named.length;
    return [
      t(
        'The votes of {0}, each weighted by how often it is right where one answer is better, estimated from all votes (Dawid and Skene): {1}.',
        plural(most.length, 'annotator'),
        rest > 0 ? t('{0}, and {1} more', named.join(t(', ')), rest) : named.join(t(', ')),
      ),
    ];
  }

  /** Who votes for which answer. */
  details(identity: Identity): readonly string[] {
    const votes = this.#patternOf(identity)?.votes;
    const annotators = this.#fitted?.annotators;
    if (!votes || !annotators) return [];
    const own = turned(votes, !chosenIsFirst(identity));
    const said = VOTE_GROUPS.flatMap(([side, words]) => {
      const names = own.flatMap((vote) => {
        const one = annotators.get(vote.by);
        return vote.said === side && one ? [`"${vote.by}" (${shareRight(one)})`] : [];
      });
      return names.length === 0 ? [] : [t(words, names.join(t(', ')))];
    });
    return said.length === 0 ? [] : [t('Votes: {0}.', said.join(t('; ')))];
  }
}

function byKey(identity: Identity, votes: readonly NamedVote[]): readonly Vote[] {
  const first = votes.map(({ by, said }): Vote => {
    if (said === 'tie') return { by, said };
    return { by, said: said === 'chosen' ? 'first' : 'second' };
  });
  return turned(first, !chosenIsFirst(identity));
}

function sorted(votes: readonly Vote[]): readonly Vote[] {
  return [...votes].sort((a, b) => (a.by < b.by ? -1 : 1));
}
