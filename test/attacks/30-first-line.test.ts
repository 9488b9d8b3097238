import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { Surveyor } from '#core/dataset/survey.ts';
import { openFile } from '#node/files.ts';
import { recogniseFile } from '#node/surveyFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-first-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const good = (i: number): string =>
  JSON.stringify({ prompt: `Question ${i}?`, chosen: `A good answer ${i}.`, rejected: 'No.' });

/** The result of a pass over lines: the mapping, and the number of findings per rule. */
function survey(lines: readonly string[]): { id: string | undefined; pairs: number; counts: object } {
  const surveyor = new Surveyor();
  let at = 0;
  lines.forEach((line, record) => {
    const bytes = new TextEncoder().encode(line);
    surveyor.add({ record, line: record, byteStart: at, byteEnd: at + bytes.length, bytes });
    at += bytes.length + 1;
  });
  const { recognition, facts, counts } = surveyor.end();
  return { id: recognition?.mapping.id, pairs: facts.pairCount, counts: Object.fromEntries(counts) };
}

describe('30: broken records before the first good one', () => {
  const goods = Array.from({ length: 300 }, (_, i) => good(i));

  it.each([
    ['one of 40 MB that ends in the middle', [`{"prompt":"${'x'.repeat(40_000_000)}`], 'invalid-json'],
    ['one of 40 MB that is a list', [`["${'x'.repeat(40_000_000)}"]`], 'not-an-object'],
    ['five thousand of them', Array.from({ length: 5000 }, () => '{"prompt":'), 'invalid-json'],
  ])('30: %s hide nothing of the rest', (_, broken, rule) => {
    const found = survey([...broken, ...goods]);
    expect(found).toEqual({ id: 'trl-explicit', pairs: 300, counts: { [rule]: broken.length } });
  });

  it('30: also for the commands that read only the head of a file', async () => {
    const path = join(folder, 'head.jsonl');
    writeFileSync(path, `{"prompt":"${'x'.repeat(40_000_000)}\n${goods.join('\n')}\n`);
    const { mapping } = await recogniseFile(await openFile(path));
    expect(mapping.id).toBe('trl-explicit');
  });

  it('30: a file of broken records is not kept in memory to its end', () => {
    const found = survey([...Array.from({ length: 20_000 }, () => '{"prompt":'), ...goods]);
    expect(found.id).toBeUndefined();
  });
});
