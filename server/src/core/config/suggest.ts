// Help for records that fit no schema: the nearest schema, what it misses, and a preflens.json entry that would
// read them.
import { findField, formatPath, nameOf } from '../mapping/field.ts';
import { fits, needsOf } from '../mapping/read.ts';
import { hasShape } from '../mapping/shape.ts';
import { MAPPINGS } from '../mapping/table.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { MappingRule } from './config.ts';
import { mappingOf } from './config.ts';

/** Plain data: stored with the survey. */
export interface Suggestion {
  /** Undefined if no schema comes close. */
  readonly nearest?: { readonly id: string; readonly title: string; readonly missing: readonly string[] };
  /** An entry of "mappings" that reads the records, without its files. */
  readonly rule?: MappingRule;
  /** If there is no rule: the fields of a pair that names reveal. */
  readonly known?: Pick<MappingRule, 'prompt' | 'chosen' | 'rejected'>;
}

/** Records to examine. */
const MAX_LOOKED_AT = 32;

/** Minimum share of a schema's needs that the records have. */
const MIN_SHARE = 0.5;

function nearest(sample: readonly JsonObject[]): Suggestion['nearest'] {
  const isMostly = (holds: (record: JsonObject) => boolean): boolean =>
    sample.filter(holds).length * 2 > sample.length;
  const found = MAPPINGS.flatMap((mapping) => {
    const needs = needsOf(mapping);
    const missing = needs.flatMap((need) => {
      if (isMostly((record) => findField(record, need.at) === undefined)) return [nameOf(need.at)];
      const isRight = isMostly((record) => need.fits(findField(record, need.at)?.value ?? null));
      return isRight ? [] : [`${nameOf(need.at)} that is ${need.expected}`];
    });
    const share = 1 - missing.length / Math.max(1, needs.length);
    return share > MIN_SHARE && missing.length > 0 ? [{ mapping, missing, share }] : [];
  }).sort((a, b) => a.missing.length - b.missing.length || b.share - a.share);
  const [best] = found;
  return best && { id: best.mapping.id, title: best.mapping.title, missing: best.missing };
}

interface TextField {
  /** As written in preflens.json. */
  readonly ref: string;
  /** The last name in its path. */
  readonly name: string;
}

/** Maximum depth at which to look for texts. */
const MAX_DEPTH = 3;

const quotedStep = (step: string | number): string =>
  typeof step === 'string' && !/^[^.|"\d][^.|"]*$/.test(step) ? JSON.stringify(step) : String(step);

function* walk(value: Json | undefined, path: Path): Generator<readonly [Path, Json]> {
  if (value === undefined || value === null) return;
  if (path.length > 0) yield [path, value];
  if (isObject(value) && path.length < MAX_DEPTH)
    for (const [name, inner] of Object.entries(value)) yield* walk(inner, [...path, name]);
}

function fieldsOf(record: JsonObject, isWanted: (value: Json) => boolean): TextField[] {
  return [...walk(record, [])].flatMap(([path, value]) =>
    isWanted(value) ? [{ ref: path.map(quotedStep).join('.'), name: formatPath(path.slice(-1)) }] : [],
  );
}

const word = (words: string): RegExp => new RegExp(`(?:^|[^a-z])(?:${words})(?:$|[^a-z])`, 'i');
/** Splits camel case: "goodAnswer" becomes "good_Answer". */
const spread = (name: string): string => name.replaceAll(/([a-z])([A-Z])/g, '$1_$2');

const BETTER = word(
  'chosen|choose|preferred|prefer|accepted|accept|better|best|good|win|winner|winning|positive|pos|gold|right|like|liked',
);
const WORSE = word(
  'rejected|reject|dispreferred|refused|worse|worst|bad|lose|loser|losing|negative|neg|wrong|unaccepted|dislike|disliked',
);
const PROMPT = word(
  'prompt|question|instruction|query|input|context|user|problem|request|task|post|title|q|ask|human|messages?|conversations?|history|dialog|dialogue',
);
const LABEL = word(
  'label|winner|preference|preferred|choice|chosen|better|vote|verdict|judge?ment|annotation|rating|best|answer|pick',
);

/** Words that tell the first answer from the second. */
const SIDES: readonly (readonly [first: string, second: string])[] = [
  ['a', 'b'],
  ['1', '2'],
  ['0', '1'],
  ['left', 'right'],
  ['first', 'second'],
  ['one', 'two'],
  ['x', 'y'],
];

/** A field with more different values is no label. */
const MAX_LABEL_VALUES = 4;

interface TwoSides {
  readonly first: TextField;
  readonly second: TextField;
  readonly words: readonly [string, string];
}

function twoSides(fields: readonly TextField[]): TwoSides | undefined {
  for (const words of SIDES) {
    const [one, two] = words;
    const mark = new RegExp(`(^|[^a-z0-9]|[a-z](?=\\d))${one}($|[^a-z0-9])`, 'i');
    for (const first of fields) {
      const name = spread(first.name).toLowerCase();
      if (!mark.test(name)) continue;
      const wanted = name.replace(mark, `$1${two}$2`);
      const second = fields.find((field) => field !== first && spread(field.name).toLowerCase() === wanted);
      if (second) return { first, second, words };
    }
  }
  return undefined;
}

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Which label values mean the first answer, judged by their words; if these don't tell, the smaller value. */
function labelled(
  sample: readonly JsonObject[],
  sides: TwoSides,
): Pick<MappingRule, 'label' | 'better'> | undefined {
  const [record = {}] = sample;
  const isScalar = (value: Json): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const isSide = (ref: string): boolean => ref === sides.first.ref || ref === sides.second.ref;
  const label = fieldsOf(record, isScalar).find(({ name, ref }) => LABEL.test(spread(name)) && !isSide(ref));
  if (!label) return undefined;
  const values = [...new Set(sample.flatMap((one) => findField(one, label.ref)?.value ?? []))].sort((a, b) =>
    text(a) < text(b) ? -1 : 1,
  );
  if (values.length < 2 || values.length > MAX_LABEL_VALUES) return undefined;
  const isTie = (value: Json): boolean => /tie|equal|same|both|neither/i.test(text(value));
  const says = (value: Json, side: string, field: TextField): boolean =>
    word(side).test(spread(text(value))) || text(value) === field.name;
  const decided = values.filter((value) => !isTie(value));
  const first = decided.filter((value) => says(value, sides.words[0], sides.first));
  const named = first.length > 0 && first.length < decided.length ? first : decided.slice(0, 1);
  const ties = values.filter(isTie);
  const second = decided.filter((value) => !named.includes(value));
  return { label: label.ref, better: { first: named, second, ...(ties.length > 0 && { ties }) } };
}

/** An entry that reads the records, or the fields that names reveal. */
function ruleFor(sample: readonly JsonObject[]): Pick<Suggestion, 'rule' | 'known'> {
  const [record] = sample;
  if (!record) return {};
  const texts = fieldsOf(record, (value) => typeof value === 'string' || hasShape(value, 'messages'));
  const named = (pattern: RegExp, ...others: readonly RegExp[]): TextField | undefined =>
    texts.find(({ name }) => pattern.test(spread(name)) && !others.some((other) => other.test(spread(name))));
  const prompt = named(PROMPT, BETTER, WORSE)?.ref;
  const asked = prompt === undefined ? {} : { prompt };
  const [chosen, rejected] = [named(BETTER, WORSE), named(WORSE)];
  if (chosen && rejected) return { rule: { ...asked, chosen: chosen.ref, rejected: rejected.ref } };
  const sides = twoSides(texts.filter(({ ref }) => ref !== prompt));
  const label = sides && labelled(sample, sides);
  if (sides && label)
    return { rule: { ...asked, first: sides.first.ref, second: sides.second.ref, ...label } };
  return {
    known: { ...asked, ...(chosen && { chosen: chosen.ref }), ...(rejected && { rejected: rejected.ref }) },
  };
}

export function suggest(records: readonly JsonObject[]): Suggestion {
  const sample = records.slice(0, MAX_LOOKED_AT);
  if (sample.length === 0) return {};
  const near = nearest(sample);
  const { rule, known } = ruleFor(sample);
  const reads = rule && sample.some((record) => fits(mappingOf(rule), record));
  return { ...(near && { nearest: near }), ...(rule && reads && { rule }), ...(known && { known }) };
}
