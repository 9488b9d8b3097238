// What a review teaches while it goes on: the order of the queue, what is left, and the chance in a hover.
import { describe, expect, it } from 'vitest';

import { judgementsOf } from '#core/learning/judgements.ts';
import { expectFinds } from '#core/learning/outlook.ts';
import { nextOpen, reordered } from '#core/review/queue.ts';
import { seededRandom } from '#core/score/random.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { ReviewView } from '#protocol/editor/review.ts';
import type { Session } from '#session/session.ts';
import { recordViewOf } from '#session/views/pair.ts';
import { reviewViewOf } from '#session/views/review.ts';

import { hoverOf } from '../../server/src/lsp/features.ts';
import { generatePairs } from '../bench/generate.ts';
import { never } from '../fakes/files.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { sessionsIn } from '../fakes/openSessions.ts';

describe('a queue that is sorted again', () => {
  it('moves open places alone, never the one that is shown, and shows the most suspicious next', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 200; round++) {
      const length = 1 + Math.floor(20 * random());
      const shown = Math.floor(length * random());
      const isOpen = Array.from({ length }, () => random() < 0.6);
      const chances = Array.from({ length }, () => (random() < 0.1 ? undefined : random()));
      const order = reordered(isOpen, shown, (index) => chances[index]);
      expect(order.toSorted((a, b) => a - b)).toEqual([...order.keys()]);
      isOpen.forEach((open, index) => {
        if (!open || index === shown) expect(order[index]).toBe(index);
      });
      // As a person walks on, chances never rise.
      const met: number[] = [];
      const isDone = isOpen.map((open, index) => !open || index === shown);
      for (let at = nextOpen(isDone, shown); at >= 0; at = nextOpen(isDone, at)) {
        met.push(chances[order[at]!] ?? -1);
        isDone[at] = true;
      }
      expect(met).toEqual(met.toSorted((a, b) => b - a));
    }
  });
});

const { ofFile } = sessionsIn('lessons');
const start: StartScorer = async () => Promise.resolve(startInMemory());
const PAIRS = [...generatePairs(300, 11, 40)];

/** A scored file with a queue of doubtful labels. */
async function begin(name: string, size = 80) {
  const { session, host, uri } = await ofFile(`${name}/pairs.jsonl`, PAIRS.join(''), start);
  session.score();
  await host.until(uri, ({ phase }) => phase === 'scored');
  await session.review.start({ source: { kind: 'labels' }, size, isBlind: false }, never);
  const view = (): ReviewView => reviewViewOf(session)!;
  const decide = async (verdict: 'keep' | 'skip' | 'flip'): Promise<string> =>
    (await session.review.act({ action: { kind: 'decide', verdict }, key: view().key })).said;
  return { session, view, decide };
}

const chanceAt = (session: Session, key: string): number => {
  const { record, pair } = session.review.items!.placeOf(key)!;
  return session.dataset.reviewedChance(record, pair)!.chance;
};

describe('a review of doubtful labels', () => {
  it('sorts the open pairs again after every ten verdicts, and leaves decided pairs where they are', async () => {
    const { session, view, decide } = await begin('sorted');
    const before = view().queue.keys;
    const isLong = (): boolean => {
      const { item } = view();
      return item.kind === 'pair' && item.chosen.text.length + item.rejected.text.length > 535;
    };
    const sorted: number[] = [];
    for (let done = 1; done <= 45; done++) {
      const { keys, index } = view().queue;
      // A reviewer who finds wrong labels among long answers alone, and skips some pairs.
      const said = await decide(done % 9 === 0 ? 'skip' : isLong() ? 'flip' : 'keep');
      if (said.includes('sorted again')) sorted.push(done);
      const after = view().queue.keys;
      expect(after.slice(0, index + 1)).toEqual(keys.slice(0, index + 1));
    }
    expect(sorted.length).toBeGreaterThan(0);
    // Never between two lessons.
    sorted.forEach((done) => {
      expect(done % 10).toBe(0);
    });
    const { keys, index } = view().queue;
    expect(keys.toSorted()).toEqual(before.toSorted());
    if (sorted.at(-1) === 40) {
      const open = keys.slice(index + 1);
      const chances = open.map((key) => chanceAt(session, key));
      expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    }
  });

  it('says what to expect by the function that `score` uses, from 20 judged labels on', async () => {
    const { session, view, decide } = await begin('outlook', 40);
    for (let done = 0; done < 19; done++) await decide('keep');
    expect(view().lesson).toBeUndefined();
    await decide('keep');
    const { facts } = session.dataset.survey;
    const { judged, rest } = judgementsOf(facts, facts.margins, session.dataset.verdicts);
    const outlook = expectFinds(judged, rest)!;
    const { lesson } = view();
    expect(lesson).toMatchObject({ judged: 20, left: outlook.left, next: { of: 20 } });
    expect(lesson!.next.low).toBeLessThanOrEqual(lesson!.next.likely);
    expect(lesson!.next.likely).toBeLessThanOrEqual(lesson!.next.high);
    expect(lesson!.next.high).toBeLessThanOrEqual(20);
  });

  it('calibrates the chance in hovers and pages, for pairs that nobody judged', async () => {
    const { session, view, decide } = await begin('hover', 40);
    const firstKey = view().key;
    const first = session.review.items!.placeOf(firstKey)!;
    const textOf = (record: number): string =>
      JSON.stringify(hoverOf(session, { line: record, character: 3 })!.contents);
    for (let done = 0; done < 19; done++) await decide('keep');
    const open = session.review.items!.placeOf(view().key)!;
    expect(textOf(open.record)).not.toContain('reviewed');
    await decide('keep');
    const next = session.review.items!.placeOf(view().key)!;
    expect(textOf(next.record)).toMatch(
      /Chance that the label is wrong: [^"]*calibrated on 20 reviewed pairs/,
    );
    expect(textOf(first.record)).not.toContain('Chance that');
    const shown = recordViewOf(session, { uri: session.uri, ...next, step: 'here' });
    expect(shown.kind === 'pair' && shown.details[0]).toContain('calibrated on 20 reviewed pairs');
  });

  it('starts a further queue in the order that was learned', async () => {
    const { session, decide } = await begin('further');
    for (let done = 0; done < 30; done++) await decide('keep');
    await session.review.start({ source: { kind: 'labels' }, size: 60, isBlind: false }, never);
    const chances = session.review.items!.keys.map((key) => chanceAt(session, key));
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
  });
});
