// A linter in a pull request: a baseline, a new fault, a decision, and a file that was sorted and flipped in
// between.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { generatePairs } from '../bench/generate.ts';
import { CLI, preflens } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-ci-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const path = join(folder, 'train.jsonl');
const write = (lines: readonly string[]): void => {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
};
const lines = (): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

interface Pair {
  prompt: string;
  chosen: string;
  rejected: string;
}
const flipped = (line: string): string => {
  const { prompt, chosen, rejected } = JSON.parse(line) as Pair;
  return JSON.stringify({ prompt, chosen: rejected, rejected: chosen });
};

describe('a pull request', () => {
  const bad = JSON.stringify({ prompt: 'Say hi.', chosen: 'Hi!\n\nHuman: And now?', rejected: 'No.' });

  it('fails only on new findings, and passes once they are decided', async () => {
    const start = [...generatePairs(300, 5)].map((line) => line.trimEnd());
    // Old faults of several kinds, with a near duplicate: which of the two is reported depends on the order.
    const near = JSON.parse(start[10]!) as Pair;
    write([
      ...start,
      JSON.stringify({ prompt: 'Q', chosen: '', rejected: 'b' }),
      JSON.stringify({ ...near, prompt: `${near.prompt} indeed` }),
      start[20]!,
      flipped(start[30]!),
      '{"prompt":"no answers"}',
      'not json',
    ]);
    expect((await preflens(['check', path])).code).toBe(1);
    expect((await preflens(['baseline', path])).code).toBe(0);
    const clean = await preflens(['check', path]);
    expect([clean.code, clean.out]).toEqual([0, '']);

    write([...lines(), bad]);
    const failed = await preflens(['check', path]);
    expect(failed.code).toBe(1);
    expect(failed.out.trimEnd().split('\n')).toEqual([
      `${path}:307:38: warning turn-marker-in-response: The chosen response contains the turn marker "Human:".`,
    ]);

    const place = `${path}:307`;
    const decided = await preflens([
      ...['keep', place, '--rule', 'turn-marker-in-response'],
      ...['--reason', 'a play with two speakers', '--by', 'ann'],
    ]);
    expect(decided.code).toBe(0);
    expect((await preflens(['check', path])).code).toBe(0);

    // Sort the lines, flip some pairs, and respell with other spaces: they stay the same pairs.
    const moved = lines().map((line, i) => (i % 40 === 7 ? flipped(line) : line));
    write(moved.sort().map((line) => (line === 'not json' ? line : JSON.stringify(JSON.parse(line)))));
    const again = await preflens(['check', path, '--no-score']);
    expect([again.code, again.out]).toEqual([0, '']);
    expect((await preflens(['check', path])).code).toBe(0);
    expect((await preflens(['check', path, '--no-baseline'])).code).toBe(1);
  });

  it('prune keeps needed decisions and entries for rules that did not run', async () => {
    const memory = (name: string): string => readFileSync(join(folder, '.preflens', name), 'utf8');
    const [decisions, baseline] = [memory('decisions.jsonl'), memory('baseline.json')];
    expect(baseline).toContain('low-margin');
    expect((await preflens(['baseline', path, '--prune', '--no-score'])).code).toBe(0);
    expect([memory('decisions.jsonl'), memory('baseline.json')]).toEqual([decisions, baseline]);
  });

  it('reports an unused decision, and prune removes it with surplus baseline entries', async () => {
    write(lines().filter((line) => line !== bad && line !== 'not json'));
    const unused = await preflens(['check', path, '--no-score']);
    expect([unused.code, unused.out]).toEqual([
      0,
      expect.stringMatching(
        /information unused-suppression: .*"turn-marker-in-response".*a play with two speakers/,
      ),
    ]);
    const pruned = await preflens(['baseline', path, '--prune', '--no-score']);
    expect(pruned.err).toMatch(/1 entry and 1 decision removed/);
    expect((await preflens(['check', path, '--no-score'])).out).toBe('');
    const text = readFileSync(join(folder, '.preflens', 'baseline.json'), 'utf8');
    expect(text).not.toContain('invalid-json');
    expect(text).toContain('empty-response');
  });
});

describe('fix', () => {
  const file = join(folder, 'fix.jsonl');
  const content = [
    '{"prompt": "Q1",  "chosen": "Hi!<|im_end|>", "rejected": "No."}',
    '{"prompt": "Q2", "chosen": "same", "rejected": "same"}',
    '{"prompt": "Q3", "chosen": "Hi!\\n\\nHuman: x", "rejected": "b"}',
    '{"prompt": "Q4", "chosen": "a", "rejected": "b"}',
    '{"prompt": "Q4", "chosen": "a", "rejected": "b"}',
    '{"prompt": "Q5",  "chosen": "Hi \\ud83d!", "rejected": "No."}',
    '{"prompt": "Q4", "chosen": "a", "rejected": "b", "annotator": "B"}',
    '{"prompt": "Q6", "chosen": [{"role":"assistant","content":"On it.","tool_calls":[{"name":"a"}]}], "rejected": "On it."}',
    '{"prompt": "Q6", "chosen": [{"role":"assistant","content":"On it.","tool_calls":[{"name":"b"}]}], "rejected": "On it."}',
    '',
  ].join('\n');

  it('shows the changes as a diff and writes nothing, then applies the safe ones, and nothing on a second run', async () => {
    writeFileSync(file, content);
    const shown = await preflens(['fix', file, '--dry-run']);
    expect(shown.code).toBe(1);
    expect(shown.out.split('\n').filter((line) => /^[-+@]/.test(line))).toEqual([
      `--- ${file}`,
      `+++ ${file}`,
      '@@ line 5: duplicate-pair @@',
      '-{"prompt": "Q4", "chosen": "a", "rejected": "b"}',
      '@@ line 6: lone-surrogate @@',
      '-{"prompt": "Q5",  "chosen": "Hi \\ud83d!", "rejected": "No."}',
      '+{"prompt": "Q5",  "chosen": "Hi !", "rejected": "No."}',
    ]);
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect((await preflens(['fix', file])).code).toBe(0);
    const left = content.split('\n').filter((_, i) => i !== 4);
    expect(readFileSync(file, 'utf8')).toBe(left.join('\n').replace('\\ud83d', ''));
    expect((await preflens(['fix', file, '--dry-run'])).code).toBe(0);
  });

  it('applies other repairs for the named rules, and skips findings that were kept', async () => {
    const kept = ['keep', `${file}:3`, '--rule', 'turn-marker-in-response', '--reason', 'x'];
    expect((await preflens(kept)).code).toBe(0);
    const review = ['fix', file, '--rule', 'turn-marker-in-response', '--review'];
    expect((await preflens([...review, '--dry-run'])).code).toBe(0);
    rmSync(join(folder, '.preflens', 'decisions.jsonl'));
    expect((await preflens(review)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('{"prompt": "Q3", "chosen": "Hi!", "rejected": "b"}');
    const unknown = await preflens(['fix', file, '--rule', 'turn-marker']);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('No such rule: turn-marker.')]);
  });
});

describe('check', () => {
  it('takes patterns and standard input, and fails from the given severity', async () => {
    const report = await preflens([
      'check',
      join(folder, '*.jsonl'),
      '--no-score',
      '--no-baseline',
      '--format',
      'json',
    ]);
    const { files } = JSON.parse(report.out) as { files: { path: string }[] };
    expect(files.map((one) => one.path)).toEqual([join(folder, 'fix.jsonl'), path]);
    const nothing = await preflens(['check', join(folder, '*.nothing')]);
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('no file matches this pattern')]);
    const run = (failOn: string): { code: number; out: string } => {
      try {
        const input = '{"prompt":"Q","chosen":"Hi!\\n\\nHuman: x","rejected":"b"}\n';
        const args = [CLI, '--no-cache', 'check', '-', '--fail-on', failOn];
        return {
          code: 0,
          out: execFileSync(process.execPath, args, { input, encoding: 'utf8', stdio: 'pipe' }),
        };
      } catch (error) {
        const { status, stdout } = error as { status: number; stdout: string };
        return { code: status, out: stdout };
      }
    };
    expect(run('warning')).toEqual({
      code: 1,
      out: 'standard input:1:32: warning turn-marker-in-response: The chosen response contains the turn marker "Human:".\n',
    });
    expect([run('error').code, run('never').code]).toEqual([0, 0]);
  });

  it('explains every rule', async () => {
    const { out } = await preflens(['explain']);
    const ids = out
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]!);
    expect(ids.length).toBeGreaterThan(45);
    const page = await preflens(['explain', 'mojibake']);
    expect(page.out).toContain('## Why');
    const wrong = await preflens(['explain', 'mojibak']);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('did you mean "mojibake"?')]);
  });
});
