// Two answers and a label whose values don't say by themselves which answer they prefer: `polarity` decides which of
// the readings applies, and the table holds one of them.
import type { FieldRef } from '../field.ts';
import type { Label, Mapping } from '../mapping.ts';
import {
  ABOUT_NAMES,
  ANSWER_NAMES,
  ANY_PROMPT,
  anyOf,
  DIFFERENCE_NAMES,
  joined,
  LABEL_NAMES,
  WORSE_LABEL_NAMES,
} from '../vocabulary.ts';

/** "response_a" and "responsea". */
const ending = (...ends: readonly string[]): readonly string[] =>
  joined(
    ends.flatMap((end) => [`_${end}`, end]),
    ANSWER_NAMES,
  );

interface Sides {
  readonly first: FieldRef;
  readonly second: FieldRef;
  /** A third answer: the label chooses among more than two. */
  readonly further: FieldRef;
}

const LETTERS: Sides = {
  first: anyOf([
    ...ending('a', 'A', '1'),
    'left',
    'first',
    'left_response',
    'first_response',
    'response_left',
  ]),
  second: anyOf([
    ...ending('b', 'B', '2'),
    'right',
    'second',
    'right_response',
    'second_response',
    'response_right',
  ]),
  further: anyOf(ending('c', 'C', '3')),
};

/** Answers that are counted from 0. */
const FROM_ZERO: Sides = {
  first: anyOf(ending('0')),
  second: anyOf(ending('1')),
  further: anyOf(ending('2')),
};

const LABELS = anyOf([...LABEL_NAMES, 'chosen', ...DIFFERENCE_NAMES, ...WORSE_LABEL_NAMES, ...ABOUT_NAMES]);

const LABEL_KINDS: Readonly<Record<string, { readonly title: string; readonly label: Label }>> = {
  'zero-one': {
    title: 'two answers and a label, 0 or 1',
    label: {
      kind: 'value',
      at: LABELS,
      first: [0, '0', false, 'false', 'False'],
      second: [1, '1', true, 'true', 'True'],
    },
  },
  'one-two': {
    title: 'two answers and a label, 1 or 2',
    label: { kind: 'value', at: LABELS, first: [1, '1'], second: [2, '2'] },
  },
  'zero-one-two': {
    title: 'two answers and a label, 0, 1 or 2',
    label: { kind: 'value', at: LABELS, first: [0, '0'], second: [1, '1'], ties: [2, '2'] },
  },
  'zero-to-one': {
    title: 'two answers and a number from 0 to 1',
    label: { kind: 'between', at: LABELS, min: 0, max: 1 },
  },
  'one-to-five': {
    title: 'two answers and a step from 1 to 5',
    label: { kind: 'between', at: LABELS, min: 1, max: 5 },
  },
  'one-to-seven': {
    title: 'two answers and a step from 1 to 7',
    label: { kind: 'between', at: LABELS, min: 1, max: 7 },
  },
  sign: {
    title: 'two answers and a number above or below 0',
    label: { kind: 'strength', at: LABELS, positive: 'second', max: Number.MAX_VALUE },
  },
};

function rowsFor(kind: string, sides: Sides, ending: string): readonly Mapping[] {
  const own = LABEL_KINDS[kind];
  if (!own) return [];
  return [
    {
      id: `label-${kind}${ending}`,
      title: own.title + (ending === '' ? '' : ', answers counted from 0'),
      prompt: [ANY_PROMPT],
      answers: {
        kind: 'choice',
        first: { at: sides.first, as: 'words' },
        second: { at: sides.second, as: 'words' },
        label: own.label,
      },
      unless: [sides.further],
      convention: 'open',
      polarity: 'evidence decides which value prefers which answer, or a person',
    },
  ];
}

export const OPEN: readonly Mapping[] = Object.keys(LABEL_KINDS).flatMap((kind) => [
  ...rowsFor(kind, LETTERS, ''),
  ...rowsFor(kind, FROM_ZERO, '-from-zero'),
]);
