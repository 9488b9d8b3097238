// What killed commands leave in folders, and which command removes it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { placeHere, removeLeftovers } from '#node/leftovers.ts';
import { THIS_PROCESS } from '#node/owner.ts';
import { beginDraft, createDraft, dropDraft, writeWhole } from '#node/write.ts';

import { faultEnvironment } from '../fakes/faults.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { preflens } from '../process/run.ts';
import { report } from './attack.ts';

const folder = testFolder('leftovers');

const strangers = (at: string, known: readonly string[]): string[] =>
  readdirSync(at).filter((name) => !known.includes(name));

/** Command → where it writes, below the test's folder. */
const COMMANDS: readonly (readonly [string, string, readonly string[]])[] = [
  ['convert', '.', ['convert', 'a.jsonl', '--out', 'out.jsonl']],
  ['convert to a compressed file', '.', ['convert', 'a.jsonl', '--out', 'out.jsonl.gz']],
  ['convert to a table', '.', ['convert', 'a.jsonl', '--out', 'out.parquet']],
  ['keep', '.preflens', ['keep', 'a.jsonl:1', '--rule', 'near-identical-pair', '--reason', 'r']],
  ['baseline', '.preflens', ['baseline', 'a.jsonl', '--no-score']],
  ['check --out', '.', ['check', 'a.jsonl', '--no-score', '--format', 'json', '--out', 'report.json']],
  ['apply', '.', ['apply', 'a.jsonl', '--edits', 'edits.jsonl']],
];

describe('30: leftovers', () => {
  it.each(COMMANDS)('30: the next run removes what a killed %s left', async (_name, place, args) => {
    folder.write('a.jsonl', Array.from({ length: 30 }, (_, i) => `${goodRecord(i)}\n`).join(''));
    folder.write('edits.jsonl', '{"record":0,"edit":"flip"}');
    folder.write('.preflens/.gitattributes', 'decisions.jsonl merge=union\n');
    const own = args.map((one) =>
      /\.(?:jsonl|gz|parquet|json)(?::1)?$/.test(one) ? join(folder.path, one) : one,
    );
    const at = join(folder.path, place);
    const before = readdirSync(at);
    // Just before the new file replaces the old one.
    const killed = await preflens(own, undefined, undefined, {
      ...faultEnvironment({ op: 'rename', code: 'SIGKILL', path: `^${folder.path}` }),
    });
    expect(killed.code).toBe(null);
    expect(strangers(at, before).length).toBeGreaterThan(0);
    const again = await preflens(own);
    expect([again.code, again.err]).toEqual([0, expect.any(String)]);
    const made = [
      'out.jsonl',
      'out.jsonl.gz',
      'out.parquet',
      'decisions.jsonl',
      'baseline.json',
      'report.json',
    ];
    expect(strangers(at, [...before, ...made])).toEqual([]);
  });

  it('30: temporary files of living processes, and others of this one, stay', async () => {
    const path = join(folder.path, 'a.json');
    const draft = await beginDraft(path);
    await (await createDraft(draft)).close();
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const nameOf = (owner: string, place = placeHere()): string =>
      join(folder.path, `.a.json.${place}-${owner}-0123456789abcdef.preflens-tmp`);
    // A process id that another process has reused.
    const reused = nameOf(`${child.pid}-1`);
    const foreign = nameOf('1-1', '00000000');
    const foreignOld = nameOf('2-1', '00000000');
    const forgotten = nameOf(THIS_PROCESS.id);
    for (const file of [reused, foreign, foreignOld, forgotten]) writeFileSync(file, 'x');
    utimesSync(foreignOld, 1, 1);
    await writeWhole(join(folder.path, 'b.json'), '{}');
    await removeLeftovers(folder.path);
    child.kill();
    expect(
      Object.fromEntries(
        Object.entries({ draft: draft.path, reused, foreign, foreignOld, forgotten }).map(([name, file]) => [
          name,
          existsSync(file),
        ]),
      ),
    ).toEqual({ draft: true, reused: false, foreign: true, foreignOld: false, forgotten: false });
    await dropDraft(draft);
    expect(existsSync(draft.path)).toBe(false);
    report('30 leftovers', { commands: COMMANDS.length });
  });
});
