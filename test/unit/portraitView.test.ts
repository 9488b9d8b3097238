// The portrait of an open file, its figures, and its place on the page.
import { describe, expect, it } from 'vitest';

import type { Brush, Figure } from '#core/drawing/figure.ts';
import { figuresOf } from '#core/drawing/figures.ts';
import { quoted } from '#core/drawing/figures/queries.ts';
import { drawMargins } from '#core/drawing/strip.ts';
import type { Shape } from '#core/drawing/svg.ts';
import { percent, short } from '#core/drawing/words.ts';
import { Facts } from '#core/facts/facts.ts';
import type { Portrait } from '#core/portrait/portrait.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import { seededRandom } from '#core/score/random.ts';
import { ruleCounts } from '#session/ruleCounts.ts';
import { Portraits } from '#session/views/portrait.ts';
import { statusOf } from '#session/views/status.ts';

import {
  brushedBins,
  countsMessage,
  isPortraitDue,
  portraitMessage,
  whyNoMargins,
} from '../../media/src/model/portrait.ts';
import { FakeDatasetPage } from '../fakes/datasetPage.ts';
import { flip, LINES, sessionsIn, URI } from '../fakes/openSessions.ts';
import { settled } from '../fakes/pageChannel.ts';
import { plainly, queriedText, variedPairs } from '../fakes/queries.ts';
import { survey } from '../fakes/records.ts';
import { statusOf as pageStatus } from '../fakes/views.ts';

const { ofText } = sessionsIn('portrait');
const never = new AbortController().signal;

const shapesOf = (shape: Shape): Shape[] => [
  shape,
  ...shape.children.flatMap((child) => (typeof child === 'string' ? [] : shapesOf(child))),
];
const textOf = (shape: Shape): string =>
  shape.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join(' ');
const byId = (figures: readonly Figure[], id: string): Figure => figures.find((one) => one.id === id)!;

function portrait(
  count: number,
  more: Partial<Portrait> = {},
  margin = (i: number): number => (i % 7) - 2.5,
): Portrait {
  const { facts } = survey(
    Array.from({ length: count }, (_, i) =>
      JSON.stringify({
        prompt: `q${i}`,
        chosen: 'a'.repeat(1 + (i % 90)),
        rejected: 'b'.repeat(1 + ((i * 7) % 60)),
      }),
    ).join('\n'),
  );
  const made = portraitOf({
    files: [facts],
    hasLabel: true,
    scorers: [
      {
        name: 'the scorer',
        marginOf: (_, pair) => margin(pair),
        budget: { percent: 1, worst: -2.5 },
        isCalibrated: true,
      },
    ],
    findings: [{ rule: 'mojibake', severity: 'warning', title: 'Wrong characters', count: 3 }],
    sources: {
      field: 'source',
      values: [{ name: 'a "b"', pairs: count, ties: 0, longerChosen: 1 }],
      read: count,
      records: count,
    },
  });
  return { ...made, ...more };
}

describe('figures', () => {
  it('every mark has a hint, and its query counts what the hint says', () => {
    const figures = figuresOf(portrait(200));
    expect(figures.map(({ id }) => id)).toEqual([
      'margins',
      'findings',
      'length-margin',
      'rewards',
      'lengths',
      'prompts',
      'calibration',
      'sources',
    ]);
    const queries = figures.flatMap(({ picture }) =>
      shapesOf(picture!).flatMap(({ attributes }) => attributes['data-query'] ?? []),
    );
    expect(queries).toContain('margin<-2.4');
    expect(queries).toContain('rule:mojibake');
    expect(queries).toContain('source:"a \\"b\\""');
    for (const { picture } of figures)
      for (const shape of shapesOf(picture!))
        if ('data-query' in shape.attributes) expect(textOf(shape)).not.toBe('');
  });
  it('the query of each mark and of each row of a table selects as many rows as it counts', () => {
    const random = seededRandom(21);
    const text = queriedText(variedPairs(300, random));
    const { facts } = text.survey;
    expect(facts.tieCount).toBe(60);
    for (let pair = 0; pair < 300; pair++)
      if (!facts.isTie(pair) && pair % 7 > 0) facts.setMargin(pair, Math.fround(6 * random() - 2.5));
    const made = portraitOf({
      files: [facts],
      hasLabel: true,
      scorers: [{ name: 'x', marginOf: (_, pair) => facts.margin(pair), isCalibrated: true }],
      findings: [],
      sources: {
        field: 'source',
        values: [0, 1, 2].map((i) => ({ name: `s "${i}"`, pairs: 100, ties: 20, longerChosen: 1 })),
        read: 300,
        records: 300,
      },
    });
    const found = new Map<string, number>();
    const rowsOf = (query: string): number => {
      const count = found.get(query) ?? plainly(text, query).records.length;
      found.set(query, count);
      return count;
    };
    let checked = 0;
    for (const { id, picture, table } of figuresOf(made)) {
      for (const shape of picture ? shapesOf(picture) : []) {
        const { 'data-query': query } = shape.attributes;
        if (query === undefined) continue;
        const counted = /([\d,]+) (?:pairs?|chosen|rejected)(?: with|: chosen answer| answers|,|$)/.exec(
          textOf(shape),
        );
        expect([id, textOf(shape), String(rowsOf(String(query)))]).toEqual([id, textOf(shape), counted?.[1]]);
        checked++;
      }
      for (const { query, cells } of id === 'rewards' ? [] : (table?.rows ?? []))
        if (query !== undefined)
          expect([id, query, String(rowsOf(query))]).toEqual([id, query, cells[1]!.words]);
    }
    expect(checked).toBeGreaterThan(80);
  });
  it('tables hold the same numbers as pictures, and all pairs', () => {
    const figures = figuresOf(portrait(200));
    const sum = (id: string, column: number): number =>
      byId(figures, id).table!.rows.reduce((all, { cells }) => all + Number(cells[column]!.words), 0);
    expect([sum('margins', 1), sum('lengths', 1), sum('lengths', 2), sum('prompts', 1)]).toEqual([
      200, 200, 200, 200,
    ]);
    expect([sum('length-margin', 1), sum('calibration', 1)]).toEqual([200, 200]);
  });
  it('every number of a picture is a number, for few and odd pairs too', () => {
    const odd: readonly Portrait[] = [
      portrait(1),
      portrait(2, {}, () => 0),
      portrait(60, {}, () => 1e9),
      portrait(60, {}, (i) => (i === 0 ? -Infinity : i)),
      portrait(60, {}, () => Number.NaN),
      // As a wire carries it: NaN is null.
      JSON.parse(JSON.stringify(portrait(30))) as Portrait,
    ];
    for (const one of odd) {
      for (const { picture, caption, table } of figuresOf(one)) {
        const written = JSON.stringify([caption, table, picture]);
        expect(written).not.toMatch(/NaN|undefined|Infinity|null/);
        for (const { attributes } of picture ? shapesOf(picture) : [])
          for (const [name, value] of Object.entries(attributes))
            if (['x', 'y', 'cx', 'cy', 'x1', 'y1', 'width', 'height', 'r'].includes(name))
              expect([name, Number.isFinite(value)]).toEqual([name, true]);
      }
    }
  });
  it('of an empty file say so, and of an unsure one say nothing of its labels', () => {
    const empty = portraitOf({ files: [new Facts()], hasLabel: false, scorers: [], findings: [] });
    expect(figuresOf(empty, 'why').map(({ id, caption }) => [id, caption])).toEqual([
      ['findings', 'No findings.'],
    ]);
    const unsure = figuresOf(portrait(60, { unsure: 'Nobody knows' }));
    expect(unsure.map(({ id }) => id)).toEqual(['unsure', 'findings', 'prompts', 'sources']);
  });
  it('without margins give the reason', () => {
    const bare = { ...portrait(60), scorers: [] };
    delete (bare as { density?: unknown }).density;
    expect(byId(figuresOf(bare, 'Scoring 40 %'), 'margins').caption).toBe('Scoring 40 %');
  });
  it('ties are left out where they are counted out', () => {
    const tied = portrait(60);
    const figures = figuresOf({ ...tied, counts: { ...tied.counts, ties: 2 } });
    expect(byId(figures, 'lengths').brush!.queryOf(3, 5)).toMatch(
      /^chosen_length>=\d+ chosen_length<\d+ -is:tie$/,
    );
  });
  it('write numbers shortly, and quote what a file says', () => {
    expect([1, 999, 1500, 10_000, 2_500_000, -1000].map(short)).toEqual([
      '1',
      '999',
      '1.5k',
      '10k',
      '2.5M',
      '−1k',
    ]);
    expect([0, 0.0004, 0.012, 0.5, 0.999].map(percent)).toEqual(['0 %', '<0.1 %', '1.2 %', '50 %', '100 %']);
    expect(quoted('a\\"b')).toBe('"a\\\\\\"b"');
  });
  it('the strip shows each bin with pairs', () => {
    const [ranking] = portrait(60).scorers;
    const used = ranking!.histogram.counts.filter((count) => count > 0).length;
    expect(drawMargins(ranking!).children).toHaveLength(used);
  });
});

describe('the portrait of an open file', () => {
  it('counts what the status counts, and is made once for each revision', async () => {
    const { session } = await ofText([
      ...LINES,
      ...LINES.slice(0, 3),
      '{"prompt":"q","chosen":"","rejected":"b"}',
    ]);
    const portraits = new Portraits();
    const first = await portraits.of(session, '', never);
    const status = statusOf(session);
    const { counts, findings } = first.portrait!;
    expect([counts.records, counts.pairs, counts.ties]).toEqual([
      status.recordCount,
      status.pairCount,
      status.tieCount,
    ]);
    expect(findings.reduce((sum, { count }) => sum + count, 0)).toBe(status.findingCount);
    expect(ruleCounts(session.dataset)).toEqual(findings);
    expect((await portraits.of(session, '', never)).portrait).toBe(first.portrait);
    await flip(session, 0);
    const second = await portraits.of(session, '', never);
    expect(second.portrait).not.toBe(first.portrait);
    expect(second.revision).toBeGreaterThan(first.revision);
  });
  it('ends if it is cancelled, and is undefined until the file is read', async () => {
    const { host } = await ofText(LINES);
    host.sessions.openDocument(URI, 2, LINES.join('\n'));
    const session = host.sessions.get(URI)!;
    expect((await new Portraits().of(session, '', never)).portrait).toBeUndefined();
    await host.until(URI, ({ phase }) => phase !== 'reading');
    await expect(new Portraits().of(session, '', AbortSignal.abort())).rejects.toThrow();
  });
});

describe('the portrait on the page', () => {
  it('opens, closes with the rows, and takes no keys of the pair that it hides', async () => {
    const page = new FakeDatasetPage();
    await page.open();
    page.client.channel.notify('showPart', { part: 'portrait' });
    await settled();
    expect(page.state.portrait.isOpen).toBe(true);
    expect(await page.press('f')).toBe(false);
    await page.press('Escape');
    expect(page.state.portrait.isOpen).toBe(false);
    await page.dispatch({ kind: 'portrait', event: { kind: 'opened' } });
    await page.dispatch({ kind: 'queryChosen', query: 'margin<0' });
    expect([page.state.portrait.isOpen, page.state.selection.query, page.state.filter.text]).toEqual([
      false,
      'margin<0',
      'margin<0',
    ]);
  });
  it('a newer one is due after a change, and after the file was read', () => {
    const status = pageStatus({ revision: 3 });
    expect(isPortraitDue(undefined, status)).toBe(true);
    expect(isPortraitDue(status, { ...status, progress: '4 %' })).toBe(false);
    expect(isPortraitDue(status, { ...status, revision: 4 })).toBe(true);
    expect(isPortraitDue(status, { ...status, revision: 4, phase: 'reading' })).toBe(false);
    expect(isPortraitDue({ ...status, phase: 'reading' }, status)).toBe(true);
  });
  it('says why there is nothing to see', () => {
    const none = { isOpen: true, result: undefined, failure: undefined };
    expect(portraitMessage(none, undefined)).toBe('Reading…');
    expect(portraitMessage({ ...none, failure: 'no' }, undefined)).toBe("Can't make the portrait: no");
    expect(whyNoMargins(pageStatus({ phase: 'scoring', progress: 'Scoring 40 %' }))).toBe('Scoring 40 %…');
    expect(whyNoMargins(pageStatus({ phase: 'unscored' }))).toContain('Score This File');
  });
  it('says what it counts where rows are something else, and how far scoring is', () => {
    const state = (records: number) => ({
      isOpen: true,
      failure: undefined,
      result: {
        revision: 1,
        portrait: portrait(6, { counts: { records, pairs: 6, ties: 0, judgements: 0, prompts: 6 } }),
      },
    });
    expect(countsMessage(state(6), pageStatus())).toBeUndefined();
    expect(countsMessage(state(2), pageStatus())).toBe(
      'Figures count the 6 pairs; rows are the 2 records, which hold several.',
    );
    const scoring = pageStatus({ phase: 'scoring', progress: 'Scoring 40 %, about 8 s left' });
    expect(countsMessage(state(6), scoring)).toBe('Scoring 40 %, about 8 s left.');
  });
  it('a drag selects the bins that it touches; a click selects none', () => {
    const brush: Brush = { left: 10, right: 110, top: 0, bottom: 9, first: 2, last: 11, queryOf: () => '' };
    expect(brushedBins(brush, 15, 16)).toBeUndefined();
    expect(brushedBins(brush, 15, 38)).toEqual([2, 4]);
    expect(brushedBins(brush, 38, 15)).toEqual([2, 4]);
    expect(brushedBins(brush, 95, 900)).toEqual([10, 11]);
    expect(brushedBins(brush, -50, 900)).toEqual([2, 11]);
  });
});
