// Constraints that a program can check, under the names and with the meaning of IFEval (Zhou et al., 2023): a table of what
// each one asks of an answer. Constraints that need a tokenizer of sentences or a guess of the language are left out.
import type { Json, JsonObject } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';

export interface Constraint {
  readonly id: string;
  readonly args: JsonObject;
}

/** True if the answer meets it; undefined if an argument is missing or of another kind. */
type Meets = (text: string, args: JsonObject) => boolean | undefined;

const numberIn = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

const textsIn = (value: Json | undefined): readonly string[] | undefined =>
  isList(value) && value.every((one) => typeof one === 'string') ? value : undefined;

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** A word is text, whatever signs of patterns it holds. */
const literally = (word: string): string => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const inAnyCase = (word: string): RegExp => new RegExp(literally(word), 'giu');
const wholeWord = (word: string): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}_])${literally(word)}(?![\p{L}\p{N}_])`, 'giu');

function compared(found: number, relation: Json | undefined, limit: Json | undefined): boolean | undefined {
  const to = numberIn(limit);
  if (to === undefined) return undefined;
  if (relation === 'less than') return found < to;
  return relation === 'at least' ? found >= to : undefined;
}

function exactly(found: number, wanted: Json | undefined): boolean | undefined {
  const to = numberIn(wanted);
  return to === undefined ? undefined : found === to;
}

function atLeast(found: number, wanted: Json | undefined): boolean | undefined {
  const to = numberIn(wanted);
  return to === undefined ? undefined : found >= to;
}

/** True if there are letters and all of them have this case. */
function isCased(text: string, own: (letters: string) => string): boolean {
  return own(text) === text && text.toLowerCase() !== text.toUpperCase();
}

function isJson(text: string): boolean {
  const bare = text
    .trim()
    .replace(/^```(?:json)?/i, '')
    .replace(/```$/, '');
  try {
    JSON.parse(bare);
    return true;
  } catch {
    return false;
  }
}

/** Without the quotation marks at both ends. */
function unquoted(text: string): string {
  let [from, end] = [0, text.length];
  while (from < end && text[from] === '"') from++;
  while (end > from && text[end - 1] === '"') end--;
  return text.slice(from, end);
}

// Dataset texts may be hostile: no expression here starts again at each place of a long line or of many empty ones.
const BULLETS = [/^[^\S\n\r\u2028\u2029]*\*[^*].*$/gmu, /^[^\S\n\r\u2028\u2029]*-.*$/gmu] as const;
const HIGHLIGHTS = [/\*([^\n*]*)\*/gu, /\*\*([^\n*]*)\*\*/gu] as const;

const CONSTRAINTS: Readonly<Record<string, Meets>> = {
  'length_constraints:number_words': (text, { relation, num_words: words }) =>
    compared(count(text, /[\p{L}\p{N}_]+/gu), relation, words),
  'length_constraints:number_paragraphs': (text, { num_paragraphs: wanted }) => {
    const parts = text.split(/\s?\*\*\*\s?/u);
    // Separators at the ends make no paragraph; an empty one between them is a fault.
    const isEmpty = (part: string): boolean => part.trim() === '';
    if (parts.slice(1, -1).some(isEmpty)) return false;
    return exactly(parts.filter((part) => !isEmpty(part)).length, wanted);
  },
  'punctuation:no_comma': (text) => !text.includes(','),
  'change_case:english_capital': (text) => isCased(text, (all) => all.toUpperCase()),
  'change_case:english_lowercase': (text) => isCased(text, (all) => all.toLowerCase()),
  'detectable_format:json_format': isJson,
  'detectable_format:number_bullet_lists': (text, { num_bullets: wanted }) =>
    exactly(
      BULLETS.reduce((sum, bullet) => sum + count(text, bullet), 0),
      wanted,
    ),
  'detectable_format:title': (text) =>
    [...text.matchAll(/<<([^\n<>]*)>>/gu)].some(([, title = '']) => title.trim() !== ''),
  'detectable_format:number_highlighted_sections': (text, { num_highlights: wanted }) => {
    const marked = HIGHLIGHTS.flatMap((mark) => [...text.matchAll(mark)]);
    return atLeast(marked.filter(([, inside = '']) => inside.trim() !== '').length, wanted);
  },
  'detectable_content:number_placeholders': (text, { num_placeholders: wanted }) =>
    atLeast(count(text, /\[[^\n[\]]*\]/gu), wanted),
  'keywords:existence': (text, { keywords }) =>
    textsIn(keywords)?.every((word) => inAnyCase(word).test(text)),
  'keywords:forbidden_words': (text, { forbidden_words: words }) =>
    textsIn(words)?.every((word) => !wholeWord(word).test(text)),
  'keywords:frequency': (text, { keyword, frequency, relation }) =>
    typeof keyword === 'string' ? compared(count(text, inAnyCase(keyword)), relation, frequency) : undefined,
  'keywords:letter_frequency': (text, { letter, let_frequency: frequency, let_relation: relation }) =>
    typeof letter === 'string' && letter !== ''
      ? compared(count(text, inAnyCase(letter)), relation, frequency)
      : undefined,
  'startend:end_checker': (text, { end_phrase: phrase }) =>
    typeof phrase === 'string'
      ? unquoted(text.trim()).toLowerCase().endsWith(phrase.trim().toLowerCase())
      : undefined,
  'startend:quotation': (text) => {
    const own = text.trim();
    return own.length > 1 && own.startsWith('"') && own.endsWith('"');
  },
};

export const CONSTRAINT_NAMES: readonly string[] = Object.keys(CONSTRAINTS);

/** True if a text meets a constraint; undefined if nobody here can say. */
export function meets(text: string, { id, args }: Constraint): boolean | undefined {
  return CONSTRAINTS[id]?.(text, args);
}

/** The arguments of one constraint: an object, or its JSON in a string. */
function argsIn(value: Json | undefined): JsonObject {
  if (isObject(value)) return value;
  if (typeof value !== 'string') return {};
  try {
    const read = JSON.parse(value) as Json;
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}

/** The constraints of a record: `instruction_id_list` with `kwargs` beside it. */
export function constraintsOf(record: JsonObject): readonly Constraint[] {
  const { instruction_id_list: ids, kwargs } = record;
  const args = isList(kwargs) ? kwargs : [];
  return (textsIn(ids) ?? []).map((id, i) => ({ id, args: argsIn(args[i]) }));
}
