// What each constraint asks, by hand: the answer, the arguments, and whether it meets them.
import { describe, expect, it } from 'vitest';

import { callsOf } from '#core/mapping/said/calls.ts';
import { CONSTRAINT_NAMES, constraintsOf, meets } from '#core/mapping/said/constraints.ts';
import type { JsonObject } from '#core/model/json.ts';
import { plainTurns } from '#core/model/pair.ts';

const CASES: readonly (readonly [
  id: string,
  args: JsonObject,
  yes: readonly string[],
  no: readonly string[],
])[] = [
  // "It’s 2 birds" has the words It, s, 2, birds.
  [
    'length_constraints:number_words',
    { relation: 'at least', num_words: 4 },
    ['It’s 2 birds'],
    ['two birds here'],
  ],
  [
    'length_constraints:number_words',
    { relation: 'less than', num_words: 4 },
    ['two birds here'],
    ['It’s 2 birds'],
  ],
  [
    'length_constraints:number_paragraphs',
    { num_paragraphs: 2 },
    ['a\n***\nb', '***a *** b***'],
    ['a', 'a***b***c', 'a*** ***b'],
  ],
  ['punctuation:no_comma', {}, ['a; b', 'a、b'], ['a, b']],
  ['change_case:english_capital', {}, ['A WREN. 2'], ['A Wren', '123']],
  ['change_case:english_lowercase', {}, ['a wren. 2'], ['a Wren', '123']],
  [
    'detectable_format:json_format',
    {},
    ['{"a": 1}', ' ```json\n[1]\n```', '3'],
    ["{'a': 1}", 'So: {"a": 1}'],
  ],
  [
    'detectable_format:number_bullet_lists',
    { num_bullets: 2 },
    ['* a\n* b', '- a\n  - b', '* a\n- b'],
    ['* a', '**a**\n* b', '* a\n* b\n* c'],
  ],
  ['detectable_format:title', {}, ['<<A wren>>\ntext'], ['<A wren>', '<< >>']],
  [
    'detectable_format:number_highlighted_sections',
    { num_highlights: 2 },
    ['*a* and *b*', '**a** and *b*'],
    ['*a*', '** ** and *b*'],
  ],
  [
    'detectable_content:number_placeholders',
    { num_placeholders: 2 },
    ['[name] [city]'],
    ['[name]', '[name\ncity] x'],
  ],
  ['keywords:existence', { keywords: ['wren', 'C++'] }, ['Wren and c++'], ['wren and c', 'c++']],
  ['keywords:forbidden_words', { forbidden_words: ['hen'] }, ['when then'], ['A hen.', 'HEN']],
  ['keywords:frequency', { keyword: 'hen', frequency: 2, relation: 'at least' }, ['hen and Hen'], ['hen']],
  ['keywords:frequency', { keyword: 'hen', frequency: 2, relation: 'less than' }, ['hen'], ['hen and Hen']],
  [
    'keywords:letter_frequency',
    { letter: 'e', let_frequency: 3, let_relation: 'at least' },
    ['Eerie'],
    ['tree'],
  ],
  [
    'startend:end_checker',
    { end_phrase: 'Any questions?' },
    ['Yes. any questions?"'],
    ['Any questions? No.'],
  ],
  ['startend:quotation', {}, [' "A wren." '], ['"A wren.', '"']],
];

describe('a constraint', () => {
  it.each(CASES)('%s %j is met, and is not', (id, args, yes, no) => {
    expect(yes.map((text) => meets(text, { id, args }))).toEqual(yes.map(() => true));
    expect(no.map((text) => meets(text, { id, args }))).toEqual(no.map(() => false));
  });

  it('of each name has such cases', () => {
    expect([...new Set(CASES.map(([id]) => id))].sort()).toEqual([...CONSTRAINT_NAMES].sort());
  });

  it('is unknown without its arguments, or if nobody here can check it', () => {
    const unknown = [
      'length_constraints:number_words',
      'keywords:existence',
      'startend:end_checker',
      'language:response_language',
    ];
    expect(unknown.map((id) => meets('text', { id, args: {} }))).toEqual(unknown.map(() => undefined));
    expect(
      meets('text', { id: 'length_constraints:number_words', args: { relation: 'about', num_words: 3 } }),
    ).toBeUndefined();
  });

  it('stands in a record with its arguments, as objects or as text', () => {
    const record = { instruction_id_list: ['a', 'b', 'c'], kwargs: [{ n: 1 }, '{"n": 2}', 'none'] };
    expect(constraintsOf(record)).toEqual([
      { id: 'a', args: { n: 1 } },
      { id: 'b', args: { n: 2 } },
      { id: 'c', args: {} },
    ]);
    expect(constraintsOf({})).toEqual([]);
  });
});

/** Texts on which an expression that starts again at each place takes hours. */
const HOSTILE: Readonly<Record<string, string>> = {
  'empty lines': `${'\n'.repeat(1_000_000)}x`,
  'an open title': `<<${' a'.repeat(500_000)}`,
  'open titles': '<<'.repeat(500_000),
  'open placeholders': '['.repeat(1_000_000),
  'quotation marks': `x${'"'.repeat(1_000_000)}x`,
  stars: '*'.repeat(1_000_000),
  'open calls': '<tool_call>'.repeat(100_000),
  'an open call': `<tool_call>${' '.repeat(1_000_000)}`,
};

describe('a hostile answer', () => {
  const args: JsonObject = {
    ...{ num_words: 1, relation: 'at least', num_paragraphs: 1, num_bullets: 1, num_highlights: 1 },
    ...{ num_placeholders: 1, keywords: ['a'], forbidden_words: ['a'], keyword: 'a', frequency: 1 },
    ...{ letter: 'a', let_frequency: 1, let_relation: 'at least', end_phrase: 'end' },
  };

  it.each(Object.entries(HOSTILE))('of %s is judged, and its calls are read', (_, text) => {
    for (const id of CONSTRAINT_NAMES)
      expect([id, typeof meets(text, { id, args })]).toEqual([id, 'boolean']);
    expect(callsOf({ text, turns: plainTurns(text) } as Parameters<typeof callsOf>[0])).toEqual([]);
  });
});
