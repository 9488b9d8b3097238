import type { Json, JsonObject, Path } from '../model/json.ts';
import { columnMargin } from './columnMargin.ts';
import type { FieldRef } from './field.ts';
import { pathsOf } from './field.ts';
import { findLabels } from './forms/label.ts';
import type { Field, Mapping } from './mapping.ts';
import type { Card } from './polarity/card.ts';
import { isPlausible, valuesSeen } from './polarity/evidence.ts';
import type { Polarity, PolarityDecision } from './polarity/polarity.ts';
import { decidePolarity } from './polarity/polarity.ts';
import { promptCandidates } from './promptCandidates.ts';
import {
  contradicts,
  fits,
  fitsAny,
  labelPath,
  lacksAnswers,
  namesRead,
  needsOf,
  readRecord,
  specificity,
} from './read.ts';
import { inOwnNames, respelled, respellingOf } from './respelling.ts';
import { namedOrigin, originsOf } from './sideFields.ts';
import { MAPPINGS } from './table.ts';

/** Records to examine before choosing a mapping. */
export const RECOGNITION_SAMPLE = 256;

/** If fewer of the sampled records match, the file is probably not preference data. */
const MIN_CONFIDENCE = 0.5;

export interface Recognition {
  readonly mapping: Mapping;
  /** Share of the sampled records that match, 0 to 1. */
  readonly confidence: number;
  /** Path of the label in the first record that matches. */
  readonly labelPath: Path;
  /** The user chose the mapping; `confidence` then only says how well it matches. */
  readonly isGiven: boolean;
  /** Unmapped fields in the sample that look like the prompt. */
  readonly unread: readonly string[];
  /** The field that names the origin of each answer, such as its model; absent if there is none. */
  readonly originField?: string;
  /** Most records say how much better the chosen answer is: scores, strengths, ranks or votes. */
  readonly hasScores?: true;
  /** How the meaning of the label was decided; absent if the schema or preflens.json fixes it. */
  readonly polarity?: Polarity;
}

/** What counts beside the records for the meaning of an open label. */
export interface Beside {
  /** The text beside the file that describes it. */
  readonly card?: Card | undefined;
  /** How the label was read before. It stays so: the edits of a person must not turn it around. */
  readonly held?: PolarityDecision | undefined;
}

/** The decision to hold, if the meaning of the label was decided by evidence. */
export function heldFrom({ mapping, polarity }: Recognition): PolarityDecision | undefined {
  return polarity && { mapping, polarity };
}

/** A mapping that matches some of the sample. */
export interface Contender {
  readonly mapping: Mapping;
  /** Share of the sampled records, 0 to 1. */
  readonly share: number;
}

/** The last names that were looked at: the files of a folder mostly have the same. */
let lastPossible: { readonly names: string; readonly mappings: readonly Mapping[] } | undefined;

/** Mappings of whose fields the sample has at least the names. */
function possibleFor(sample: readonly JsonObject[]): readonly Mapping[] {
  const seen = new Set(sample.flatMap((record) => Object.keys(record)));
  const names = JSON.stringify([...seen]);
  if (lastPossible?.names === names) return lastPossible.mappings;
  // Many mappings need the same field.
  const asked = new Map<FieldRef, boolean>();
  const has = (ref: FieldRef): boolean => {
    const known = asked.get(ref) ?? pathsOf(ref).some(([name]) => seen.has(String(name)));
    asked.set(ref, known);
    return known;
  };
  const mappings = MAPPINGS.filter((mapping) => needsOf(mapping).every(({ at }) => has(at)));
  lastPossible = { names, mappings };
  return mappings;
}

/** If more of the records that fit or contradict a mapping contradict it, its label means something else. */
const MAX_CONTRADICTIONS = 0.05;

/** The mappings that may be chosen without being named; those that require the most fields first. */
function candidatesFor(sample: readonly JsonObject[]): readonly Mapping[] {
  const possible = possibleFor(sample).filter((mapping) => {
    if (mapping.onlyNamed !== undefined) return false;
    // What their labels mean is decided later.
    if (OPEN_MAPPINGS.includes(mapping)) return true;
    const against = sample.filter((record) => contradicts(mapping, record)).length;
    if (against === 0) return true;
    return against <= MAX_CONTRADICTIONS * (against + fitting(mapping, sample).length);
  });
  return possible.sort((a, b) => specificity(b) - specificity(a));
}

/** All mappings that match any of the sample; most records first, then most required fields. */
export function contenders(sample: readonly JsonObject[]): readonly Contender[] {
  return candidatesFor(sample)
    .map((mapping) => ({
      mapping,
      share: sample.filter((record) => fits(mapping, record)).length / Math.max(1, sample.length),
    }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

function fitting(mapping: Mapping, sample: readonly JsonObject[]): readonly JsonObject[] {
  return sample.filter((record) => fits(mapping, record));
}

/** How an open label is read: as it was before, or by evidence. */
function decide(known: Mapping, sample: readonly JsonObject[], { card, held }: Beside): PolarityDecision {
  if (held?.mapping.id !== known.id) return decidePolarity(known, fitting(known, sample), card);
  return { ...held, mapping: { ...held.mapping, ...(known.others && { others: known.others }) } };
}

/** Labels from 0 and labels from 1 share this value alone. */
const SHARED: ReadonlySet<Json> = new Set([1, '1']);

/** If a file's labels are all 1, no edit may guess whether the other value is 0 or 2. */
function withoutGuess(mapping: Mapping, sample: readonly JsonObject[]): Mapping {
  const { answers } = mapping;
  if (answers.kind !== 'choice' || answers.label.kind !== 'value') return mapping;
  const seen = valuesSeen(answers.label.at, fitting(mapping, sample));
  if (seen.length === 0 || !seen.every((value) => SHARED.has(value))) return mapping;
  return { ...mapping, answers: { ...answers, label: { ...answers.label, lacksOpposite: true } } };
}

function recognition(
  known: Mapping,
  sample: readonly JsonObject[],
  confidence: number,
  isGiven: boolean,
  beside: Beside,
): Recognition {
  const example = sample.find((record) => fits(known, record)) ?? sample[0] ?? {};
  const decision = known.convention === 'open' ? decide(known, sample, beside) : undefined;
  // What a person says, or what was held, was decided with other labels in sight.
  const isOwn = isGiven || (beside.held !== undefined && decision?.polarity === beside.held.polarity);
  const decided = decision?.mapping ?? known;
  const mapping = isOwn ? decided : withoutGuess(decided, sample);
  const unread = new Set<string>();
  let originField: string | undefined;
  let [pairCount, scored] = [0, 0];
  let asked = 0;
  for (const record of sample) {
    const outcome = readRecord(mapping, record);
    if ('problem' in outcome) continue;
    if (outcome.pairs[0] && outcome.pairs[0].prompt.length > 0) asked++;
    for (const name of outcome.unread ?? []) unread.add(name);
    for (const pair of outcome.pairs) {
      if (pair.isTie) continue;
      pairCount++;
      if (columnMargin(mapping, record, pair)) scored++;
    }
    originField ??= outcome.pairs.map((pair) => namedOrigin(originsOf(record, pair))?.title).find(Boolean);
  }
  // Of fields that are none of these for sure, a person can tell.
  if (pairCount > 0 && asked === 0)
    for (const { name } of promptCandidates(sample, namesRead(mapping))) unread.add(name);
  return {
    mapping,
    confidence,
    labelPath: labelPath(mapping, example),
    isGiven,
    unread: [...unread],
    ...(originField !== undefined && { originField }),
    ...(2 * scored > pairCount && { hasScores: true }),
    ...(decision && { polarity: decision.polarity }),
  };
}

/** They differ in the values of their labels alone. */
const OPEN_MAPPINGS = MAPPINGS.filter(
  ({ convention, answers }) => convention === 'open' && answers.kind === 'choice',
);

/** If fewer of the labels are known to a schema, they mean something else. */
const MIN_KNOWN_LABELS = 0.95;

/**
 * Records that fit a mapping by the label of most of them: "chosen" in one record and "rejected" in the next would be
 * two labels.
 */
function fittingByOneLabel(mapping: Mapping, sample: readonly JsonObject[]): readonly JsonObject[] {
  const byLabel = new Map<string, JsonObject[]>();
  for (const record of fitting(mapping, sample)) {
    const [found] = mapping.answers.kind === 'choice' ? findLabels(mapping.answers.label, record) : [];
    const name = found?.path.join('.') ?? '';
    byLabel.set(name, [...(byLabel.get(name) ?? []), record]);
  }
  return [...byLabel.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Of these, the one that knows the labels of most records; undefined if none knows nearly all of them. */
function widestOpen(sample: readonly JsonObject[]): Mapping | undefined {
  const all = OPEN_MAPPINGS.map((mapping) => ({ mapping, own: fittingByOneLabel(mapping, sample) }));
  const most = Math.max(...all.map(({ own }) => own.length));
  const wide = all.filter(({ own }) => own.length > 0 && own.length >= MIN_KNOWN_LABELS * most);
  const [widest] = wide
    .filter(({ mapping, own }) => isPlausible(mapping, own))
    .sort((a, b) => b.own.length - a.own.length);
  return widest?.mapping;
}

/** The mapping that is the best for most records. */
function mostFrequent(sample: readonly JsonObject[]): Mapping | undefined {
  const counts = new Map<Mapping, number>();
  const among = candidatesFor(sample);
  for (const record of sample) {
    // The one that requires the most fields is the best.
    const own = among.find((one) => fits(one, record));
    const mapping = own && OPEN_MAPPINGS.includes(own) ? OPEN_MAPPINGS[0] : own;
    if (mapping) counts.set(mapping, (counts.get(mapping) ?? 0) + 1);
  }
  const [found] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (!found || OPEN_MAPPINGS.includes(found)) return found && widestOpen(sample);
  // Labels with other values than those of a schema with the same fields are not of that schema.
  if (found.answers.kind !== 'choice') return found;
  const wider = widestOpen(sample);
  const isWider = wider && MIN_KNOWN_LABELS * fitting(wider, sample).length > fitting(found, sample).length;
  return isWider ? wider : found;
}

const ANY_SHAPE: ReadonlySet<string> = new Set(['any', 'words']);

/** True for a mapping of the same answers in any shape: it would hide that their shape is wrong. */
function isLooser({ answers: own }: Mapping, { answers: main }: Mapping): boolean {
  const fieldOf = (answers: Mapping['answers']): Field | undefined =>
    answers.kind === 'pair' ? answers.chosen : answers.kind === 'choice' ? answers.first : undefined;
  const [a, b] = [fieldOf(own), fieldOf(main)];
  if (!a || !b || !ANY_SHAPE.has(a.as)) return false;
  const names = pathsOf(b.at).map((path) => path.join('.'));
  return pathsOf(a.at).some((path) => names.includes(path.join('.')));
}

/** Most schemas of one file. */
const MAX_PARTS = 5;

/** Records of another schema, at least. One alone may be a faulty record. */
const MIN_OF_PART = 2;

/** The other schemas of a file that mixes several; those whose label is open only if it is sure. */
function othersIn(main: Mapping, sample: readonly JsonObject[], card: Card | undefined): readonly Mapping[] {
  let rest = sample.filter((record) => !fits(main, record) && lacksAnswers(main, record));
  const others: Mapping[] = [];
  while (rest.length >= MIN_OF_PART && others.length + 1 < MAX_PARTS) {
    const found = mostFrequent(rest);
    const own = found ? fitting(found, rest) : [];
    if (!found || own.length < MIN_OF_PART) break;
    rest = rest.filter((record) => !fits(found, record));
    if (found.answers.kind === 'none' || isLooser(found, main)) continue;
    const decided = found.convention === 'open' ? decidePolarity(found, own, card).mapping : found;
    if (!decided.isUnsure) others.push(decided);
  }
  return others.sort((a, b) => specificity(b) - specificity(a));
}

/**
 * The schema by which labels were read before, if it reads them all still: after edits, the labels of a file may be
 * those of several schemas.
 */
function heldOr(
  best: Mapping | undefined,
  sample: readonly JsonObject[],
  held: PolarityDecision | undefined,
): Mapping | undefined {
  const before = OPEN_MAPPINGS.find(({ id }) => id === held?.mapping.id);
  if (!best || !before || !OPEN_MAPPINGS.includes(best)) return best;
  return fitting(before, sample).length >= fitting(best, sample).length ? before : best;
}

/** True if most of the records that fit the mapping have a prompt by it. */
function readsPrompt(mapping: Mapping, sample: readonly JsonObject[]): boolean {
  const own = fitting(mapping, sample);
  const asked = own.filter((record) => {
    const read = readRecord(mapping, record);
    return 'pairs' in read && (read.pairs[0] === undefined || read.pairs[0].prompt.length > 0);
  });
  return asked.length * 2 > own.length;
}

/** Share of the records that a mapping for other spellings fits, at least. */
const MIN_RESPELLED = 0.8;

/**
 * The mapping of records that have known fields in another spelling or place. Only names that say which answer is
 * better count: for other labels, a person confirms an entry of preflens.json.
 */
function respelledMapping(plain: Mapping | undefined, sample: readonly JsonObject[]): Mapping | undefined {
  if (plain && (plain.answers.kind !== 'pair' || readsPrompt(plain, sample))) return undefined;
  const respelling = respellingOf(sample, plain ? namesRead(plain) : new Set());
  if (!respelling) return undefined;
  const flat = sample.map((record) => respelled(record, respelling));
  const found = mostFrequent(flat);
  if (!found || found.convention === 'open' || found.onlyNamed !== undefined) return undefined;
  if (plain && specificity(found) <= specificity(plain)) return undefined;
  const own = inOwnNames(found, respelling);
  return own && fitting(own, sample).length >= MIN_RESPELLED * sample.length ? own : undefined;
}

/** The mapping that matches most of the sample; undefined if none matches half of it. */
export function recognise(sample: readonly JsonObject[], beside: Beside = {}): Recognition | undefined {
  const plain = heldOr(mostFrequent(sample), sample, beside.held);
  const best = respelledMapping(plain, sample) ?? plain;
  if (!best) return undefined;
  const others = othersIn(best, sample, beside.card);
  const mapping = others.length === 0 ? best : { ...best, others };
  const share = sample.filter((record) => fitsAny(mapping, record)).length / sample.length;
  return share >= MIN_CONFIDENCE ? recognition(mapping, sample, share, false, beside) : undefined;
}

/** Uses the user's mapping if there is one, or recognises the records. */
export function recogniseAs(
  given: Mapping | undefined,
  sample: readonly JsonObject[],
  beside: Beside = {},
): Recognition | undefined {
  if (!given) return recognise(sample, beside);
  const { length } = fitting(given, sample);
  return recognition(given, sample, sample.length === 0 ? 0 : length / sample.length, true, beside);
}
