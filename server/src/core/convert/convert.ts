// Converts records to a trainer's format and reports what that loses.
import type { ReadValue } from '../dataset/survey.ts';
import { readRaw } from '../dataset/survey.ts';
import { findField } from '../mapping/field.ts';
import type { Judgement, Reading } from '../mapping/forms/form.ts';
import type { Field, Mapping } from '../mapping/mapping.ts';
import { partFor, readRecord, strengthOf } from '../mapping/read.ts';
import type { Recognition } from '../mapping/recognise.ts';
import { concreteShape } from '../mapping/shape.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair, Side, Turn } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';
import { comparePair } from './compare.ts';
import { contentNames, hasTextParts, saidBy, turnsOfPair, unsaid } from './content.ts';
import { countNames, scanJson, spellExact } from './exactNumbers.ts';
import type { Example } from './example.ts';
import { dialogueTurns, isDialogue, OPEN_END, plainRole, withCalls } from './example.ts';
import type { Lose, Named } from './fields.ts';
import { fieldsOf, tellUnreadFields, withFields } from './fields.ts';
import type { Losses } from './losses.ts';
import type { ConvertTarget } from './targets.ts';

export interface ConvertInput {
  readonly mapping: Mapping;
  /** Record number, from 0. */
  readonly record: number;
  readonly read: ReadValue;
  /** The record with marked numbers where a double changes their spelling; absent if there are none. */
  readonly exact?: JsonObject;
  /** An object repeats a field name; the last value counts. */
  readonly isTwice?: true;
}

const decoder = new TextDecoder();

/** Reads a record for conversion; undefined if it can't be read. */
export function readSource(
  raw: RawRecord,
  recognition: Recognition,
  record: number,
): ConvertInput | undefined {
  const read = readRaw(raw, recognition);
  if (!read) return undefined;
  const { marked, names } = scanJson(decoder.decode(raw.bytes));
  return {
    mapping: partFor(recognition.mapping, read.value),
    record,
    read,
    ...(marked !== undefined && { exact: JSON.parse(marked) as JsonObject }),
    ...(names > countNames(read.value) && { isTwice: true }),
  };
}

export interface ConvertReport {
  /** Differences between the records and what was written. */
  readonly losses: Losses;
  /** What trainers ignore although the file contains it. */
  readonly caveats: Losses;
}

/** The blank after a transcript's role marker is not part of the answer. */
function turnsOfSide({ turns, textStart }: Side): readonly Turn[] {
  const [only] = turns;
  if (textStart === 0 || !only?.text.startsWith(' ')) return turns;
  return [{ ...only, text: only.text.slice(1) }, ...turns.slice(1)];
}

/** Roles that a mapping uses for pictures in the prompt: they come from fields of their own. */
function pictureRoles({ prompt }: Mapping): ReadonlySet<string> {
  return new Set(prompt.flatMap(({ as, role }) => (as === 'image' && role !== undefined ? [role] : [])));
}

/** True if both answers are texts with role markers. */
function isOfTranscripts({ answers }: Mapping, record: JsonObject): boolean {
  if (answers.kind !== 'pair' && answers.kind !== 'choice') return false;
  const fields =
    answers.kind === 'pair' ? [answers.chosen, answers.rejected] : [answers.first, answers.second];
  return fields.every(({ at, as }) => {
    const value = findField(record, at)?.value;
    return value !== undefined && concreteShape(value, as) === 'transcript';
  });
}

/** True if a text of the prompt ends with a marker, whose blank is the first character of both answers. */
function isOpen({ prompt }: Mapping, record: JsonObject, sides: readonly Side[]): boolean {
  return (
    sides.every(({ text }) => text.startsWith(' ')) &&
    prompt.some(({ at }) => {
      const value = findField(record, at)?.value;
      return typeof value === 'string' && value.endsWith(OPEN_END);
    })
  );
}

function exampleOf(
  target: ConvertTarget,
  mapping: Mapping,
  record: JsonObject,
  { prompt, chosen, rejected }: Pair,
): Example {
  const pictures = pictureRoles(mapping);
  const isSplit = isOfTranscripts(mapping, record);
  // Where the marker stays, its blank does too.
  const isCut = target.hasFlatPrompt !== true && isOpen(mapping, record, [chosen, rejected]);
  const turns = (side: Side): readonly Turn[] => {
    if (isSplit) return dialogueTurns(side.text);
    return turnsOfSide(isCut && side.textStart === 0 ? { ...side, textStart: 1 } : side);
  };
  return {
    prompt: pictures.size === 0 ? prompt : prompt.filter(({ role }) => !pictures.has(role)),
    chosen: turns(chosen),
    rejected: turns(rejected),
  };
}

/** Why a format can't hold the answers of a pair; undefined if it can. */
function whyNotHeld({ id, answers }: ConvertTarget, { chosen, rejected }: Example): string | undefined {
  const sides = [chosen, rejected];
  if (answers === 'message' && sides.some((turns) => turns.length > 1))
    return `a pair with several messages in an answer is left out: ${id} has one message for each; trl-messages keeps them`;
  if (answers === 'text' && sides.some(isDialogue))
    return `a pair whose answers go on with messages of the user is left out: ${id} has one text for each; trl-messages keeps them`;
  return undefined;
}

function answerFields({ answers }: Mapping): readonly Field[] {
  switch (answers.kind) {
    case 'pair':
      return [answers.chosen, answers.rejected];
    case 'choice':
      return [answers.first, answers.second];
    case 'candidates':
      return [answers.text];
    case 'unpaired':
      return [answers.response];
    case 'lists':
    case 'steps':
    case 'none':
      return [];
  }
}

/** Writes the records of an example with the fields beside it, and compares them with the original. */
function write(
  target: ConvertTarget,
  source: ConvertInput,
  own: Example,
  fields: readonly Named[],
  margin: number | undefined,
  report: ConvertReport,
  labels?: readonly boolean[],
): JsonObject[] {
  const lose = (message: string): void => {
    report.losses.add(message, source.record);
  };
  const normal = (turns: readonly Turn[]): Turn[] =>
    turns.map((turn) => {
      const role = plainRole(turn.role);
      return (target.roles.includes(role) ? undefined : withCalls(turn)) ?? { ...turn, role };
    });
  const example = { prompt: normal(own.prompt), chosen: normal(own.chosen), rejected: normal(own.rejected) };
  const caveat = target.caveat?.(example);
  if (caveat !== undefined) report.caveats.add(caveat, source.record);
  const { verdictAt } = target;
  const bare = target
    .write(example)
    .filter((one) => !labels || verdictAt === undefined || labels.includes(one[verdictAt] as boolean));
  const hasMargin = margin !== undefined && target.columns.includes('margin');
  const beside: readonly Named[] = hasMargin ? [['margin', margin], ...fields] : fields;
  const made = bare.map((one) => {
    const filled = withFields(target, one, beside, lose);
    return target.settle?.(filled) ?? filled;
  });
  for (const message of comparePair(target, own, made)) lose(message);
  return made;
}

/**
 * The reading with the numbers of its messages as spelled in the file. A label is read as a number and has no mark; if one is
 * among the messages, they keep the numbers as read.
 */
function exactReading({ mapping, read, exact }: ConvertInput): Reading {
  if (!exact) return read;
  const names = contentNames(mapping, exact);
  const mixed = Object.entries(read.value).map(([name, value]) => [
    name,
    names.has(name) ? exact[name] : value,
  ]);
  const outcome = readRecord(mapping, Object.fromEntries(mixed) as JsonObject);
  if ('problem' in outcome || outcome.pairs.length !== read.pairs.length) return read;
  const isSame = outcome.pairs.every((pair, i) => {
    const other = read.pairs[i];
    const [own, theirs] = [pair, other].map((one) => (one ? turnsOfPair(one).map(({ text }) => text) : []));
    return (
      pair.isTie === other?.isTie &&
      pair.candidates.join() === other.candidates.join() &&
      own?.length === theirs?.length &&
      own?.every((text, i) => text === theirs?.[i])
    );
  });
  const isSameVerdict = outcome.judgements.every(({ verdict }, i) => verdict === read.judgements[i]?.verdict);
  return isSame && isSameVerdict ? outcome : read;
}

/** Reports non-text content that is written as text. */
function tellShapes(mapping: Mapping, value: JsonObject, lose: Lose): void {
  const answers = answerFields(mapping);
  if ([...mapping.prompt, ...answers].some(({ as }) => as === 'ids'))
    lose('token numbers are written as text');
  if (answers.some(({ as }) => as === 'image'))
    lose('the answers are pictures; their addresses are written as text');
  if (hasTextParts(mapping, value)) lose('a message whose content is a list of texts is written as one text');
}

function judgedExample(
  target: ConvertTarget,
  mapping: Mapping,
  record: JsonObject,
  { prompt, response }: Judgement,
): Example {
  const turns = turnsOfSide(response);
  return exampleOf(target, mapping, record, {
    prompt,
    chosen: { ...response, turns, textStart: 0 },
    rejected: { ...response, turns, textStart: 0 },
    isTie: false,
    candidates: [0, 1],
  });
}

/** Converts one record and adds its losses to the report. */
export function convertRecord(
  target: ConvertTarget,
  source: ConvertInput,
  report: ConvertReport,
): readonly JsonObject[] {
  const { mapping, record, read } = source;
  const lose = (message: string): void => {
    report.losses.add(message, record);
  };
  const value = source.exact ?? read.value;
  const fields = fieldsOf(target, mapping, value);
  const said: Turn[] = [];
  const made: JsonObject[] = [];
  const reading = exactReading(source);
  const { pairs, judgements } = reading;
  const holdsMore = pairs.some((pair) => turnsOfPair(pair).some(({ more }) => more));
  if (source.exact && reading === read && holdsMore) lose('numbers in messages are written as doubles');
  if (source.isTwice) lose('a field name is repeated in one object; the last value counts');
  for (const [i, pair] of pairs.entries()) {
    if (pair.isTie) {
      lose('a tie is left out: no trainer can express it');
      continue;
    }
    const own = exampleOf(target, mapping, value, pair);
    if (target.needsPrompt && own.prompt.length === 0) {
      lose('a pair without a prompt is left out: this format needs conversations');
      continue;
    }
    const unheld = whyNotHeld(target, own);
    if (unheld !== undefined) {
      lose(unheld);
      continue;
    }
    const strength = strengthOf(mapping, read.value, pair);
    made.push(...write(target, source, own, fields, strength, report));
    said.push(...turnsOfPair(read.pairs[i] ?? pair));
    tellUnreadFields(target, mapping, read, pair, lose);
  }
  for (const judgement of pairs.length > 0 ? [] : judgements) {
    const { verdict } = judgement;
    if (typeof verdict !== 'boolean' || mapping.answers.kind !== 'unpaired') {
      lose('a rating of a single answer or step is left out: it is neither a pair nor a verdict');
      continue;
    }
    if (target.verdictAt === undefined) {
      lose('a single answer with its verdict is left out: this format needs pairs; trl-unpaired does not');
      continue;
    }
    const own = judgedExample(target, mapping, value, judgement);
    if (own.prompt.length === 0) {
      lose('an answer without a prompt is left out: this format needs conversations');
      continue;
    }
    // The new record's label gets the same value.
    const [name, ...below] = findField(read.value, mapping.answers.verdict.at)?.path ?? [];
    const others = fields.filter(([own, field]) => own !== name || below.length > 0 || field !== verdict);
    made.push(...write(target, source, own, others, undefined, report, [verdict]));
    said.push(...judgement.prompt, ...judgement.response.turns);
  }
  if (pairs.length === 0 && read.judgements.length === 0) lose('the record has no pair');
  if (made.length === 0) return made;
  tellShapes(mapping, read.value, lose);
  for (const message of unsaid(mapping, read.value, saidBy(said))) lose(message);
  return made;
}

/** Converts one record to lines of JSON. */
export function convertToLines(
  target: ConvertTarget,
  source: ConvertInput,
  report: ConvertReport,
): readonly string[] {
  try {
    return convertRecord(target, source, report).map(spellExact);
  } catch (error) {
    // JSON.stringify is recursive; reading a record is not.
    if (!(error instanceof RangeError)) throw error;
    report.losses.add('the record is nested too deeply and is left out', source.record);
    return [];
  }
}
