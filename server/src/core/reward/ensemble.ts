// Combines several scorers of a file: mean, spread and votes.
import type { Facts } from '../facts/facts.ts';
import { PARTIAL } from '../facts/facts.ts';
import type { Identity } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import type { Agreement } from './agreement.ts';
import { agreedMargin, fitAgreement } from './agreement.ts';
import type { Account } from './reading.ts';
import { ANSWER_CUT } from './table.ts';

/** One contribution to a margin, in the member's own units. */
export interface MemberReason {
  readonly text: string;
  readonly side: 'chosen' | 'rejected' | 'style' | 'origin';
  readonly weight: number;
}

/** One scorer of an ensemble. */
export interface Member {
  /** Of the built-in scorer, and of the records' own scores: an ensemble of both weighs them as evidence about one label. */
  readonly kind?: string;
  readonly name: string;
  /** Sentences that say what it is and where its numbers come from. */
  readonly about: readonly string[];
  /** The scorers that it joins, if it does. */
  readonly parts?: readonly Member[];
  account(identity: Identity): Account | undefined;
  /** Why a pair has no score, if known. */
  refusal(identity: Identity): string | undefined;
  /** What it knows of a pair beyond its numbers, a line each, plain text. */
  details?(identity: Identity): readonly string[];
  /** Why it gives a pair its margin; only the built-in scorer knows. */
  explain?(pair: Pair, record: JsonObject, max?: number, file?: string): readonly MemberReason[];
  /** Scores a pair that an edit brought, at once; only those that need no model can. */
  learn?(pair: Pair, record: JsonObject): void;
}

/** Members, each followed by those that it joins. */
export function withParts(members: readonly Member[]): readonly Member[] {
  return members.flatMap((member) => [member, ...withParts(member.parts ?? [])]);
}

/** The ensemble's result for a pair. */
export interface EnsembleMargin {
  /**
   * One scorer: its margin. The built-in scorer and the records' own scores: log-odds of the label (`agreement.ts`). Others: the
   * mean of their margins, each divided by its root mean square. NaN if there are none.
   */
  readonly margin: number;
  /** Standard deviation of the members' margins in the same units; 0 for one member. */
  readonly spread: number;
  /** Members that agree with the label, and members that have a margin. */
  readonly votesFor: number;
  readonly votes: number;
  /** Spread of members that disagree, 0 if they agree; PARTIAL if one saw only part of an answer. */
  readonly dispute: number;
}

/** Identities of pairs, by number. */
export interface PairIdentities {
  readonly pairCount: number;
  isTie(pair: number): boolean;
  identity(pair: number): Identity;
}

const NONE: EnsembleMargin = { margin: Number.NaN, spread: 0, votesFor: 0, votes: 0, dispute: 0 };

export class Ensemble {
  readonly members: readonly Member[];
  #scales: readonly number[];
  #agreement: Agreement | undefined;

  constructor(members: readonly Member[]) {
    this.members = members;
    this.#scales = members.map(() => 1);
  }

  get name(): string {
    const [only, other] = this.members;
    if (this.members.length === 1 && only) return only.name;
    return this.members.length === 2 && only && other
      ? `ensemble of ${only.name} and ${other.name}`
      : `ensemble of ${this.members.length}`;
  }

  /** How texts and stored scores are combined; undefined for other members. */
  get agreement(): Agreement | undefined {
    return this.#agreement;
  }

  /** The built-in scorer and the records' own scores, if the ensemble is of these two. */
  get #evidence(): readonly [texts: Member, scores: Member] | undefined {
    const texts = this.members.find(({ kind }) => kind === 'consistency');
    const scores = this.members.find(({ kind }) => kind === 'columns');
    return this.members.length === 2 && texts && scores ? [texts, scores] : undefined;
  }

  /** Recomputes each member's unit: the root mean square of its margins. */
  measure(pairs: PairIdentities): void {
    if (this.members.length < 2) return;
    const sums = this.members.map(() => ({ squares: 0, count: 0 }));
    for (let pair = 0; pair < pairs.pairCount; pair++) {
      if (pairs.isTie(pair)) continue;
      const identity = pairs.identity(pair);
      this.members.forEach((member, i) => {
        const margin = member.account(identity)?.margin ?? Number.NaN;
        const sum = sums[i];
        if (!sum || Number.isNaN(margin)) return;
        sum.squares += margin ** 2;
        sum.count++;
      });
    }
    this.#scales = sums.map(({ squares, count }) => (squares > 0 ? Math.sqrt(squares / count) : 1));
    this.#agreement = undefined;
    const evidence = this.#evidence;
    if (!evidence) return;
    const margins = evidence.map(() => new Float64Array(pairs.pairCount).fill(Number.NaN));
    for (let pair = 0; pair < pairs.pairCount; pair++) {
      if (pairs.isTie(pair)) continue;
      const identity = pairs.identity(pair);
      evidence.forEach((member, i) => {
        const margin = member.account(identity)?.margin;
        const column = margins[i];
        if (column && margin !== undefined) column[pair] = margin;
      });
    }
    const [texts = [], scores = []] = margins;
    this.#agreement = fitAgreement(texts, scores);
  }

  #agreedMargin(identity: Identity): number | undefined {
    const agreement = this.#agreement;
    const evidence = this.#evidence;
    if (!agreement || !evidence) return undefined;
    const [text = Number.NaN, score = Number.NaN] = evidence.map(
      (member) => member.account(identity)?.margin,
    );
    return agreedMargin(agreement, text, score);
  }

  verdict(identity: Identity): EnsembleMargin {
    const margins: number[] = [];
    let flags = 0;
    for (const [i, member] of this.members.entries()) {
      const account = member.account(identity);
      if (!account || Number.isNaN(account.margin)) continue;
      margins.push(account.margin / (this.#scales[i] ?? 1));
      flags |= account.flags;
    }
    if (margins.length === 0) return NONE;
    const mean = margins.reduce((sum, margin) => sum + margin, 0) / margins.length;
    const spread = Math.sqrt(margins.reduce((sum, margin) => sum + (margin - mean) ** 2, 0) / margins.length);
    const votesFor = margins.filter((margin) => margin > 0).length;
    const apart = votesFor > 0 && votesFor < margins.length ? spread : 0;
    return {
      margin: this.#agreedMargin(identity) ?? mean,
      spread,
      votesFor,
      votes: margins.length,
      dispute: (flags & ANSWER_CUT) === 0 ? apart : PARTIAL,
    };
  }

  /** Sets the margin and the dispute of a pair. A tie has none. */
  judge(facts: Facts, pair: number): void {
    if (facts.isTie(pair)) return;
    const { margin, dispute } = this.verdict(facts.identity(pair));
    facts.setMargin(pair, margin, dispute);
  }
}

/** How stored scores count, as sentences; none for other members. */
export function aboutAgreement({ name, agreement }: Ensemble): readonly string[] {
  if (!agreement) return [];
  const joined = `The records have scores of their own, so the ranking is by the ${name}.`;
  if (agreement.turned === 0) return [joined];
  const share = `${(100 * agreement.turned).toFixed(0)} %`;
  return [
    joined,
    `In about ${share} of the records, texts and scores contradict each other as if the answers had changed places with their scores.`,
  ];
}
