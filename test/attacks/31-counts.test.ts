import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { serve, SERVERS } from '../fakes/modelServers.ts';
import { memoryServer } from '../fakes/wires.ts';
import { place } from '../process/places.ts';
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

const words = (count: number): string => count.toLocaleString('en');

describe('31: fix repairs every finding, however many there are', () => {
  const count = rounds({ small: 10_600, large: 200_000 });
  const marked = (i: number): string =>
    `{"prompt":"Question ${i}?","chosen":"Answer ${i}.<|im_end|>","rejected":"No ${i}."}`;
  const tidy = (i: number): string =>
    `{"prompt":"Question ${i}?","chosen":"Answer ${i}.","rejected":"No ${i}."}`;
  const all = Array.from({ length: count }, (_, i) => i);

  it('31: of a rule about one record', async () => {
    const path = write(all.map(marked));
    const review = ['--rule', 'template-token-in-text', '--review', '--'];
    // One of them is kept, far beyond the listed ones.
    const kept = count - 7;
    const keep = ['keep', `${path}:${kept + 1}`, '--rule', 'template-token-in-text', '--reason', 'as it is'];
    expect((await preflens(keep)).code).toBe(0);
    const shown = await preflens(['fix', '--dry-run', ...review, path]);
    expect(shown.code).toBe(1);
    expect(shown.err).toContain(
      `${words(count - 1)} records would change (template-token-in-text ${count - 1})`,
    );
    expect(shown.out.match(/^@@/gm)).toHaveLength(count - 1);
    const { code, err } = await preflens(['fix', ...review, path]);
    expect(code).toBe(0);
    expect(err).toContain(`${words(count - 1)} records changed (template-token-in-text ${count - 1})`);
    const expected = all.map((i) => `${i === kept ? marked(i) : tidy(i)}\n`).join('');
    expect(readFileSync(path, 'utf8') === expected).toBe(true);
    report('31 fix', { records: count });
  });

  it('31: of a rule about the whole dataset', async () => {
    const path = write(all.map(() => tidy(1)));
    const { code, err } = await preflens(['fix', path]);
    expect(code).toBe(0);
    expect(err).toContain(`${words(count - 1)} records changed (duplicate-pair ${count - 1})`);
    expect(readFileSync(path, 'utf8')).toBe(`${tidy(1)}\n`);
  });

  it('31: and says how many are left if memory cannot hold them', async () => {
    const path = write(Array.from({ length: 10_600 }, () => tidy(1)));
    const { err } = await preflens(['--memory', '4', 'fix', path]);
    expect(err).toContain('1,000 records changed (duplicate-pair 1000)');
    expect(err).toContain(`${10_600 - 1001} more findings of "duplicate-pair" did not fit into memory`);
    expect(readFileSync(path, 'utf8')).toHaveLength((10_600 - 1000) * (tidy(1).length + 1));
  });
});

describe('31: score counts what it scored', () => {
  const line = (i: number): string =>
    `{"prompt":"Q${i}","chosen":"A longer answer ${i}","rejected":"no ${i}"}`;
  const all = Array.from({ length: 60 }, (_, i) => line(i));

  /** A server that scores texts, but refuses those that contain one of these words. */
  async function folderWith(...refused: readonly string[]): Promise<string> {
    const fake = await serve((seen, response, number) => {
      if (!refused.some((word) => JSON.stringify(seen.body).includes(word)))
        return SERVERS.tei!(seen, response, number);
      response.writeHead(413).end('too long');
      return undefined;
    });
    const own = join(folder, `served${made++}`);
    mkdirSync(own);
    const scorers = [{ kind: 'endpoint', url: fake.url, protocol: 'tei' }];
    writeFileSync(join(own, 'preflens.json'), JSON.stringify({ scorers }));
    return own;
  }

  it('31: if every text is refused, nothing is written, and the exit code is 2', async () => {
    const refuses = { chat_template: "{{ raise_exception('no text is good enough') }}" };
    const { folder: own, file } = place([{ kind: 'onnx', model: 'rm' }], all, { tokenizerConfig: refuses });
    const before = readdirSync(own);
    const words = /no pair was scored: 60 refused by the scorer \(first: .*no text is good enough/;
    for (const args of [
      ['score', file, '--out', join(own, 'out.jsonl')],
      ['score', file, '--out', '-'],
      ['selftest', file],
    ]) {
      const { code, err, out } = await preflens(['--no-cache', ...args]);
      expect([code, out], args.join(' ')).toEqual([2, '']);
      expect(err).toMatch(words);
    }
    const piped = await preflens(['score', '-', '--model', join(own, 'rm')], undefined, file);
    expect(piped.code).toBe(2);
    expect(piped.err).toMatch(words);
    expect(readdirSync(own)).toEqual(before);
  });

  it('31: a server that accepts nothing is named in the error', async () => {
    const own = await folderWith('Q');
    const [file, out] = [join(own, 'data.jsonl'), join(own, 'out.jsonl')];
    writeFileSync(file, all.join('\n'));
    const { code, err } = await preflens(['--send', 'score', file, '--out', out]);
    expect([code, existsSync(out)]).toEqual([2, false]);
    expect(err).toMatch(
      /127\.0\.0\.1:\d+ \(tei\) failed to score: it answered 413 \(too long\)\. Check the server/m,
    );
  });

  it('31: if some are refused, each pair is in one of the counts', async () => {
    const own = await folderWith('Q7\\n', 'Q8\\n', 'Q7"', 'Q8"');
    const [file, out] = [join(own, 'data.jsonl'), join(own, 'out.jsonl')];
    writeFileSync(file, all.join('\n'));
    const { code, err } = await preflens(['--send', 'score', file, '--out', out]);
    expect(code, err).toBe(0);
    expect(err).toMatch(/58 pairs scored to .*out\.jsonl; 2 refused by the scorer \(first: /);
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(58);
  });
});

describe('31: other commands count what they did', () => {
  const line = (i: number): string => `{"prompt":"Q${i}","chosen":"good ${i}","rejected":"bad ${i}"}`;

  it('31: apply counts edits and records separately', async () => {
    const path = write([0, 1, 2].map(line));
    const edits = write([
      '{"record":0,"edit":"flip"}',
      '{"record":1,"edit":"flip"}',
      '{"record":1,"edit":"flip"}',
    ]);
    const { code, err } = await preflens(['apply', path, '--edits', edits]);
    expect(code, err).toBe(0);
    expect(err).toContain('3 edits change 1 record; saved.');
  });

  it('31: baseline counts findings that are not listed', async () => {
    const count = 10_100;
    const path = write(
      Array.from({ length: count }, (_, i) => `{"prompt":"Q${i}","chosen":"","rejected":"b${i}"}`),
    );
    const file = join(folder, 'base.json');
    const { code, err } = await preflens(['baseline', '--no-score', '--baseline', file, path]);
    expect(code, err).toBe(0);
    expect(err).toMatch(/[\d,]+ findings of 1 file \(\d+ by pair, 100 only counted\)/);
  });
});

describe('31: the editor says how many findings its repair covers', () => {
  it('31: and how many are left for a second run', async () => {
    const client = memoryServer();
    try {
      await client.initialize({ settings: { scoreOnOpen: false } });
      const uri = 'file:///many.jsonl';
      const line = (i: number): string =>
        `{"prompt":"Q${i}","chosen":"A ${i}.<|im_end|>","rejected":"N ${i}."}`;
      client.open(uri, Array.from({ length: 10_100 }, (_, i) => `${line(i)}\n`).join(''));
      await client.diagnostics(uri, (list) => list.length > 0);
      const titles = (await client.codeActions(uri, 3)).map(({ title }) => title);
      expect(titles).toContain(
        'Repair the first 10,000 records with "template-token-in-text" (100 findings more, for a second time)…',
      );
    } finally {
      client.connection.dispose();
    }
  }, 120_000);
});
