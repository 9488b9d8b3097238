// Errors of the operating system: every command gives a plain message and exit code 2, and the old file is
// unchanged.
import { linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import { generatePairs } from '../bench/generate.ts';
import type { Fault } from '../fakes/faults.ts';
import { faultEnvironment } from '../fakes/faults.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';
import { preflens } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('system');

const CODES = ['EBUSY', 'EXDEV', 'EIO', 'ENOSPC', 'EROFS', 'EACCES', 'EMFILE'];

const OPS: readonly Fault['op'][] = ['open', 'read', 'write', 'sync', 'rename', 'stat', 'readdir'];

/** Commands; ./NAME stands for a file in the test's folder. */
const COMMANDS: readonly (readonly string[])[] = [
  ['check', '--no-score', './a.jsonl'],
  ['check', '--no-score', './'],
  ['check', '--no-score', '--format', 'json', '--out', './report.json', './a.jsonl'],
  ['check', './a.jsonl'],
  ['index', './a.jsonl'],
  ['schema', './a.jsonl'],
  ['stats', './a.jsonl'],
  ['stats', './a.parquet'],
  ['fix', './broken.jsonl'],
  ['apply', './a.jsonl', '--edits', './edits'],
  ['apply', './a.parquet', '--edits', './edits'],
  ['convert', './a.jsonl', '--out', './out.jsonl'],
  ['convert', './a.jsonl', '--out', './out.jsonl.gz'],
  ['convert', './a.jsonl', '--out', './out.parquet'],
  ['convert', './a.parquet', '--out', './out.jsonl'],
  ['score', './a.jsonl', '--out', './scores.jsonl'],
  ['score', './a.jsonl', '--out', './scores.arrow'],
  ['keep', './a.jsonl:1', '--rule', 'near-identical-pair', '--reason', 'r'],
  ['baseline', './a.jsonl', '--no-score'],
  ['baseline', './a.jsonl', '--no-score', '--prune'],
];

/** The most frequent errors; the small form tests only these. */
const SMALL: readonly (readonly [number, Fault['op'], string])[] = [
  [0, 'read', 'EIO'],
  [1, 'readdir', 'EACCES'],
  [2, 'write', 'ENOSPC'],
  [7, 'open', 'EMFILE'],
  [9, 'rename', 'EBUSY'],
  [10, 'read', 'EIO'],
  [11, 'rename', 'EXDEV'],
  [12, 'write', 'ENOSPC'],
  [13, 'sync', 'EIO'],
  [15, 'rename', 'EBUSY'],
  [16, 'open', 'EROFS'],
  [17, 'write', 'ENOSPC'],
  [18, 'rename', 'EACCES'],
];

async function prepare(): Promise<void> {
  const text = [...generatePairs(60, 3, 20)].join('');
  folder.write('a.jsonl', text);
  folder.write('broken.jsonl', `${text}{"prompt":"q","chosen":"a","rejected":"b"},\n`);
  folder.write('edits', '{"record":0,"edit":"flip"}\n{"record":3,"edit":"drop"}\n');
  const made = await preflens([
    'convert',
    join(folder.path, 'a.jsonl'),
    '--out',
    join(folder.path, 'a.parquet'),
  ]);
  expect(made.code).toBe(0);
}

const wholeNow = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder.path, name)).isFile())
      .map((name) => [name, readFileSync(join(folder.path, name)).toString('base64')]),
  );

describe('37: operating system errors', () => {
  it('37: every command reports them in plain words with exit 2, and nothing is half-written', async () => {
    await prepare();
    const random = seededRandom(37);
    const all = COMMANDS.flatMap((_, command) =>
      OPS.flatMap((op) => CODES.map((code) => [command, op, code] as const)),
    );
    const chosen = rounds({ small: 0, large: 1 }) === 0 ? SMALL : all;
    const before = wholeNow();
    const counts = { rounds: 0, refused: 0, unharmed: 0 };
    for (const [number, op, fault] of chosen) {
      const command = COMMANDS[number] ?? [];
      const args = command.map((one) => (one.startsWith('./') ? join(folder.path, one) : one));
      const after = rounds({ small: 0, large: 1 }) === 0 ? 0 : Math.floor(4 * random());
      const { code, err } = await preflens(args, undefined, undefined, {
        PREFLENS_CACHE: join(folder.path, '..', 'cache'),
        ...faultEnvironment({ op, code: fault, path: `^${folder.path}`, after }),
      });
      const what = `${command.join(' ')}: ${op} ${fault} after ${after}`;
      expect([what, err]).toEqual([
        what,
        expect.not.stringMatching(/^\s+at |node:internal|UnhandledPromise/m),
      ]);
      counts.rounds++;
      if (code === 2) {
        counts.refused++;
        expect([what, err]).toEqual([what, expect.stringMatching(/[.:] .*\./)]);
        // All old files are there, unchanged.
        const now = wholeNow();
        for (const [name, content] of Object.entries(before))
          expect([what, name, now[name]]).toEqual([what, name, content]);
      } else {
        counts.unharmed++;
        expect([what, code]).toEqual([what, expect.toSatisfy((one: number) => one === 0 || one === 1)]);
        for (const [name, content] of Object.entries(before))
          writeFileSync(join(folder.path, name), Buffer.from(content, 'base64'));
      }
    }
    if (chosen === SMALL) expect(counts.refused).toBe(SMALL.length);
    expect(counts.refused).toBeGreaterThan(counts.rounds / 4);
    report('37 system errors', counts);
  });

  it('37: the message names the error code and what to do', async () => {
    await prepare();
    const convert = ['convert', join(folder.path, 'a.jsonl'), '--out', join(folder.path, 'out.jsonl')];
    const run = async (op: Fault['op'], code: string): Promise<string> =>
      (
        await preflens(
          convert,
          undefined,
          undefined,
          faultEnvironment({ op, code, path: `^${folder.path}.*out` }),
        )
      ).err;
    expect(await run('rename', 'EBUSY')).toContain(
      `${join(folder.path, 'out.jsonl')}: another program uses it, or it is a mount point, as in a container (EBUSY). `,
    );
    expect(await run('write', 'ENOSPC')).toContain(
      'the disk is full (ENOSPC). Free some space and try again.',
    );
    expect(readdirSync(folder.path)).not.toContain('out.jsonl');
  });
});

describe('37: hard links', () => {
  it('37: a save splits them, and warns about it before, once', async () => {
    const path = folder.write('a.jsonl', `${goodRecord(0)}\n${goodRecord(1)}\n`);
    linkSync(path, join(folder.path, 'b.jsonl'));
    const edits = folder.write('edits', '{"record":0,"edit":"flip"}');
    const first = await preflens(['apply', path, '--edits', edits]);
    expect([first.code, first.err]).toEqual([
      0,
      expect.stringContaining('this file has 2 names (hard links)'),
    ]);
    expect(first.err.indexOf('hard links')).toBeLessThan(first.err.indexOf('saved'));
    expect(readFileSync(join(folder.path, 'b.jsonl'), 'utf8')).toContain('"chosen":"better 0"');
    expect((await preflens(['apply', path, '--edits', edits])).err).not.toContain('hard links');
  });

  it('37: the editor is warned before the first save', async () => {
    const path = folder.write('a.jsonl', `${goodRecord(0)}\n${goodRecord(1)}\n`);
    linkSync(path, join(folder.path, 'b.jsonl'));
    const client = memoryServer(undefined, join(folder.path, 'cache'));
    await client.initialize({ settings: { scoreOnOpen: false } });
    const uri = pathToFileURL(path).href;
    await client.connection.sendRequest('preflens/openFile', { uri });
    await client.until('the survey', () =>
      client.statuses.find((one) => one.uri === uri && one.phase === 'unscored'),
    );
    await client.execute('preflens.flip', { uri, record: 0, pair: 0 });
    await client.connection.sendRequest('preflens/saveFile', { uri });
    await client.until('the message', () => client.messages.find((one) => one.includes('hard links')));
  });
});
