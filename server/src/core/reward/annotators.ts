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

/** Fits the annotators' errors and the labels together. Undefined if too few pairs have two votes. */
export function fitVotes(all: readonly Pattern[]): FittedVotes | undefined {
  const step = Math.ceil(all.length / MAX_PATTERNS);
  const patterns = all.filter((_, i) => i % step === 0);
  const shared = patterns.reduce((sum, { votes, count }) => sum + (votes.length > 1 ? count : 0), 0);
  if (shared < MIN_SHARED) return undefined;
  const names = [...new Set(patterns.flatMap(({ votes }) => votes.map(({ by }) => by)))];
  // Probabilities of each pattern's label; the share of the votes at first.
  let labels = patterns.map(({ votes }) => {
    const shareOf = (said: Said): number =>
      votes.filter((vote) => vote.said === said).length / Math.max(1, votes.length);
    return { first: shareOf('first'), second: shareOf('second'), tie: shareOf('tie') };
  });
  let annotators = new Map<string, Annotator>();
  for (let round = 0; round < ROUNDS; round++) {
    const counts = new Map(names.map((name) => [name, noCounts()]));
    const total = noCounts();
    let ties = 1;
    let pairs = 2;
    patterns.forEach(({ votes, count }, i) => {
      const label = labels[i] ?? { first: 0, second: 0, tie: 0 };
      ties += count * label.tie;
      pairs += count;
      for (const { by, said } of votes) {
        const own = counts.get(by);
        if (!own) continue;
        own.votes += count;
        if (said === 'tie') {
          own.neither += count * (label.first + label.second);
          own.tie += count * label.tie;
        } else {
          own.right += count * label[said];
          own.wrong += count * label[said === 'first' ? 'second' : 'first'];
          own.pick += count * label.tie;
        }
      }
    });
    for (const own of counts.values()) for (const name of NAMES) total[name] += own[name];
    const average = ratesOf(total, UNKNOWN);
    annotators = new Map([...counts].map(([name, own]) => [name, ratesOf(own, average)]));
    const tieShare = ties / pairs;
    let moved = 0;
    labels = patterns.map(({ votes }, i) => {
      let [first, second, tie] = [
        Math.log((1 - tieShare) / 2),
        Math.log((1 - tieShare) / 2),
        Math.log(tieShare),
      ];
      for (const { by, said } of votes) {
        const own = annotators.get(by);
        if (!own) continue;
        first += Math.log(said === 'first' ? own.right : said === 'second' ? own.wrong : own.neither);
        second += Math.log(said === 'second' ? own.right : said === 'first' ? own.wrong : own.neither);
        tie += Math.log(said === 'tie' ? own.tie : (1 - own.tie) / 2);
      }
      const top = Math.max(first, second, tie);
      const [a, b, c] = [Math.exp(first - top), Math.exp(second - top), Math.exp(tie - top)];
      const label = { first: a / (a + b + c), second: b / (a + b + c), tie: c / (a + b + c) };
      moved = Math.max(
        moved,
        Math.abs(label.first - (labels[i]?.first ?? 0)),
        Math.abs(label.tie - (labels[i]?.tie ?? 0)),
      );
      return label;
    });
    if (moved < STILL) break;
  }
  const weights = new Map([...annotators].map(([name, one]) => [name, weightOf(one)]));
  return {
    annotators,
    // A vote for neither says nothing of which one is better.
    logOdds: (votes) => votes.reduce((sum, { by, said }) => sum + SIGN[said] * (weights.get(by) ?? 0), 0),
  };
}
