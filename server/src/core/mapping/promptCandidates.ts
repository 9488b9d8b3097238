// Which field of a record without a known prompt may be its prompt: texts under names that usually mean something else
// ("title"), or in other languages.
import { isNothing } from '../model/canonical.ts';
import { kindOfField } from '../model/fieldNames.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList } from '../model/json.ts';
import { hasShape } from './shape.ts';

/** Records to look at. */
export const MAX_RECORDS = 64;

/** Share of the records that have a field, at least. */
export const MIN_SHARE = 0.8;

/** Names that may hold a prompt or something else: a text by another name is none. */
const MAYBE_PROMPTS: ReadonlySet<string> = new Set(
  [
    'q x src user human goal topic task title subject source message text sentence document passage claim',
    'statement scenario story problem_description description body content source_text source_sentence',
    'text_prompt headline utterance question_title question_body frage anweisung aufgabe pregunta',
    'instruccion pergunta instrucao domanda istruzione consigne вопрос запрос инструкция 问题 提示 指令 提问 問題',
    '質問 指示 질문 지시 सवाल سؤال',
  ].flatMap((names) => names.split(' ')),
);

/** True for a text that could be a question. A word is rather a class. */
const isSentence = (value: Json): boolean =>
  typeof value === 'string' && (/\S\s+\S/.test(value.trim()) || /[^\p{ASCII}]{4}|[?？。]/u.test(value));

/** True for a text that asks for something: "open qa" and "machine learning" are classes. */
const isRequest = (value: Json): boolean =>
  typeof value !== 'string' || /[.?!:。？！]\s*$/.test(value) || value.trim().split(/\s+/).length > 4;

/** Fields that hold a class as often as a text. */
const isOftenClass = (name: string): boolean => kindOfField(name) === 'source';

interface PromptCandidate {
  readonly name: string;
  /** No file has such texts but as prompts. */
  readonly isClear: boolean;
}

function promptCandidate(name: string, records: readonly JsonObject[]): readonly PromptCandidate[] {
  const values = records.flatMap((record) => {
    const { [name]: value = null } = record;
    return isNothing(value) ? [] : [value];
  });
  const isMostly = (holds: (value: Json) => boolean): boolean =>
    values.filter(holds).length * 2 > values.length;
  const isEverywhere = values.length >= MIN_SHARE * records.length;
  if (!isEverywhere || !values.every((value) => hasShape(value, 'words'))) return [];
  const isClass = isOftenClass(name);
  const kinds = new Set(values.map((value) => JSON.stringify(value))).size;
  if (
    kinds < (isClass ? MIN_SHARE : 0.5) * values.length ||
    !isMostly((one) => isList(one) || isSentence(one))
  )
    return [];
  return [{ name, isClear: !isClass || isMostly(isRequest) }];
}

/**
 * Fields that may be the prompt of records without a known one: texts that differ from record to record. With two of
 * them, nobody can tell which one it is.
 */
export function promptCandidates(
  sample: readonly JsonObject[],
  taken: ReadonlySet<string>,
): readonly PromptCandidate[] {
  const records = sample.slice(0, MAX_RECORDS);
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return [...names]
    .filter((name) => !taken.has(name))
    .filter((name) => MAYBE_PROMPTS.has(name.toLowerCase()) || kindOfField(name) === 'prompt')
    .flatMap((name) => promptCandidate(name, records));
}
