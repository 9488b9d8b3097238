// Saving to disk: what changes, what stays, what is refused.
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { recognise } from '#core/mapping/recognise.ts';
import { seededRandom } from '#core/score/random.ts';
import type { FileEdit } from '#node/apply.ts';
import { saveEdits } from '#node/apply.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openFile } from '#node/files.ts';
import { saveLockOf } from '#node/leftovers.ts';
import { withLock } from '#node/lock.ts';
import { savePlanned } from '#node/save.ts';
import { sampleOf } from '#node/surveyFile.ts';

import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { encode } from '../fakes/records.ts';

const folder = testFolder('save');
const write = folder.write;
const good = goodRecord;

const replaceOne = {
  replacements: async () => Promise.resolve([{ start: 0, end: 1, bytes: encode('x') }]),
  isLikelyInPlace: true,
};

describe('saving', () => {
  const save = async (file: DataFile, edits: readonly FileEdit[]): Promise<void> => {
    const recognition = recognise(await sampleOf(file))!;
    await saveEdits(file, recognition, edits, never);
  };
  const flip = (record: number): FileEdit => ({ record, edit: { kind: 'flip' } });

  it('changes the named records and no other byte, whatever the bytes are', async () => {
    const random = seededRandom(9);
    for (let round = 0; round < 20; round++) {
      const lines = Array.from({ length: 30 }, (_, i) => {
        const odd = ['{bad', '', '  ', '{"a":NaN}', '{"a":1,"a":12345678901234567890}', '"\\ud800"'];
        return random() < 0.3
          ? odd[Math.floor(random() * odd.length)]!
          : good(i).replaceAll(':', random() < 0.5 ? ' : ' : ':');
      });
      lines[0] = good(0);
      const ends: string[] = lines.map(() => (random() < 0.3 ? '\r\n' : '\n'));
      if (random() < 0.5) ends[29] = '';
      const bom = random() < 0.5 ? '\ufeff' : '';
      const path = write(`r${round}.jsonl`, bom + lines.map((line, i) => line + ends[i]!).join(''));
      const filled = lines.flatMap((line, i) => (line.trim() === '' ? [] : [i]));
      const expected = lines.map((line, i) => line + ends[i]!);
      const edits: FileEdit[] = [];
      filled.forEach((line, record) => {
        if (!lines[line]!.startsWith('{"prompt"') || random() < 0.5) return;
        const isDrop = random() < 0.3;
        edits.push({ record, edit: { kind: isDrop ? 'drop' : 'flip' } });
        expected[line] = isDrop
          ? ''
          : expected[line]!.replace('better', '~').replace('worse', 'better').replace('~', 'worse');
      });
      await save(await openFile(path), edits);
      expect(readFileSync(path, 'utf8')).toBe(bom + expected.join(''));
    }
  });

  it('keeps permissions and symbolic links, and leaves nothing beside the file', async () => {
    const real = write('data/real.jsonl', `${good(0)}\n${good(1)}\n`);
    chmodSync(real, 0o640);
    const link = join(folder.path, 'link.jsonl');
    symlinkSync(real, link);
    await save(await openFile(link), [flip(1)]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(realpathSync(link)).toBe(realpathSync(real));
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readFileSync(real, 'utf8')).toBe(
      `${good(0)}\n{"prompt":"q1","chosen":"worse 1","rejected":"better 1"}\n`,
    );
    expect(readdirSync(join(folder.path, 'data'))).toEqual(['real.jsonl']);
  });

  it('refuses if the file changed in between, and leaves it as it is', async () => {
    const path = write('a.jsonl', `${good(0)}\n${good(1)}\n`);
    const file = await openFile(path);
    let reads = 0;
    const meddled: DataFile = {
      ...file,
      records: (wants) => {
        if (++reads === 2) appendFileSync(path, good(2));
        return file.records(wants);
      },
    };
    await expect(save(meddled, [flip(0)])).rejects.toThrow(
      'another program changed the file during the save',
    );
    expect(readFileSync(path, 'utf8')).toBe(`${good(0)}\n${good(1)}\n${good(2)}`);
    expect(readdirSync(folder.path)).toEqual(['a.jsonl']);
  });

  it('finds out behind a lock that another program saved first', async () => {
    const path = write('a.jsonl', `${good(0)}\n${good(1)}\n`);
    const file = await openFile(path);
    const saved = await withLock(saveLockOf(path), path, async () => {
      const saving = save(file, [flip(0)]).catch((error: unknown) => error);
      const draft = (): string | undefined => readdirSync(folder.path).find((name) => name.endsWith('tmp'));
      await vi.waitFor(() => {
        expect(readFileSync(join(folder.path, draft() ?? 'a.jsonl'), 'utf8')).toContain('worse 0","rejected');
      });
      writeFileSync(path, `${good(2)}\n`);
      return { saving };
    });
    expect(String(await saved.saving)).toContain('another program changed the file during the save');
    expect(readFileSync(path, 'utf8')).toBe(`${good(2)}\n`);
    expect(readdirSync(folder.path)).toEqual(['a.jsonl']);
  });

  it('refuses invalid edits before anything is written', async () => {
    const path = write('a.jsonl', `${good(0)}\n{broken\n${good(1)}\n`);
    const before = statSync(path);
    const refused: [FileEdit, string][] = [
      [flip(9), 'there is no record 9'],
      [flip(1), 'has nothing to edit'],
      [{ ...flip(0), pair: 4 }, 'no such pair: the record has 1 pair'],
      [{ ...flip(0), pairKey: '0123456789abcdef' }, 'The pair here is not'],
      [{ record: 0, edit: { kind: 'tie' } }, 'can’t express a tie'],
    ];
    for (const [edit, words] of refused)
      await expect(save(await openFile(path), [flip(2), edit])).rejects.toThrow(words);
    expect(statSync(path).mtimeMs).toBe(before.mtimeMs);
    expect(statSync(path).ino).toBe(before.ino);
  });

  it('stops when it is cancelled', async () => {
    const path = write('a.jsonl', `${good(0)}\n`);
    const file = await openFile(path);
    const cancel = new AbortController();
    cancel.abort(new Error('cancelled'));
    await expect(savePlanned(file, replaceOne, cancel.signal)).rejects.toThrow('cancelled');
    expect(readFileSync(path, 'utf8')).toBe(`${good(0)}\n`);
  });
});
