// Review: verdicts in the decisions file, queues, agreement, what the rest holds, and the review of an open file.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { describe, expect, it, vi } from 'vitest';

import { Decisions, formatDecisions, parseDecisions } from '#core/memory/decisions.ts';
import type { Verdict, VerdictKind } from '#core/memory/verdicts.ts';
import { formatVerdict, toVerdict, Verdicts } from '#core/memory/verdicts.ts';
import { labelAgreement, reviewerAgreement } from '#core/review/agreement.ts';
import { firstShown, nextOpen } from '#core/review/queue.ts';
import { remainingFinds } from '#core/review/remaining.ts';
import { seededRandom } from '#core/score/random.ts';
import { addVerdict } from '#node/memory.ts';
import type { ReviewAction, ReviewVerdict, ReviewView, StartReview } from '#protocol/editor/review.ts';
import { Review } from '#session/review/review.ts';
import { ruleCounts } from '#session/ruleCounts.ts';
import type { Session } from '#session/session.ts';
import { reviewChoices, reviewViewOf } from '#session/views/review.ts';

import { never } from '../fakes/files.ts';
import { sessionsIn } from '../fakes/openSessions.ts';
import { decode } from '../fakes/records.ts';
import { KEPT } from '../fakes/verdicts.ts';

let clock = 0;
function said(key: string, verdict: VerdictKind, more: Partial<Verdict> = {}): Verdict {
  return {
    ...KEPT,
    key,
    verdict,
    at: new Date(Date.UTC(2026, 0, 1) + 1000 * clock++).toISOString(),
    file: 'a.jsonl',
    ...more,
  };
}

describe('verdicts', () => {
  it('are lines that come back as they were', () => {
    const all = [
      said('1', 'keep'),
      said('2', 'flip', { reason: 'r "x"\n', tags: ['a', 'b'], rules: ['secret'] }),
      said('3', 'drop', { isBlind: true, settles: true, label: 'tie', by: '' }),
    ];
    expect(all.map((one) => toVerdict(JSON.parse(formatVerdict(one)) as never))).toEqual(all);
  });

  it('stand beside decisions in one file; lines of another version stay as they are', () => {
    const decision = `{"key":"k","rule":"secret","decision":"keep","reason":"r","by":"b","at":"2026-01-01","file":"f"}`;
    const others = [
      formatVerdict(said('1', 'keep')),
      '{"key":"1","verdict":"perhaps","label":"a","by":"b","at":"t","file":"f"}',
      '{"key":"1","note":"of the future", "spaced":1}',
    ];
    const text = [decision, ...others].map((line) => `${line}\n`).join('');
    const parsed = parseDecisions(text);
    expect(parsed.bad).toEqual([]);
    expect(parsed.decisions).toHaveLength(1);
    expect(parsed.others.map(({ verdict }) => verdict?.verdict)).toEqual(['keep', undefined, undefined]);
    const written = formatDecisions(
      parsed.decisions,
      parsed.others.map((one) => one.text),
    );
    expect(written.split('\n').sort()).toEqual(text.split('\n').sort());
  });

  it('are taken back one by one, also after a merge in any order', () => {
    const lines = [
      said('1', 'keep'),
      said('1', 'flip'),
      said('1', 'undone'),
      said('2', 'skip'),
      said('2', 'undone'),
    ];
    for (const order of [lines, lines.toReversed()]) {
      const verdicts = new Verdicts(order);
      expect(verdicts.of('1', 'ann')?.verdict).toBe('keep');
      expect(verdicts.of('2', 'ann')).toBeUndefined();
    }
  });

  it('of a reviewer come after all earlier ones on a pair, even if a clock went back', () => {
    const last = said('1', 'keep', { at: '2030-01-01T00:00:00.000Z' });
    const verdicts = new Verdicts([last]);
    expect(verdicts.nextTime('1', new Date(0)) > last.at).toBe(true);
    expect(verdicts.nextTime('2', new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });

  it('of two reviewers are a conflict until someone settles it, and again if someone disagrees later', () => {
    const lines = [said('1', 'keep'), said('1', 'flip', { by: 'ben' })];
    const isConflict = (...more: Verdict[]): boolean => new Verdicts([...lines, ...more]).isConflict('1');
    expect(isConflict()).toBe(true);
    expect(isConflict(said('1', 'skip', { by: 'ben' }))).toBe(false);
    const settled = said('1', 'keep', { by: 'eve', settles: true });
    expect(isConflict(settled)).toBe(false);
    expect(isConflict(settled, said('1', 'flip', { by: 'ben' }))).toBe(true);
    // After a flip of the label, the same opinion has the opposite verdict.
    expect(
      new Verdicts([said('2', 'flip'), said('2', 'keep', { by: 'ben', label: 'b' })]).isConflict('2'),
    ).toBe(false);
  });

  it('hide findings about the label that they call right, and no others', () => {
    const keeps = (lines: readonly Verdict[], rule: string, label: 'a' | 'b' | 'tie' = 'a'): boolean =>
      new Decisions([], new Verdicts(lines)).keeps({ key: '1', rule, label });
    const kept = [said('1', 'keep')];
    expect(keeps(kept, 'likely-mislabeled')).toBe(true);
    expect(keeps(kept, 'secret')).toBe(false);
    expect(keeps(kept, 'likely-mislabeled', 'b')).toBe(false);
    expect(keeps([said('1', 'keep', { rules: ['secret'] })], 'secret')).toBe(true);
    expect(keeps([said('1', 'flip')], 'likely-mislabeled')).toBe(false);
    expect(keeps([said('1', 'flip')], 'likely-mislabeled', 'b')).toBe(true);
    expect(keeps([...kept, said('1', 'flip', { by: 'ben' })], 'likely-mislabeled')).toBe(false);
    expect(keeps([...kept, said('1', 'undone')], 'likely-mislabeled')).toBe(false);
    const wrong = {
      key: '1',
      rule: 'low-margin',
      decision: 'wrong',
      reason: '',
      by: '',
      at: '',
      file: '',
    } as const;
    expect(
      new Decisions([wrong], new Verdicts(kept)).keeps({ key: '1', rule: 'low-margin', label: 'a' }),
    ).toBe(false);
  });
});

describe('agreement', () => {
  it('counts opinions on the answers, whatever the label said, before anything was settled', () => {
    const lines = Array.from({ length: 20 }, (_, i) => [
      said(`${i}`, i < 12 ? 'keep' : 'flip'),
      said(`${i}`, i < 10 || i >= 18 ? 'keep' : 'flip', { by: 'ben', settles: false }),
      said(`${i}`, 'keep', { by: 'ben', settles: true }),
    ]).flat();
    const [one] = reviewerAgreement(new Verdicts(lines));
    // 10 both a, 2 a/b, 6 both b, 2 b/a: κ = (0.8 − 0.52) / 0.48.
    expect(one!.reviewers).toEqual(['ann', 'ben']);
    expect(one!.count).toBe(20);
    expect(one!.kappa.value).toBeCloseTo(0.28 / 0.48, 9);
    expect(one!.kappa.low).toBeLessThan(one!.kappa.value);
    const nine = Array.from({ length: 9 }, (_, i) => `${i}`);
    const [few] = reviewerAgreement(new Verdicts(lines), nine);
    expect([few!.count, few!.same.value, few!.kappa.value]).toEqual([9, 1, Number.NaN]);
  });

  it('with a hidden label counts blind verdicts alone', () => {
    const lines = [
      said('1', 'keep', { isBlind: true }),
      said('2', 'flip', { isBlind: true }),
      said('3', 'skip', { isBlind: true }),
      said('4', 'flip'),
    ];
    expect(labelAgreement(new Verdicts(lines), 'ann')).toMatchObject({ count: 2, same: { value: 0.5 } });
  });
});

describe('a queue', () => {
  it('shuffles sides by key and seed, about half of them', () => {
    const sides = (seed: number): string[] =>
      Array.from({ length: 400 }, (_, i) => firstShown(`key ${i}`, seed));
    expect(sides(1)).toEqual(sides(1));
    expect(sides(1)).not.toEqual(sides(2));
    const firsts = sides(7).filter((side) => side === 'a').length;
    expect(Math.abs(firsts - 200)).toBeLessThan(60);
  });

  it('goes to the next open pair in a circle', () => {
    expect(nextOpen([true, false, true, false], 1)).toBe(3);
    expect(nextOpen([true, false, true, false], 3)).toBe(1);
    expect(nextOpen([true, true], 0)).toBe(-1);
  });
});

it('offers no rule whose queue would be empty', async () => {
  const long = 'more words than the other one has ';
  const records = Array.from({ length: 120 }, (_, i) =>
    JSON.stringify({
      prompt: `How long is the way to place ${i}?`,
      chosen: `${long.repeat(2 + (i % 7))}${i}`,
      rejected: `${i}`,
    }),
  );
  const pairs = [...records, JSON.stringify({ prompt: 'q', chosen: 'same', rejected: 'same' }), '{"prompt":'];
  const { host, uri, session } = await ofFile('rules.jsonl', pairs.join('\n'));
  const found = (): readonly string[] => ruleCounts(session.dataset).map(({ rule }) => rule);
  await host.until(uri, () => found().includes('length-bias'));
  const offered = reviewChoices(session).rules.map(({ rule }) => rule);
  expect(found()).toContain('invalid-json');
  expect(offered).toContain('identical-pair');
  expect(offered).not.toContain('length-bias');
  expect(offered).not.toContain('invalid-json');
  for (const rule of offered) {
    await session.review.start({ source: { kind: 'rule', rule }, size: 10, isBlind: false }, never);
    expect(session.review.queue!.keys.length).toBeGreaterThan(0);
  }
});

/** Rates of wrong labels along a queue, and how often the range must hold the truth. */
const RATES: Readonly<Record<string, readonly [rate: (share: number) => number, least: number]>> = {
  'one rate': [() => 0.3, 0.9],
  rare: [() => 0.04, 0.9],
  falling: [(share) => 0.9 * (1 - share), 0.9],
  'falling fast': [(share) => 0.9 * Math.exp(-5 * share), 0.9],
  // No trend shows a step before it comes.
  'a step': [(share) => (share < 0.3 ? 0.8 : 0.15), 0.8],
};

describe('what the rest of a queue holds', () => {
  it.each(Object.keys(RATES))('is in the range in more than nine of ten queues: %s', (name) => {
    const random = seededRandom(11);
    const [rate, least] = RATES[name]!;
    const [runs, count] = [60, 100];
    let hits = 0;
    for (let run = 0; run < runs; run++) {
      const isFind = Array.from({ length: count }, (_, i) => random() < rate(i / count));
      const done = 20 + Math.floor(random() * 50);
      const reviewed = isFind.slice(0, done).map((find, index) => ({ index, isFind: find }));
      const rest = Array.from({ length: count - done }, (_, i) => done + i);
      const { low, high, likely } = remainingFinds(reviewed, rest, count, true)!;
      expect(low <= likely && likely <= high).toBe(true);
      const truth = isFind.slice(done).filter(Boolean).length;
      if (low <= truth && truth <= high) hits++;
    }
    expect(hits / runs).toBeGreaterThanOrEqual(least);
  });

  it('is not said before ten decisions, and is nothing where nothing is left', () => {
    const reviewed = Array.from({ length: 10 }, (_, index) => ({ index, isFind: index % 2 === 0 }));
    expect(remainingFinds(reviewed.slice(1), [9], 10, true)).toBeUndefined();
    expect(remainingFinds(reviewed, [], 10, false)).toEqual({ likely: 0, low: 0, high: 0 });
  });
});

const { folder, newHost, ofFile } = sessionsIn('review');
const CHOICES = Array.from(
  { length: 8 },
  (_, i) => `{"prompt":"q${i}","completion_a":"better ${i}","completion_b":"worse ${i}","preference":"a"}`,
);
const ROWS: StartReview['source'] = { kind: 'rows', selection: { order: 'all', query: '' } };

interface Opened {
  readonly session: Session;
  /** The lines as they are now, with edits. */
  readonly lines: () => readonly string[];
  /** The editor's own undo. */
  readonly undo: () => Promise<void>;
}

/** Files of both kinds: held by an editor, and read from disk. */
const KINDS: Readonly<Record<string, (name: string) => Promise<Opened>>> = {
  'a text in an editor': async (name) => {
    const host = newHost();
    const uri = pathToFileURL(folder.write(`${name}.jsonl`, CHOICES.join('\n'))).toString();
    host.sessions.openDocument(uri, 1, CHOICES.join('\n'));
    await host.until(uri, ({ phase }) => phase !== 'reading');
    const session = host.sessions.get(uri)!;
    const text = (): string => decode(session.source.document!.bytes);
    const before: string[] = [text()];
    const change = host.sessions.changeDocument.bind(host.sessions);
    host.sessions.changeDocument = (...args) => {
      before.push(text());
      change(...args);
    };
    return {
      session,
      lines: () =>
        text()
          .split('\n')
          .filter((line) => line !== ''),
      undo: async () => {
        change(uri, [{ text: before.pop()! }], session.source.document!.version + 1);
        return Promise.resolve();
      },
    };
  },
  'a file on disk': async (name) => {
    const { session, host } = await ofFile(`${name}.jsonl.gz`, gzipSync(CHOICES.join('\n')));
    const { source, dataset } = session;
    return {
      session,
      lines: () =>
        Array.from({ length: dataset.survey.facts.recordCount }, (_, record) =>
          source.pending!.isDropped(record) ? '' : decode(dataset.rawRecord(record)!.bytes),
        ).filter((line) => line !== ''),
      undo: async () => {
        await session.retrace(host.edited.pop()!.id, 'undo');
      },
    };
  },
};

const flippedLine = (i: number): string => CHOICES[i]!.replace('"a"}', '"b"}');

describe.each(Object.keys(KINDS))('the review of %s', (kind) => {
  const slug = kind.replaceAll(' ', '-');
  const begin = async (name: string, isBlind = false) => {
    const opened = await KINDS[kind]!(`${slug}-${name}`);
    const { session, undo } = opened;
    const { review } = session;
    await review.start({ source: ROWS, size: 5, isBlind }, never);
    const view = (): ReviewView => {
      session.update();
      return reviewViewOf(session)!;
    };
    const act = async (action: ReviewAction): Promise<string> => {
      const step = await review.act({ action, key: view().key });
      if (step.needsEditorUndo) await undo();
      return step.said;
    };
    const decide = async (verdict: ReviewVerdict): Promise<string> => act({ kind: 'decide', verdict });
    return { ...opened, view, act, decide };
  };

  it('edits what was flipped, dropped or tied, and undoes all of it to the byte', async () => {
    const { lines, view, act, decide } = await begin('undo');
    expect(view().queue.keys).toHaveLength(5);
    await decide('flip');
    expect(lines()[0]).toBe(flippedLine(0));
    await decide('keep');
    await decide('drop');
    expect(lines()).toHaveLength(7);
    await decide('tie');
    expect(lines().join()).toContain('tie');
    expect(view()).toMatchObject({ decidedCount: 4, found: 3, queue: { index: 4 } });
    for (const index of [3, 2, 1, 0]) {
      await act({ kind: 'undo' });
      expect(view().queue.index).toBe(index);
      expect(view().item.kind).toBe('pair');
    }
    expect(lines()).toEqual(CHOICES);
    expect(view().decidedCount).toBe(0);
    expect(await act({ kind: 'undo' })).toBe('Nothing to undo.');
    // Everything can be decided again.
    await act({ kind: 'note', reason: 'more correct' });
    await decide('keep');
    await decide('flip');
    expect(view().decidedCount).toBe(2);
    expect(lines()[1]).toBe(flippedLine(1));
  });

  it('takes a flip back although the file was edited since, and refuses to guess where a dropped record stood', async () => {
    const { session, lines, act, decide } = await begin('since');
    await decide('flip');
    await decide('drop');
    const last = lines().length - 1;
    await session.edit(
      { uri: session.uri, record: session.dataset.survey.facts.recordCount - 1 },
      { kind: 'flip' },
    );
    await expect(act({ kind: 'undo' })).rejects.toThrow('edited since');
    expect(lines()[last]).toBe(flippedLine(7));
    expect(lines()).toHaveLength(7);
  });

  it('hides the label in blind review, edits nothing, and shows afterwards how often the person agreed', async () => {
    const { session, lines, view, act, decide } = await begin('blind', true);
    for (let i = 0; i < 4; i++) {
      const { item, isHidden } = view();
      expect(isHidden).toBe(true);
      if (item.kind !== 'pair') throw new Error(item.kind);
      expect(item).toMatchObject({ isBlind: true, fields: [], findings: [], reasons: [] });
      expect(JSON.stringify(item)).not.toContain('"preference"');
      await expect(decide('flip')).rejects.toThrow('label is hidden');
      const isFirst = item.chosen.text.startsWith('better');
      // The first three times the better answer, then the worse one.
      await act({ kind: 'choose', side: isFirst === i < 3 ? 'first' : 'second' });
    }
    expect(lines()).toEqual(CHOICES);
    expect(view().blind).toMatchObject({ count: 4, same: { value: 0.75 } });
    expect(view().decided.map(({ verdict }) => verdict)).toEqual(['flip', 'keep', 'keep', 'keep']);
    // Seen again, the pair shows its label, and can be flipped.
    await act({ kind: 'goTo', index: 3 });
    expect(view().isHidden).toBe(false);
    await decide('flip');
    expect(lines()[3]).toBe(flippedLine(3));
    expect(session.dataset.verdicts.isConflict(view().queue.keys[3]!)).toBe(false);
    expect(view().blind).toMatchObject({ count: 4, same: { value: 0.75 } });
  });

  it('goes on after a restart with what the client kept', async () => {
    const { session, view, decide, lines } = await begin('restart');
    await decide('keep');
    await decide('flip');
    const { queue } = view();
    const again = new Review({
      dataset: session.dataset,
      selections: session.selections,
      edit: async (ref, what) => session.edit(ref, what),
      readDecisions: async () => session.readDecisions(),
    });
    await again.act({ action: { kind: 'go', to: 'here' }, queue });
    expect(again.queue).toEqual(queue);
    expect(queue.keys.filter((key) => again.verdictOf(key))).toHaveLength(2);
    await again.act({ action: { kind: 'undo' }, key: queue.keys[queue.index]! });
    expect(lines()).toEqual(CHOICES);
  });

  it('lists decided pairs without reading them again after each verdict', async () => {
    const { session, view, decide } = await begin('listed');
    await decide('keep');
    await decide('drop');
    const prompts = view().decided.map(({ prompt }) => prompt);
    expect(prompts).toHaveLength(2);
    const read = vi.spyOn(session.dataset, 'readPair');
    expect(view().decided.map(({ prompt }) => prompt)).toEqual(prompts);
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
  });

  it('makes a queue of what two reviewers disagree on, and settles it', async () => {
    const { session, view, decide } = await begin('two');
    for (let i = 0; i < 4; i++) await decide('keep');
    const path = fileURLToPath(session.uri);
    const { keys } = view().queue;
    const { label } = session.dataset.verdicts.of(keys[0]!, session.review.reviewer)!;
    const own = { label, reason: 'no', tags: [], rules: [], isBlind: false, settles: false, by: 'Ben' };
    await addVerdict(path, { ...own, key: keys[0]!, verdict: 'flip' });
    await addVerdict(path, { ...own, key: keys[1]!, verdict: 'skip' });
    await session.readDecisions();
    expect(reviewChoices(session)).toMatchObject({ conflicts: 1, reviewed: 4 });
    await session.review.start({ source: { kind: 'conflicts' }, size: 50, isBlind: true }, never);
    expect(view()).toMatchObject({ queue: { keys: [keys[0]], isBlind: false } });
    expect(view().others).toEqual([{ by: 'Ben', words: 'the rejected answer is better', reason: 'no' }]);
    await decide('keep');
    expect(reviewChoices(session).conflicts).toBe(0);
    await expect(
      session.review.start({ source: { kind: 'conflicts' }, size: 50, isBlind: false }, never),
    ).rejects.toThrow('disagree about no pair');
  });

  it('keeps reasons and tags, and offers the latest first', async () => {
    const { view, act, decide } = await begin('notes');
    await act({ kind: 'note', reason: 'my own' });
    await act({ kind: 'note', tags: ['math'] });
    expect(view()).toMatchObject({ reason: 'my own', tags: ['math'] });
    await decide('keep');
    expect(view()).toMatchObject({ reason: '', tags: [] });
    expect(view().decided[0]).toMatchObject({ reason: 'my own', tags: ['math'] });
    expect(view().reasons[0]).toBe('my own');
    await act({ kind: 'go', to: 'previous' });
    await act({ kind: 'note', reason: 'my own' });
    expect(view()).toMatchObject({ verdict: 'keep', reason: '', tags: ['math'] });
    await act({ kind: 'undo' });
    expect(view()).toMatchObject({ verdict: 'keep', reason: 'my own' });
  });

  it('refuses a verdict for another pair than the one that is shown', async () => {
    const { session, view } = await begin('late');
    const [, other] = view().queue.keys;
    const action = { kind: 'decide', verdict: 'flip' } as const;
    await expect(session.review.act({ action, key: other! })).rejects.toThrow('Another pair');
  });
});
