// Other fields of a record that say which of its two answers is better: a vote beside `chosen` and `rejected`, the
// name of the better picture. A flip changes them all, or none.
import { canonical } from '../model/canonical.ts';
import { kindOfField } from '../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Found } from './field.ts';
import { forkOf, valueAt } from './field.ts';
import type { FlipWays, PathChange } from './forms/form.ts';
import { opposite } from './forms/label.ts';
import { readMessage } from './message.ts';
import type { SidedField } from './sides.ts';
import { exchangeSides, sidedFields } from './sides.ts';
import { LABEL_NAMES, SIDE_NAMES, VERDICT_WORDS } from './vocabulary.ts';

/** What a flip has to change besides the label, or why it can't. */
type Echoes = readonly PathChange[] | { readonly refused: string };

/** What a flip does by itself. */
export interface Flip {
  /**
   * `label` changes a label, `exchange` moves two answers with everything that a word like "a" names, `pair` moves
   * the better and the worse answer.
   */
  readonly kind: 'label' | 'exchange' | 'pair';
  readonly changes: readonly PathChange[];
}

/** The words of an answer: those of the last message, if there are several. */
function wordsOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value.trim();
  return readMessage(isList(value) ? value.at(-1) : value)?.text.trim();
}

/** True if a value is an answer, or a conversation that ends with it. */
function holds(value: Json, answer: Json): boolean {
  const [own, other] = [wordsOf(value), wordsOf(answer)];
  if (own === undefined || other === undefined) return canonical(value) === canonical(answer);
  return own === other || (other !== '' && own.endsWith(other));
}

/** Words of fields that name an answer, a model or a picture. */
const IDENTITY =
  /(?:^|[^a-z])(?:id|uid|uuid|model|name|url|path|generator|policy|author|system)(?:$|[^a-z])/i;

/** Names and identities of the two answers. */
function namesOf(record: JsonObject, fields: readonly SidedField[]): readonly (readonly [string, string])[] {
  return fields.flatMap(({ first, second }) => {
    if (!IDENTITY.test(String(first.at(-1)))) return [];
    const [a, b] = [valueAt(record, first), valueAt(record, second)];
    return typeof a === 'string' && typeof b === 'string' && a !== b ? [[a, b] as const] : [];
  });
}

/** A number of an answer may say which is better in another respect, like "safer_response_id". */
const LABELS: ReadonlySet<string> = new Set(
  LABEL_NAMES.filter((name) => !/^safer|_(?:id|idx|index)$/.test(name)),
);

/** What a single field says, as the value with the opposite meaning; undefined if it names no answer. */
function oppositeOf(
  name: string,
  value: Json,
  names: readonly (readonly [string, string])[],
  { kind }: Flip,
): { readonly to: Json } | { readonly refused: string } | undefined {
  if (value === null || typeof value === 'object') return undefined;
  const isVote = kindOfField(name) === 'label';
  if (!isVote && !LABELS.has(name)) return undefined;
  const word = opposite(VERDICT_WORDS, value);
  // A word goes on naming the same field: it is right again if the answers in the fields change places.
  if (word !== undefined) return kind === 'exchange' ? undefined : { to: word };
  const named = names.find((pair) => pair.some((one) => one === value));
  if (named) return { to: named[0] === value ? named[1] : named[0] };
  const isKnown = typeof value === 'string' || value === 0 || !LABELS.has(name);
  // Beside a better and a worse answer, a "label" is rather a class.
  if (isKnown || (kind === 'pair' && !isVote)) return undefined;
  return {
    refused: `"${name}" is ${JSON.stringify(value)}. It may also say which answer is better, and PrefLens doesn’t know its meaning. Drop the record, or edit it by hand.`,
  };
}

/** Whether a better and a worse answer beside the two that the mapping reads repeat them. */
function isRepeated(own: Json, other: Json, [a, b]: readonly [Found, Found]): boolean {
  return (
    opposite(VERDICT_WORDS, own) === other ||
    (holds(own, a.value) && holds(other, b.value)) ||
    (holds(own, b.value) && holds(other, a.value))
  );
}

/** The fields that a change touches. */
function pathsIn(change: PathChange): readonly Path[] {
  switch (change.kind) {
    case 'swap':
      return [change.a, change.b];
    case 'swap-items':
      return [change.a.first, change.b.first];
    case 'copy':
      return [change.to];
    case 'set':
    case 'negate':
    case 'mirror':
      return [change.path];
  }
}

/** The names in the object at `base` that lead to these fields. */
function namesBelow(base: Path, paths: readonly Path[]): readonly string[] {
  return paths.flatMap((path) =>
    path.length > base.length && base.every((step, i) => step === path[i]) ? [String(path[base.length])] : [],
  );
}

/** The record, and the object in it that holds both answers, if that is another one. */
function basesOf(record: JsonObject, [a, b]: readonly [Found, Found]): readonly Path[] {
  const base = a.path.slice(0, forkOf(a.path, b.path));
  return base.length > 0 && isObject(valueAt(record, base)) ? [[], base] : [[]];
}

const DIFFERENCE = /diff|delta|margin|gap/i;
const ABSOLUTE = /abs(?:olute)?(?![a-z])/i;

/** Relative: differences of decimals are rounded. */
const PRECISION = 1e-6;

/**
 * Fields with the difference of two numbers that change places: it changes its sign, in whichever order it was
 * taken. Else a second flip would find the difference that the first did not.
 */
function differences(record: JsonObject, base: Path, changes: readonly PathChange[]): PathChange[] {
  const swapped = changes.flatMap((change) => {
    const [a, b] = change.kind === 'swap' ? [valueAt(record, change.a), valueAt(record, change.b)] : [];
    return typeof a === 'number' && typeof b === 'number' && a !== b ? [a - b] : [];
  });
  if (swapped.length === 0) return [];
  return Object.entries(valueAt(record, base) ?? {}).flatMap(([name, value]): PathChange[] => {
    if (typeof value !== 'number' || !DIFFERENCE.test(name) || ABSOLUTE.test(name)) return [];
    const size = Math.abs(value);
    const isDifference = swapped.some((one) => Math.abs(Math.abs(one) - size) <= PRECISION * Math.abs(one));
    return isDifference ? [{ kind: 'negate', path: [...base, name] }] : [];
  });
}

/**
 * Ways to flip a record, each with the changes of all fields that say the same.
 * @param labels the fields with the mapping's own labels
 */
export function waysOf(
  record: JsonObject,
  answers: readonly [Found, Found],
  labels: readonly Path[],
  flips: readonly Flip[],
): FlipWays {
  const ways: (readonly PathChange[])[] = [];
  for (const flip of flips) {
    if (flip.changes.length === 0) continue;
    let all = flip;
    for (const base of basesOf(record, answers)) {
      const changes = withEchoes(record, base, answers, labels, all);
      if ('refused' in changes) return changes;
      all = { ...flip, changes };
    }
    ways.push(all.changes);
  }
  return ways;
}

function withEchoes(
  record: JsonObject,
  base: Path,
  answers: readonly [Found, Found],
  labelPaths: readonly Path[],
  flip: Flip,
): Echoes {
  const [a, b] = answers;
  const parent = valueAt(record, base);
  if (!isObject(parent)) return flip.changes;
  const labels = new Set(namesBelow(base, labelPaths));
  const changes = [...flip.changes];
  const namesIn = (change: PathChange): readonly string[] => namesBelow(base, pathsIn(change));
  const isDone = (name: string): boolean => changes.some((change) => namesIn(change).includes(name));
  for (const [better, worse] of SIDE_NAMES) {
    const [own, other] = [parent[better] ?? null, parent[worse] ?? null];
    if (own === null || other === null || isDone(worse)) continue;
    // Words and numbers that name the answers are right again.
    if (flip.kind === 'exchange' && (labels.has(better) || opposite(VERDICT_WORDS, own) === other)) continue;
    // "chosen" may be the label, a number or a name, and "rejected" what it is after the flip.
    const isLabel = changes.some(
      (change) => change.kind === 'set' && namesIn(change).includes(better) && change.to === other,
    );
    if (!isLabel && !isRepeated(own, other, answers))
      return {
        refused: `"${better}" and "${worse}" are not the two answers that the label compares, so PrefLens can’t keep them in step with it. Drop the record, or edit it by hand.`,
      };
    // The label itself may be the first of the two.
    const at = changes.findIndex((change) => namesIn(change).includes(better));
    if (at >= 0) changes.splice(at, 1);
    changes.push(...exchangeSides(record, [...base, better], [...base, worse]));
  }
  changes.push(...differences(record, base, changes).filter((change) => !namesIn(change).some(isDone)));
  const names = namesOf(record, sidedFields(record, a.path, b.path));
  for (const [name, value = null] of Object.entries(parent)) {
    if (isDone(name) || labels.has(name)) continue;
    const opposite = oppositeOf(name, value, names, flip);
    if (!opposite) continue;
    if ('refused' in opposite) return opposite;
    changes.push({ kind: 'set', path: [...base, name], to: opposite.to });
  }
  return changes;
}
