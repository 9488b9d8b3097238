// What the name of a label says about the meaning of its values.
import { wordsOf } from '../../model/fieldNames.ts';
import { differingWords } from '../sides.ts';
import type { Names } from './readings.ts';

export interface LabelName {
  /** It names the better answer, the worse one, or says neither. */
  readonly names: 'better' | 'worse' | undefined;
  /** It is a number that counts the answers, like "better_response_id". */
  readonly isIndex: boolean;
  /** It is about one of the answers, like "a_is_better" and "is_response_1_preferred". */
  readonly about: 'first' | 'second' | undefined;
  /** What a number above 0, or near 1, stands for: how much is gained, or the rest. */
  readonly isGain: boolean;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const BETTER = words(
  'winner winning win wins won better best preferred prefer prefers chosen choose choice selected select selection picked pick favorite favourite favored favoured safer nicer stronger top',
);
const WORSE = words(
  'worse worst loser losing lose loses lost rejected reject dispreferred weaker bad bottom',
);
/** Only beside the name of an answer: "preference_a", "prob_a". */
const ABOUT_ONE = words('preference over minus beats good prob probability p is rate');
const INDEX = words('id idx index no num number pos position');
const GAIN = words(
  'margin diff difference delta utility advantage gain minus score reward prob probability rate elo',
);
const NOT = words('not non un dis');

const FIRST = words('first left');
const SECOND = words('second right');

/** The words in which the names of the two answers differ, such as "a" and "b"; empty if there are none. */
export function sideWords({ first, second }: Names): readonly [string, string] {
  return differingWords(first, second) ?? ['', ''];
}

export function readLabelName(names: Names): LabelName {
  const own = wordsOf(names.label);
  const has = (set: ReadonlySet<string>): boolean => own.some((word) => set.has(word));
  const isWorse = has(WORSE) !== (has(BETTER) && has(NOT));
  const isBetter = has(BETTER) && !isWorse;
  const [a, b] = sideWords(names);
  const isFirst = (word: string): boolean => (a !== '' && word === a) || FIRST.has(word);
  const isSecond = (word: string): boolean => (b !== '' && word === b) || SECOND.has(word);
  // "a_over_b" is about the first that it names.
  const side = own.find((word) => isFirst(word) || isSecond(word));
  const isAbout = side !== undefined && !has(INDEX) && (isBetter || isWorse || has(ABOUT_ONE));
  return {
    names: isWorse ? 'worse' : isBetter ? 'better' : undefined,
    isIndex: has(INDEX),
    about: isAbout ? (isFirst(side) ? 'first' : 'second') : undefined,
    isGain: has(GAIN),
  };
}
