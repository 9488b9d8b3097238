// Scores that the records hold: in fields that belong to the two answers, or in the label itself.
import { findField, valueAt } from '../mapping/field.ts';
import { toNumber } from '../mapping/forms/label.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { labelPath, strengthOf } from '../mapping/read.ts';
import { exchangeSides } from '../mapping/sides.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';

/** What names a score; the first pattern that any field fits is taken. */
const NAMES = [
  /reward|score/i,
  /overall|rating|grade/i,
  /vote|elo|quality|logit|helpful|preference/i,
  /rank/i,
];

/** Low is good. */
const IS_RANK = /rank/i;

/** A margin and the fields it comes from. */
export interface ColumnMargin {
  readonly margin: number;
  readonly field: string;
}

interface Candidate {
  readonly name: string;
  /** Of the chosen answer's. */
  readonly path: Path;
  readonly chosen: Json | undefined;
  readonly rejected: Json | undefined;
}

/** Fields of which there is one for each of two answers: beside them by their names, or inside objects of their own. */
function sideFields(record: JsonObject, chosen: Path, rejected: Path): Candidate[] {
  const [own, ...belonging] = exchangeSides(record, chosen, rejected);
  const swaps = belonging.flatMap((change) => (change.kind === 'swap' ? [change] : []));
  const beside = swaps.map(({ a, b }): Candidate => {
    // Names come in alphabetical order: which one is the chosen answer's is told by the answers' own names.
    const isOrdered = own?.kind === 'swap' && String(own.a.at(-1)) < String(own.b.at(-1));
    const [first, second] = isOrdered ? [a, b] : [b, a];
    return {
      name: String(first.at(-1)),
      path: first,
      chosen: valueAt(record, first),
      rejected: valueAt(record, second),
    };
  });
  if (own?.kind !== 'swap') return beside;
  const [a, b] = [valueAt(record, own.a), valueAt(record, own.b)];
  if (!isObject(a) || !isObject(b)) return beside;
  return [
    ...beside,
    ...Object.keys(a).map((name) => ({ name, path: [...chosen, name], chosen: a[name], rejected: b[name] })),
  ];
}

/** What the mapping itself knows: the dataset's own margin, or what its label, votes, ratings or ranks come to. */
function ownMargin(mapping: Mapping, record: JsonObject, pair: Pair): ColumnMargin | undefined {
  const { answers } = mapping;
  const at = answers.kind === 'pair' ? answers.margin : undefined;
  const margin =
    at === undefined ? strengthOf(mapping, record, pair) : toNumber(findField(record, at)?.value);
  return margin === undefined ? undefined : { margin, field: at ?? labelPath(mapping, record).join('.') };
}

const ANY_NAME = new RegExp(NAMES.map(({ source }) => source).join('|'), 'i');

/** Whether any field beside an answer, or inside the object that holds it, is named like a score. */
function hasScoreName(record: JsonObject, { chosen }: Pair): boolean {
  let value: Json | undefined = record;
  for (const step of chosen.path) {
    if (isObject(value) && Object.keys(value).some((name) => ANY_NAME.test(name))) return true;
    value = valueAt(value, [step]);
  }
  return false;
}

/** Scores that the record holds for the two answers of a pair. */
export interface SideScores extends ColumnMargin {
  readonly chosen: number;
  readonly rejected: number;
  /** Of the chosen answer's score. */
  readonly path: Path;
}

/** The scores in fields that belong to the two answers; undefined where there are none. */
export function sideScores(record: JsonObject, pair: Pair): SideScores | undefined {
  // Most records hold none, and names are quicker to look at than sides.
  if (!hasScoreName(record, pair)) return undefined;
  const fields = sideFields(record, pair.chosen.path, pair.rejected.path);
  for (const pattern of NAMES) {
    for (const { name, path, chosen, rejected } of fields) {
      const [a, b] = pattern.test(name) ? [toNumber(chosen), toNumber(rejected)] : [];
      if (a === undefined || b === undefined) continue;
      return { margin: IS_RANK.test(name) ? b - a : a - b, field: name, path, chosen: a, rejected: b };
    }
  }
  return undefined;
}

/** What the record says of how much better the chosen answer is; undefined where it says nothing. */
export function columnMargin(mapping: Mapping, record: JsonObject, pair: Pair): ColumnMargin | undefined {
  // Candidates are in the order of their own ratings: what else stands beside them is less.
  const own = ownMargin(mapping, record, pair);
  if (own && mapping.answers.kind === 'candidates') return own;
  return sideScores(record, pair) ?? own;
}
