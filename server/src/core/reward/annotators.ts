// What named annotators say together, by how often each is right: A. P. Dawid and A. M. Skene, Maximum likelihood
// estimation of observer error-rates using the EM algorithm (Applied Statistics 28, 1979), with these limits: an
// annotator errs as often whichever answer is better, and one with few votes is taken to be like the others.

/** `first` and `second` are the answers of a pair, in any order that does not depend on the label. */
export type Said = 'first' | 'second' | 'tie';

export interface Vote {
  readonly by: string;
  readonly said: Said;
}

/** Votes that `count` pairs have. */
export interface Pattern {
  readonly votes: readonly Vote[];
  readonly count: number;
}

/** How an annotator votes. */
export interface Annotator {
  readonly votes: number;
  /** Where one answer is better: the probabilities that this one votes for it, for the other, and for neither. */
  readonly right: number;
  readonly wrong: number;
  readonly neither: number;
  /** Where none is better: the probability of a vote for neither. */
  readonly tie: number;
}

export interface FittedVotes {
  readonly annotators: ReadonlyMap<string, Annotator>;
  /** Log-odds that the first answer is better, and not the second. */
  readonly logOdds: (votes: readonly Vote[]) => number;
}

/** Fewer pairs with two votes say too little about who errs. */
const MIN_SHARED = 30;

/** Votes of the average annotator that each one starts with. */
const PRIOR_VOTES = 10;

const ROUNDS = 200;
const STILL = 1e-5;

/** Patterns to estimate from. */
const MAX_PATTERNS = 20_000;

interface Counts {
  votes: number;
  right: number;
  wrong: number;
  neither: number;
  /** Votes on pairs where no answer is better: for neither, and for one. */
  tie: number;
  pick: number;
}

const noCounts = (): Counts => ({ votes: 0, right: 0, wrong: 0, neither: 0, tie: 0, pick: 0 });

const NAMES = ['votes', 'right', 'wrong', 'neither', 'tie', 'pick'] as const;

/** Rates from counts and those of the average annotator. */
function ratesOf(own: Counts, average: Omit<Annotator, 'votes'>): Annotator {
  const judged = own.right + own.wrong + own.neither + PRIOR_VOTES;
  const tied = own.tie + own.pick + PRIOR_VOTES;
  return {
    votes: own.votes,
    right: (own.right + PRIOR_VOTES * average.right) / judged,
    wrong: (own.wrong + PRIOR_VOTES * average.wrong) / judged,
    neither: (own.neither + PRIOR_VOTES * average.neither) / judged,
    tie: (own.tie + PRIOR_VOTES * average.tie) / tied,
  };
}

/** Before any vote: two of three votes are right. */
const UNKNOWN = { right: 0.6, wrong: 0.3, neither: 0.1, tie: 0.5 };

function weightOf({ right, wrong }: Annotator): number {
  return Math.log(right / wrong);
}

const SIGN = { first: 1, second: -1, tie: 0 } as const;

/** Probabilities of a pair's label. */
type Belief = Readonly<Record<Said, number>>;

const NO_BELIEF: Belief = { first: 0, second: 0, tie: 0 };

const other = { first: 'second', second: 'first' } as const;

/** How the annotators vote, and the share of the pairs where no answer is better. */
interface Model {
  readonly annotators: ReadonlyMap<string, Annotator>;
  readonly tieShare: number;
}

/** The votes of a pattern, as shares: what is believed before any annotator is known. */
function sharesOf({ votes }: Pattern): Belief {
  const shareOf = (said: Said): number =>
    votes.filter((vote) => vote.said === said).length / Math.max(1, votes.length);
  return { first: shareOf('first'), second: shareOf('second'), tie: shareOf('tie') };
}

/** The M step: the annotators that fit the beliefs best. */
function modelOf(patterns: readonly Pattern[], beliefs: readonly Belief[]): Model {
  const byName = new Map<string, Counts>();
  const total = noCounts();
  let ties = 1;
  let pairs = 2;
  patterns.forEach(({ votes, count }, i) => {
    const belief = beliefs[i] ?? NO_BELIEF;
    ties += count * belief.tie;
    pairs += count;
    for (const { by, said } of votes) {
      const own = byName.get(by) ?? noCounts();
      byName.set(by, own);
      own.votes += count;
      if (said === 'tie') {
        own.neither += count * (belief.first + belief.second);
        own.tie += count * belief.tie;
      } else {
        own.right += count * belief[said];
        own.wrong += count * belief[other[said]];
        own.pick += count * belief.tie;
      }
    }
  });
  for (const own of byName.values()) for (const name of NAMES) total[name] += own[name];
  const average = ratesOf(total, UNKNOWN);
  const annotators = new Map([...byName].map(([name, own]) => [name, ratesOf(own, average)]));
  return { annotators, tieShare: ties / pairs };
}

/** The E step: the label of a pattern, given the annotators. */
function beliefOf({ votes }: Pattern, { annotators, tieShare }: Model): Belief {
  const oneIsBetter = Math.log((1 - tieShare) / 2);
  let [first, second, tie] = [oneIsBetter, oneIsBetter, Math.log(tieShare)];
  for (const { by, said } of votes) {
    const own = annotators.get(by);
    if (!own) continue;
    first += Math.log(said === 'first' ? own.right : said === 'second' ? own.wrong : own.neither);
    second += Math.log(said === 'second' ? own.right : said === 'first' ? own.wrong : own.neither);
    tie += Math.log(said === 'tie' ? own.tie : (1 - own.tie) / 2);
  }
  const top = Math.max(first, second, tie);
  const [a, b, c] = [Math.exp(first - top), Math.exp(second - top), Math.exp(tie - top)];
  return { first: a / (a + b + c), second: b / (a + b + c), tie: c / (a + b + c) };
}

/** The largest difference between two beliefs about the same pair. */
function distance(before: readonly Belief[], after: readonly Belief[]): number {
  return after.reduce((most, { first, tie }, i) => {
    const was = before[i] ?? NO_BELIEF;
    return Math.max(most, Math.abs(first - was.first), Math.abs(tie - was.tie));
  }, 0);
}

/** Fits the annotators' errors and the labels together. Undefined if too few pairs have two votes. */
export function fitVotes(all: readonly Pattern[]): FittedVotes | undefined {
  const step = Math.ceil(all.length / MAX_PATTERNS);
  const patterns = all.filter((_, i) => i % step === 0);
  const shared = patterns.reduce((sum, { votes, count }) => sum + (votes.length > 1 ? count : 0), 0);
  if (shared < MIN_SHARED) return undefined;
  let beliefs = patterns.map(sharesOf);
  let model = modelOf(patterns, beliefs);
  for (let round = 1; round < ROUNDS; round++) {
    const next = patterns.map((pattern) => beliefOf(pattern, model));
    const moved = distance(beliefs, next);
    beliefs = next;
    if (moved < STILL) break;
    model = modelOf(patterns, beliefs);
  }
  const { annotators } = model;
  const weights = new Map([...annotators].map(([name, one]) => [name, weightOf(one)]));
  return {
    annotators,
    // A vote for neither says nothing of which one is better.
    logOdds: (votes) => votes.reduce((sum, { by, said }) => sum + SIGN[said] * (weights.get(by) ?? 0), 0),
  };
}
