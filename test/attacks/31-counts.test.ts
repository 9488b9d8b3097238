import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { preflens } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-counts-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let made = 0;
function write(lines: Iterable<string>): string {
  const path = join(folder, `data${made++}.jsonl`);
  writeFileSync(path, [...lines].map((line) => `${line}\n`).join(''));
  return path;
}

describe('31: fix mends every finding, however many there are', () => {
  const count = rounds({ small: 12_500, large: 200_000 });
  const marked = (i: number): string =>
    `{"prompt":"Question ${i}?","chosen":"Answer ${i}.<|im_end|>","rejected":"No ${i}."}`;
  const tidy = (i: number): string =>
    `{"prompt":"Question ${i}?","chosen":"Answer ${i}.","rejected":"No ${i}."}`;
  const all = Array.from({ length: count }, (_, i) => i);

  it('31: of a rule that a record by itself shows', async () => {
    const path = write(all.map(marked));
    // One of them is kept, far behind those that are listed.
    const kept = count - 7;
    const keep = ['keep', `${path}:${kept + 1}`, '--rule', 'template-token-in-text', '--reason', 'as it is'];
    expect((await preflens(keep)).code).toBe(0);
    const shown = await preflens(['fix', '--dry-run', path]);
    expect(shown.code).toBe(1);
    expect(shown.err).toContain(`${count - 1} records would change (template-token-in-text ${count - 1})`);
    expect(shown.out.match(/^@@/gm)).toHaveLength(count - 1);
    const { code, err } = await preflens(['fix', path]);
    expect(code).toBe(0);
    expect(err).toContain(`${count - 1} records changed (template-token-in-text ${count - 1})`);
    const expected = all.map((i) => `${i === kept ? marked(i) : tidy(i)}\n`).join('');
    expect(readFileSync(path, 'utf8') === expected).toBe(true);
    report('31 fix', { records: count });
  });

  it('31: of a rule that only the whole dataset shows', async () => {
    const path = write(all.map(() => tidy(1)));
    const { code, err } = await preflens(['fix', path]);
    expect(code).toBe(0);
    expect(err).toContain(`${count - 1} records changed (duplicate-pair ${count - 1})`);
    expect(readFileSync(path, 'utf8')).toBe(`${tidy(1)}\n`);
  });

  it('31: and says how many are left where memory cannot hold them', async () => {
    const path = write(all.map(() => tidy(1)));
    const { err } = await preflens(['--memory', '4', 'fix', path]);
    expect(err).toContain('1000 records changed (duplicate-pair 1000)');
    expect(err).toContain(`${count - 1001} more findings of "duplicate-pair" are left`);
    expect(readFileSync(path, 'utf8')).toHaveLength((count - 1000) * (tidy(1).length + 1));
  });
});
