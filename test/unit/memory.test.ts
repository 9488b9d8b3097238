// Decisions and the baseline: their text, their merge by git, and the findings they silence.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { DEFAULT_RULES } from '#core/checks/settings.ts';
import { memoryFindings, remember } from '#core/memory/apply.ts';
import { baselineOf, formatBaseline, isOld, parseBaseline, prune } from '#core/memory/baseline.ts';
import type { Decision } from '#core/memory/decisions.ts';
import { Decisions, formatDecisions, parseDecisions, withDecisions } from '#core/memory/decisions.ts';
import type { Verdict } from '#core/memory/verdicts.ts';
import { formatVerdict, Verdicts } from '#core/memory/verdicts.ts';
import { seededRandom } from '#core/score/random.ts';
import { addVerdict, decide, forget, memoryRoot, readDecisions } from '#node/memory.ts';

import { KEPT } from '../fakes/verdicts.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-memory-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const made = (key: string, more: Partial<Decision> = {}): Decision => ({
  key,
  rule: 'refusal-chosen',
  decision: 'keep',
  reason: 'asked for',
  by: 'ann',
  at: '2026-01-02',
  file: 'a.jsonl',
  ...more,
});

describe('decisions', () => {
  it('give the same sorted text in any order, and are read back', () => {
    const random = seededRandom(4);
    const all = Array.from({ length: 40 }, (_, i) =>
      made(`k${Math.floor(random() * 1e6)}`, { reason: `r "${i}"\n` }),
    );
    const shuffled = [...all].sort(() => random() - 0.5);
    const text = formatDecisions(all);
    expect(formatDecisions(shuffled)).toBe(text);
    expect(text.split('\n')).toEqual(text.split('\n').slice(0, -1).sort().concat(''));
    expect(formatDecisions(parseDecisions(text).decisions)).toBe(text);
  });

  it('are one per finding; an invalid line is named and affects no other', () => {
    const changed = withDecisions([made('a'), made('b')], [made('a', { reason: 'new' })]);
    expect(changed.map(({ key, reason }) => [key, reason])).toEqual([
      ['b', 'asked for'],
      ['a', 'new'],
    ]);
    const text = `<<<<<<< ours\n${JSON.stringify(made('a'))}\n{"key":1}\nnot json\n`;
    const { decisions, bad } = parseDecisions(text);
    expect(decisions).toHaveLength(1);
    expect(bad).toEqual([
      { line: 1, why: 'a merge left a conflict marker' },
      { line: 3, why: '"key" is not a string' },
      { line: 4, why: 'it is not JSON' },
    ]);
  });

  it('silence a finding until someone marks it as right, and report when they are not needed', () => {
    const findings = ['a', 'b', 'c'].map((key) => ({ key, rule: 'refusal-chosen' }));
    const list = [made('a'), made('b'), made('b', { decision: 'wrong', by: 'ben' }), made('gone')];
    const { shown, kept } = remember(findings, new Decisions(list), undefined);
    expect([shown, kept].map((some) => some.map(({ key }) => key))).toEqual([['b', 'c'], ['a']]);
    const said = memoryFindings(list, findings, 'a.jsonl', DEFAULT_RULES, () => true);
    expect(said.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'unused-suppression',
        'Unused decision: "refusal-chosen" is no longer reported for pair gone ("asked for").',
      ],
      [
        'decision-conflict',
        'Decisions about "refusal-chosen" of pair b disagree: ann says "keep" (asked for), ben says "wrong" (asked for).',
      ],
    ]);
    expect(memoryFindings(list, findings, 'other.jsonl', DEFAULT_RULES, () => true)).toEqual([]);
    expect(memoryFindings(list, findings, 'a.jsonl', DEFAULT_RULES, () => false)).toHaveLength(1);
  });
});

describe('two branches with different decisions', () => {
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
  const commit = (message: string): void => {
    git('add', '-A');
    git('commit', '-qm', message);
  };

  it('merge without a conflict, neighbours too; if they disagree, both are there to be reported', async () => {
    git('init', '-q', '-b', 'main');
    await decide(folder, made('k3'));
    commit('first');
    git('checkout', '-qb', 'ann');
    await decide(folder, made('k1'));
    await decide(folder, made('same', { by: 'ann' }));
    commit('ann');
    git('checkout', '-q', 'main');
    git('checkout', '-qb', 'ben');
    await decide(folder, made('k2', { by: 'ben' }));
    await decide(folder, made('same', { by: 'ben', decision: 'wrong' }));
    commit('ben');
    git('merge', '-q', '--no-edit', 'ann');
    const { decisions, bad } = await readDecisions(folder);
    expect(bad).toEqual([]);
    expect(decisions.map(({ key }) => key).sort()).toEqual(['k1', 'k2', 'k3', 'same', 'same']);
    expect(new Decisions(decisions).conflicts()).toHaveLength(1);
    // The next decision settles it, and also sorts the merged lines.
    await decide(folder, made('same', { by: 'eve' }));
    const text = readFileSync(join(folder, '.preflens', 'decisions.jsonl'), 'utf8');
    expect(text).toBe(formatDecisions((await readDecisions(folder)).decisions));
    expect(new Decisions((await readDecisions(folder)).decisions).conflicts()).toEqual([]);
    expect(await forget(folder, ({ key }) => key === 'k1')).toBe(1);
  });

  it('refuses to overwrite lines that it cannot read', async () => {
    const path = join(folder, '.preflens', 'decisions.jsonl');
    writeFileSync(path, '<<<<<<< ours\n');
    await expect(decide(folder, made('x'))).rejects.toThrow(`${path}:1: this line is invalid`);
    expect(readFileSync(path, 'utf8')).toBe('<<<<<<< ours\n');
  });

  it('belong to the nearest folder that has some, else to that of preflens.json, else to the repository', () => {
    const deep = join(folder, 'x', 'y');
    mkdirSync(deep, { recursive: true });
    expect(memoryRoot(join(deep, 'a.jsonl'))).toBe(folder);
    const other = mkdtempSync(join(tmpdir(), 'preflens-memory-'));
    mkdirSync(join(other, 'data'));
    mkdirSync(join(other, '.git'));
    expect(memoryRoot(join(other, 'data', 'a.jsonl'))).toBe(other);
    writeFileSync(join(other, 'data', 'preflens.json'), '{}');
    expect(memoryRoot(join(other, 'data', 'a.jsonl'))).toBe(join(other, 'data'));
    rmSync(other, { recursive: true });
  });
});

describe('verdicts', () => {
  const own = mkdtempSync(join(tmpdir(), 'preflens-verdicts-'));
  afterAll(() => {
    rmSync(own, { recursive: true });
  });
  mkdirSync(join(own, '.preflens'));
  const path = join(own, '.preflens', 'decisions.jsonl');
  const said = { ...KEPT, key: 'k' };
  const say = async (key: string): Promise<Verdict> => addVerdict(join(own, 'a.jsonl'), { ...said, key });
  const text = (): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

  it('are added to the file, whose lines stay where they are, also when a decision is sorted in', async () => {
    const first = await say('z');
    const before = text();
    const second = await say('b');
    expect(text()).toBe(`${before}${formatVerdict(second)}\n`);
    await decide(own, made('y'));
    expect(text().split('\n').slice(1)).toEqual([formatVerdict(first), formatVerdict(second), '']);
  });

  it('leave a line without an end whole', async () => {
    const line = formatVerdict({ ...said, at: '2026-01-02T00:00:00.000Z', file: 'a.jsonl' });
    writeFileSync(path, line);
    const added = await say('k');
    expect(text()).toBe(`${line}\n${formatVerdict(added)}\n`);
  });

  it('are refused while a line is broken, and the file stays as it is', async () => {
    const before = text();
    appendFileSync(path, '{"key":"ha');
    await expect(say('k')).rejects.toThrow(`${path}:3: this line is invalid`);
    expect(text()).toBe(`${before}{"key":"ha`);
    writeFileSync(path, before);
  });

  it('are all kept when many are given at once', async () => {
    const before = text();
    const keys = Array.from({ length: 20 }, (_, i) => `k${i % 3}`);
    const all = await Promise.all(keys.map(say));
    const lines = text().slice(before.length).trimEnd().split('\n');
    expect(lines.sort()).toEqual(all.map(formatVerdict).sort());
  });

  it('are those of the file, also after other programs changed it', async () => {
    const random = seededRandom(6);
    const steps: (() => unknown)[] = [
      async () => say(`k${Math.floor(random() * 5)}`),
      async () => decide(own, made(`k${Math.floor(random() * 5)}`)),
      () => {
        appendFileSync(path, `${formatVerdict({ ...said, key: 'k1', at: `${random()}`, file: 'b' })}\n`);
      },
      () => {
        writeFileSync(path, text().split('\n').slice(1).join('\n'));
      },
      () => {
        rmSync(path, { force: true });
      },
    ];
    for (let i = 0; i < 60; i++) {
      await steps[Math.floor(random() ** 2 * steps.length)]?.();
      const known = await readDecisions(own);
      const { decisions, others } = parseDecisions(text());
      const fresh = new Verdicts(others.flatMap(({ verdict }) => verdict ?? []));
      const keys = [...fresh.keys];
      expect(known.decisions).toEqual(decisions);
      expect(known.others).toEqual(others.map((one) => one.text));
      expect([...known.verdicts.keys].sort()).toEqual(keys.sort());
      expect(keys.map((key) => known.verdicts.all(key))).toEqual(keys.map((key) => fresh.all(key)));
    }
    await say('k');
    expect(await readDecisions(own)).toBe(await readDecisions(own));
  });
});

describe('the baseline', () => {
  const found = [
    { key: 'b', rule: 'x' },
    { key: 'a', rule: 'y' },
    { key: 'a', rule: 'x', other: 'c' },
  ];
  it('gives the same text in any order, and is read back; other texts are refused', () => {
    const text = formatBaseline(baselineOf(found, new Map([['x', 3]])));
    expect(formatBaseline(baselineOf([...found].reverse(), new Map([['x', 3]])))).toBe(text);
    expect(formatBaseline(parseBaseline(text)!)).toBe(text);
    for (const other of ['', '[]', '{"version":2}', '{"version":1,"findings":[]}'])
      expect(parseBaseline(other)).toBeUndefined();
  });
  it('covers a finding of two pairs whichever is reported, and no new pair beside an old one', () => {
    const baseline = baselineOf(found, new Map());
    expect(isOld(baseline, { key: 'c', rule: 'x', other: 'a' })).toBe(true);
    expect(isOld(baseline, { key: 'a', rule: 'x', other: 'new' })).toBe(false);
    expect(isOld(baseline, { key: 'b', rule: 'y' })).toBe(false);
  });
  it('drops findings that no longer occur', () => {
    const left = prune(baselineOf(found, new Map()), found.slice(0, 1));
    expect([...left.findings]).toEqual([['b', new Set(['x'])]]);
  });
});
