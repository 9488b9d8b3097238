import { expect, it } from 'vitest';

import { parseRecord } from '#core/json/parseRecord.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import { seededRandom } from '#core/score/random.ts';
import { LineCutter, LineIndex } from '#formats/lines.ts';

import { cut, decode, encode } from '../fakes/records.ts';

const FILES = {
  plain: '{"a":1}\n{"a":2}\n',
  'no last line end': '{"a":1}\n{"a":2}',
  CRLF: '{"a":1}\r\n{"a":2}\r\n',
  BOM: '\ufeff{"a":1}\n{"a":2}\n',
  'BOM and CRLF, no last line end': '\ufeff{"a":1}\r\n{"a":2}',
  'blank lines': '\n  \n{"a":1}\n\r\n\t\n{"a":2}\n\n',
  'U+2028 and lone CR inside': '{"a":"\u2028 \r x"}\n{"a":2}\n',
  empty: '',
  'white space alone': ' \n\r\n',
};

it.each(Object.entries(FILES))('%s: the records are the same however the bytes are chunked', (_, text) => {
  const file = encode(text);
  const whole = cut(file);
  for (const size of [1, 2, 3, 5, 7]) expect(cut(file, size)).toEqual(whole);
  for (const raw of whole) {
    expect(decode(file.subarray(raw.byteStart, raw.byteEnd))).toBe(decode(raw.bytes));
    expect(text.replace('\ufeff', '').split('\n')[raw.line]!.replace(/\r$/, '')).toBe(decode(raw.bytes));
  }
  expect(whole.map(({ record }) => record)).toEqual(whole.map((__, i) => i));
});

it('records and the bytes between them join to the file', () => {
  const random = seededRandom(3);
  const pieces = ['{"a":1}', '\n', '\r\n', ' ', '"é🐦"', '\ufeff', '\u2028', 'x'];
  for (let i = 0; i < 300; i++) {
    const text = Array.from({ length: 20 }, () => pieces[Math.floor(random() * pieces.length)]!).join('');
    const file = encode(text);
    const records = cut(file, 1 + Math.floor(random() * 9));
    let at = 0;
    for (const raw of records) {
      expect(raw.byteStart).toBeGreaterThanOrEqual(at);
      expect(decode(file.subarray(at, raw.byteStart))).toMatch(/^\ufeff?[\s\ufeff]*$/);
      at = raw.byteEnd;
    }
  }
});

it('reports a record over the limit without storing it', () => {
  const cutter = new LineCutter();
  const chunk = new Uint8Array(1 << 24).fill(0x61);
  const found = [];
  for (let sent = 0; sent <= MAX_RECORD_BYTES; sent += chunk.length) found.push(...cutter.push(chunk));
  found.push(...cutter.push(encode('\n{"a":1}\n')));
  expect(found.map(({ record, line }) => [record, line])).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(found[0]!.bytes.length).toBe(0);
  const parsed = parseRecord(found[0]!);
  expect('fault' in parsed && parsed.fault.message).toBe(
    'The record is longer than 256 MiB and was skipped.',
  );
});

it('indexes line starts', () => {
  const starts = (text: string, size: number): number[] => {
    const index = new LineIndex();
    const file = encode(text);
    for (let at = 0; at < file.length; at += size) index.push(file.subarray(at, at + size));
    return [...index.lineStarts];
  };
  for (const size of [1, 2, 100]) {
    expect(starts('ab\nc\n\nd', size)).toEqual([0, 3, 5, 6]);
    expect(starts('ab\nc\n', size)).toEqual([0, 3, 5]);
    expect(starts('', size)).toEqual([0]);
  }
  expect(starts('x\n'.repeat(10_000), 777).length).toBe(10_001);
});
