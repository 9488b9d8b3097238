// The query language: what each term means, faults with their places, completion; and that the fast way finds the same.
import { describe, expect, it } from 'vitest';

import { complete } from '#core/query/complete.ts';
import { EXAMPLES, queryLines } from '#core/query/page.ts';
import { readQuery } from '#core/query/query.ts';

import { fast, numbersOf, plainly, queriedText } from '../fakes/queries.ts';

const RECORDS: readonly object[] = [
  // 1
  {
    prompt: 'Say hello',
    chosen: 'Hello there',
    rejected: 'No',
    source: 'ShareGPT',
    score: 5,
    tags: ['a', 'b'],
  },
  // 2
  {
    prompt: 'Refuse?',
    chosen: 'I refuse.',
    rejected: 'Yes, of course: "sure"',
    source: 'hh',
    score: 7.5,
    tags: [],
  },
  // 3
  {
    prompt: 'Straße',
    chosen: 'STRASSE is Straße',
    rejected: 'straße',
    source: null,
    score: '12',
    meta: { lang: 'de' },
  },
  // 4
  { prompt: 'Path', chosen: 'C:\\new\\table', rejected: 'a/b\nc\td', source: 'a (b)', score: true },
  // 5
  { prompt: '温度', chosen: '摂氏二十度です。', rejected: 'ΟΔΟΣ Kelvin', 'a.b': 1, 'odd name': 'x y' },
  // 6
  {
    prompt: 'Emoji',
    chosen: 'ok 👍🏽 fine',
    rejected: 'ﬁne',
    created: '2024-05-01',
    messages: [{ role: 'user' }, { role: 'tool' }],
  },
  // 7
  { prompt: '', chosen: 'same', rejected: 'same', margin: 3, text: 'own text' },
];

const TEXT = RECORDS.map((record) => JSON.stringify(record)).join('\n');
const data = queriedText(TEXT);
const ALL = [1, 2, 3, 4, 5, 6, 7];
const without = (...numbers: number[]): number[] => ALL.filter((one) => !numbers.includes(one));

/** Query → the numbers of the records. */
const MEANINGS: readonly (readonly [query: string, records: readonly number[]])[] = [
  ['', ALL],
  ['  ', ALL],
  // Words are searched in prompt and answers, in any letter case.
  ['hello', [1]],
  ['HELLO', [1]],
  ['refuse', [2]],
  ['"I refuse."', [2]],
  ['"i Refuse"', [2]],
  ['sharegpt', []],
  ['straße', [3]],
  ['STRAßE', [3]],
  ['οδος', [5]],
  ['οδοσ', [5]],
  ['kelvin', [5]],
  ['二十', [5]],
  ['👍🏽', [6]],
  ['"c:\\\\NEW"', [4]],
  ['"a/b\\nc"', [4]],
  ['"\\"sure\\""', [2]],
  ['h*o', [1]],
  ['"h*o"', []],
  ['ref*e', [2]],
  ['/hel+o/', [1]],
  ['/Hel+o t/', [1]],
  ['/^no$/i', [1]],
  ['/refus|二十/i', [2, 5]],
  // Parts.
  ['chosen:hello', [1]],
  ['prompt:hello', [1]],
  ['rejected:hello', []],
  ['chosen:refuse', [2]],
  ['rejected=No', [1]],
  ['rejected=no', []],
  ['rejected!=No', without(1)],
  ['prompt:*', without(7)],
  ['-prompt:*', [7]],
  ['text:/[A-Z]{3}/', [3]],
  // Logic.
  ['hello refuse', []],
  ['hello OR refuse', [1, 2]],
  ['hello AND there', [1]],
  ['NOT hello', without(1)],
  ['-hello', without(1)],
  ['- hello', []],
  ['-(hello OR refuse)', without(1, 2)],
  ['NOT NOT hello', [1]],
  ['(hello)', [1]],
  ['(hello OR refuse) chosen:refuse', [2]],
  ['hello OR refuse chosen:there', [1]],
  ['source:* (hello OR path)', [1, 4]],
  // Fields.
  ['source:sharegpt', [1]],
  ['source=sharegpt', []],
  ['source=ShareGPT', [1]],
  ['source!=ShareGPT', without(1)],
  ['source:share*', [1]],
  ['source:*GPT', [1]],
  ['source:s*e*t', [1]],
  ['source:s*x*t', []],
  ['source:/^h+$/', [2]],
  ['source:"a (b)"', [4]],
  ['source:*', [1, 2, 4]],
  ['source:null', [3]],
  ['-source:*', [3, 5, 6, 7]],
  ['score:5', [1]],
  ['score:5.0', [1]],
  ['score:12', [3]],
  ['score>5', [2, 3]],
  ['score>=5', [1, 2, 3]],
  ['score < 7.5', [1, 4]],
  ['score:>5', [2, 3]],
  ['score:true', [4]],
  ['tags:a', [1]],
  ['tags:A', [1]],
  ['tags:c', []],
  ['meta.lang:de', [3]],
  ['meta:*', [3]],
  ['a.b:1', [5]],
  ['"a.b":1', [5]],
  ['"odd name":"x y"', [5]],
  ['created>"2024-01-01"', [6]],
  ['created>2024-06-01', []],
  ['messages.role:tool', [6]],
  ['messages.1.role:tool', [6]],
  ['messages.0.role:tool', []],
  ['.margin:3', [7]],
  ['.margin>2', [7]],
  ['.text:"own text"', [7]],
  ['.chosen:same', [7]],
  // Facts.
  ['record:2', [2]],
  ['record>5', [6, 7]],
  ['record!=1', without(1)],
  ['line<=2', [1, 2]],
  ['pairs:1', ALL],
  ['pairs>1', []],
  ['chosen_length>15', [3]],
  ['rejected_length:2', [1]],
  ['length_difference<0', [2, 5]],
  ['length>30', [2]],
  ['is:unscored', ALL],
  ['is:scored', []],
  ['is:tie', []],
  ['is:pair', ALL],
  ['-margin:*', ALL],
  ['margin<0', []],
  ['margin!=0', ALL],
  ['schema:trl*', ALL],
  ['schema:none', []],
  ['rule:identical-pair', [7]],
  ['rule:identical*', [7]],
  ['rule:/identical|empty/', [7]],
  ['severity:error', [7]],
  ['is:finding', [7]],
  ['findings>0', [7]],
  ['is:finding OR hello', [1, 7]],
  ['is:finding hello', []],
  ['-is:finding (hello OR same)', [1]],
];

describe('a query', () => {
  it.each(MEANINGS)('%s', async (query, records) => {
    expect(numbersOf(plainly(data, query))).toEqual(records);
    expect(numbersOf((await fast(data, query)).picked)).toEqual(records);
  });

  it('reads the answers of records without pairs, and all strings of records without answers', () => {
    const judged = queriedText(
      [
        { prompt: 'q', completion: 'fine words', label: true },
        { prompt: 'q', completion: 'bad words', label: false },
      ]
        .map((one) => JSON.stringify(one))
        .join('\n'),
    );
    const of = (query: string): number[] => numbersOf(plainly(judged, query));
    expect([of('words'), of('chosen:words'), of('rejected:words'), of('is:good'), of('is:bad')]).toEqual([
      [1, 2],
      [1],
      [2],
      [1],
      [2],
    ]);
    const other = queriedText('{"x":{"y":"deep \\u0061 words"}}\n{"x":"no"}\n{broken words');
    expect(numbersOf(plainly(other, 'words'))).toEqual([1, 3]);
    expect(numbersOf(plainly(other, '"deep a"'))).toEqual([1]);
  });

  it('selects a record by one of its pairs, and takes the one that speaks most against its label', () => {
    const answers = ['best long answer', 'middle', 'worst'].map((answer, i) => ({
      answer,
      model: `m${i}`,
      rank: i + 1,
    }));
    const record = {
      prompt: '\n\nHuman: Name a bird\n\nAssistant: ',
      turns: 1,
      num_responses: 3,
      source: ['s'],
      good_natured: true,
    };
    const many = queriedText(
      [answers, answers.slice(1)].map((own) => JSON.stringify({ ...record, answers: own })).join('\n'),
    );
    const { facts } = many.survey;
    expect(facts.pairCount).toBe(4);
    const pairsOf = (query: string): unknown => {
      const { records, pairs } = plainly(many, query);
      return [[...records], [...pairs]];
    };
    expect(pairsOf('pairs>1')).toEqual([[0], [0]]);
    expect(pairsOf('chosen:middle rejected:worst')).toEqual([
      [0, 1],
      [2, 0],
    ]);
    expect(pairsOf('rejected:middle chosen:middle')).toEqual([[], []]);
    for (const [pair, margin] of [1, -2, 3, 4].entries()) facts.setMargin(pair, margin);
    expect(pairsOf('margin<0 OR record:2')).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(pairsOf('pairs>1')).toEqual([[0], [1]]);
  });

  it('knows edited, dropped and kept records', () => {
    const known = queriedText(TEXT, {
      isEdited: (record) => record < 2,
      isDropped: (record) => record === 1,
      kept: [{ rule: 'x', severity: 'error', record: 3, message: '', place: { path: [], part: 'value' } }],
    });
    expect(
      ['is:edited', 'is:dropped', 'is:kept', 'is:edited -is:dropped'].map((query) =>
        numbersOf(plainly(known, query)),
      ),
    ).toEqual([[1, 2], [2], [4], [1]]);
  });
});

describe('the page of the language', () => {
  const records = queriedText(
    [
      {
        prompt: 'q',
        chosen: 'Sorry, as an AI I refuse to help',
        rejected: 'fine',
        source: 'ShareGPT',
        info: { score: 4 },
        chosen_helpfulness: 1,
        rejected_helpfulness: 5,
      },
      {
        prompt: 'q',
        chosen: 'yes',
        rejected: 'Sorry',
        messages: [{ role: 'tool' }],
        'odd name': 'two words',
        label: null,
        margin: 3,
      },
    ]
      .map((one) => JSON.stringify(one))
      .join('\n'),
  );
  // What of two records each example finds; those of findings, edits and long answers need other data.
  const found: Readonly<Record<string, readonly number[]>> = {
    'margin<-1 length_difference>200': [],
    'is:edited -is:dropped': [],
    'rule:likely-mislabeled': [],
    'rejected:sorry OR (margin<0 length>2000)': [2],
    'source!=ShareGPT': [2],
    'messages.role:tool': [2],
    '"odd name":"two words"': [2],
    'label:null': [2],
    '.margin:3': [2],
  };

  it.each(EXAMPLES.map(([query]) => query))('%s', (query) => {
    expect(numbersOf(plainly(records, query))).toEqual(found[query] ?? [1]);
  });

  it('is one screen', () => {
    expect(queryLines().length).toBeLessThan(70);
    expect(Math.max(...queryLines().map(({ length }) => length))).toBeLessThan(170);
  });
});

/** Query → message, and the part of the query that it is about. */
const FAULTS: readonly (readonly [query: string, message: RegExp, at: string])[] = [
  ['"open', /never closed. Add a "/, '"open'],
  ['a /open', /never closed. Add a \//, '/open'],
  ['a (b', /never closed. Add a \)/, '('],
  ['a) b', /closes nothing/, ')'],
  ['()', /empty/, '()'],
  ['a OR', /missing after OR/, 'OR'],
  ['OR a', /missing before OR/, 'OR'],
  ['a OR OR b', /missing before OR/, 'OR'],
  ['a AND', /missing after AND/, 'AND'],
  ['AND a', /missing before AND/, 'AND'],
  ['NOT', /missing after NOT/, 'NOT'],
  ['margin>', /value is missing after `margin>`/, '>'],
  ['source:', /value is missing after `source:`.*`source:word`/, ':'],
  [':x', /field is missing before `:`.*quotes/, ':'],
  ['source:(a OR b)', /\(source:a OR source:b\)/, '('],
  ['margin:low', /`margin` is a number.*`margin>0`.*`\.margin`/, 'low'],
  ['margin:/a/', /is a number/, '/a/'],
  ['chosen>100', /`chosen` is a text.*`chosen_length>100`/, 'chosen>100'],
  ['text<5', /`length<5`/, 'text<5'],
  ['is:edit', /no state. Did you mean `edited`\?.*`tie`/, 'edit'],
  ['severity:eror', /Did you mean `error`\?/, 'eror'],
  ['rule:likely-mislabelled', /Did you mean `likely-mislabeled`\?/, 'likely-mislabelled'],
  ['rule>5', /has no order/, 'rule>5'],
  ['/(/', /regular expression is wrong: unterminated group/, '/(/'],
  ['/a/x', /Unknown flag `x`/, 'x'],
  ['margn<0', /No record has a field `margn`. Did you mean `margin`\?.*`\.margn`/, 'margn'],
  ['sourc:x', /Did you mean `source`\?/, 'sourc'],
  ['https://a.b', /quotes/, '//a.b'],
  ['.:x', /missing after the dot/, '.:'],
  ['"a"b"c":x', /never closed|no name|quotes/, ''],
  ['('.repeat(70) + 'a' + ')'.repeat(70), /More than 64/, ''],
  ['source:a '.repeat(40), /more than 31 conditions/, 'a'],
  ['x'.repeat(30_000), /longer than 20,000/, ''],
];

describe('a fault', () => {
  it.each(FAULTS)('%.40s', (query, message, at) => {
    const read = readQuery(query, ['source', 'score']);
    const fault = 'fault' in read ? read.fault : undefined;
    expect(fault?.message).toMatch(message);
    if (at !== '') expect(query.slice(fault?.start, fault?.end)).toBe(at);
    expect(fault!.start).toBeLessThanOrEqual(fault!.end);
    expect(fault!.end).toBeLessThanOrEqual(query.length);
  });

  it('is none for a rare field with a dot', () => {
    expect('fault' in readQuery('.margn<0 .rare:x', ['source'])).toBe(false);
  });
});

const FIELDS = [
  { name: 'source', kind: 'text', values: ['hh', '"a b"'] },
  { name: 'score', kind: 'number' },
  { name: 'chosen', kind: 'text' },
];

/** Query with | at the cursor → the query after each of the first completions. */
const COMPLETIONS: readonly (readonly [query: string, ...after: string[]])[] = [
  ['ma|', 'margin'],
  ['margin|', 'margin<', 'margin>', 'margin='],
  ['-ma|', '-margin'],
  ['a ru|', 'a rule:'],
  ['rule:likely|', 'rule:likely-mislabeled'],
  ['is:|', 'is:edited', 'is:dropped'],
  ['(is:ti| a)', '(is:tie a)'],
  ['sour|', 'source:'],
  ['source:|', 'source:hh', 'source:"a b"', 'source:*'],
  ['source:"a|', 'source:"a b"'],
  ['.cho|', '.chosen:'],
  ['hello O|', 'hello OR '],
  ['sev|erity:x', 'severity::x'],
  ['/ma|'],
  ['zzz|'],
];

describe('completion', () => {
  it.each(COMPLETIONS)('%s', (query, ...after) => {
    const cursor = query.indexOf('|');
    const text = query.replace('|', '');
    const items = complete(text, cursor, FIELDS);
    const made = items.map(({ insert, start, end }) => text.slice(0, start) + insert + text.slice(end));
    expect(made.slice(0, after.length)).toEqual(after);
    if (after.length === 0) expect(made).toEqual([]);
  });
});
