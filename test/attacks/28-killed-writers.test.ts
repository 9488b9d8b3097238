// A process is killed while it writes: the file is the old one or the new one, whole.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { formatBaseline } from '#core/memory/baseline.ts';
import { seededRandom } from '#core/score/random.ts';

import { generatePairs } from '../bench/generate.ts';
import { PlainClient } from '../fakes/client.ts';
import type { Fault } from '../fakes/faults.ts';
import { faultEnvironment } from '../fakes/faults.ts';
import { testFolder } from '../fakes/files.ts';
import { CLI, preflens } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('killed');

interface Writer {
  readonly name: string;
  readonly target: string;
  readonly args: readonly string[];
  /** The text of the target, which the command changes, from lines. */
  readonly changes?: (lines: readonly string[]) => string;
}

/** Commands; ./NAME stands for a file in the test's folder. */
const WRITERS: readonly Writer[] = [
  { name: 'convert', target: 'out.jsonl', args: ['convert', './a.jsonl', '--out', './out.jsonl'] },
  {
    name: 'convert, compressed',
    target: 'out.jsonl.gz',
    args: ['convert', './a.jsonl', '--out', './out.jsonl.gz'],
  },
  {
    name: 'convert to a table',
    target: 'out.parquet',
    args: ['convert', './a.jsonl', '--out', './out.parquet'],
  },
  { name: 'score', target: 'scores.jsonl', args: ['score', './a.jsonl', '--out', './scores.jsonl'] },
  {
    name: 'keep',
    target: '.preflens/decisions.jsonl',
    args: ['keep', './a.jsonl:1', '--rule', 'near-identical-pair', '--reason', 'r'],
  },
  { name: 'baseline', target: '.preflens/baseline.json', args: ['baseline', './a.jsonl', '--no-score'] },
  {
    name: 'check --out',
    target: 'report.json',
    args: ['check', './a.jsonl', '--no-score', '--format', 'json', '--out', './report.json'],
  },
  {
    name: 'fix',
    target: 'a.jsonl',
    args: ['fix', './a.jsonl'],
    changes: (lines) => `${lines.join('\n')}\n{"prompt":"q","chosen":"a","rejected":"b"},\n`,
  },
  {
    name: 'fix of a JSON document',
    target: 'list.json',
    args: ['fix', './list.json'],
    // The second line occurs twice: one is dropped with its comma.
    changes: (lines) => `{"train": [\n${[...lines, lines[1]].join(',\n')}],\n"test": [${lines[0] ?? ''}]}`,
  },
];

/** Decision and baseline files are read before they are written. */
const OLD: Readonly<Record<string, string>> = {
  '.preflens/decisions.jsonl': '',
  '.preflens/baseline.json': formatBaseline({ findings: new Map(), unlisted: new Map() }),
};

const MOMENTS: readonly Fault['op'][] = ['open', 'write', 'read', 'sync', 'rename'];

/** When to kill the process: at a disk operation, or after a time. */
function momentOf(random: () => number, whole: number): { readonly fault?: Fault; readonly ms?: number } {
  if (random() < 0.3) return { ms: whole * (0.3 + 0.8 * random()) };
  const op = MOMENTS[Math.floor(MOMENTS.length * random())] ?? 'rename';
  return { fault: { op, code: 'SIGKILL', path: 'preflens-tmp|\\.lock$', after: Math.floor(3 * random()) } };
}

describe('28: killed writers', () => {
  it.each(WRITERS)(
    '28: a killed $name leaves its file old or new, whole',
    async ({ name, target, args, changes }) => {
      const kills = rounds({ small: 2, large: 100 });
      const random = seededRandom(28);
      const source = [...generatePairs(kills > 2 ? 3000 : 120, 6, 20)].join('');
      folder.write('a.jsonl', source);
      const own = args.map((one) => (one.startsWith('./') ? join(folder.path, one) : one));
      const path = join(folder.path, target);
      mkdirSync(dirname(path), { recursive: true });
      const changed = changes?.(source.trimEnd().split('\n'));
      const old = Buffer.from(changed ?? OLD[target] ?? 'what stood there before\n');
      const reset = (): void => {
        writeFileSync(path, old);
      };
      reset();
      const before = readFileSync(path);
      const begun = performance.now();
      expect((await preflens(own)).code).toBe(0);
      const whole = performance.now() - begun;
      const made = readFileSync(path);
      const seen = { old: 0, new: 0 };
      for (let kill = 0; kill < kills; kill++) {
        reset();
        const { fault, ms } = momentOf(random, whole);
        await preflens(
          own,
          (_pid, end) => {
            if (ms !== undefined)
              setTimeout(() => {
                end('SIGKILL');
              }, ms);
          },
          undefined,
          fault && faultEnvironment(fault),
        );
        const now = readFileSync(path);
        expect([kill, now.equals(before) || now.equals(made)]).toEqual([kill, true]);
        seen[now.equals(before) ? 'old' : 'new']++;
      }
      report(`28 killed ${name}`, { kills, ...seen });
    },
  );

  it('28: a killed save under another name leaves the file there old or new, whole', async () => {
    const kills = rounds({ small: 4, large: 100 });
    const random = seededRandom(29);
    const path = folder.write('a.jsonl', [...generatePairs(kills > 4 ? 3000 : 120, 6, 20)].join(''));
    const to = join(folder.path, 'chosen.jsonl');
    const old = 'what stood there before\n';
    const uri = pathToFileURL(path).href;
    let sessions = 0;
    const saveAs = async (fault?: Fault, ms?: number): Promise<boolean> => {
      // A cache per session: otherwise the edits of a killed session would be restored.
      const cache = join(folder.path, `cache${sessions++}`);
      const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: { ...process.env, PREFLENS_CACHE: cache, ...(fault && faultEnvironment(fault)) },
      });
      const ended = new Promise<false>((resolve) =>
        child.on('close', () => {
          resolve(false);
        }),
      );
      const connection = createMessageConnection(
        new StreamMessageReader(child.stdout),
        new StreamMessageWriter(child.stdin),
      );
      const client = new PlainClient(connection);
      const work = async (): Promise<true> => {
        await client.initialize({ settings: { scoreOnOpen: false } });
        await connection.sendRequest('preflens/openFile', { uri });
        await client.until('the survey', () => client.statuses.find(({ phase }) => phase === 'unscored'));
        await client.execute('preflens.flip', { uri, record: 5, pair: 0 });
        if (ms !== undefined) setTimeout(() => child.kill('SIGKILL'), ms);
        await connection.sendRequest('preflens/saveFileAs', { uri, path: to });
        return true;
      };
      const isDone = await Promise.race([work().catch(() => false), ended]);
      child.kill('SIGKILL');
      await ended;
      connection.dispose();
      return isDone;
    };
    writeFileSync(to, old);
    expect(await saveAs()).toBe(true);
    const made = readFileSync(to, 'utf8');
    expect(made.split('\n').length).toBe(readFileSync(path, 'utf8').split('\n').length);
    const seen = { old: 0, new: 0 };
    for (let kill = 0; kill < kills; kill++) {
      writeFileSync(to, old);
      const { fault, ms } = momentOf(random, 40);
      await saveAs(fault && { ...fault, path: 'chosen' }, ms);
      const now = readFileSync(to, 'utf8');
      expect([kill, now === old || now === made]).toEqual([kill, true]);
      seen[now === old ? 'old' : 'new']++;
    }
    report('28 killed save as', { kills, ...seen });
  });
});
