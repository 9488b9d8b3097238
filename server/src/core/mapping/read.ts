// Entry points of mappings: test, read and edit a record.
import { isNothing } from '../model/canonical.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import type { Pair, Turn } from '../model/pair.ts';
import { speakerOf } from '../model/speaker.ts';
import type { ReadNames } from './context.ts';
import { addContext, readNames } from './context.ts';
import type { FieldRef } from './field.ts';
import { findField, hasField, pathsOf, valueAt } from './field.ts';
import type { EditOutcome, Need } from './forms/form.ts';
import { fieldNeed, findProblem, findShaped } from './forms/form.ts';
import { formOf } from './forms/forms.ts';
import { labelFields } from './forms/label.ts';
import type { Mapping, Verdicts } from './mapping.ts';
import { concreteShape, turnsOf } from './shape.ts';
import { isTranscriptPrompt } from './transcript.ts';

interface Compiled {
  readonly needs: readonly Need[];
  readonly marks: readonly FieldRef[];
  names?: ReadonlySet<string>;
  read?: ReadNames;
}

const compiled = new WeakMap<Mapping, Compiled>();

function compile(mapping: Mapping): Compiled {
  const known = compiled.get(mapping);
  if (known) return known;
  const needs = [
    ...mapping.prompt.filter(({ optional }) => !optional).map(fieldNeed),
    ...formOf(mapping.answers).needs(mapping.answers),
  ];
  const made = { needs, marks: mapping.marks ?? [] };
  compiled.set(mapping, made);
  return made;
}

/** Required fields of a mapping. */
export function needsOf(mapping: Mapping): readonly Need[] {
  return compile(mapping).needs;
}

/**
 * Number of fields that a mapping requires. If two match, the one that requires more wins. Scores that make the
 * label don't count: a label beside them is the label.
 */
export function specificity(mapping: Mapping): number {
  const { needs, marks } = compile(mapping);
  const { answers } = mapping;
  const scores =
    answers.kind === 'choice' && answers.label.kind === 'scores' ? labelFields(answers.label) : [];
  return needs.length + marks.length - scores.length;
}

function hasNeed(record: JsonObject, need: Need): boolean {
  const found = findField(record, need.at, [], need.fits);
  return found !== undefined && need.fits(found.value);
}

export function fits(mapping: Mapping, record: JsonObject): boolean {
  const { needs, marks } = compile(mapping);
  return (
    marks.every((mark) => hasField(record, mark)) &&
    needs.every((need) => hasNeed(record, need)) &&
    (formOf(mapping.answers).fits?.(mapping.answers, record) ?? true) &&
    !mapping.unless?.some((ref) => !isNothing(findField(record, ref)?.value))
  );
}

/** The field whose listed values say which answer is better, or whether the only one is good. */
function verdictsOf({ answers }: Mapping): ({ readonly at: FieldRef } & Verdicts) | undefined {
  if (answers.kind === 'choice') return answers.label.kind === 'value' ? answers.label : undefined;
  if (answers.kind !== 'unpaired') return undefined;
  const { at, first, second } = answers.verdict;
  return first && second && { at, first, second };
}

const LETTER = /^[a-z]$/i;

/**
 * True if a record has all fields of the mapping, but a label that the mapping does not know: another number, or
 * another letter. Then the numbers or letters mean something else.
 */
export function contradicts(mapping: Mapping, record: JsonObject): boolean {
  const verdicts = verdictsOf(mapping);
  if (!verdicts) return false;
  const { at, first, second } = verdicts;
  const { needs, marks } = compile(mapping);
  const [own] = needs.filter((need) => need.at === at);
  const value = own && findField(record, at, [], own.fits)?.value;
  if (value === undefined || own?.fits(value)) return false;
  const isLikeOthers = [...first, ...second].some((one) =>
    typeof value === 'string' && typeof one === 'string'
      ? LETTER.test(value) && LETTER.test(one)
      : typeof value === 'number' && typeof one === 'number',
  );
  return (
    isLikeOthers &&
    marks.every((mark) => hasField(record, mark)) &&
    needs.every((need) => need === own || hasNeed(record, need))
  );
}

/** The schema that reads a record: for a file that mixes several, the one that it fits. */
export function partFor(mapping: Mapping, record: JsonObject): Mapping {
  if (!mapping.others || fits(mapping, record)) return mapping;
  return mapping.others.find((other) => fits(other, record)) ?? mapping;
}

/** True if a record fits the mapping or another schema of its file. */
export function fitsAny(mapping: Mapping, record: JsonObject): boolean {
  return fits(mapping, record) || (mapping.others?.some((other) => fits(other, record)) ?? false);
}

/**
 * True if the record has none of the mapping's answers. A record that has them, and lacks something else, is a
 * faulty record of that schema.
 */
export function lacksAnswers(mapping: Mapping, record: JsonObject): boolean {
  const { answers } = mapping;
  const count = answers.kind === 'pair' || answers.kind === 'choice' ? 2 : 1;
  return formOf(answers)
    .needs(answers)
    .slice(0, count)
    .every((need) => {
      const found = findField(record, need.at, [], need.fits);
      return found === undefined || !need.fits(found.value);
    });
}

/** The fields that identify a mapping, for explanations. */
export function fieldsOf(mapping: Mapping): readonly FieldRef[] {
  const { needs, marks } = compile(mapping);
  return [...new Set([...needs.map(({ at }) => at), ...marks])];
}

/** Top-level names of the fields that a mapping reads from this record. */
export function namesReadIn(whole: Mapping, record: JsonObject): ReadonlySet<string> {
  const mapping = partFor(whole, record);
  const { from } = readPrompt(mapping, record);
  const passed = new Set(passedOver(mapping, record, from).map(([name]) => String(name)));
  return new Set([...namesRead(mapping)].filter((name) => !passed.has(name)));
}

/** Where the prompt of a record stands. */
export function promptPathsIn(whole: Mapping, record: JsonObject): readonly Path[] {
  return readPrompt(partFor(whole, record), record).from;
}

/** Top-level names of all fields that a mapping may read. */
export function namesRead(mapping: Mapping): ReadonlySet<string> {
  const known = compile(mapping);
  known.names ??= collectNames(mapping);
  return known.names;
}

function allRefs(mapping: Mapping): ReadonlySet<FieldRef> {
  const { prompt, answers, marks = [] } = mapping;
  return new Set([
    ...marks,
    ...prompt.flatMap(({ at, replies }) => (replies === undefined ? [at] : [at, replies])),
    ...formOf(answers).fields(answers),
  ]);
}

function collectNames(mapping: Mapping): ReadonlySet<string> {
  const all = [mapping, ...(mapping.others ?? [])];
  return new Set(
    all
      .flatMap((one) => [...allRefs(one)])
      .flatMap(pathsOf)
      .map(([name]) => String(name)),
  );
}

interface PromptRead {
  readonly turns: readonly Turn[];
  /** The only text of a part that a record may lack, and its field. */
  readonly maybe?: { readonly turn: Turn; readonly path: Path };
  /** The fields that the turns come from. */
  readonly from: readonly Path[];
}

/** Questions and their replies in two lists. */
function alternateTurns(questions: Json, replies: Json | undefined, role: string): Turn[] {
  const answers = [replies ?? []].flat();
  return [questions].flat().flatMap((question, i): Turn[] => {
    const answer = answers[i];
    return [
      ...(typeof question === 'string' ? [{ role, text: question }] : []),
      ...(typeof answer === 'string' ? [{ role: 'assistant', text: answer }] : []),
    ];
  });
}

function readPrompt(mapping: Mapping, record: JsonObject): PromptRead {
  const turns: Turn[] = [];
  const from: Path[] = [];
  let maybe: PromptRead['maybe'];
  for (const part of mapping.prompt) {
    const { as, role = 'user', isMore } = part;
    const found = findShaped(record, part);
    if (!found || from.some((path) => isSamePath(path, found.path))) continue;
    const shape = concreteShape(found.value, as);
    const isSplitOff = shape === 'text' && typeof found.value === 'string' && isTranscriptPrompt(found.value);
    const read: readonly Turn[] =
      part.replies === undefined
        ? turnsOf(found.value, isSplitOff ? 'transcript' : shape, role)
        : alternateTurns(found.value, findField(record, part.replies)?.value, role);
    if (read.length > 0) from.push(found.path);
    const isReplaced = part.isReplaced && speakerOf(read.at(-1)?.role ?? '') === 'assistant';
    for (const { role: who, text, more } of isReplaced ? read.slice(0, -1) : read) {
      if (text === '' && as === 'text') continue;
      const before = isMore ? turns.at(-1) : undefined;
      if (!before) turns.push({ role: who, text, ...(more && { more }) });
      // Some exporters repeat the instruction in its input.
      else if (!before.text.includes(text))
        turns.splice(-1, 1, { ...before, text: `${before.text}\n${text}` });
    }
    const [turn] = turns.slice(-1);
    if (part.optional && role === 'user' && !isMore && read.length === 1 && turn)
      maybe = { turn, path: found.path };
  }
  return { turns, from, ...(maybe && { maybe }) };
}

function isSamePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}

/** Prompt fields with a value that were not read, because another name of the same part came first. */
function passedOver(mapping: Mapping, record: JsonObject, from: readonly Path[]): readonly Path[] {
  return mapping.prompt.flatMap(({ at, as }) => {
    const paths = pathsOf(at);
    // Two names of one picture are no second text.
    if (paths.length === 1 || as === 'image') return [];
    return paths.filter(
      (path) => !isNothing(valueAt(record, path)) && !from.some((one) => isSamePath(one, path)),
    );
  });
}

/** True if the sides of the first pair share another question of the user than this one. */
function hasQuestion(outcome: EditOutcome | undefined, turn: Turn | undefined): boolean {
  if (!outcome || 'problem' in outcome) return false;
  const asked = outcome.pairs[0]?.prompt.filter(({ role }) => speakerOf(role) === 'user') ?? [];
  return asked.length > 0 && !asked.some(({ text }) => text === turn?.text);
}

/** Reads one record: its pairs and judgements, or why there are none. */
export function readRecord(whole: Mapping, record: JsonObject): EditOutcome {
  const mapping = partFor(whole, record);
  const problem = findProblem(compile(mapping).needs, record);
  if (problem) return { problem };
  const { answers } = mapping;
  const { turns, from, maybe } = readPrompt(mapping, record);
  const form = formOf(answers);
  // Two sides that both begin with a question of the user need no other: the field is not their prompt.
  const without =
    maybe && form.read(answers, { record, prompt: turns.filter((turn) => turn !== maybe.turn) });
  const isAsked = hasQuestion(without, maybe?.turn);
  const outcome = without && isAsked ? without : form.read(answers, { record, prompt: turns });
  if ('problem' in outcome) return outcome;
  const known = compile(mapping);
  known.read ??= readNames(allRefs(mapping));
  const names = {
    read: known.read,
    passedOver: passedOver(mapping, record, isAsked ? from.filter((path) => path !== maybe?.path) : from),
  };
  const { pairs, unread } = addContext(mapping, record, names, outcome.pairs);
  return pairs === outcome.pairs && unread.length === 0 ? outcome : { ...outcome, pairs, unread };
}

/** Path of a record's label. */
export function labelPath(mapping: Mapping, record: JsonObject): Path {
  const { answers } = partFor(mapping, record);
  const at = formOf(answers).labelAt(answers);
  return findField(record, at)?.path ?? pathsOf(at)[0] ?? [];
}

/** How much better the record says the chosen answer is, in its own units. */
export function strengthOf(mapping: Mapping, record: JsonObject, { candidates }: Pair): number | undefined {
  const { answers } = partFor(mapping, record);
  return formOf(answers).strength?.(answers, record, candidates);
}
