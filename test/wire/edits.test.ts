// Edits of files opened from disk, across window reloads, saves, and changes by other programs.
import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { beforeEach, describe, expect, it } from 'vitest';

import type { EditMade } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { PairView } from '#protocol/editor/views.ts';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { ok, whyOf } from '../fakes/outcome.ts';
import { Owners } from '../fakes/owners.ts';
import { tableOf } from '../fakes/parquet.ts';
import { HERE } from '../fakes/threads.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('wire-edits');
const LINES = Array.from({ length: 30 }, (_, i) => goodRecord(i));
const flipped = (i: number): string => `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}`;

/** A window: a server, and the editor's record of its edits. */
class Window {
  readonly client: PlainClient;
  readonly uri: string;
  readonly made: EditMade[] = [];
  readonly #owners: Owners;
  readonly #owner: ReturnType<Owners['start']>;

  constructor(owners: Owners, path: string) {
    this.#owners = owners;
    this.#owner = owners.start();
    this.uri = pathToFileURL(path).toString();
    this.client = memoryServer(undefined, join(folder.path, 'cache'), HERE, this.#owner);
    this.client.connection.onNotification('preflens/edited', (edit: EditMade) => {
      this.made.push(edit);
    });
  }

  async ask<Result = Outcome<number>>(name: string, params: object = {}): Promise<Result> {
    return this.client.connection.sendRequest<Result>(`preflens/${name}`, { uri: this.uri, ...params });
  }

  get unsavedCount(): number | undefined {
    return this.client.statuses.findLast(({ uri }) => uri === this.uri)?.unsavedCount;
  }

  async open(backup?: string): Promise<this> {
    await this.client.initialize({ settings: { scoreOnOpen: false } });
    expect(await this.ask('openFile', backup === undefined ? {} : { backup })).toEqual(ok());
    await this.client.until('the survey', () =>
      this.client.statuses.find(({ uri, phase }) => uri === this.uri && phase !== 'reading'),
    );
    return this;
  }

  async flip(record: number): Promise<void> {
    const count = this.made.length;
    await this.ask('edit', { record, edit: { kind: 'flip' } });
    await this.client.until('the notification of the edit', () => this.made[count]);
  }

  /** Undoes the last edit, as an editor does. */
  async undo(): Promise<Outcome> {
    return this.ask('undoEdit', { id: this.made.pop()?.id });
  }

  async unsaved(count: number): Promise<void> {
    await this.client.until(`${count} unsaved edits`, () => (this.unsavedCount === count ? true : undefined));
  }

  async chosen(record: number): Promise<string> {
    return (await this.ask<PairView>('pair', { record, step: 'here' })).chosen.text;
  }

  /** The process has ended. */
  end(): void {
    this.client.connection.dispose();
    this.#owners.end(this.#owner);
  }
}

describe.each(['.jsonl', '.parquet'])('edits of a %s file', (suffix) => {
  let owners: Owners;
  let path: string;
  let content: Uint8Array;

  beforeEach(async () => {
    owners = new Owners();
    content = suffix === '.parquet' ? await tableOf(LINES) : Buffer.from(LINES.join('\n'));
    path = folder.write(`pairs${suffix}`, content);
  });

  const open = async (backup?: string): Promise<Window> => new Window(owners, path).open(backup);

  it('are undone one by one, also those from before a reload', async () => {
    const first = await open();
    await first.flip(3);
    await first.flip(5);
    const backup = join(folder.path, 'backup');
    expect(await first.ask('backup', { path: backup })).toEqual(ok());
    first.end();
    const second = await open(backup);
    await second.client.until('the edits from before', () => second.made[1]);
    await second.flip(7);
    await second.unsaved(3);
    for (let i = 0; i < 3; i++) expect(await second.undo()).toEqual(ok());
    await second.unsaved(0);
    for (const record of [3, 5, 7]) expect(await second.chosen(record)).toBe(`better ${record}`);
    expect(readFileSync(path).equals(content)).toBe(true);
    second.end();
    const third = await open();
    expect([third.unsavedCount, third.client.messages]).toEqual([0, []]);
    third.end();
  });

  it('survive a reload after another program wrote the same bytes', async () => {
    const first = await open();
    await first.flip(3);
    const backup = join(folder.path, 'backup');
    await first.ask('backup', { path: backup });
    first.end();
    writeFileSync(`${path}.new`, content);
    renameSync(`${path}.new`, path);
    const second = await open(backup);
    expect([await second.chosen(3), second.made.length]).toEqual(['worse 3', 1]);
    expect(await second.ask('saveFile')).toEqual(ok(1));
    second.end();
  });

  it('come from the journal if the backup is older', async () => {
    const first = await open();
    await first.flip(3);
    const backup = join(folder.path, 'backup');
    await first.ask('backup', { path: backup });
    await first.flip(5);
    first.end();
    const second = await open(backup);
    expect(second.made).toHaveLength(2);
    await second.unsaved(2);
    second.end();
  });

  it('survive a touch of the open file', async () => {
    const window = await open();
    await window.flip(3);
    await window.unsaved(1);
    const statuses = window.client.statuses.length;
    utimesSync(path, new Date(), new Date(1_600_000_000_000));
    // The server polls the file every two seconds.
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect(window.client.statuses.slice(statuses).filter(({ phase }) => phase === 'reading')).toEqual([]);
    expect([window.unsavedCount, await window.chosen(3)]).toEqual([1, 'worse 3']);
    expect(await window.undo()).toEqual(ok());
    window.end();
  });

  it('can be taken back after their file was gone for a while', async () => {
    const window = await open();
    await window.flip(3);
    await window.ask('saveFile');
    const saved = readFileSync(path);
    const phase = (wanted: string) => () => window.client.statuses.at(-1)?.phase === wanted || undefined;
    rmSync(path);
    await window.client.until('the failure', phase('failed'));
    expect(window.client.statuses.at(-1)?.reason).toContain('no such file');
    expect(whyOf(await window.ask('saveFile'))).toContain('is still reading the file');
    writeFileSync(path, saved);
    await window.client.until('the file to be read again', phase('unscored'));
    expect(await window.chosen(3)).toBe('worse 3');
    expect(await window.undo()).toEqual(ok());
    expect(await window.chosen(3)).toBe('better 3');
    window.end();
  });

  it('do not count as saved or kept if their file can no longer be read', async () => {
    const window = await open();
    const uri = pathToFileURL(join(folder.path, 'other.jsonl')).toString();
    for (const [name, params] of [
      ['saveFile', {}],
      ['backup', { path: join(folder.path, 'backup') }],
    ] as const)
      expect(whyOf(await window.ask(name, { uri, ...params }))).toContain('is still reading the file');
    window.end();
  });

  it('follow their records when another program changes the open file, and so does undo', async () => {
    const window = await open();
    await window.flip(3);
    await window.flip(9);
    const lines = [goodRecord(100), ...LINES.filter((_, i) => i !== 9)];
    writeFileSync(path, suffix === '.parquet' ? await tableOf(lines) : lines.join('\n'));
    await window.client.until('the edit that fits nowhere', () =>
      window.client.messages.find((one) => one.includes('1 unsaved edit could not be kept')),
    );
    expect(await window.chosen(4)).toBe('worse 3');
    expect(whyOf(await window.undo())).toContain('Can’t undo this edit');
    expect(await window.undo()).toEqual(ok());
    expect(await window.chosen(4)).toBe('better 3');
    window.end();
  });

  it('continue across a save: the file is shown without a reread, and undo knows what was saved', async () => {
    const window = await open();
    await window.flip(3);
    await window.ask('edit', { record: 2, edit: { kind: 'drop' } });
    await window.client.until('the drop', () => window.made[1]);
    await window.flip(20);
    const statuses = window.client.statuses.length;
    expect(await window.ask('saveFile')).toEqual(ok(3));
    expect(window.client.statuses.slice(statuses).filter(({ phase }) => phase === 'reading')).toEqual([]);
    expect([await window.chosen(2), await window.chosen(19), await window.chosen(20)]).toEqual([
      'worse 3',
      'worse 20',
      'better 21',
    ]);
    expect(await window.undo()).toEqual(ok());
    expect(await window.chosen(19)).toBe('better 20');
    expect(await window.ask('saveFile')).toEqual(ok(1));
    window.end();
    const expected = LINES.with(3, flipped(3)).filter((_, i) => i !== 2);
    const again = await open();
    expect(await again.chosen(19)).toBe('better 20');
    again.end();
    if (suffix === '.jsonl') expect(readFileSync(path, 'utf8')).toBe(expected.join('\n'));
  });

  it('of two windows both survive a crash of both', async () => {
    const [one, two] = [await open(), await open()];
    await one.flip(3);
    await two.flip(5);
    one.end();
    two.end();
    const third = await open();
    await third.unsaved(2);
    expect([await third.chosen(3), await third.chosen(5)]).toEqual(['worse 3', 'worse 5']);
    expect(await third.ask('saveFile')).toEqual(ok(2));
    third.end();
    const fourth = await open();
    expect([fourth.unsavedCount, await fourth.chosen(5)]).toEqual([0, 'worse 5']);
    fourth.end();
  });

  it('of a running window are its own', async () => {
    const one = await open();
    await one.flip(3);
    const two = await open();
    expect([two.made, two.client.messages, await two.chosen(3)]).toEqual([[], [], 'better 3']);
    await two.flip(5);
    two.end();
    expect(await one.ask('saveFile')).toEqual(ok(1));
    one.end();
    const three = await open();
    await three.unsaved(1);
    expect([await three.chosen(3), await three.chosen(5)]).toEqual(['worse 3', 'worse 5']);
    three.end();
  });
});
