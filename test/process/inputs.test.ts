// Files as people have them: what cannot be read is named with its place and the way on, and no good record is lost.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { goodRecord, testFolder } from '../fakes/files.ts';
import { preflens } from './run.ts';

const folder = testFolder('inputs');

describe('fused and comma-ended lines', () => {
  it.each([
    ['LF', '', '\n'],
    ['CRLF and a byte order mark', '\ufeff', '\r\n'],
  ])('`fix` puts each record on a line of its own and keeps all their bytes: %s', async (_, start, end) => {
    const records = [1, 2, 3, 4, 5, 6, 7].map(goodRecord);
    const [a, b, c, d, e, f, g] = records;
    const text = start + [`${a}${b}`, `${c},`, d, `${e} , ${f},`, g].join(end) + end;
    const path = folder.write('a.jsonl', text);
    const checked = await preflens(['check', '--no-score', path]);
    expect(checked.code).toBe(1);
    expect(checked.out.match(/invalid-json/g)).toHaveLength(3);
    expect(checked.out).toContain(`a.jsonl:1:${a!.length + 1}: error invalid-json`);
    const { code } = await preflens(['fix', path]);
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(start + records.join(end) + end);
    expect((await preflens(['check', '--no-score', path])).code).toBe(0);
  });

  it('`fix` gives the last line the line ends of the first', async () => {
    const [a, b, c] = [1, 2, 3].map(goodRecord);
    const path = folder.write('a.jsonl', `${a}\r\n${b}${c}`);
    await preflens(['fix', path]);
    expect(readFileSync(path, 'utf8')).toBe(`${a}\r\n${b}\r\n${c}`);
  });

  it('`fix` mends a file whose every line ends in a comma', async () => {
    const records = [1, 2, 3].map(goodRecord);
    const path = folder.write('a.jsonl', records.join(',\n') + ',\n');
    await preflens(['fix', path]);
    expect(readFileSync(path, 'utf8')).toBe(records.join('\n') + '\n');
  });
});
