// A preflens.json and files of an untrusted folder that try to block the program that reads them, or to read
// outside the folder.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { fitsPattern, MAX_PATTERN } from '#core/config/pattern.ts';
import { configuredFor, configuredMapping } from '#node/config.ts';
import { settingsFor } from '#node/fileSettings.ts';
import { openSidecar } from '#node/scorers/sidecar.ts';

import { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';
import { CLI, preflens, ROOT } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('configuration');
const config = (value: object, name = 'preflens.json'): string => folder.write(name, JSON.stringify(value));
const settings = (): unknown => configuredFor(join(folder.path, 'a.jsonl'));

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Patterns that take a backtracking matcher too long. */
const CATASTROPHIC = [
  '*a'.repeat(120),
  `${'*a'.repeat(60)}b`,
  '+(+(+(+(a))))b',
  '*(*(*(*(a|aa))))b',
  `${'**/'.repeat(80)}b`,
  `${'{a,aa}'.repeat(60)}b`,
  `${'?(a)'.repeat(100)}b`,
  `+(${'*'.repeat(50)}a|${'*a'.repeat(40)})b`,
  `${'{'.repeat(240)}a,b${'}'.repeat(240)}`,
  `${'[a-z]*'.repeat(70)}!`,
];
const PATHS = ['a'.repeat(4000), `${'a/'.repeat(2000)}a`, `${'ab'.repeat(1500)}/${'a'.repeat(900)}`];

describe('25: patterns', () => {
  it('25: a pattern that backtracks forever in other matchers ends here, on any path', () => {
    let tried = 0;
    for (const pattern of CATASTROPHIC) {
      expect(pattern.length).toBeLessThanOrEqual(MAX_PATTERN);
      for (const path of PATHS) {
        expect([pattern, fitsPattern(pattern, path)]).toEqual([
          pattern,
          /^(?:\*a)+$/.test(pattern) && !path.includes('/'),
        ]);
        tried++;
      }
    }
    const alphabet = [
      '*',
      '**/',
      'a',
      '/',
      '{a,',
      '}',
      '+(',
      '*(',
      '|',
      ')',
      '?',
      '[a-b]',
      '[',
      '!',
      '\\',
      '.',
    ];
    let seed = 3;
    const next = (): number => (seed = (seed * 48271) % 0x7fffffff);
    for (let i = 0; i < rounds({ small: 1000, large: 100_000 }); i++) {
      const pattern = Array.from(
        { length: 1 + (next() % 60) },
        () => alphabet[next() % alphabet.length],
      ).join('');
      try {
        fitsPattern(pattern, PATHS[i % PATHS.length]!.slice(0, 300));
      } catch (error) {
        expect(String(error)).toContain('groups of the form !(');
      }
      tried++;
    }
    report('25 patterns', { tried });
  });

  it('25: such a pattern in a preflens.json blocks no other file', async () => {
    const pattern = `${'*a'.repeat(60)}b`;
    config({
      overrides: [{ files: [pattern], rules: { mojibake: 'off' } }],
      mappings: [{ files: pattern, mapping: 'trl-explicit' }],
      scorers: [{ kind: 'columns', files: pattern }],
    });
    const name = `${'a'.repeat(200)}.jsonl`;
    const text = `${goodRecord(1)}\n`;
    const client = memoryServer(undefined, join(folder.path, 'cache'));
    await client.initialize({ trusted: false });
    const uri = pathToFileURL(folder.write(name, text)).toString();
    client.open(uri, text);
    await client.diagnostics(uri);
    expect(client.messages).toEqual([]);
  });

  it.each([
    [
      'a long pattern',
      { overrides: [{ files: 'x'.repeat(MAX_PATTERN + 1), rules: {} }] },
      'more than 500 characters',
    ],
    [
      'many patterns',
      { overrides: [{ files: Array<string>(100).fill('x'.repeat(400)), rules: {} }] },
      'patterns have more than',
    ],
    ['a long range', { overrides: [{ files: '{1..99999999}', rules: {} }] }, 'longer than 1000'],
    ['a long unknown name', { ['x'.repeat(500_000)]: 1 }, 'must not have'],
  ])('25: %s is refused with its reason', (_name, value, expected) => {
    config(value);
    expect(settings).toThrow(expected);
  });
});

describe('25: sizes', () => {
  it('25: deep nesting and large files are refused before they are parsed', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      folder.write('preflens.json', `${open.repeat(100_000)}1${close.repeat(100_000)}`);
      expect(settings).toThrow('nested deeper');
    }
    folder.write('preflens.json', `{"$schema":"${'['.repeat(100)}\\"${'{'.repeat(100)}"}`);
    expect(settings).not.toThrow();
    folder.write('preflens.json', `{"$schema":"${'x'.repeat(2 ** 20)}"}`);
    expect(settings).toThrow('too large: the limit is 1 MB');
  });
});

describe('25: extends', () => {
  it('25: thousands of files that extend one another end in an error, a circle with its chain', () => {
    for (let i = 0; i < rounds({ small: 50, large: 5000 }); i++)
      config({ extends: `f${i + 1}.json` }, i === 0 ? 'preflens.json' : `f${i}.json`);
    expect(settings).toThrow(/more than 8 files extend one another: preflens.json → f1.json → .*f8.json/);
    config({ extends: 'b/one.json' });
    config({ extends: '../two.json' }, 'b/one.json');
    config({ extends: 'preflens.json' }, 'two.json');
    expect(settings).toThrow('it extends itself: preflens.json → b/one.json → two.json → preflens.json');
    config({ extends: Array<string>(5000).fill('leaf.json') });
    config({}, 'leaf.json');
    expect(settings).toThrow('extends more than 32 files');
    // Each file extends the next one twice: a tree of 2^8 files without the limit.
    config({ extends: ['d1.json', 'd1.json'] });
    for (let i = 1; i < 8; i++) config({ extends: [`d${i + 1}.json`, `d${i + 1}.json`] }, `d${i}.json`);
    config({}, 'd8.json');
    expect(settings).toThrow('extends more than 32 files');
  });

  it('25: nothing outside the project is extended: by name, by links, by names of other machines or devices', () => {
    mkdirSync(join(folder.path, 'project', 'data'), { recursive: true });
    config({ rules: { mojibake: 'off' } }, 'outside.json');
    const of = (named: string): (() => unknown) => {
      config({ extends: named }, 'project/preflens.json');
      return () => configuredFor(join(folder.path, 'project', 'data', 'a.jsonl'));
    };
    symlinkSync(join(folder.path, 'outside.json'), join(folder.path, 'project', 'link.json'));
    symlinkSync('..', join(folder.path, 'project', 'up'));
    for (const named of [
      '../outside.json',
      join(folder.path, 'outside.json'),
      'data/../../outside.json',
      'link.json',
      'up/outside.json',
      '\\\\evil.example\\share\\a.json',
      '//evil.example/share/a.json',
      '\\\\.\\pipe\\x',
      '\\\\?\\UNC\\evil.example\\a',
      '/dev/zero',
      '/dev/tty',
      '/proc/self/environ',
    ])
      expect(of(named), named).toThrow('which is outside');
    config({ rules: { mojibake: 'off' } }, 'project/inside.json');
    expect(of('inside.json')).not.toThrow();
    // A project is the folder of its .git, or of its topmost preflens.json.
    config({ extends: '../inside.json' }, 'project/data/preflens.json');
    expect(of('inside.json')).not.toThrow();
  });
});

describe('25: benchmarks and sidecars', () => {
  it('25: must be below the project in an untrusted folder; a trusted one may name others', async () => {
    folder.write('held.jsonl', `${goodRecord(1)}\n`);
    const data = folder.write('project/a.jsonl', `${goodRecord(2)}\n`);
    for (const named of ['../held.jsonl', '\\\\evil.example\\share\\h.jsonl', '//evil.example/h.jsonl']) {
      config({ benchmarks: [named] }, 'project/preflens.json');
      await expect(settingsFor(data, {}, false), named).rejects.toThrow('which is outside');
    }
    config({ benchmarks: ['../held.jsonl'] }, 'project/preflens.json');
    expect((await settingsFor(data)).rules.benchmarks).toHaveLength(1);

    config({ scorers: [{ kind: 'sidecar', file: '../s.jsonl' }] }, 'project/preflens.json');
    folder.write('s.jsonl', '{"record":0,"pair":0,"margin":1}\n');
    for (const [trusted, phase] of [
      [false, 'failed'],
      [true, 'scored'],
    ] as const) {
      const client = memoryServer(undefined, join(folder.path, 'cache'));
      await client.initialize({ trusted });
      const uri = pathToFileURL(data).toString();
      client.open(uri, readFileSync(data, 'utf8'));
      const end = await client.until('the end', () =>
        client.statuses.find((one) => ['failed', 'scored'].includes(one.phase)),
      );
      expect(end.phase, end.reason).toBe(phase);
      if (!trusted) expect(end.reason).toContain('which is outside');
    }
  });
});

const isPosix = process.platform !== 'win32';
const pipe = (name: string): string => {
  const path = join(folder.path, name);
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  return path;
};

describe.runIf(isPosix)('25: pipes, sockets and devices under file names', () => {
  const run = async (...args: string[]) =>
    preflens(args, (_pid, kill) =>
      ends.push(() => {
        kill('SIGKILL');
      }),
    );

  it('25: a pipe in place of a dataset is reported, and the others are checked', async () => {
    const paths = ['x.jsonl', 'x.parquet', 'x.jsonl.gz'].map(pipe);
    symlinkSync('/dev/zero', join(folder.path, 'zero.jsonl'));
    const socket = join(folder.path, 's.jsonl');
    const server = createServer().listen(socket);
    ends.push(() => {
      server.close();
    });
    await new Promise((resolve) => server.on('listening', resolve));
    const good = folder.write(
      'good.jsonl',
      `${JSON.stringify({ prompt: 'q', chosen: '', rejected: 'b' })}\n`,
    );
    const checked = await run('check', '--no-score', good, ...paths, join(folder.path, 'zero.jsonl'), socket);
    expect(checked.code).toBe(2);
    expect(checked.out).toContain('good.jsonl:1');
    for (const path of paths) expect(checked.err).toContain(`${path}: this is a named pipe`);
    expect(checked.err).toContain('zero.jsonl: this is a device');
    expect(checked.err).toContain('s.jsonl: this is a socket');
    const whole = await run('check', '--no-score', folder.path);
    expect(whole.code).toBe(2);
    expect(whole.err).toContain('not a regular file');
    for (const args of [
      ['stats', paths[0]!],
      ['schema', paths[0]!],
      ['apply', good, '--edits', paths[0]!],
      ['convert', paths[1]!, '--out', '-'],
    ])
      expect((await run(...args)).err).toContain('this is a named pipe');
  });

  it('25: a pipe in place of a preflens.json, decisions, a baseline, a benchmark or a sidecar', async () => {
    const data = folder.write('d/a.jsonl', `${goodRecord(1)}\n`);
    pipe('d/preflens.json');
    expect(() => configuredMapping(data)).toThrow('this is a named pipe');
    const other = folder.write('e/a.jsonl', `${goodRecord(1)}\n`);
    mkdirSync(join(folder.path, 'e', '.preflens'));
    pipe('e/.preflens/decisions.jsonl');
    expect((await run('check', '--no-score', other)).err).toMatch(
      /decisions.jsonl: this is (?:a named pipe|not a regular file)/,
    );
    const third = folder.write('f/a.jsonl', `${goodRecord(1)}\n`);
    mkdirSync(join(folder.path, 'f', '.preflens'));
    pipe('f/.preflens/baseline.json');
    expect((await run('check', '--no-score', third)).err).toMatch(
      /baseline.json: this is (?:a named pipe|not a regular file)/,
    );
    const held = pipe('f/held.jsonl');
    config({ benchmarks: ['held.jsonl'] }, 'f/preflens.json');
    await expect(settingsFor(third)).rejects.toThrow('this is a named pipe');
    const arrow = pipe('f/s.arrow');
    for (const file of [held, arrow])
      await expect(openSidecar({ kind: 'sidecar', file }, '.', third, () => 0)).rejects.toThrow(
        'this is a named pipe',
      );
    mkdirSync(join(folder.path, 'model'));
    pipe('model/config.json');
    expect((await run('model', join(folder.path, 'model'))).err).toContain('this is a named pipe');
  });

  it('25: the server checks the other files of a workspace, and exits while a read is stuck', async () => {
    pipe('x.jsonl');
    pipe('preflens.json');
    mkdirSync(join(folder.path, 'sub'));
    folder.write('sub/good.jsonl', `${JSON.stringify({ prompt: 'q', chosen: '', rejected: 'b' })}\n`);
    for (const how of ['exit', 'SIGTERM'] as const) {
      const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
      ends.push(() => child.kill('SIGKILL'));
      const ended = new Promise((resolve) => child.on('close', resolve));
      const client = new PlainClient(
        createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)),
      );
      const uri = pathToFileURL(folder.path).toString();
      await client.initialize({}, { workspaceFolders: [{ uri, name: 'x' }] });
      const { files, errors }: { files: number; errors: string[] } = await client.connection.sendRequest(
        'preflens/checkWorkspace',
        null,
      );
      expect([files, errors]).toEqual([1, [expect.stringContaining('this is a named pipe')]]);
      if (how === 'SIGTERM') child.kill('SIGTERM');
      else {
        await client.connection.sendRequest('shutdown');
        await client.connection.sendNotification('exit');
      }
      await ended;
    }
  });

  it('25: a process exits even if one of its threads is stuck in a system call', async () => {
    const path = pipe('waits');
    const ended = async (name: string, before: string): Promise<unknown> => {
      const entry = folder.write(
        `${name}.mjs`,
        `import { open } from 'node:fs';
         import { endForSure } from ${JSON.stringify(join(ROOT, 'server/src/node/ending.ts'))};
         ${before}
         process.on('exit', endForSure);
         setTimeout(() => process.exit(3), 100);`,
      );
      const outfile = join(folder.path, `${name}.built.mjs`);
      const options = { bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' } as const;
      await build({ entryPoints: [entry], outfile, ...options });
      const child = spawn(process.execPath, [outfile], { stdio: 'ignore' });
      ends.push(() => child.kill('SIGKILL'));
      return new Promise((resolve) =>
        child.on('close', (code, signal) => {
          resolve(code ?? signal);
        }),
      );
    };
    expect(await ended('held', `open(${JSON.stringify(path)}, 'r', () => undefined);`)).toBe('SIGKILL');
    expect(await ended('free', '')).toBe(3);
  });
});
