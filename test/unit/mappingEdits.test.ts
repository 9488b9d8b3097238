// Edits that a mapping makes in a way of its own, and the records for which it has none.
import { expect, it } from 'vitest';

import { applyEdits } from '#core/edits/bytes.ts';
import { planEdit } from '#core/edits/edit.ts';
import { readRecord } from '#core/mapping/read.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { JsonObject } from '#core/model/json.ts';

import { decode, encode } from '../fakes/records.ts';

/** The record after a flip of its first pair, or the reason against it. */
function flip(line: string, id: string): string {
  const value = JSON.parse(line) as JsonObject;
  const mapping = recognise([value])?.mapping;
  expect(mapping?.id).toBe(id);
  const read = readRecord(mapping!, value);
  if ('problem' in read) return read.problem.expected;
  const plan = planEdit(mapping!, encode(line), value, read.pairs[0]!.candidates, { kind: 'flip' });
  if (plan.kind === 'refused') return plan.reason;
  return plan.kind === 'edits' ? decode(applyEdits(encode(line), plan.edits)) : plan.kind;
}

const SPIDER = '{"role":"user","content":"q"}';

it.each([
  ['1.9300', '1.0700'],
  ['1', '2'],
  ['1.0', '2.0'],
  ['1.00000000000000000001', '1.99999999999999999999'],
])('mirrors a preference of %s with as many digits', (from, to) => {
  const record = (preference: string): string =>
    `{"instruction":"q","output_1":"a","output_2":"b","preference":${preference},"annotator":"j"}`;
  expect(flip(record(from), 'alpaca-eval')).toBe(record(to));
});

it('exchanges the outputs of a preference in another spelling, with their generators', () => {
  const record = (one: string, two: string): string =>
    `{"instruction":"q","generator_1":"m${one}","output_1":"${one}","generator_2":"m${two}","output_2":"${two}","preference":1e0}`;
  expect(flip(record('a', 'b'), 'alpaca-eval')).toBe(record('b', 'a'));
});

it('exchanges the ending of a conversation with messages in another number', () => {
  const call = '{"role":"tool_call","content":"{}"} , {"role":"tool_response","content":"1"}';
  const record = (ending: string, rival: string): string =>
    `{"messages":[${SPIDER}, ${ending}],"rejected_response":[${rival}]}`;
  const [one, two] = [
    `${call}, {"role":"assistant","content":"a"}`,
    '{"role":"assistant","content":"b"}',
  ] as const;
  expect(flip(record(one, two), 'ms-swift-messages')).toBe(record(two, one));
  expect(flip(record(two, one), 'ms-swift-messages')).toBe(record(one, two));
});

it.each([
  ['a call', '{"role":"assistant","content":"a","tool_calls":[{"id":"1"}]}'],
  ['several messages', '{"role":"tool_call","content":"{}"},{"role":"assistant","content":"a"}'],
  ['a picture', '{"role":"assistant","content":[{"type":"image"},{"type":"text","text":"a"}]}'],
])('refuses to exchange an ending with %s and a text', (_, ending) => {
  const line = `{"messages":[${SPIDER},${ending}],"rejected_response":"b"}`;
  expect(flip(line, 'ms-swift')).toBe(
    'A "ms-swift, rejected response" record can’t be flipped. Drop it instead.',
  );
});

it('says what several rejected responses need beside them', () => {
  const line = `{"messages":[${SPIDER}],"rejected_response":["b","c"]}`;
  expect(flip(line, 'ms-swift-several')).toBe('"messages" to end in one answer of plain text');
});

it('refuses to move a picture of the rejected side that has no place on the other', () => {
  const line = `{"messages":[${SPIDER},{"role":"assistant","content":"a"}],"rejected_response":"b","rejected_images":["b.png"]}`;
  expect(flip(line, 'ms-swift')).toBe(
    'A "ms-swift, rejected response" record can’t be flipped. Drop it instead.',
  );
});

it('leaves a tie as it is: it is its own opposite', () => {
  const record = (one: string, two: string): string =>
    `{"prompt":"q","response_1":"${one}","response_2":"${two}","model_a":"m${one}","model_b":"m${two}","winner":"tie"}`;
  expect(flip(record('a', 'b'), 'ppe-human')).toBe(record('a', 'b'));
});

it('does not take two models of one name for the sides', () => {
  const record = {
    prompt: 'q',
    response_a: 'a',
    response_b: 'b',
    model_a: 'm',
    model_b: 'm',
    winner: 'm',
  };
  expect(recognise([record])).toBeUndefined();
});

const PAIR = { instruction: 'q', output_1: 'a', output_2: 'b' };

it.each([
  [
    'a preference of 0 and 1',
    'alpaca-farm',
    [
      { ...PAIR, preference: 1 },
      { ...PAIR, preference: 0 },
    ],
  ],
  ['one answer with a score', undefined, [{ prompt: 'q', responses: ['a'], scores: [1] }]],
  ['two scores for three answers', undefined, [{ prompt: 'q', responses: ['a', 'b', 'c'], scores: [1, 0] }]],
  ['triplets for embeddings', undefined, [{ query: 'q', positive: 'a', negative: 'b' }]],
  ['passages and their answers', undefined, [{ question: 'q', answers: { text: ['a'], answer_start: [0] } }]],
])('does not take %s for preferences', (_, id, records) => {
  const found = recognise(records)?.mapping.id;
  if (id === undefined) expect(found).toBeUndefined();
  else expect(found).not.toBe(id);
});
