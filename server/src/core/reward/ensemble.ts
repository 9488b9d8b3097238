// Combines several scorers of a file: mean, spread and votes.
import type { Facts } from '../facts/facts.ts';
import { PARTIAL, REFUTED } from '../facts/facts.ts';
import type { Identity, PairIdentities } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { t } from '../words/translate.ts';
import type { Agreement } from './agreement.ts';
import { agreedMargin, fitAgreement } from './agreement.ts';
import type { Neighbourhood, Opposition } from './neighbours.ts';
import { oppositionTo } from './neighbours.ts';
import type { Account } from './reading.ts';
import { ANSWER_CUT } from './table.ts';
import type { PairTokens } from './tokenRewards.ts';

/** One contribution to a margin, in the member's own units. */
export interface MemberReason {
  readonly text: string;
  readonly side: 'chosen' | 'rejected' | 'style' | 'origin' | 'item';
  readonly weight: number;
}

/** Says what each token of a pair is worth. */
export interface TokenRater {
  /** Another one where the same texts would get other numbers. */
  readonly id: string;
  /** Runs the models. Rejects with a UserError where they refuse an answer. */
  rate(pair: Pair, signal: AbortSignal): Promise<PairTokens>;
}

/** One scorer of an ensemble. */
export interface Member {
  /**
   * "consistency": the built-in scorer, also where encoders stand beside it; "columns": the records' own scores. An
   * ensemble of both weighs them as evidence about one label. "command": a verifier, which passes or fails each answer.
   */
  readonly kind?: string;
  readonly name: string;
  /** Changes when the same texts get other margins. Part of the name in written scores, not of what people read. */
  readonly version?: number;
  /** Sentences that say what it is and where its numbers come from. */
  readonly about: readonly string[];
  /** What its numbers say of the whole dataset, or leave out, a sentence each. */
  notes?(): readonly string[];
  /** The scorers that it joins, if it does. */
  readonly parts?: readonly Member[];
  account(identity: Identity): Account | undefined;
  /** Why a pair has no score, if known. */
  refusal(identity: Identity): string | undefined;
  /** What it knows of a pair beyond its numbers, a line each, plain text. */
  details?(identity: Identity, record: JsonObject): readonly string[];
  /** Pairs that it finds like this one, if it compared it with others. */
  neighbours?(identity: Identity): Neighbourhood | undefined;
  /** Why it gives a pair its margin; only the built-in scorer and checklists know. */
  explain?(pair: Pair, record: JsonObject, max?: number, file?: string): readonly MemberReason[];
  /** Only of a reward that is a sum over tokens. */
  readonly tokens?: TokenRater;
  /** Scores a pair that an edit brought, at once; only those that need no model can. */
  learn?(pair: Pair, record: JsonObject): void;
}

/** Members, each followed by those that it joins. */
export function withParts(members: readonly Member[]): readonly Member[] {
  return members.flatMap((member) => [member, ...withParts(member.parts ?? [])]);
}

/** The name in written scores: with the version, if there is one. */
export function idOf({ name, version, parts }: Member): string {
  if (parts) return parts.map(idOf).join(' + ');
  return version === undefined ? name : `${name}@${version}`;
}

/** Margins of each member by pair; NaN for ties and for pairs that it does not know. */
export function marginColumns(members: readonly Member[], pairs: PairIdentities): readonly Float64Array[] {
  const columns = members.map(() => new Float64Array(pairs.pairCount).fill(Number.NaN));
  for (let pair = 0; pair < pairs.pairCount; pair++) {
    if (pairs.isTie(pair)) continue;
    const identity = pairs.identity(pair);
    columns.forEach((column, i) => (column[pair] = members[i]?.account(identity)?.margin ?? Number.NaN));
  }
  return columns;
}

/** NaN is skipped; 1 if nothing is left, or only zeros. */
export function rootMeanSquare(column: Float64Array): number {
  const known = column.filter((margin) => !Number.isNaN(margin));
  const squares = known.reduce((sum, margin) => sum + margin ** 2, 0);
  return squares > 0 ? Math.sqrt(squares / known.length) : 1;
}

function joinedName(names: readonly string[]): string {
  const [only = '', other] = names;
  if (names.length === 1) return only;
  return other !== undefined && names.length === 2
    ? t('ensemble of {0} and {1}', only, other)
    : t('ensemble of {0}', names.length);
}

/** The ensemble's result for a pair. */
export interface EnsembleMargin {
  /**
   * One scorer: its margin. The built-in scorer and the records' own scores: log-odds of the label (`agreement.ts`). Others: the
   * mean of their margins, each divided by its root mean square. Where a verifier passes one answer alone, it is beyond all
   * that the others say. NaN if there are none.
   */
  readonly margin: number;
  /** Standard deviation of the members' margins in the same units; 0 for one member. */
  readonly spread: number;
  /** Members that agree with the label, and members that have a margin. */
  readonly votesFor: number;
  readonly votes: number;
  /**
   * Spread of members that disagree, 0 if they agree or are evidence about one label; PARTIAL if one saw only part of
   * an answer; REFUTED if a verifier passes the rejected answer alone.
   */
  readonly dispute: number;
  /** True if a verifier decided the margin: its size then says nothing of how likely the label is. */
  readonly isVerified: boolean;
}

const NONE: EnsembleMargin = {
  ...{ margin: Number.NaN, spread: 0, votesFor: 0, votes: 0, dispute: 0 },
  isVerified: false,
};

/** A verifier knows right from wrong, but not how much better an answer is. */
function isVerifier({ kind }: Member): boolean {
  return kind === 'command';
}

export class Ensemble {
  readonly members: readonly Member[];
  /** Members that weigh answers, in the order of `members`, and those that pass or fail them. */
  readonly #judges: readonly Member[];
  readonly #verifiers: readonly Member[];
  /** The numbers of the built-in scorer and of the records' own scores, if the judges are these two. */
  readonly #evidence: readonly [texts: number, scores: number] | undefined;
  #scales: readonly number[];
  #agreement: Agreement | undefined;
  /** The largest margin of the judges, without its sign; 0 if there are none. */
  #reach = 0;

  constructor(members: readonly Member[]) {
    this.members = members;
    this.#judges = members.filter((member) => !isVerifier(member));
    this.#verifiers = members.filter(isVerifier);
    const numberOf = (wanted: string): number => this.#judges.findIndex(({ kind }) => kind === wanted);
    this.#scales = this.#judges.map(() => 1);
    const [texts, scores] = [numberOf('consistency'), numberOf('columns')];
    this.#evidence = this.#judges.length === 2 && texts >= 0 && scores >= 0 ? [texts, scores] : undefined;
  }

  /** As people read it. */
  get name(): string {
    return joinedName(this.members.map(({ name }) => name));
  }

  /** In written scores. */
  get id(): string {
    return joinedName(this.members.map(idOf));
  }

  /** True if members pass or fail answers, and so come before all others. */
  get hasVerifier(): boolean {
    return this.#verifiers.length > 0;
  }

  /** True if margins of several members are averaged. */
  get isMean(): boolean {
    return this.#judges.length > 1 && !this.#agreement;
  }

  /** How texts and stored scores are combined; undefined for other members. */
  get agreement(): Agreement | undefined {
    return this.#agreement;
  }

  /** Recomputes each member's unit, the root mean square of its margins, and how texts and stored scores agree. */
  measure(pairs: PairIdentities): void {
    if (this.members.length < 2) return;
    const columns = marginColumns(this.#judges, pairs);
    // One judge beside verifiers keeps its units.
    if (columns.length > 1) this.#scales = columns.map(rootMeanSquare);
    const [texts, scores] = (this.#evidence ?? []).map((member) => columns[member]);
    this.#agreement = texts && scores && fitAgreement(texts, scores);
    this.#reach = 0;
    if (this.#verifiers.length === 0) return;
    for (let pair = 0; pair < pairs.pairCount; pair++) {
      const size = pairs.isTie(pair) ? Number.NaN : Math.abs(this.#weigh(pairs.identity(pair)).margin);
      if (size > this.#reach) this.#reach = size;
    }
  }

  /** What the judges say. */
  #weigh(identity: Identity): EnsembleMargin {
    const known = this.#judges.map((member) => member.account(identity));
    const margins: number[] = [];
    let flags = 0;
    for (const [i, account] of known.entries()) {
      if (!account || Number.isNaN(account.margin)) continue;
      margins.push(account.margin / (this.#scales[i] ?? 1));
      flags |= account.flags;
    }
    if (margins.length === 0) return NONE;
    const agreement = this.#agreement;
    const [text = Number.NaN, score = Number.NaN] = (this.#evidence ?? []).map((i) => known[i]?.margin);
    const mean = margins.reduce((sum, margin) => sum + margin, 0) / margins.length;
    const spread = Math.sqrt(margins.reduce((sum, margin) => sum + (margin - mean) ** 2, 0) / margins.length);
    const votesFor = margins.filter((margin) => margin > 0).length;
    // Stored scores made the label, so a text against the label is against them too: the margin says that already.
    // A tie contradicts nobody.
    const isApart = !agreement && votesFor > 0 && margins.some((margin) => margin < 0);
    return {
      margin: agreement ? agreedMargin(agreement, text, score) : mean,
      spread,
      votesFor,
      votes: margins.length,
      dispute: (flags & ANSWER_CUT) !== 0 ? PARTIAL : isApart ? spread : 0,
      isVerified: false,
    };
  }

  /** Judges first; a verifier moves the pair beyond all that they say, or leaves it where it is. */
  verdict(identity: Identity): EnsembleMargin {
    const weighed = this.#weigh(identity);
    const said = this.#verifiers
      .map((member) => member.account(identity)?.margin ?? Number.NaN)
      .filter((margin) => !Number.isNaN(margin));
    if (said.length === 0) return weighed;
    const mean = said.reduce((sum, margin) => sum + margin, 0) / said.length;
    const isRefuted = said.some((margin) => margin < 0) && said.every((margin) => margin <= 0);
    const { margin, votes, votesFor, dispute } = weighed;
    return {
      ...weighed,
      margin: Number.isNaN(margin) ? mean : margin + 2 * Math.max(1, this.#reach) * Math.sign(mean),
      votes: votes + said.length,
      votesFor: votesFor + said.filter((one) => one > 0).length,
      dispute: isRefuted ? REFUTED : dispute,
      isVerified: Number.isNaN(margin) || mean !== 0,
    };
  }

  /** Sets the margin and the dispute of a pair. A tie has none. */
  judge(facts: Facts, pair: number): void {
    if (facts.isTie(pair)) return;
    const { margin, dispute } = this.verdict(facts.identity(pair));
    facts.setMargin(pair, margin, dispute);
  }
}

/** What the neighbours of a pair say against its label, by each encoder that has any. */
export function oppositionsTo(
  identity: Identity,
  { members }: Ensemble,
  pairs: PairIdentities,
): readonly Opposition[] {
  return withParts(members).flatMap((member) => {
    const neighbourhood = member.neighbours?.(identity);
    return (neighbourhood && oppositionTo(identity, neighbourhood, pairs)) ?? [];
  });
}

/** How stored scores and verifiers count, as sentences; none for other members. */
function aboutAgreement({ name, agreement, hasVerifier }: Ensemble): readonly string[] {
  const verifier = hasVerifier
    ? [t('Where a verifier passes one answer alone, that decides the order of the pairs.')]
    : [];
  if (!agreement) return verifier;
  const joined = t('The records have scores of their own, so the ranking is by the {0}.', name);
  if (agreement.turned === 0) return [joined, ...verifier];
  const share = `${(100 * agreement.turned).toFixed(0)} %`;
  return [
    joined,
    t(
      'In about {0} of the records, texts and scores contradict each other as if the answers had changed places with their scores.',
      share,
    ),
    ...verifier,
  ];
}

/** How the members count, and what they know of the whole dataset, as sentences. */
export function aboutEnsemble(ensemble: Ensemble): readonly string[] {
  return [
    ...aboutAgreement(ensemble),
    ...withParts(ensemble.members).flatMap((member) => member.notes?.() ?? []),
  ];
}
