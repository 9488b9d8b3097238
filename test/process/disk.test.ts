// Commands on files on disk: what a dataset is, edits, and what a killed command leaves behind.
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import { generatePairs } from '../bench/generate.ts';
import { CLI, preflens } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-process-disk-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('what a dataset is', () => {
  it('index reads with several threads, caches, and later reads only the appended lines', async () => {
    const path = write('large.jsonl', [...generatePairs(14_000, 3)].join(''));
    const read = async (...more: string[]) => {
      const { code, out } = await preflens(['index', path, '--json', ...more]);
      expect(code).toBe(0);
      return JSON.parse(out) as {
        source: string;
        pairs: number;
        sidecar: string;
        mapping: string;
        seconds: number;
      };
    };
    const first = await read();
    expect(first).toMatchObject({ source: 'whole', pairs: 14_000, mapping: 'trl-explicit' });
    expect(existsSync(first.sidecar)).toBe(true);
    expect(await read()).toMatchObject({ source: 'cache', pairs: 14_000, sidecar: first.sidecar });
    appendFileSync(path, '{"prompt":"q","chosen":"a","rejected":""}\n');
    expect(await read()).toMatchObject({ source: 'tail', pairs: 14_001, findings: { 'empty-response': 1 } });
    const { sidecar } = await read();
    expect(await read('--rebuild')).toMatchObject({
      sidecar,
      source: 'whole',
      pairs: 14_001,
      findings: { 'empty-response': 1 },
    });
  });

  it('schema explains, and stats counts by source', async () => {
    const lines = [
      '{"source":"s1","prompt":"q","completion_a":"aa","completion_b":"b","preference":"a-is-better"}',
      '{"source":"s2","prompt":"q","completion_a":"aa","completion_b":"b","preference":"b-is-better"}',
      '{"source":"s2","prompt":"r","completion_a":"aa","completion_b":"b","preference":"tie"}',
    ];
    const path = write('ab.jsonl', lines.join('\n'));
    const { out } = await preflens(['schema', path]);
    expect(out).toContain('completions a and b with a preference (a-is-better)');
    expect(out).toContain('better answer: "preference" names the better completion');
    expect(out).toContain('not read:      source');
    const { out: figures } = await preflens(['stats', path, '--json']);
    expect(JSON.parse(figures)).toMatchObject({
      records: 3,
      pairs: 3,
      ties: 1,
      prompts: 2,
      longerChosen: 0.5,
      bySource: { field: 'source', counts: { s1: { pairs: 1 }, s2: { pairs: 2, ties: 1 } } },
    });
    const kto = write(
      'kto.jsonl',
      '{"prompt":"q","completion":"a","label":true}\n{"prompt":"q","completion":"b","label":false}',
    );
    expect((await preflens(['stats', kto])).out).toContain('1 good, 1 bad, 0 rated by a number');
    const unknown = await preflens(['schema', write('logs.jsonl', '{"level":1}')]);
    expect([unknown.code, unknown.out]).toEqual([2, '']);
  });

  it('schema explains the mapping that every other command uses', async () => {
    // One record has no prompt: a schema without prompts fits all records, but it is the wrong one.
    const good = '{"prompt":"q","chosen":"a","rejected":"b"}\n';
    const path = write('almost.jsonl', `${good.repeat(20)}{"chosen":"a","rejected":"b"}\n`);
    const { id, alternatives } = JSON.parse((await preflens(['schema', path, '--json'])).out) as {
      id: string;
      alternatives: unknown[];
    };
    const { mapping } = JSON.parse((await preflens(['index', path, '--json'])).out) as { mapping: string };
    expect([id, mapping]).toEqual(['trl-explicit', 'trl-explicit']);
    expect(alternatives).toContainEqual({ mapping: 'no-prompt', share: 1 });
  });

  it('check takes shards and folders as one dataset, and reports missing shards', async () => {
    const good = (i: number): string => `{"prompt":"q${i}","chosen":"a","rejected":"b"}\n`;
    const shards = [0, 2].map((i) => write(`s-0000${i}-of-00003.jsonl`, good(i)));
    const { code, err } = await preflens(['check', ...shards]);
    expect(code).toBe(0);
    expect(err).toContain('1 shard of 3 missing: 00001.');
    expect(err).toContain('2 pairs in 2 records of 2 files');
  });
});

describe('apply', () => {
  it('makes all edits or none', async () => {
    const good = (i: number): string => `{"prompt": "q${i}", "chosen": "a", "rejected": "b"}\n`;
    const path = write('edit.jsonl', [0, 1, 2, 3].map(good).join(''));
    const before = readFileSync(path, 'utf8');
    const edits = write(
      'edits.jsonl',
      '{"record":1,"edit":"drop"}\n{"record":2,"edit":"margin","margin":0.5}\n{"record":3,"edit":"flip"}',
    );
    expect((await preflens(['apply', path, '--edits', edits, '--dry-run'])).err).toContain(
      'nothing was written',
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect((await preflens(['apply', path, '--edits', edits])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(
      `${good(0)}{"prompt": "q2", "chosen": "a", "rejected": "b", "margin": 0.5}\n{"prompt": "q3", "chosen": "b", "rejected": "a"}\n`,
    );
    const bad = write('bad.jsonl', '{"record":0,"edit":"flip"}\n{"record":1,"edit":"turn"}');
    const after = readFileSync(path, 'utf8');
    const { code, err } = await preflens(['apply', path, '--edits', bad]);
    expect(code).toBe(2);
    expect(err).toContain('bad.jsonl:2: "edit" must be "flip", "drop", "tie"');
    expect(readFileSync(path, 'utf8')).toBe(after);
  });

  it('keeps the file when there is no room for the new one', async () => {
    const path = write('full.jsonl', [...generatePairs(3000, 4)].join(''));
    const before = readFileSync(path);
    const edits = write('one.jsonl', '{"record":0,"edit":"flip"}');
    // A file size limit simulates a full disk: the write fails half-way.
    const script = `trap '' XFSZ; ulimit -f 512; exec "$@"`;
    const child = spawn('bash', [
      '-c',
      script,
      'bash',
      process.execPath,
      CLI,
      'apply',
      path,
      '--edits',
      edits,
    ]);
    let err = '';
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, err]).toEqual([2, expect.stringContaining('the disk is too full') as string]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.preflens-tmp'))).toEqual([]);
  });

  it('keeps the file when its folder is read-only, and says so', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    const path = join(closed, 'a.jsonl');
    writeFileSync(path, '{"prompt":"q","chosen":"a","rejected":"b"}');
    const edits = write('closed-edits.jsonl', '{"record":0,"edit":"flip"}');
    chmodSync(closed, 0o555);
    // Root ignores folder permissions: run as another user, with bundles that user can read.
    const isRoot = process.getuid?.() === 0;
    const bundles = join(folder, 'dist');
    cpSync(join(CLI, '..'), bundles, { recursive: true });
    for (const place of [folder, bundles]) chmodSync(place, 0o755);
    // That user may not be able to read Node's own folder.
    const node = join(folder, 'node');
    cpSync(realpathSync(process.execPath), node);
    chmodSync(node, 0o755);
    const user = isRoot ? { uid: 65534, gid: 65534 } : {};
    const args = [join(bundles, 'cli.js'), '--no-cache', 'apply', path, '--edits', edits];
    const child = spawn(node, args, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('can’t write a new file beside it (EACCES)') as string,
    ]);
    chmodSync(closed, 0o755);
    expect(readdirSync(closed)).toEqual(['a.jsonl']);
    expect(readFileSync(path, 'utf8')).toContain('"chosen":"a"');
  });

  it.each([
    ['flips, which move nothing', 'killed.jsonl', (i: number) => (i >= 0 ? 'flip' : 'drop')],
    [
      'drops among flips, which move the rest',
      'killed.jsonl',
      (i: number) => (i % 50 === 0 ? 'drop' : 'flip'),
    ],
    ['flips and drops in a table', 'killed.parquet', (i: number) => (i % 50 === 0 ? 'drop' : 'flip')],
  ] as const)(
    'killed at any moment of %s leaves the old file or the new one, whole',
    async (what, name, editOf) => {
      // For the full count, set PREFLENS_KILLS=200.
      const kills = Number(process.env.PREFLENS_KILLS ?? 12) / 2;
      const text = write('killed.jsonl', [...generatePairs(20_000, 6)].join(''));
      const path = join(folder, name);
      if (path !== text) expect((await preflens(['convert', text, '--out', path])).code).toBe(0);
      const list = Array.from({ length: 500 }, (_, i) => `{"record":${i * 40},"edit":"${editOf(i)}"}`);
      const edits = write('many.jsonl', list.join('\n'));
      const apply = ['apply', path, '--edits', edits];
      const old = readFileSync(path);
      const begun = performance.now();
      expect((await preflens(apply)).code).toBe(0);
      const whole = performance.now() - begun;
      const changed = readFileSync(path);
      expect(changed.equals(old)).toBe(false);
      const random = seededRandom(11);
      const seen = { old: 0, new: 0, leftovers: 0 };
      for (let i = 0; i < kills; i++) {
        writeFileSync(path, old);
        // Start-up takes most of the time: choose moments in the later part.
        const at = whole * (0.3 + 0.8 * random());
        await preflens(apply, (_, kill) => {
          setTimeout(() => {
            kill('SIGKILL');
          }, at);
        });
        const now = readFileSync(path);
        expect(now.equals(old) || now.equals(changed)).toBe(true);
        seen[now.equals(old) ? 'old' : 'new']++;
        if (readdirSync(folder).some((name) => name.endsWith('.preflens-tmp'))) seen.leftovers++;
      }
      console.log(`${kills} kills, ${what}: ${JSON.stringify(seen)}`);
      writeFileSync(path, old);
      expect((await preflens(apply)).code).toBe(0);
      expect(readdirSync(folder).filter((name) => name.endsWith('.preflens-tmp'))).toEqual([]);
    },
  );
});
