// Records of one schema as records of a trainer's format, and what that loses.
import type { ReadValue } from '../dataset/survey.ts';
import { readRaw } from '../dataset/survey.ts';
import { findField } from '../mapping/field.ts';
import type { Judgement, Reading } from '../mapping/forms/form.ts';
import type { Field, Mapping } from '../mapping/mapping.ts';
import { readRecord, strengthOf } from '../mapping/read.ts';
import type { Recognition } from '../mapping/recognise.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair, Side, Turn } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';
import { comparePair } from './compare.ts';
import { contentNames, hasTextParts, saidBy, turnsOfPair, unsaid } from './content.ts';
import { countNames, scanJson, spellExact } from './exactNumbers.ts';
import type { Example } from './example.ts';
import { plainRole } from './example.ts';
import type { Lose, Named } from './fields.ts';
import { fieldsOf, tellUnreadFields, withFields } from './fields.ts';
import type { Losses } from './losses.ts';
import type { ConvertTarget } from './targets.ts';

/** A record to convert. */
export interface ConvertInput {
  readonly mapping: Mapping;
  /** Its number from 0. */
  readonly record: number;
  readonly read: ReadValue;
  /** The record with marks for numbers that a double spells differently; absent where it has none. */
  readonly exact?: JsonObject;
  /** A field stands twice in one object, and the last one counts. */
  readonly isTwice?: true;
}

const decoder = new TextDecoder();

/** A record as it is converted; undefined when it cannot be read. */
export function readSource(
  raw: RawRecord,
  recognition: Recognition,
  record: number,
): ConvertInput | undefined {
  const read = readRaw(raw, recognition);
  if (!read) return undefined;
  const { marked, names } = scanJson(decoder.decode(raw.bytes));
  return {
    mapping: recognition.mapping,
    record,
    read,
    ...(marked !== undefined && { exact: JSON.parse(marked) as JsonObject }),
    ...(names > countNames(read.value) && { isTwice: true }),
  };
}

/** What a conversion tells. */
export interface ConvertReport {
  /** What is not the same afterwards. */
  readonly losses: Losses;
  /** What trainers make of files that hold everything. */
  readonly caveats: Losses;
}

/** The blank after the mark of a transcript is not part of the answer. */
function turnsOfSide({ turns, textStart }: Side): readonly Turn[] {
  const [only] = turns;
  if (textStart === 0 || !only?.text.startsWith(' ')) return turns;
  return [{ ...only, text: only.text.slice(1) }, ...turns.slice(1)];
}

/** Roles under which a mapping puts pictures into the prompt: they stand in fields of their own. */
function pictureRoles({ prompt }: Mapping): ReadonlySet<string> {
  return new Set(prompt.flatMap(({ as, role }) => (as === 'image' && role !== undefined ? [role] : [])));
}

function exampleOf(mapping: Mapping, { prompt, chosen, rejected }: Pair): Example {
  const pictures = pictureRoles(mapping);
  return {
    prompt: pictures.size === 0 ? prompt : prompt.filter(({ role }) => !pictures.has(role)),
    chosen: turnsOfSide(chosen),
    rejected: turnsOfSide(rejected),
  };
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

/** The records of an example, the fields beside it kept, compared with what they were made of. */
function write(
  target: ConvertTarget,
  source: ConvertInput,
  own: Example,
  fields: readonly Named[],
  margin: number | undefined,
  report: ConvertReport,
  labels?: readonly boolean[],
): JsonObject[] {
  const lose = (words: string): void => {
    report.losses.add(words, source.record);
  };
  const normal = (turns: readonly Turn[]): Turn[] =>
    turns.map((turn) => ({ ...turn, role: plainRole(turn.role) }));
  const example = { prompt: normal(own.prompt), chosen: normal(own.chosen), rejected: normal(own.rejected) };
  const caveat = target.caveat?.(example);
  if (caveat !== undefined) report.caveats.add(caveat, source.record);
  const bare = target.write(example).filter(({ label }) => !labels || labels.includes(label as boolean));
  const hasMargin = margin !== undefined && target.columns.includes('margin');
  const beside: readonly Named[] = hasMargin ? [['margin', margin], ...fields] : fields;
  const made = bare.map((one) => withFields(target, one, beside, lose));
  for (const words of comparePair(target, own, made)) lose(words);
  return made;
}

/**
 * What the record says with the numbers of its messages as they are spelled. A label is read as a number, and has no
 * mark; where one stands among the messages, they are as they were read.
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

/** Says what is no text in the dataset and is written as one. */
function tellShapes(mapping: Mapping, value: JsonObject, lose: Lose): void {
  const answers = answerFields(mapping);
  if ([...mapping.prompt, ...answers].some(({ as }) => as === 'ids'))
    lose('token numbers are written as text');
  if (answers.some(({ as }) => as === 'image'))
    lose('the answers are pictures, and their addresses are written as words');
  if (hasTextParts(mapping, value)) lose('a message whose content is a list of texts is written as one text');
}

function judgedExample(mapping: Mapping, { prompt, response }: Judgement): Example {
  const turns = turnsOfSide(response);
  return exampleOf(mapping, {
    prompt,
    chosen: { ...response, turns, textStart: 0 },
    rejected: { ...response, turns, textStart: 0 },
    isTie: false,
    candidates: [0, 1],
  });
}

/** The records that one record becomes. Adds to the report what they do not hold. */
export function convertRecord(
  target: ConvertTarget,
  source: ConvertInput,
  report: ConvertReport,
): readonly JsonObject[] {
  const { mapping, record, read } = source;
  const lose = (words: string): void => {
    report.losses.add(words, record);
  };
  const value = source.exact ?? read.value;
  const fields = fieldsOf(target, mapping, value);
  const said: Turn[] = [];
  const made: JsonObject[] = [];
  const reading = exactReading(source);
  const { pairs, judgements } = reading;
  const holdsMore = pairs.some((pair) => turnsOfPair(pair).some(({ more }) => more));
  if (source.exact && reading === read && holdsMore)
    lose('numbers in messages are written as a double holds them');
  if (source.isTwice) lose('a field stands twice in one object, and the last one counts');
  for (const [i, pair] of pairs.entries()) {
    if (pair.isTie) {
      lose('a tie is left out: no trainer has a way to say it');
      continue;
    }
    const own = exampleOf(mapping, pair);
    if (target.needsPrompt && own.prompt.length === 0) {
      lose('a pair without a prompt is left out: this format is of conversations');
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
      lose('a rating of a single answer or step is left out: it is no pair, and no verdict');
      continue;
    }
    if (!target.isUnpaired) {
      lose('a single answer with its verdict is left out: this format is of pairs, trl-unpaired is not');
      continue;
    }
    const own = judgedExample(mapping, judgement);
    if (own.prompt.length === 0) {
      lose('an answer without a prompt is left out: this format is of conversations');
      continue;
    }
    // The label of the new record says the same.
    const [name, ...below] = findField(read.value, mapping.answers.verdict.at)?.path ?? [];
    const others = fields.filter(([own, field]) => own !== name || below.length > 0 || field !== verdict);
    made.push(...write(target, source, own, others, undefined, report, [verdict]));
    said.push(...judgement.prompt, ...judgement.response.turns);
  }
  if (pairs.length === 0 && read.judgements.length === 0) lose('no pair is in the record');
  if (made.length === 0) return made;
  tellShapes(mapping, read.value, lose);
  for (const words of unsaid(mapping, read.value, saidBy(said))) lose(words);
  return made;
}

/** The records that one record becomes, as JSON. */
export function convertToLines(
  target: ConvertTarget,
  source: ConvertInput,
  report: ConvertReport,
): readonly string[] {
  try {
    return convertRecord(target, source, report).map(spellExact);
  } catch (error) {
    // JSON.stringify has a stack; a record that only has to be read has none.
    if (!(error instanceof RangeError)) throw error;
    report.losses.add('the record is nested too deeply and is left out', source.record);
    return [];
  }
}
