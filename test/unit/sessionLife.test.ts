// Sessions and their sources over time: late readings, closed files, cancelled jobs, changed settings.
import { renameSync, rmSync, unwatchFile, watchFile } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { Ensemble } from '#core/reward/ensemble.ts';
import { DEFAULT_SETTINGS } from '#node/config.ts';
import type { Disk } from '#node/diskTools.ts';
import { openDisk } from '#node/diskTools.ts';
import { openFile } from '#node/files.ts';
import { consistencyMember } from '#node/scorers/pairTable.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { Settings } from '#protocol/editor/options.ts';
import { ClosedFiles } from '#session/closedFiles.ts';
import { openFileTarget } from '#session/jobs/scoringTarget.ts';
import type { Session } from '#session/session.ts';
import { DEFAULTS } from '#session/settings.ts';
import { DiskSource } from '#session/sources/disk.ts';

import { generatePairs } from '../bench/generate.ts';
import { never } from '../fakes/files.ts';
import { flip, LINES, sessionsIn } from '../fakes/openSessions.ts';
import { lastOwner } from '../fakes/owners.ts';
import { decode, encode } from '../fakes/records.ts';
import { HERE } from '../fakes/threads.ts';

const { folder, newHost, ofText, ofFile } = sessionsIn('session-life');
afterEach(() => {
  vi.useRealTimers();
});

const flipped = (i: number): string => `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}`;

describe('a source from disk', () => {
  const diskOf = (name: string): Disk => openDisk(`${folder.path}/cache-${name}`, HERE, lastOwner());
  const sourceOf = async (name: string, disk: Disk): Promise<DiskSource> => {
    const path = folder.write(name, LINES.join('\n'));
    return new DiskSource(pathToFileURL(path).toString(), await openFile(path), disk);
  };

  it('reads with the access that is open, when an earlier reading ends late', async () => {
    const disk = diskOf('late');
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let opens = 0;
    const open: Disk['open'] = async (...args) => {
      const access = disk.open(...args);
      if (++opens === 1) await held;
      return access;
    };
    const source = await sourceOf('late.jsonl', { ...disk, open });
    const reading = new AbortController();
    const first = source.survey(DEFAULT_SETTINGS, reading.signal).catch((error: unknown) => error);
    while (opens === 0) await setImmediate();
    reading.abort(new Error('read again'));
    await source.reopen();
    release();
    await first;
    await source.survey(DEFAULT_SETTINGS, never);
    expect(decode(source.bytesOf(0, 0, LINES[0]!.length))).toBe(LINES[0]);
    source.close();
  });

  it('tells of edits of an earlier session that settled twice', async () => {
    const earlier = await sourceOf('settled.jsonl', diskOf('settled'));
    await earlier.survey(DEFAULT_SETTINGS, never);
    earlier.edit(2, encode(flipped(2)), 'Flip');
    earlier.close();
    const source = await sourceOf('settled.jsonl', diskOf('settled'));
    await source.survey(DEFAULT_SETTINGS, never);
    await source.reopen();
    await source.survey(DEFAULT_SETTINGS, never);
    const { restored, added } = source.takeSettled()!;
    expect([restored, added.map(({ record }) => record), source.unsavedCount]).toEqual([1, [2], 1]);
    source.close();
  });

  it('closed during a save holds nothing open afterwards', async () => {
    const source = await sourceOf('closed.jsonl', diskOf('closed'));
    await source.survey(DEFAULT_SETTINGS, never);
    source.edit(2, encode(flipped(2)), 'Flip');
    const saving = source.save(never);
    source.close();
    await saving;
    expect(source.bytesOf(0, 0, 10)).toHaveLength(0);
  });

  it('that was gone counts as changed when the same file is back', async () => {
    const source = await sourceOf('mount/gone.jsonl', diskOf('gone'));
    await source.survey(DEFAULT_SETTINGS, never);
    const mount = dirname(source.file.path);
    renameSync(mount, `${mount}.away`);
    expect(await source.isChanged(never)).toBe(true);
    await expect(source.reopen()).rejects.toThrow();
    renameSync(`${mount}.away`, mount);
    expect(await source.isChanged(never)).toBe(true);
    source.close();
  });
});

describe('the end of a session', () => {
  it('leaves the watches of others on its file', async () => {
    const { host, session, uri } = await ofFile('watched.jsonl', LINES.join('\n'));
    const { path } = session.source.file!;
    const others = watchFile(path, { interval: 60_000 }, () => undefined);
    host.sessions.close(uri);
    expect(others.listenerCount('change')).toBe(1);
    unwatchFile(path);
  });
});

describe('a scoring job', () => {
  const PAIRS = [...generatePairs(60, 3, 8)];
  /** Starts that end with their signal alone. */
  const heldStarts = (): { readonly signals: AbortSignal[]; readonly start: StartScorer } => {
    const signals: AbortSignal[] = [];
    const start: StartScorer = async ({ signal = never } = {}) =>
      new Promise((_, reject) => {
        signals.push(signal);
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    return { signals, start };
  };
  const started = async (session: Session, signals: readonly AbortSignal[]): Promise<void> => {
    session.score();
    while (signals.length === 0) await setImmediate();
    expect(session.state.phase).toBe('scoring');
  };

  it('ends when its file is read again: its scores belong to the earlier reading', async () => {
    const { signals, start } = heldStarts();
    const { session } = await ofText(PAIRS, {}, HERE, start);
    await started(session, signals);
    await session.read();
    expect([signals.map(({ aborted }) => aborted), session.state.phase]).toEqual([[true], 'unscored']);
  });

  it('does not start again, and tells nothing, when its file is closed during a save', async () => {
    // The save alone updates: no timer of the flip does.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { signals, start } = heldStarts();
    const { host, uri, session } = await ofFile('scored.jsonl', PAIRS.join('\n'), start);
    await started(session, signals);
    await flip(session, 3);
    let told = 0;
    vi.spyOn(session, 'update').mockImplementationOnce(() => {
      host.sessions.close(uri);
      told = host.statuses.length;
      return 0;
    });
    expect(await session.save(never)).toBe(1);
    session.discard();
    for (let i = 0; i < 10; i++) await setImmediate();
    expect([signals.map(({ aborted }) => aborted), host.statuses.length - told]).toEqual([[true], 0]);
  });

  it('that was cancelled ranks nothing afterwards', async () => {
    const { session } = await ofText(PAIRS);
    const { dataset } = session;
    const target = openFileTarget(dataset, undefined, DEFAULTS, () => undefined);
    const member = consistencyMember(dataset.survey.facts, dataset.survey.facts.margins.fill(1), () => {
      throw new Error('not read');
    });
    const cancelled = new Error('cancelled');
    const ranking = target.takeEnsemble(new Ensemble([member]), AbortSignal.abort(cancelled), undefined);
    await expect(ranking).rejects.toBe(cancelled);
    expect(dataset.scores).toBeUndefined();
  });
});

describe('settings that change', () => {
  it('are read by a file that is still read by older ones', async () => {
    const host = newHost();
    const path = folder.write('settings/a.jsonl', LINES.join('\n'));
    const uri = pathToFileURL(path).toString();
    await host.sessions.openFile(uri);
    const session = host.sessions.get(uri)!;
    const survey = vi.spyOn(session.dataset, 'surveyAll').mockImplementationOnce(
      async (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    );
    while (survey.mock.calls.length === 0) await setImmediate();
    folder.write('settings/preflens.json', '{"run":"save"}');
    await host.sessions.readAgain();
    expect([session.settings?.run, session.state.phase]).toEqual(['save', 'unscored']);
  });

  it('of an earlier reading never replace those of a later one', async () => {
    const { session } = await ofText(LINES);
    const survey = vi.spyOn(session.dataset, 'surveyAll');
    await Promise.all([session.read(), session.read()]);
    expect(survey).toHaveBeenCalledOnce();
  });
});

describe('a check of closed files', () => {
  it('shows nothing of a file that was opened meanwhile, or is gone', async () => {
    const { path } = folder;
    folder.write('closed/a.jsonl', LINES.join('\n'));
    const disk = openDisk(`${path}/cache-closed-files`, HERE, lastOwner());
    const host = {
      disk: () => disk,
      settings: () => DEFAULTS,
      isTrusted: () => true,
      message: () => undefined,
      log: () => undefined,
    };
    for (const isOpened of [false, true]) {
      let looks = 0;
      const checked: string[] = [];
      const closed = new ClosedFiles({
        host,
        isOpen: () => looks++ > 0 && isOpened,
        onChecked: ({ source }) => checked.push(source.uri),
        onGone: () => undefined,
      });
      await closed.run([pathToFileURL(`${path}/closed`).toString()], () => undefined, never);
      expect([checked.length, [...closed.all].length]).toEqual(isOpened ? [0, 0] : [1, 1]);
    }
    const gone: string[] = [];
    const closed = new ClosedFiles({
      host,
      isOpen: () => false,
      onChecked: () => undefined,
      onGone: (uri) => gone.push(uri),
    });
    const run = async (): Promise<number> => {
      await closed.run([pathToFileURL(`${path}/closed`).toString()], () => undefined, never);
      return [...closed.all].length;
    };
    expect(await run()).toBe(1);
    rmSync(`${path}/closed/a.jsonl`);
    expect(await run()).toBe(0);
    expect(gone).toEqual([pathToFileURL(`${path}/closed/a.jsonl`).toString()]);
  });
});

describe('changed settings', () => {
  it('lead to a new check of an open file', async () => {
    const settings: Partial<Settings> = {};
    const { session } = await ofText([...LINES, '{"prompt":"q","chosen":"s","rejected":"s"}'], settings);
    const rules = (): string[] => session.dataset.findings.map(({ rule }) => rule);
    expect(rules()).toContain('identical-pair');
    const survey = vi.spyOn(session.dataset, 'surveyAll');
    session.applySettings(DEFAULTS, { ...DEFAULTS, reviewPercent: 5, seed: 2 });
    const after = { ...DEFAULTS, rules: { 'identical-pair': 'off' } };
    Object.assign(settings, after);
    session.applySettings(DEFAULTS, after);
    await vi.waitFor(() => {
      expect(rules()).not.toContain('identical-pair');
    });
    // Without scores, a seed or a budget changes nothing.
    expect(survey).toHaveBeenCalledOnce();
  });
});

describe('a file that is closed while it opens', () => {
  it('stays closed, unless it is opened again', async () => {
    const host = newHost();
    const uri = pathToFileURL(folder.write('brief.jsonl', LINES.join('\n'))).toString();
    const opening = host.sessions.openFile(uri);
    host.sessions.close(uri);
    await opening;
    expect(host.sessions.get(uri)).toBeUndefined();
    const again = [host.sessions.openFile(uri), host.sessions.openFile(uri)];
    host.sessions.close(uri);
    await Promise.all([...again, host.sessions.openFile(uri)]);
    expect(host.sessions.get(uri)).toBeDefined();
  });
});
