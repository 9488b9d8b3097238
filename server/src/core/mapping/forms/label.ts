// Labels that choose between two answers: how to read and how to change each kind.
import type { Json, JsonObject } from '../../model/json.ts';
import { isList } from '../../model/json.ts';
import type { FieldRef, Found } from '../field.ts';
import { findField } from '../field.ts';
import type { Label, Verdicts } from '../mapping.ts';
import type { Need, PathChange } from './form.ts';
import { presence } from './form.ts';

type Of<K extends Label['kind']> = Extract<Label, { kind: K }>;

export type Preferred = 'first' | 'second' | 'tie';

interface LabelKind<L> {
  needs(label: L): readonly Need[];
  /** Undefined if the label does not know the record's value. */
  verdict(label: L, record: JsonObject): Preferred | undefined;
  flip(label: L, record: JsonObject): readonly PathChange[] | undefined;
  tie(label: L, record: JsonObject): readonly PathChange[] | undefined;
  margin?(label: L, record: JsonObject, margin: number): readonly PathChange[] | undefined;
  /** Strength for the preferred answer, in its own units: never below 0. */
  strength?(label: L, record: JsonObject): number | undefined;
}

interface Meaning {
  readonly verdict: Preferred;
  /** The value with the opposite meaning. */
  readonly opposite: Json | undefined;
}

/** Some rows know thousands of values, and every record is read. */
const meanings = new WeakMap<Verdicts, ReadonlyMap<Json, Meaning>>();

function meaningsOf(verdicts: Verdicts): ReadonlyMap<Json, Meaning> {
  const known = meanings.get(verdicts);
  if (known) return known;
  const { first, second, ties = [] } = verdicts;
  const all = new Map<Json, Meaning>();
  const add = (value: Json, verdict: Preferred, opposite: Json | undefined): void => {
    if (!all.has(value)) all.set(value, { verdict, opposite });
  };
  first.forEach((value, i) => {
    add(value, 'first', second[i]);
  });
  second.forEach((value, i) => {
    add(value, 'second', first[i]);
  });
  for (const value of ties) add(value, 'tie', undefined);
  meanings.set(verdicts, all);
  return all;
}

function verdictFor(verdicts: Verdicts, value: Json | undefined): Preferred | undefined {
  return value === undefined ? undefined : meaningsOf(verdicts).get(value)?.verdict;
}

/** The value with the opposite meaning; undefined for a tie, which is its own. */
export function opposite(verdicts: Verdicts, value: Json): Json | undefined {
  return meaningsOf(verdicts).get(value)?.opposite;
}

function set(found: Found | undefined, to: Json | undefined): readonly PathChange[] | undefined {
  return found && to !== undefined ? [{ kind: 'set', path: found.path, to }] : undefined;
}

export function verdictLabel({ first, second, ties = [] }: Verdicts): string {
  return `one of ${[...first, ...second, ...ties].map((value) => JSON.stringify(value)).join(', ')}`;
}

/** The label's value: of several fields, the first that holds a verdict. */
function findLabel(label: Of<'value'>, record: JsonObject): Found | undefined {
  return findField(record, label.at, [], (one) => verdictFor(label, one) !== undefined);
}

/** A number, also from a string; true is 1. Undefined for other values, such as "N/A". */
export function toNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

const isNumeric = (value: Json): boolean => toNumber(value) !== undefined;

function numberNeed(at: string): Need {
  return { at, expected: 'a number', fits: isNumeric };
}

function compare(a: number | undefined, b: number | undefined): Preferred | undefined {
  if (a === undefined || b === undefined) return undefined;
  return a === b ? 'tie' : a > b ? 'first' : 'second';
}

const value: LabelKind<Of<'value'>> = {
  needs: (label) => [
    {
      at: label.at,
      // Some rows know thousands of values.
      get expected() {
        return verdictLabel(label);
      },
      fits: (one) => verdictFor(label, one) !== undefined,
    },
  ],
  verdict: (label, record) => verdictFor(label, findLabel(label, record)?.value),
  flip(label, record) {
    if (label.lacksOpposite) return undefined;
    const found = findLabel(label, record);
    return set(found, found && opposite(label, found.value));
  },
  tie(label, record) {
    const found = findLabel(label, record);
    return set(
      found,
      label.ties?.find((one) => typeof one === typeof found?.value),
    );
  },
};

const strength: LabelKind<Of<'strength'>> = {
  needs: (label) => [{ at: label.at, expected: 'a number', fits: (one) => typeof one === 'number' }],
  verdict(label, record) {
    const number = findField(record, label.at)?.value;
    if (typeof number !== 'number') return undefined;
    return compare(label.positive === 'first' ? number : -number, 0);
  },
  flip(label, record) {
    const found = findField(record, label.at);
    const isSigned = typeof found?.value === 'number' && found.value !== 0;
    return isSigned ? [{ kind: 'negate', path: found.path }] : undefined;
  },
  tie: (label, record) => set(findField(record, label.at), 0),
  margin(label, record, margin) {
    const found = findField(record, label.at);
    if (!found || margin < 0 || margin > label.max) return undefined;
    return set(found, typeof found.value === 'number' && found.value < 0 ? -margin : margin);
  },
  strength(label, record) {
    const number = toNumber(findField(record, label.at)?.value);
    return number === undefined ? undefined : Math.abs(number);
  },
};

function isBetween({ min, max, ties = [] }: Of<'between'>, value: Json | undefined): value is number {
  return typeof value === 'number' && ((value >= min && value <= max) || ties.includes(value));
}

const between: LabelKind<Of<'between'>> = {
  needs: (label) => [
    {
      at: label.at,
      expected: `a number from ${label.min} to ${label.max}`,
      fits: (one) => isBetween(label, one),
    },
  ],
  verdict(label, record) {
    const number = findField(record, label.at)?.value;
    if (!isBetween(label, number)) return undefined;
    if (label.ties?.includes(number)) return 'tie';
    const middle = (label.min + label.max) / 2;
    return label.low === 'second' ? compare(number, middle) : compare(middle, number);
  },
  flip(label, record) {
    const found = findField(record, label.at);
    // A tie has no opposite.
    if (!found || between.verdict(label, record) === 'tie' || !isBetween(label, found.value))
      return undefined;
    return [{ kind: 'mirror', path: found.path, sum: label.min + label.max }];
  },
  tie: (label, record) => set(findField(record, label.at), (label.min + label.max) / 2),
  strength(label, record) {
    const number = findField(record, label.at)?.value;
    if (!isBetween(label, number)) return undefined;
    return between.verdict(label, record) === 'tie' ? 0 : Math.abs(number - (label.min + label.max) / 2);
  },
};

/** The answer whose name the label repeats; undefined if it is the name of both or of none. */
function namedAnswer(label: Of<'named'>, record: JsonObject): 'first' | 'second' | undefined {
  const [name, first, second] = [label.at, label.first, label.second].map(
    (at) => findField(record, at)?.value,
  );
  if (name === undefined || first === second) return undefined;
  return name === first ? 'first' : name === second ? 'second' : undefined;
}

const named: LabelKind<Of<'named'>> = {
  needs: (label) => [presence(label.at), presence(label.first), presence(label.second)],
  verdict(label, record) {
    const name = findField(record, label.at)?.value;
    return name !== undefined && label.ties?.includes(name) ? 'tie' : namedAnswer(label, record);
  },
  flip(label, record) {
    const found = findField(record, label.at);
    const answer = namedAnswer(label, record);
    if (answer === undefined) return undefined;
    return set(found, findField(record, answer === 'first' ? label.second : label.first)?.value);
  },
  tie: (label, record) => set(findField(record, label.at), label.ties?.[0]),
};

const scores: LabelKind<Of<'scores'>> = {
  needs: (label) => [numberNeed(label.first), numberNeed(label.second)],
  verdict: (label, record) =>
    compare(
      toNumber(findField(record, label.first)?.value),
      toNumber(findField(record, label.second)?.value),
    ),
  flip(label, record) {
    const [a, b] = [findField(record, label.first), findField(record, label.second)];
    return a && b ? [{ kind: 'swap', a: a.path, b: b.path }] : undefined;
  },
  tie(label, record) {
    const [a, b] = [findField(record, label.first), findField(record, label.second)];
    if (!a || !b || label.tie === undefined) return undefined;
    return [a, b].map(({ path }) => ({ kind: 'set', path, to: label.tie ?? 0 }));
  },
  strength(label, record) {
    const [a, b] = [label.first, label.second].map((at) => toNumber(findField(record, at)?.value));
    return a === undefined || b === undefined ? undefined : Math.abs(a - b);
  },
};

const oneHot: LabelKind<Of<'one-hot'>> = {
  needs: (label) => [numberNeed(label.first), numberNeed(label.second), numberNeed(label.tie)],
  verdict(label, record) {
    const isSet = (at: string): boolean => toNumber(findField(record, at)?.value) === 1;
    if (isSet(label.tie)) return 'tie';
    return isSet(label.first) ? 'first' : isSet(label.second) ? 'second' : undefined;
  },
  flip: (label, record) => scores.flip({ ...label, kind: 'scores', tie: 0 }, record),
  tie(label, record) {
    const now = oneHot.verdict(label, record);
    const from = now === 'first' || now === 'second' ? findField(record, label[now]) : undefined;
    const to = findField(record, label.tie);
    return from && to ? [{ kind: 'swap', a: from.path, b: to.path }] : undefined;
  },
};

/** The votes of a record, with their paths. `item` is the one of the list that holds the vote, if a list does. */
function votesOf(label: Of<'votes'>, record: JsonObject): readonly (Found & { readonly item?: Json })[] {
  const { votes: refs, each = '', status } = label;
  const statuses = status === undefined ? undefined : findField(record, status)?.value;
  const isCounted = (item: Json, i: number): boolean => {
    const own =
      status === undefined ? undefined : isList(statuses) ? statuses[i] : findField(item, status)?.value;
    return own === undefined || own === null || own === 'submitted';
  };
  return refs.flatMap((ref) => {
    const found = findField(record, ref);
    if (!found) return [];
    const { path, value: held } = found;
    if (!isList(held)) return [found];
    return held.flatMap((item, i) => {
      const vote = isCounted(item, i) ? findField(item, each, [...path, i]) : undefined;
      return vote ? [{ ...vote, item }] : [];
    });
  });
}

/** True for a vote, or for a list with one. */
function hasVote(label: Of<'votes'>, held: Json): boolean {
  const items = isList(held) ? held.map((item) => findField(item, label.each ?? '')?.value) : [held];
  return items.some((item) => verdictFor(label, item) !== undefined);
}

export interface CastVote extends Found {
  readonly verdict: Preferred;
  /** What holds the vote, in a list of votes. */
  readonly item?: Json;
}

export function castVotes(label: Of<'votes'>, record: JsonObject): readonly CastVote[] {
  return votesOf(label, record).flatMap((vote) => {
    const verdict = verdictFor(label, vote.value);
    return verdict ? [{ ...vote, verdict }] : [];
  });
}

/** Number of votes for each answer. */
export function countVotes(label: Of<'votes'>, record: JsonObject): Record<Preferred, number> {
  const counts = { first: 0, second: 0, tie: 0 };
  for (const { verdict } of castVotes(label, record)) counts[verdict]++;
  return counts;
}

const votes: LabelKind<Of<'votes'>> = {
  needs: (label) =>
    label.votes.slice(0, 1).map((at) => ({
      at,
      get expected() {
        return `votes, each ${verdictLabel(label)}`;
      },
      fits: (held) => hasVote(label, held),
      reads: () => true,
    })),
  verdict(label, record) {
    const counts = countVotes(label, record);
    if (counts.first + counts.second + counts.tie === 0) return undefined;
    return compare(counts.first, counts.second);
  },
  flip(label, record) {
    const changes = votesOf(label, record).flatMap((vote) => set(vote, opposite(label, vote.value)) ?? []);
    return changes.length > 0 ? changes : undefined;
  },
  // We can't decide how several annotators would vote.
  tie: () => undefined,
  strength(label, record) {
    const { first, second } = countVotes(label, record);
    return Math.abs(first - second);
  },
};

const KINDS: { readonly [K in Label['kind']]: LabelKind<Of<K>> } = {
  value,
  strength,
  between,
  named,
  scores,
  'one-hot': oneHot,
  votes,
};

export function labelKind(label: Label): LabelKind<Label> {
  return KINDS[label.kind];
}

/** The field with the label; the first if there are several. */
export function labelField(label: Label): string {
  if ('at' in label) return label.at;
  return label.kind === 'votes' ? (label.votes[0] ?? '') : label.first;
}

/** The fields of a record that a label reads. */
export function findLabels(label: Label, record: JsonObject): readonly Found[] {
  if (label.kind === 'value') return [findLabel(label, record) ?? []].flat();
  return labelFields(label).flatMap((at) => findField(record, at) ?? []);
}

/** Every field that a label may read. */
export function labelFields(label: Label): readonly FieldRef[] {
  switch (label.kind) {
    case 'value':
    case 'strength':
    case 'between':
      return [label.at];
    case 'named':
      return [label.at, label.first, label.second];
    case 'scores':
      return [label.first, label.second];
    case 'one-hot':
      return [label.first, label.second, label.tie];
    case 'votes':
      return label.status === undefined ? label.votes : [...label.votes, label.status];
  }
}
