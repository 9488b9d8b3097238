// A program of the user's own says which answers are right. It may do anything: loop, eat memory, fork, print without end.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import type { RunLimits } from '#node/scorers/watched.ts';
import { runWatched } from '#node/scorers/watched.ts';

import { never, testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';
import { isAlive, preflens } from './run.ts';

const at = testFolder('verifier');

const GSM8K = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'gsm8k-solutions');

const LIMITS: RunLimits = { seconds: 20, memoryMb: 300, processes: 8, outputBytes: 1 << 16 };

const node = (code: string): readonly string[] => [process.execPath, '-e', code];
const runNode = async (code: string, limits: Partial<RunLimits> = {}, input = '') =>
  runWatched(node(code), input, at.path, { ...LIMITS, ...limits }, never);

/** Writes the ids of its processes into files of the test's folder. */
const started = (name: string): number => Number(readFileSync(join(at.path, name), 'utf8'));

const isGone = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 200 && isAlive(pid); tries++) await new Promise((done) => setTimeout(done, 20));
  return !isAlive(pid);
};

describe('a program that is watched', () => {
  it('gets its input, and says what it says by its exit code', async () => {
    const code = `process.stdin.on('data', d => { console.log(String(d).trim()); process.exitCode = 1 })`;
    expect(await runNode(code, {}, '{"a": 1}\n')).toEqual({ kind: 'exit', code: 1, said: '{"a": 1}' });
    expect(await runNode('')).toEqual({ kind: 'exit', code: 0, said: '' });
    expect(await runNode('process.exit(0)', {}, 'x'.repeat(1 << 22))).toMatchObject({
      kind: 'exit',
      code: 0,
    });
  });

  it.each([
    ['loops', 'while (true) {}', { seconds: 1 }, 'it did not end within 1 s'],
    ['waits', 'setTimeout(() => {}, 1e9)', { seconds: 1 }, 'it did not end within 1 s'],
    [
      'eats memory',
      'const all = []; setInterval(() => all.push(Buffer.alloc(1 << 24, 1)), 5)',
      {},
      'it used more than 300 MB',
    ],
    [
      'prints without end',
      'setInterval(() => console.log("x".repeat(1000)), 0)',
      {},
      'it printed more than 64 kB',
    ],
    [
      'forks without end',
      `setInterval(() => require('child_process').spawn('sleep', ['1000']), 5)`,
      {},
      'it started more than 8 processes',
    ],
  ] as const)('is ended when it %s, and that is said', async (_, code, limits, why) => {
    const tell = `require('fs').writeFileSync('pid', String(process.pid));`;
    expect(await runNode(tell + code, limits)).toEqual({ kind: 'stopped', why });
    expect(await isGone(started('pid'))).toBe(true);
  });

  it('takes what it started with it, also when it ends by itself', async () => {
    const fork = `const c = require('child_process').spawn('sleep', ['1000']); require('fs').writeFileSync('child', String(c.pid));`;
    expect(await runNode(`${fork} c.unref(); process.exit(0)`)).toMatchObject({ kind: 'exit', code: 0 });
    expect(await isGone(started('child'))).toBe(true);
    expect(await runNode(`${fork} while (true) {}`, { seconds: 1 })).toMatchObject({ kind: 'stopped' });
    expect(await isGone(started('child'))).toBe(true);
  });

  it('ends when it is cancelled', async () => {
    const cancel = new AbortController();
    const run = runWatched(node('while (true) {}'), '', at.path, LIMITS, cancel.signal);
    setTimeout(() => {
      cancel.abort(new Error('cancelled here'));
    }, 200);
    await expect(run).rejects.toThrow('cancelled here');
  });

  it('that does not exist is said', async () => {
    expect(await runWatched(['no-such-program-here'], '', at.path, LIMITS, never)).toMatchObject({
      kind: 'not-started',
    });
  });

  it('knows none of our variables, and no shell reads its words', async () => {
    process.env.PREFLENS_SECRET_X = 'secret';
    const print =
      'console.log(JSON.stringify([process.env.PREFLENS_SECRET_X ?? null, process.argv.slice(1)]))';
    const words = ['$(touch made)', '; touch made', '`touch made`', 'a b'];
    const end = await runWatched([...node(print), '--', ...words], '', at.path, LIMITS, never);
    delete process.env.PREFLENS_SECRET_X;
    expect(end).toEqual({ kind: 'exit', code: 0, said: JSON.stringify([null, words]) });
    expect(() => readFileSync(join(at.path, 'made'))).toThrow();
  });
});

/** Runs the code of an answer and the tests of its record; 1 if one fails. */
const VERIFIER = `
const { response, fields } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
require('fs').appendFileSync(__dirname + '/runs', '.');
if (response.includes('hang')) for (;;);
if (response.includes('broken')) process.exit(3);
let ok = false;
try { ok = new Function(response + '; return ' + fields.test)(); } catch {}
process.exit(ok === true ? 0 : 1);
`;

const RIGHT = 'function add(a, b) { return a + b }';
const WRONG = 'function add(a, b) { return a + b + 1 }';
const record = (i: number, chosen: string, rejected: string): string =>
  JSON.stringify({ prompt: `Write add, version ${i}.`, chosen, rejected, test: 'add(1, 2) === 3' });

interface Finding {
  readonly rule: string;
  readonly line: number;
  readonly message: string;
}

async function check(
  file: string,
  ...more: readonly string[]
): Promise<{ err: string; findings: Finding[] }> {
  const { out, err } = await preflens(['check', file, '--format', 'json', '--run', ...more]);
  const report = JSON.parse(out) as { readonly files: readonly { readonly findings: readonly Finding[] }[] };
  return { err, findings: report.files.flatMap(({ findings }) => findings) };
}

describe('a verifier of the user’s own', () => {
  const rows = [
    ...Array.from({ length: 6 }, (_, i) => record(i, RIGHT, WRONG)),
    record(6, WRONG, RIGHT),
    record(7, `${WRONG} // hang`, RIGHT),
    record(8, WRONG, `${WRONG} // too`),
    record(9, `${WRONG} // broken`, RIGHT),
  ].join('\n');

  it('ranks a pair first whose chosen answer it fails and whose rejected one it passes', async () => {
    at.write('verify.cjs', VERIFIER);
    const file = at.write('code.jsonl', rows);
    const rule = { kind: 'command', run: [process.execPath, 'verify.cjs'], name: 'unit tests', seconds: 2 };
    at.write('preflens.json', JSON.stringify({ scorers: [rule] }));
    const { findings, err } = await check(file);
    const found = findings.filter(({ rule }) => rule === 'verifier-contradicts-label');
    expect(found.map(({ line }) => line)).toEqual([7]);
    expect(findings.filter(({ rule }) => rule === 'likely-mislabeled')).toEqual([]);
    // What hangs or fails itself is no verdict, and no finding.
    expect(err).toContain('2 refused by the scorer (first: no verdict: it did not end within 2 s)');
    const runs = readFileSync(join(at.path, 'runs'), 'utf8').length;
    // Nothing is run twice, but what gave no verdict: the others are in the cache.
    await check(file);
    expect(readFileSync(join(at.path, 'runs'), 'utf8').length).toBe(runs + 2);
  });

  it('is not run unasked, and not by a shell', async () => {
    at.write('verify.cjs', VERIFIER);
    const file = at.write('code.jsonl', rows);
    at.write(
      'preflens.json',
      JSON.stringify({ scorers: [{ kind: 'command', run: [process.execPath, 'verify.cjs'] }] }),
    );
    const { code, err } = await preflens(['score', file, '--out', join(at.path, 'scores.jsonl')]);
    expect([code, err]).toEqual([2, expect.stringContaining('run the command again with --run')]);
    expect(() => readFileSync(join(at.path, 'runs'))).toThrow();
    // An empty name is no consent to what preflens.json names.
    const empty = await preflens(['check', file, '--verify', ' ']);
    expect([empty.code, empty.err]).toEqual([2, expect.stringContaining('expected a program')]);
    expect(() => readFileSync(join(at.path, 'runs'))).toThrow();
  });

  it('the editor asks with the whole command, and an untrusted folder has none', async () => {
    at.write('verify.cjs', VERIFIER);
    const path = at.write('code.jsonl', rows.split('\n').slice(0, 7).join('\n'));
    const run = [process.execPath, 'verify.cjs', '; rm -rf x'];
    at.write('preflens.json', JSON.stringify({ scorers: [{ kind: 'command', run, name: 'unit tests' }] }));
    for (const [trusted, says, phase] of [
      [false, 'Run', 'untrusted'],
      [true, 'Do Not Run', 'failed'],
      [true, 'Run', 'scored'],
    ] as const) {
      const client = memoryServer(undefined, join(at.path, 'cache'));
      const asked: string[] = [];
      client.connection.onRequest('window/showMessageRequest', ({ message }: { message: string }) => {
        asked.push(message);
        return { title: says };
      });
      await client.initialize({ trusted });
      const uri = pathToFileURL(path).href;
      client.open(uri, readFileSync(path, 'utf8'));
      const end = await client.until('the end', () =>
        client.statuses.find(({ phase: at }) => ['scored', 'untrusted', 'failed'].includes(at)),
      );
      expect([trusted, says, end.phase]).toEqual([trusted, says, phase]);
      expect(asked.map((one) => one.includes('verify.cjs "; rm -rf x"'))).toEqual(trusted ? [true] : []);
      if (phase === 'scored') {
        const hover = await client.hover(uri, 6);
        expect(hover).toContain('unit tests fails the chosen answer and passes the rejected one');
        // A verdict is no log-odds.
        expect(hover).not.toContain('posterior');
        expect(await client.hover(uri, 0)).toContain(
          'unit tests passes the chosen answer and fails the rejected one',
        );
      } else expect(() => readFileSync(join(at.path, 'runs'))).toThrow();
      client.connection.dispose();
    }
  });

  it('is named on the command line', async () => {
    const script = at.write('verify.cjs', VERIFIER);
    const file = at.write('code.jsonl', rows.split('\n').slice(0, 7).join('\n'));
    const { findings } = await check(file, '--verify', `${process.execPath} ${script}`);
    expect(
      findings.filter(({ rule }) => rule === 'verifier-contradicts-label').map(({ line }) => line),
    ).toEqual([7]);
  });

  it.skipIf(!existsSync(GSM8K))(
    'finds which right and wrong solutions of GSM8K were exchanged, and no other (needs ../shared/data)',
    async () => {
      const lines = (name: string): readonly Readonly<Record<string, string>>[] =>
        gunzipSync(readFileSync(join(GSM8K, name)))
          .toString('utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, string>);
      const solved = new Map(
        lines('example_model_solutions.jsonl.gz').map((one) => [one.question, one.ground_truth]),
      );
      const pairs = lines('pairs-correctness.jsonl.gz').slice(0, 40);
      const isExchanged = (i: number): boolean => i % 5 === 2;
      const text = pairs.map(({ prompt, chosen, rejected }, i) =>
        JSON.stringify({
          prompt,
          ...(isExchanged(i) ? { chosen: rejected, rejected: chosen } : { chosen, rejected }),
          solution_path: solved.get(prompt),
        }),
      );
      const file = at.write('gsm8k.jsonl', text.join('\n'));
      at.write(
        'result.cjs',
        `const { response, fields } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
         const last = (s) => /A: (.*)$/.exec(s.trim())?.[1];
         process.exit(last(response) === last(fields.solution_path) ? 0 : 1);`,
      );
      const run = [process.execPath, 'result.cjs'];
      at.write('preflens.json', JSON.stringify({ scorers: [{ kind: 'command', run }] }));
      const { findings } = await check(file);
      const found = findings.filter(({ rule }) => rule === 'verifier-contradicts-label');
      expect(found.map(({ line }) => line - 1)).toEqual([...pairs.keys()].filter(isExchanged));
    },
    60_000,
  );
});
