// Links in a repository, and guessed file names: no command writes outside the folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Decision } from '#core/memory/decisions.ts';
import { changeBaseline, decide, readBaseline, readDecisions } from '#node/memory.ts';

import { generatePairs } from '../bench/generate.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { CLI, preflens } from '../process/run.ts';
import { report } from './attack.ts';

const folder = testFolder('links');

const DECISION: Decision = {
  key: 'k',
  rule: 'near-identical-pair',
  decision: 'keep',
  reason: 'r',
  by: '',
  at: '2026-01-01',
  file: 'a.jsonl',
};

const BASELINE = { findings: new Map(), unlisted: new Map() } as unknown as Parameters<
  Parameters<typeof changeBaseline>[1]
>[0];

interface Place {
  readonly repo: string;
  readonly outside: string;
}

function place(): Place {
  const [repo, outside] = [join(folder.path, 'repo'), join(folder.path, 'outside')];
  mkdirSync(repo);
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  writeFileSync(join(repo, 'a.jsonl'), Array.from({ length: 5 }, (_, i) => `${goodRecord(i)}\n`).join(''));
  return { repo, outside };
}

/** Everything outside is unchanged. */
function expectUntouched({ outside }: Place): void {
  expect(readdirSync(outside)).toEqual(['secret']);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
}

/** What is planted below the repository → its target. */
const LINKS: readonly (readonly [string, string])[] = [
  ['.preflens', '../outside'],
  ['.preflens/decisions.jsonl', '../../outside/secret'],
  ['.preflens/decisions.jsonl', '../../outside/new'],
  ['.preflens/baseline.json', '../../outside/secret'],
  ['.preflens/baseline.json', '../../outside/new'],
];

describe('23: planted links', () => {
  it.each(LINKS)('23: %s to %s is refused, and nothing outside is written', async (name, to) => {
    const at = place();
    if (name !== '.preflens') mkdirSync(join(at.repo, '.preflens'));
    symlinkSync(to, join(at.repo, name));
    const isBaseline = name.endsWith('baseline.json');
    if (!isBaseline) await expect(decide(at.repo, DECISION)).rejects.toThrow('this link leads out of');
    if (name !== '.preflens/decisions.jsonl')
      await expect(changeBaseline({ root: at.repo, named: undefined }, () => BASELINE)).rejects.toThrow(
        'this link leads out of',
      );
    expectUntouched(at);
    // The target is not read either.
    if (isBaseline)
      await expect(readBaseline({ root: at.repo, named: undefined })).rejects.toThrow('leads out of');
    else await expect(readDecisions(at.repo)).rejects.toThrow('leads out of');
  });

  it('23: the command reports it and exits with 2', async () => {
    const at = place();
    symlinkSync('../outside', join(at.repo, '.preflens'));
    const { code, err } = await preflens([
      ...['keep', join(at.repo, 'a.jsonl:1'), '--rule', 'near-identical-pair', '--reason', 'r'],
    ]);
    expect([code, err]).toEqual([2, expect.stringContaining('this link leads out of') as string]);
    expect(err).not.toContain('\n    at ');
    expectUntouched(at);
  });

  it.each(['.gitattributes', '.lock', '.decisions.jsonl.partial'])(
    '23: .preflens/%s as a link causes no write outside',
    async (name) => {
      const at = place();
      mkdirSync(join(at.repo, '.preflens'));
      symlinkSync('../../outside/new', join(at.repo, '.preflens', name));
      await Promise.race([
        decide(at.repo, DECISION).catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, 300)),
      ]);
      expectUntouched(at);
    },
    20_000,
  );

  it('23: a link inside the folder is followed, and stays a link', async () => {
    const at = place();
    mkdirSync(join(at.repo, 'shared'));
    symlinkSync('shared', join(at.repo, '.preflens'));
    await decide(at.repo, DECISION);
    expect(readlinkSync(join(at.repo, '.preflens'))).toBe('shared');
    expect(readFileSync(join(at.repo, 'shared', 'decisions.jsonl'), 'utf8')).toContain('"key":"k"');
    expect((await readDecisions(at.repo)).decisions).toEqual([DECISION]);
  });

  it.each([
    ['score', ['--out', 'out.jsonl']],
    ['convert', ['--out', 'out.jsonl']],
    ['check', ['--no-score', '--format', 'json', '--out', 'out.jsonl']],
  ])('23: the guessable names of temporary files of %s are not written through', async (command, args) => {
    const at = place();
    writeFileSync(join(at.repo, 'a.jsonl'), [...generatePairs(60, 3, 20)].join(''));
    const out = join(at.repo, 'out.jsonl');
    // The process id is known before the process starts: a shell takes it and becomes the command.
    const script =
      'cd "$1"; shift; for name in out.jsonl.partial "out.jsonl.$$.partial"; do ln -s ../outside/secret "$name"; done; exec "$@"';
    const own = args.map((one) => (one === 'out.jsonl' ? out : one));
    const child = spawn(
      'bash',
      ['-c', script, 'bash', at.repo, process.execPath, CLI, '--no-cache', command, 'a.jsonl', ...own],
      { stdio: 'ignore' },
    );
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    expectUntouched(at);
    expect(lstatSync(out).isFile()).toBe(true);
  });

  it('23: an output that is a link is replaced, not written through', async () => {
    const at = place();
    const out = join(at.repo, 'out.jsonl');
    symlinkSync('../outside/secret', out);
    expect((await preflens(['convert', join(at.repo, 'a.jsonl'), '--out', out])).code).toBe(0);
    expectUntouched(at);
    expect(lstatSync(out).isSymbolicLink()).toBe(false);
  });

  it('23: a dataset that is a link stays a link, because the user named it', async () => {
    const at = place();
    writeFileSync(join(folder.path, 'real.jsonl'), `${goodRecord(1)}\n`);
    symlinkSync('../real.jsonl', join(at.repo, 'linked.jsonl'));
    writeFileSync(join(at.repo, 'edits'), '{"record":0,"edit":"flip"}');
    const args = ['apply', join(at.repo, 'linked.jsonl'), '--edits', join(at.repo, 'edits')];
    expect((await preflens(args)).code).toBe(0);
    expect(readlinkSync(join(at.repo, 'linked.jsonl'))).toBe('../real.jsonl');
    expect(readFileSync(join(folder.path, 'real.jsonl'), 'utf8')).toContain('"chosen":"worse 1"');
    report('23 planted links', { links: LINKS.length + 5 });
  });
});
