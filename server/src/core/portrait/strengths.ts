// How strong the models are that answers come from, by the labels of a file: R. A. Bradley and M. E. Terry (Rank analysis of
// incomplete block designs, Biometrika 39, 1952), fitted by the MM algorithm of D. R. Hunter (MM algorithms for generalized
// Bradley-Terry models, Annals of Statistics 32, 2004). A tie is half a win for both.
import type { Estimate } from '../checks/dataset/effects.ts';
import { strongParts } from '../checks/relations/cycles.ts';
import { groupBy } from '../group.ts';
import { namedOrigin, originsOf } from '../mapping/sideFields.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';

/** Why a model has no strength: too few pairs, no other model that its pairs lead to, or nothing but wins or losses. */
export type LeftOut = 'few' | 'apart' | 'unbeaten' | 'winless';

export interface ModelRow {
  readonly name: string;
  /** Pairs with an answer of another model. */
  readonly pairs: number;
  /** Ties count half. */
  readonly wins: number;
  /** In points of Elo: 400 more is ten times the odds. The mean of all fitted models is 0. Absent for one that is left out. */
  readonly strength?: Estimate;
  readonly leftOut?: LeftOut;
}

export interface Strengths {
  /** The fields that name the models, without the side. */
  readonly field: string;
  /** The strongest first, then those that are left out, the most frequent first. */
  readonly models: readonly ModelRow[];
  /** Pairs of two different models. */
  readonly pairs: number;
  readonly ties: number;
  /** Pairs whose two answers come from one model; they say nothing. */
  readonly ofOne: number;
  /** Groups of models that no pair connects. */
  readonly groups: number;
}

/** A model with fewer pairs has no strength worth reading. */
const MIN_PAIRS = 20;

/** A field with more values names no models. */
const MAX_MODELS = 200;

const Z = 1.959964;
const ELO = 400 / Math.LN10;
const ROUNDS = 10_000;
const STILL = 1e-10;

/** Wins of each model over each other one, in rows; ties as half a win. */
export type Wins = readonly (readonly number[])[];

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const winsOf = (wins: Wins, i: number, j: number): number => wins[i]?.[j] ?? 0;
const gamesOf = (wins: Wins, i: number, j: number): number => winsOf(wins, i, j) + winsOf(wins, j, i);

/** The inverse of a symmetric positive definite matrix (Gauss-Jordan). */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  for (let at = 0; at < n; at++) {
    const own = rows[at] ?? [];
    const pivot = own[at] ?? 1;
    for (let j = 0; j < 2 * n; j++) own[j] = (own[j] ?? 0) / pivot;
    for (const [i, row] of rows.entries()) {
      const factor = row[at] ?? 0;
      if (i === at || factor === 0) continue;
      for (let j = 0; j < 2 * n; j++) row[j] = (row[j] ?? 0) - factor * (own[j] ?? 0);
    }
  }
  return rows.map((row) => row.slice(n));
}

/**
 * Logarithms of the strengths, with the mean 0, and their standard errors from the observed information. Every model must have a chain
 * of wins to every other one (L. R. Ford, 1957): otherwise no maximum exists.
 */
export function fitStrengths(wins: Wins): {
  readonly logs: readonly number[];
  readonly errors: readonly number[];
} {
  const k = wins.length;
  const won = wins.map(sum);
  let strengths: readonly number[] = wins.map(() => 1);
  for (let round = 0; round < ROUNDS; round++) {
    const raw = strengths.map((own, i) => {
      const met = strengths.map((other, j) => (i === j ? 0 : gamesOf(wins, i, j) / (own + other)));
      return (won[i] ?? 0) / sum(met);
    });
    const mean = Math.exp(sum(raw.map(Math.log)) / k);
    const next = raw.map((one) => one / mean);
    const moved = Math.max(...next.map((one, i) => Math.abs(Math.log(one / (strengths[i] ?? 1)))));
    strengths = next;
    if (moved < STILL) break;
  }
  const logs = strengths.map(Math.log);
  // The information has no inverse along "all equally stronger": with 1/k added everywhere it has, and 1/k comes off again.
  const information = wins.map((_, i) =>
    wins.map((__, j) => {
      const term = (a: number, b: number): number => {
        const p = 1 / (1 + Math.exp((logs[b] ?? 0) - (logs[a] ?? 0)));
        return gamesOf(wins, a, b) * p * (1 - p);
      };
      return (
        1 / k + (i === j ? sum(wins.map((___, other) => (other === i ? 0 : term(i, other)))) : -term(i, j))
      );
    }),
  );
  const errors = inverse(information).map((row, i) => Math.sqrt(Math.max(0, (row[i] ?? 0) - 1 / k)));
  return { logs, errors };
}

/** Models that no pair connects, as groups. */
function groupsOf(wins: Wins): number {
  const left = new Set(wins.keys());
  let groups = 0;
  for (const first of left) {
    groups++;
    const open = [first];
    left.delete(first);
    for (const one of open)
      for (const other of left)
        if (gamesOf(wins, one, other) > 0) {
          left.delete(other);
          open.push(other);
        }
  }
  return groups;
}

/** The largest group of models of which each has a chain of wins to each other one. */
function comparable(wins: Wins, models: readonly number[]): readonly number[] {
  const edges = new Map(
    models.map((i) => [String(i), models.filter((j) => winsOf(wins, i, j) > 0).map(String)] as const),
  );
  const parts = strongParts(edges);
  const byPart = groupBy(models, (i) => parts.get(String(i)) ?? -1);
  const pairsIn = (part: readonly number[]): number =>
    sum(part.flatMap((i) => part.map((j) => winsOf(wins, i, j))));
  return [...byPart.values()].sort((a, b) => pairsIn(b) - pairsIn(a) || b.length - a.length)[0] ?? [];
}

/** The models to fit: comparable, and each with enough pairs among them. */
function fittedOf(wins: Wins): readonly number[] {
  let models: readonly number[] = [...wins.keys()];
  for (;;) {
    const own = models;
    const enough = own.filter((i) => sum(own.map((j) => gamesOf(wins, i, j))) >= MIN_PAIRS);
    const next = comparable(wins, enough);
    if (next.length === models.length) return next.length > 1 ? next : [];
    models = next;
  }
}

function leftOutOf(wins: Wins, i: number, fitted: readonly number[]): LeftOut {
  if (sum([...wins.keys()].map((j) => gamesOf(wins, i, j))) < MIN_PAIRS) return 'few';
  const [won, lost] = [fitted.map((j) => winsOf(wins, i, j)), fitted.map((j) => winsOf(wins, j, i))].map(sum);
  if ((won ?? 0) + (lost ?? 0) === 0) return 'apart';
  return lost === 0 ? 'unbeaten' : won === 0 ? 'winless' : 'few';
}

/** Counts which models' answers are preferred, over records that are added one by one. */
export class StrengthCounter {
  readonly #numbers = new Map<string, number>();
  readonly #wins: number[][] = [];
  #field: string | undefined;
  #isOther = false;
  #pairs = 0;
  #ties = 0;
  #ofOne = 0;

  #numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    if (number >= MAX_MODELS) {
      this.#isOther = true;
      return 0;
    }
    this.#numbers.set(name, number);
    for (const row of this.#wins) row.push(0);
    this.#wins.push(Array.from({ length: number + 1 }, () => 0));
    return number;
  }

  #count(winner: number, loser: number, wins: number): void {
    const row = this.#wins[winner];
    if (row) row[loser] = (row[loser] ?? 0) + wins;
  }

  add(record: JsonObject, pairs: readonly Pair[]): void {
    if (this.#isOther) return;
    for (const pair of pairs) {
      const origin = namedOrigin(originsOf(record, pair), this.#field);
      if (typeof origin?.chosen !== 'string' || typeof origin.rejected !== 'string') continue;
      this.#field ??= origin.title;
      if (origin.chosen === origin.rejected) {
        this.#ofOne++;
        continue;
      }
      const [own, other] = [this.#numberOf(origin.chosen), this.#numberOf(origin.rejected)];
      this.#pairs++;
      if (pair.isTie) this.#ties++;
      this.#count(own, other, pair.isTie ? 0.5 : 1);
      if (pair.isTie) this.#count(other, own, 0.5);
    }
  }

  /** Undefined if the records do not name the models of both answers, or name more than models can be. */
  get strengths(): Strengths | undefined {
    const [wins, field] = [this.#wins, this.#field];
    if (field === undefined || this.#isOther || this.#pairs === 0) return undefined;
    const fitted = fittedOf(wins);
    const { logs, errors } = fitStrengths(fitted.map((i) => fitted.map((j) => winsOf(wins, i, j))));
    const models = [...this.#numbers].map(([name, i]): ModelRow => {
      const won = sum(wins[i] ?? []);
      const row = { name, pairs: won + sum(wins.map((_, j) => winsOf(wins, j, i))), wins: won };
      const at = fitted.indexOf(i);
      if (at < 0) return { ...row, leftOut: leftOutOf(wins, i, fitted) };
      const [value, half] = [ELO * (logs[at] ?? 0), ELO * Z * (errors[at] ?? 0)];
      return { ...row, strength: { value, low: value - half, high: value + half } };
    });
    const rank = ({ strength }: ModelRow): number => strength?.value ?? -Infinity;
    return {
      field,
      models: models.sort((a, b) => (rank(a) === rank(b) ? b.pairs - a.pairs : rank(b) - rank(a))),
      pairs: this.#pairs,
      ties: this.#ties,
      ofOne: this.#ofOne,
      groups: groupsOf(wins),
    };
  }
}
