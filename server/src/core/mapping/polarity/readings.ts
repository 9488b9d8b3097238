// The ways to read a label whose meaning its schema leaves open: which of its values prefers which answer.
import type { Json, JsonObject } from '../../model/json.ts';
import { findField, formatPath } from '../field.ts';
import { findShaped } from '../forms/form.ts';
import type { Answers, Label, Mapping, Order, Verdicts } from '../mapping.ts';

/** What an entry of preflens.json says to settle the meaning of a label. */
export interface Settlement {
  readonly mapping: string;
  readonly better?: Verdicts;
  readonly positive?: 'first' | 'second';
  readonly best?: 'high' | 'low';
}

/** One way to read a file. Plain data. */
export interface OpenReading {
  /** An entry of "mappings", without its files. */
  readonly rule: Settlement;
  /** Which answer this reading calls better, as a sentence without its full stop. */
  readonly words: string;
  /** What `--better` takes to choose this reading. */
  readonly better: string;
}

/** Labels whose numbers may count from 0, with 2 as a tie, or from 1, with 0 as a tie. */
function countsTwice({ first, second, ties = [] }: Verdicts): boolean {
  return [0, 1, 2].every((value) => [...first, ...second, ...ties].includes(value));
}

function turnedVerdicts<V extends Verdicts>(verdicts: V): V {
  return { ...verdicts, first: verdicts.second, second: verdicts.first };
}

type Which = 'first' | 'second';

const otherSide = (side: Which): Which => (side === 'first' ? 'second' : 'first');

const FROM_ONE: Verdicts = { first: [1, '1'], second: [2, '2'], ties: [0, '0'] };

/** All readings of a label, the one that is written in the table first. */
function labelReadings(label: Label): readonly Label[] {
  if (label.kind === 'value') {
    const counted = countsTwice(label) ? [label, { ...label, ...FROM_ONE }] : [label];
    return counted.flatMap((one) => [one, turnedVerdicts(one)]);
  }
  if (label.kind === 'strength') return [label, { ...label, positive: otherSide(label.positive) }];
  if (label.kind === 'between') return [label, { ...label, low: otherSide(label.low ?? 'first') }];
  return [label];
}

function orderReadings(order: Order): readonly Order[] {
  if (order.kind === 'index' && order.start !== undefined)
    return [order, { ...order, start: order.start === 0 ? 1 : 0 }];
  if (order.kind !== 'number' && order.kind !== 'list') return [order];
  return [order, { ...order, best: order.best === 'low' ? 'high' : 'low' }];
}

function answerReadings(answers: Answers): readonly Answers[] {
  if (answers.kind === 'choice') return labelReadings(answers.label).map((label) => ({ ...answers, label }));
  if (answers.kind === 'candidates')
    return orderReadings(answers.order).map((order) => ({ ...answers, order }));
  if (answers.kind === 'unpaired') {
    const { verdict } = answers;
    const { first = [], second = [] } = verdict;
    return [answers, { ...answers, verdict: { ...verdict, first: second, second: first } }];
  }
  return [answers];
}

/** All readings of an open mapping, the one in the table first. */
export function readingsOf(mapping: Mapping): readonly Mapping[] {
  return answerReadings(mapping.answers).map((answers) => ({ ...mapping, answers }));
}

type Meaning = Pick<Settlement, 'better' | 'positive' | 'best'>;

/** The reading that preflens.json names. */
function settledWords({ better, positive, best }: { [K in keyof Meaning]: Meaning[K] | undefined }): string {
  if (better) return `${spelt(better.first)} means the first answer, ${spelt(better.second)} the second`;
  if (positive !== undefined) return `higher numbers mean that the ${positive} answer is better`;
  return `the answer with the ${best === 'low' ? 'lower' : 'higher'} number is better`;
}

/** The mapping with the meaning that an entry of preflens.json gives its label; undefined if it has no such label. */
export function withSettlement(
  mapping: Mapping,
  { better, positive, best }: Settlement,
): Mapping | undefined {
  if (!better && positive === undefined && best === undefined) return mapping;
  const { answers } = mapping;
  const settled = (own: Answers): Mapping => ({
    ...mapping,
    answers: own,
    convention: 'fixed',
    polarity: settledWords({ better, positive, best }),
  });
  if (answers.kind === 'choice') {
    const { label } = answers;
    if (better && label.kind === 'value') return settled({ ...answers, label: { ...label, ...better } });
    if (positive !== undefined && label.kind === 'strength')
      return settled({ ...answers, label: { ...label, positive } });
    if (positive !== undefined && label.kind === 'between')
      return settled({ ...answers, label: { ...label, low: otherSide(positive) } });
  }
  if (answers.kind === 'unpaired' && better && answers.verdict.first)
    return settled({ ...answers, verdict: { at: answers.verdict.at, ...better } });
  if (answers.kind === 'candidates' && better && answers.order.kind === 'index')
    return settled({ ...answers, order: { ...answers.order, start: better.first[0] === 1 ? 1 : 0 } });
  if (answers.kind !== 'candidates' || best === undefined) return undefined;
  const { order } = answers;
  return order.kind === 'number' || order.kind === 'list'
    ? settled({ ...answers, order: { ...order, best } })
    : undefined;
}

/** The names of a label and of the two answers that it compares, as a record spells them. */
export interface Names {
  readonly label: string;
  readonly first: string;
  readonly second: string;
}

/** The field with the values of an open label; empty for scores and ranks. */
export function labelRefOf(answers: Answers): string {
  if (answers.kind === 'choice') return 'at' in answers.label ? answers.label.at : '';
  if (answers.kind === 'unpaired') return answers.verdict.at;
  return answers.kind === 'candidates' && answers.order.kind === 'index' ? answers.order.at : '';
}

export function namesIn({ answers }: Mapping, record: JsonObject): Names {
  const name = (path: Parameters<typeof formatPath>[0] | undefined): string => (path ? formatPath(path) : '');
  const at = labelRefOf(answers);
  if (answers.kind !== 'choice' || !('at' in answers.label))
    return { label: at === '' ? '' : name(findField(record, at)?.path), first: '', second: '' };
  return {
    label: name(findField(record, answers.label.at)?.path),
    first: name(findShaped(record, answers.first)?.path),
    second: name(findShaped(record, answers.second)?.path),
  };
}

/** The verdicts with those values alone that a file has, and their opposites. */
function seenVerdicts({ first, second, ties = [] }: Verdicts, seen: readonly Json[]): Verdicts {
  const at = first.flatMap((value, i) =>
    seen.includes(value) || seen.includes(second[i] ?? null) ? [i] : [],
  );
  const of = (values: readonly Json[]): Json[] => at.flatMap((i) => values[i] ?? []);
  const tied = ties.filter((value) => seen.includes(value));
  return { first: of(first), second: of(second), ...(tied.length > 0 && { ties: tied }) };
}

const wordOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const spelt = (values: readonly Json[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

/** @param seen the values of the label in the file */
export function describeReading(mapping: Mapping, names: Names, seen: readonly Json[]): OpenReading {
  const { id, answers } = mapping;
  const { label: name, first, second } = names;
  if (answers.kind === 'choice' && answers.label.kind === 'value') {
    const better = seenVerdicts(answers.label, seen);
    const ties = better.ties ? `, ${spelt(better.ties)} a tie` : '';
    return {
      rule: { mapping: id, better },
      words: `"${name}" ${spelt(better.first)} means that "${first}" is better, ${spelt(better.second)} that "${second}" is${ties}`,
      better: `${wordOf(better.first[0])}=${first}`,
    };
  }
  if (answers.kind === 'choice' && answers.label.kind === 'strength') {
    const { positive } = answers.label;
    const [own, other] = positive === 'first' ? [first, second] : [second, first];
    return {
      rule: { mapping: id, positive },
      words: `"${name}" above 0 means that "${own}" is better, below 0 that "${other}" is`,
      better: `positive=${own}`,
    };
  }
  if (answers.kind === 'choice' && answers.label.kind === 'between') {
    const { min, max, low = 'first' } = answers.label;
    const [own, other] = low === 'first' ? [first, second] : [second, first];
    return {
      rule: { mapping: id, positive: otherSide(low) },
      words: `"${name}" ${min} means that "${own}" is better, ${max} that "${other}" is, ${(min + max) / 2} a tie`,
      better: `${max}=${other}`,
    };
  }
  if (answers.kind === 'candidates' && (answers.order.kind === 'number' || answers.order.kind === 'list')) {
    const { best, at } = answers.order;
    return {
      rule: { mapping: id, best },
      words: `the answer with the ${best === 'low' ? 'lower' : 'higher'} "${[at].flat()[0] ?? ''}" is better`,
      better: best,
    };
  }
  if (answers.kind === 'candidates' && answers.order.kind === 'index') {
    const { start = 0 } = answers.order;
    return {
      rule: { mapping: id, better: { first: [start], second: [start + 1] } },
      words: `"${name}" ${start} means that the first answer of the list is the best`,
      better: `${start}=first`,
    };
  }
  if (answers.kind === 'unpaired') {
    const { first: good = [], second: bad = [] } = answers.verdict;
    const better = seenVerdicts({ first: good, second: bad }, seen);
    return {
      rule: { mapping: id, better },
      words: `"${name}" ${spelt(better.first)} means a good answer, ${spelt(better.second)} a bad one`,
      better: `${wordOf(better.first[0])}=good`,
    };
  }
  return { rule: { mapping: id }, words: mapping.polarity, better: '' };
}
