// What the text beside a dataset, its README or card, says of a label: "label 1 means response_a is better". Only
// plain statements count, and only those that agree with each other.
import type { Json } from '../../model/json.ts';
import type { Preferred } from '../forms/label.ts';
import { sideWords } from './labelNames.ts';
import type { Names } from './readings.ts';

/** A text that describes a dataset. Plain data. */
export interface Card {
  /** Its file name. */
  readonly name: string;
  readonly text: string;
}

export interface CardSays {
  /** What each value means. */
  readonly meanings: ReadonlyMap<Json, Preferred>;
  /** Every meaning says that its answer is better, not only which answer it is. */
  readonly isClear: boolean;
}

type Side = 'first' | 'second';

const other = (side: Side): Side => (side === 'first' ? 'second' : 'first');
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Without the marks of Markdown and YAML that quote a name or a value. */
function unquoted(line: string): string {
  return line.replaceAll(/[`*"'“”‘’[\]]/g, '');
}

const indentOf = (line: string): number => /^[\s>]*/.exec(line)?.[0].length ?? 0;

/** Lines after the one that names the label, at most. */
const MAX_BLOCK = 12;

/** A line that begins with a value: "- 0: response_a". */
const VALUE_FIRST =
  /^[\s>]*(?:[-+•]|\d+[.)])?\s*\|?\s*(?:-?\d+(?:\.\d+)?|true|false|[a-z])\s*(?:[=:|→–-]|means\b)/i;

/** The line that names the label and the lines below that belong to it. */
function blocksAbout(text: string, label: string): readonly string[] {
  const lines = text.split(/\r?\n/).map(unquoted);
  const name = new RegExp(`(?<![\\w.])${escaped(label)}(?![\\w.]\\w)`, 'i');
  return lines.flatMap((line, i) => {
    if (!name.test(line)) return [];
    const own = [line.slice((name.exec(line)?.index ?? 0) + label.length)];
    for (const next of lines.slice(i + 1, i + 1 + MAX_BLOCK)) {
      const isBelow = next.trim() === '' || indentOf(next) > indentOf(line) || VALUE_FIRST.test(next);
      if (!isBelow || name.test(next)) break;
      own.push(next);
    }
    return [own.join('\n')];
  });
}

const BETTER =
  /better|prefer|best|\bwins?\b|winner|winning|\bwon\b|chosen|chose|selected|favou?red|superior|picked/i;
const WORSE =
  /worse|worst|dispreferred|reject|\bloses?\b|loser|\blost\b|inferior|(?:\bnot|n.?t|less|least) (?:better|preferred|favou?red|chosen)/i;
/** Words with one for a better answer in them, that mean the opposite. */
const TURNS = /(?:\bnot|n.?t|less|least) (?:better|preferred|favou?red|chosen)|dispreferred/i;

/** All that a clause may hold besides the name of an answer, if it says no more than which answer it is. */
const FILLER =
  /\b(?:the|is|of|for|and|or|an?|response|answer|output|completion|model|assistant|option|one|choice|much|clearly|slightly|strongly|number|index)\b|[\s\W_]/gi;

const TIE = /\b(?:ties?|tied|equal(?:ly)?|draw|both|neither|same|no preference|indifferent)\b/i;
const REST = /^\s*(?:otherwise|else|if not)\b/i;
const COMPARES = /better than|over|than|preferred to|beats|>/i;

const NOUN = '(?:response|answer|output|completion|model|assistant|option|summary|candidate|reply|text)';

/** What may follow a letter that names an answer. */
const NO_ARTICLE = '(?=\\s*(?:$|[,;.)|>\\n]|(?:is|was|wins?|won|over|better|preferred|and|or)\\b))';

/** A place where a text names an answer. */
interface NamedSide {
  readonly side: Side;
  readonly at: number;
  readonly end: number;
}

/** All places where a text names an answer. */
function sidesIn(text: string, names: Names): readonly NamedSide[] {
  const [a, b] = sideWords(names);
  const found = (side: Side, name: string, word: string, position: string) => {
    const spelt = escaped(name).replaceAll(/_|\s|\\-/g, '[ _-]?');
    const worded = word === '' ? '' : `|${NOUN}s?[ _-]?${escaped(word)}`;
    const named = [...text.matchAll(new RegExp(`(?<!\\w)(?:${spelt}${worded}|${position})(?!\\w)`, 'gi'))];
    // "A" alone is a name only where no article can stand.
    const alone = /^[a-z]$/.test(word)
      ? [...text.matchAll(new RegExp(`(?<![\\w-])${word.toUpperCase()}${NO_ARTICLE}`, 'g'))]
      : [];
    const places = new Map([...alone, ...named].map((match) => [match.index, match.index + match[0].length]));
    return [...places].map(([at, end]) => ({ side, at, end }));
  };
  return [
    ...found('first', names.first, a, 'first|left'),
    ...found('second', names.second, b, 'second|right'),
  ].sort((one, two) => one.at - two.at);
}

/** What is left of a clause without the names of the answers and words that say nothing. */
function withoutSides(clause: string, names: Names): string {
  const own = sidesIn(clause, names).reduceRight(
    (text, { at, end }) => text.slice(0, at) + text.slice(end),
    clause,
  );
  return own.replaceAll(FILLER, '');
}

interface Meaning {
  readonly preferred: Preferred;
  readonly isClear: boolean;
}

/** The answer that a clause calls better; undefined if it names none, or leaves open which. */
function meaningOf(clause: string, names: Names): Meaning | undefined {
  const sides = sidesIn(clause, names);
  const [one, two] = sides;
  const isTie = TIE.test(clause);
  if (!one) return isTie ? { preferred: 'tie', isClear: true } : undefined;
  if (isTie) return undefined;
  const isBetter = BETTER.test(clause);
  const isWorse = WORSE.test(clause);
  const isBoth = sides.some(({ side }) => side !== one.side);
  if (isBoth && !(two && sides.length === 2 && COMPARES.test(clause.slice(one.at, two.at)))) return undefined;
  // "better than" has the word once; "not better" is both.
  if (isWorse && isBetter && !TURNS.test(clause)) return undefined;
  // "0: response_a is harmful" says something else.
  if (!isBetter && !isWorse && !(isBoth && />|over/i.test(clause)) && withoutSides(clause, names) !== '')
    return undefined;
  return {
    preferred: isWorse ? other(one.side) : one.side,
    isClear: isBetter || isWorse || (isBoth && />|over/i.test(clause)),
  };
}

/** A value, and where what it means begins. */
const VALUE = '(-?\\+?\\d+(?:\\.\\d+)?|true|false|positive|negative|[ab])';
const STATES = new RegExp(
  `(?<![\\w.])${VALUE}(?:\\s+values?)?\\s*(?:=+>?|:|->|→|–|\\||means?(?: that)?|indicat(?:es?|ing)(?: that)?|denot(?:es?|ing)|stands? for|represents?|says(?: that)?|for|if|when|is|\\(|-(?=\\s))\\s*`,
  'gi',
);
const RESTS = new RegExp(`(?<![\\w.])${VALUE}\\s+(?=otherwise|else|if not)`, 'gi');

function valueOf(text: string, seen: readonly Json[]): Json | undefined {
  const spelt = text.toLowerCase().replace(/^\+/, '');
  const numbers = seen.filter((one) => typeof one === 'number');
  if (spelt === 'positive') return Math.max(1, ...numbers);
  if (spelt === 'negative') return Math.min(-1, ...numbers);
  const known = seen.find(
    (one) => one !== null && typeof one !== 'object' && String(one).toLowerCase() === spelt,
  );
  if (known !== undefined) return known;
  return /\d/.test(spelt) && numbers.length > 0 ? Number(spelt) : undefined;
}

/** What one block says; undefined if it says two things of one value. */
function statementsIn(
  block: string,
  names: Names,
  seen: readonly Json[],
): ReadonlyMap<Json, Meaning> | undefined {
  const starts = [...block.matchAll(STATES), ...block.matchAll(RESTS)]
    .flatMap((match) => {
      const value = valueOf(match[1] ?? '', seen);
      return value === undefined ? [] : [{ value, from: match.index, to: match.index + match[0].length }];
    })
    .sort((a, b) => a.from - b.from);
  const found = new Map<Json, Meaning>();
  let before: Meaning | undefined;
  for (const [i, { value, to }] of starts.entries()) {
    const clause = (
      block.slice(to, starts[i + 1]?.from).split(/[;\n]|\.\s|, (?:and|or)? ?$/)[0] ?? ''
    ).trim();
    const isRest = REST.test(clause);
    const meaning: Meaning | undefined =
      isRest && before && before.preferred !== 'tie'
        ? { preferred: other(before.preferred), isClear: before.isClear }
        : meaningOf(clause, names);
    if (!meaning) continue;
    const known = found.get(value);
    if (known && known.preferred !== meaning.preferred) return undefined;
    found.set(value, meaning);
    before = meaning;
  }
  return found;
}

/** What a card says of a label; undefined if it says nothing, or contradicts itself. */
export function cardSays(card: Card, names: Names, seen: readonly Json[]): CardSays | undefined {
  if (names.label === '') return undefined;
  const meanings = new Map<Json, Preferred>();
  let isClear = true;
  for (const block of blocksAbout(card.text, names.label)) {
    const said = statementsIn(block, names, seen);
    if (!said) return undefined;
    for (const [value, meaning] of said) {
      const known = meanings.get(value);
      if (known !== undefined && known !== meaning.preferred) return undefined;
      meanings.set(value, meaning.preferred);
      isClear &&= meaning.isClear || meaning.preferred === 'tie';
    }
  }
  const decided = [...meanings.values()].filter((one) => one !== 'tie');
  // Two values with one meaning are no label of two answers, unless they are steps of a scale.
  const isOneSided = decided.length === 2 && seen.length <= 3 && decided[0] === decided[1];
  return decided.length === 0 || isOneSided ? undefined : { meanings, isClear };
}
