// The portrait of the rows that a filter keeps: that of a file of just those rows.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Survey } from '#core/dataset/survey.ts';
import type { Figure } from '#core/drawing/figure.ts';
import { figuresOf } from '#core/drawing/figures.ts';
import type { Shape } from '#core/drawing/svg.ts';
import type { Facts } from '#core/facts/facts.ts';
import { namesRead } from '#core/mapping/read.ts';
import { includedOf } from '#core/portrait/included.ts';
import type { Portrait, PortraitInput, Subset } from '#core/portrait/portrait.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import { annotatorsOf } from '#core/portrait/sampled.ts';
import type { ChosenPairs } from '#core/query/chosen.ts';
import { chooseSteps } from '#core/query/chosen.ts';
import type { KnownFacts } from '#core/query/facts.ts';
import { readsOutcome } from '#core/query/outcome.ts';
import { masksOf } from '#core/query/readRecord.ts';
import { seededRandom } from '#core/score/random.ts';
import { Portraits } from '#session/views/portrait.ts';

import { narrowed, rowsWords } from '../../media/src/model/portrait.ts';
import { opened, typed } from '../fakes/datasetPage.ts';
import { goodRecord } from '../fakes/files.ts';
import { flip, sessionsIn } from '../fakes/openSessions.ts';
import { settled } from '../fakes/pageChannel.ts';
import type { QueriedText } from '../fakes/queries.ts';
import { plainly, queriedText, queryOf, variedPairs } from '../fakes/queries.ts';
import { cut, decode, survey } from '../fakes/records.ts';

const { ofText } = sessionsIn('portraitParts');
const never = new AbortController().signal;

const ATTRIBUTES = ['x', 'y', 'cx', 'cy', 'x1', 'y1', 'width', 'height', 'r'];

const OF_ALL: Subset = {
  pairs: 0,
  records: 0,
  byOutcome: false,
  ofWhole: 0,
  unlisted: 0,
  hasSelfTest: false,
};

function chosenBy({ bytes, survey: { recognition }, facts }: QueriedText, text: string): ChosenPairs {
  const query = queryOf(text);
  const masks = cut(bytes).map((raw) => masksOf(raw, recognition, query.leaves));
  const steps = chooseSteps(query, facts, {
    isRead: () => true,
    maskOf: (record, pair) => masks[record]?.[pair] ?? masks[record]?.[0] ?? 0,
  });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** A margin that the texts of a pair decide, so that it is the same in every file; some pairs have none. */
function marginIn(facts: Facts, pair: number): number {
  const { promptLength, chosenLength, rejectedLength } = facts.pairs;
  const mixed = (7 * promptLength[pair]! + 13 * chosenLength[pair]! + 29 * rejectedLength[pair]!) % 101;
  return facts.isTie(pair) || mixed % 9 === 0 ? Number.NaN : Math.fround(mixed / 20 - 2);
}

function inputOf({ facts, recognition }: Survey): PortraitInput {
  return {
    files: [facts],
    hasLabel: recognition?.mapping.answers.kind === 'choice',
    scorers: [
      { name: 'all', marginOf: (_, pair) => marginIn(facts, pair), isCalibrated: true },
      { name: 'a', marginOf: (_, pair) => marginIn(facts, pair) },
      { name: 'b', marginOf: (_, pair) => -marginIn(facts, pair) },
    ],
    findings: [],
  };
}

function fixtures(): readonly (readonly [name: string, text: string])[] {
  const folder = join(import.meta.dirname, '../fixtures/mappings');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
}

describe('the portrait of filtered rows', () => {
  const QUERIES = [
    'record>=2',
    'prompt_length<40 OR record>3',
    'line<3',
    '-is:tie',
    'the',
    'length>150',
    'length_difference<0',
  ];

  it('is that of a file of just those rows, in every schema', () => {
    let compared = 0;
    for (const [at, [name, text]] of fixtures().entries()) {
      const whole = queriedText(text);
      const lines = cut(whole.bytes).map(({ bytes }) => decode(bytes));
      const input = inputOf(whole.survey);
      const { scorers } = portraitOf(input);
      const edgesOf: PortraitInput['edgesOf'] = (scorer) =>
        scorers.find((one) => one.name === scorer)?.histogram.edges;
      // Each query meets every kind of schema.
      for (const query of QUERIES.filter((_, i) => (i + at) % 3 === 0)) {
        const chosen = chosenBy(whole, query);
        // A file holds whole records.
        const { records } = chosen;
        if (records.length === 0 || records.some((record) => !chosen.hasAll(record))) continue;
        const own = survey(Array.from(records, (record) => lines[record]!).join('\n'));
        // Fewer records may not show which schema they have, or which answer the label prefers.
        const isSame = (one: Survey): string =>
          JSON.stringify([one.recognition?.mapping.id, one.recognition?.polarity]);
        if (isSame(own) !== isSame(whole.survey)) continue;
        const { subset, ...part } = portraitOf({
          ...input,
          includes: includedOf([chosen]),
          subset: OF_ALL,
          edgesOf,
        });
        expect(subset).toBe(OF_ALL);
        expect([name, query, part]).toEqual([name, query, portraitOf({ ...inputOf(own), edgesOf })]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(150);
  });

  it('counts of a record with several pairs those that the filter selects', () => {
    for (const [name, text] of fixtures()) {
      const whole = queriedText(text);
      const { facts } = whole.survey;
      const chosen = chosenBy(whole, 'length_difference<0');
      const expected = Array.from({ length: facts.pairCount }, (_, pair) => pair).filter(
        (pair) => facts.pairs.chosenLength[pair]! < facts.pairs.rejectedLength[pair]!,
      );
      const { counts } = portraitOf({ ...inputOf(whole.survey), includes: includedOf([chosen]) });
      expect([name, counts.pairs]).toEqual([name, expected.length]);
      expect([name, chosen.counts]).toEqual([
        name,
        {
          pairCount: counts.pairs,
          recordCount: counts.records,
          tieCount: counts.ties,
          judgementCount: counts.judgements,
        },
      ]);
      expect(chosen.records).toHaveLength(counts.records);
    }
  });

  it('is made in slices', () => {
    const { facts: known } = queriedText('{"prompt":"q","chosen":"a","rejected":"b"}');
    const { facts } = known;
    for (let i = 0; i < 15; i++) facts.append(facts, 1, 50);
    const many: KnownFacts = { ...known, facts };
    expect(facts.pairCount).toBe(1 << 15);
    const steps = [...chooseSteps(queryOf('margin<0 OR length>0'), many, undefined)];
    expect(steps.length).toBeGreaterThan(2);
  });

  it('has no calibration if the filter knows what a scorer should guess', () => {
    const own = namesRead(survey('{"prompt":"q","chosen":"a","rejected":"b"}').recognition!.mapping);
    const blind = [
      '',
      'word',
      'prompt:word',
      'source:hh',
      'length>3',
      '-is:tie',
      'is:edited',
      'line<9 OR pairs>1',
    ];
    const knowing = [
      'margin<0',
      'chosen:word',
      'rejected_length>4',
      'length_difference<0',
      'rule:mojibake',
      'is:finding',
      'is:good',
      'chosen_style:code',
      '.chosen:word',
      '.chosen_score>4',
      'source:hh OR NOT margin<0',
    ];
    expect(blind.filter((text) => readsOutcome(queryOf(text), own))).toEqual([]);
    expect(knowing.filter((text) => !readsOutcome(queryOf(text), own))).toEqual([]);
    const whole = queriedText(Array.from({ length: 60 }, (_, i) => goodRecord(i)).join('\n'));
    const of = (byOutcome: boolean): Portrait =>
      portraitOf({ ...inputOf(whole.survey), subset: { ...OF_ALL, byOutcome } });
    expect([of(false).calibration !== undefined, of(true).calibration]).toEqual([true, undefined]);
  });
});

describe('few rows', () => {
  it('annotators that agree on a few records prove little', () => {
    const all = (count: number) =>
      annotatorsOf(Array.from({ length: count }, () => ({ first: 3, second: 0, tie: 0 })))!;
    expect(all(3).same).toMatchObject({ value: 1, high: 1 });
    // Wilson: 3 of 3 is 44 % or more.
    expect(all(3).same.low).toBeCloseTo(0.4385, 3);
    expect(all(1).same.low).toBeLessThan(0.25);
    const mixed = Array.from({ length: 9 }, (_, i) => ({ first: 3 - (i % 2), second: i % 2, tie: 0 }));
    expect(annotatorsOf(mixed)!.kappa.value).toBeNaN();
    expect(annotatorsOf([...mixed, ...mixed])!.kappa.value).toBeLessThan(1);
  });
  it('no interval of a share, of odds or of κ excludes the truth more often than it says', () => {
    const random = seededRandom(31);
    for (const count of [3, 6, 12]) {
      let held = 0;
      for (let round = 0; round < 600; round++) {
        // Two votes agree with a probability of 0.7.
        const votes = Array.from({ length: count }, () =>
          random() < 0.7 ? { first: 2, second: 0, tie: 0 } : { first: 1, second: 1, tie: 0 },
        );
        const { low, high } = annotatorsOf(votes)!.same;
        held += Number(low <= 0.7 && high >= 0.7);
      }
      expect([count, held / 600 > 0.9]).toEqual([count, true]);
    }
  });
});

const shapesOf = (shape: Shape): Shape[] => [
  shape,
  ...shape.children.flatMap((child) => (typeof child === 'string' ? [] : shapesOf(child))),
];
const textOf = (shape: Shape): string =>
  shape.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join(' ');
const byId = (figures: readonly Figure[], id: string): Figure | undefined =>
  figures.find((one) => one.id === id);

describe('figures of filtered rows', () => {
  const random = seededRandom(22);
  const text = queriedText(variedPairs(300, random));
  const { facts } = text.survey;
  for (let pair = 0; pair < 300; pair++)
    if (!facts.isTie(pair) && pair % 7 > 0) facts.setMargin(pair, Math.fround(6 * random() - 2.5));
  const input: PortraitInput = {
    files: [facts],
    hasLabel: true,
    scorers: [{ name: 'x', marginOf: (_, pair) => facts.margin(pair), isCalibrated: true }],
    findings: [],
  };
  const whole = portraitOf(input);
  const partOf = (filter: string, more: Partial<Subset> = {}): Portrait =>
    portraitOf({
      ...input,
      includes: includedOf([chosenBy(text, filter)]),
      subset: { ...OF_ALL, pairs: 300, records: 300, ...more },
      edgesOf: () => whole.scorers[0]!.histogram.edges,
    });

  it('the query of each mark, within the filter, selects as many rows as it counts', () => {
    let checked = 0;
    for (const filter of ['prompt_length<400 OR source:"s \\"1\\""', '-is:tie length>200']) {
      for (const { id, picture } of figuresOf(partOf(filter), undefined, whole)) {
        for (const shape of picture ? shapesOf(picture) : []) {
          const { 'data-query': query } = shape.attributes;
          const counted = /([\d,]+) (?:pairs?|chosen|rejected)(?: with|: chosen answer| answers|,|$)/.exec(
            textOf(shape),
          );
          if (query === undefined) continue;
          const found = plainly(text, narrowed(filter, String(query))).records.length;
          expect([filter, id, textOf(shape), String(found)]).toEqual([
            filter,
            id,
            textOf(shape),
            counted?.[1],
          ]);
          checked++;
        }
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('histograms stand before the whole file, scaled to as many pairs', () => {
    const part = partOf('length>200');
    const figures = figuresOf(part, undefined, whole);
    for (const id of ['margins', 'lengths', 'prompts']) {
      const { picture, key } = byId(figures, id)!;
      const rects = shapesOf(picture!).filter(({ tag }) => tag === 'rect');
      const areaOf = (isWanted: (name: string) => boolean): number =>
        rects
          .filter(({ attributes }) => isWanted(String(attributes.class)))
          .reduce((sum, { attributes: { height } }) => sum + Number(height), 0);
      const [behind, bars] = [
        areaOf((name) => name === 'behind'),
        areaOf((name) => ['chosen', 'rejected', 'neutral'].includes(name)),
      ];
      expect([id, Math.abs(behind - bars) < 0.02 * bars]).toEqual([id, true]);
      expect(key!.at(-1)!.name).toBe('behind');
    }
    expect(byId(figuresOf(whole), 'margins')!.key).toHaveLength(2);
  });

  it('say what they are of, and why others are missing', () => {
    const caption = (portrait: Portrait): string => byId(figuresOf(portrait), 'subset')!.caption;
    const plain = partOf('length>200');
    const { pairs, records } = plain.counts;
    expect(caption(plain)).toBe(`${pairs} of 300 pairs, in ${records} of 300 records.`);
    const knowing = partOf('margin<0', { byOutcome: true, hasSelfTest: true, ofWhole: 1, unlisted: 7 });
    expect(byId(figuresOf(knowing), 'calibration')).toBeUndefined();
    expect(caption(knowing)).toContain('Calibration is left out');
    expect(caption(knowing)).toContain('The self-test is left out');
    expect(caption(knowing)).toContain('1 finding about the whole file');
    expect(caption(knowing)).toContain('7 findings are left out');
    expect(caption(partOf('record<12'))).toContain('So few pairs say little');
    expect(byId(figuresOf(whole), 'subset')).toBeUndefined();
  });

  it('every number of a picture is a number, for few and no rows too', () => {
    for (const filter of ['record=1', 'record=2', 'record<4', 'record>900', 'is:tie', 'is:unscored']) {
      const wired = JSON.parse(JSON.stringify(partOf(filter))) as Portrait;
      for (const one of [partOf(filter), wired])
        for (const { picture, caption, table } of figuresOf(one, 'why', whole)) {
          const written = JSON.stringify({ caption, table, picture });
          expect([filter, /NaN|undefined|Infinity|null/.exec(written)]).toEqual([filter, null]);
          for (const { attributes } of picture ? shapesOf(picture) : [])
            for (const [name, value] of Object.entries(attributes))
              if (ATTRIBUTES.includes(name))
                expect([filter, name, Number.isFinite(value)]).toEqual([filter, name, true]);
        }
    }
  });
});

describe('the portrait of filtered rows of an open file', () => {
  const record = (i: number): string =>
    JSON.stringify({
      ...(JSON.parse(goodRecord(i)) as object),
      source: ['web', 'book', 'chat'][i % 3],
      topic: i % 2 === 0 ? 'even' : 'odd',
    });
  const LINES = Array.from({ length: 90 }, (_, i) => record(i));

  it('is that of a file of just those rows: with sources and findings, by facts and by a search', async () => {
    const { session } = await ofText(LINES);
    const portraits = new Portraits();
    for (const [query, isKept] of [
      ['source:web', (i: number) => i % 3 === 0],
      ['record>40 topic:even', (i: number) => i >= 40 && i % 2 === 0],
      ['record<=30', (i: number) => i < 30],
    ] as const) {
      const { portrait, revision } = await portraits.of(session, query, never);
      const { subset, ...part } = portrait!;
      expect([revision, subset!.pairs, subset!.byOutcome]).toEqual([session.dataset.revision, 90, false]);
      const alone = await ofText(LINES.filter((_, i) => isKept(i)));
      const own = (await new Portraits().of(alone.session, '', never)).portrait!;
      // What is measured on a whole file.
      const { trust, selfTest } = own;
      expect([part.trust, part.selfTest]).toEqual([undefined, undefined]);
      expect([query, { ...part, trust, selfTest }]).toEqual([query, { trust, selfTest, ...own }]);
    }
  });

  it('follows edits, is kept until the next one, and is that of the file for an empty filter', async () => {
    const { session } = await ofText(LINES);
    const portraits = new Portraits();
    const of = async (query: string) => (await portraits.of(session, query, never)).portrait!;
    const first = await of(' source:web ');
    expect(await of('source:web')).toBe(first);
    expect((await of('   ')).subset).toBeUndefined();
    // Not one of these rows, then one of them.
    await flip(session, 1);
    const second = await of('source:web');
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    await flip(session, 0);
    const third = await of('source:web');
    expect(third.counts).toEqual(first.counts);
    expect(third.labels.longer).not.toBe(first.labels.longer);
  });

  it('rejects a filter with a fault, with what is wrong', async () => {
    const { session } = await ofText(LINES);
    await expect(new Portraits().of(session, 'margn<0', never)).rejects.toThrow('margn');
    await expect(new Portraits().of(session, 'source:web', AbortSignal.abort())).rejects.toThrow();
  });
});

describe('the portrait of filtered rows on the page', () => {
  const askedFor = (page: Awaited<ReturnType<typeof opened>>): string[] =>
    page.heard().filter((one) => one.startsWith('portrait'));

  it('writes the rows of a bar into the filter', () => {
    expect(narrowed('', 'margin<0')).toBe('margin<0');
    expect(narrowed('source:web', 'margin<0')).toBe('source:web margin<0');
    expect(narrowed('a OR b', '(margin>0) OR (margin<0)')).toBe('(a OR b) ((margin>0) OR (margin<0))');
    expect(narrowed('-is:tie', 'margin>=1 margin<2')).toBe('-is:tie margin>=1 margin<2');
  });
  it('says how many rows it is of, once they are counted', () => {
    const none = { isOpen: true, scope: 'rows', result: undefined, failure: undefined } as const;
    expect(rowsWords({ ...none, rows: undefined }, 'margin<0')).toBe('Filtered rows');
    const counts = { records: 1234, pairs: 1300, ties: 0, judgements: 0, prompts: 9 };
    const result = { revision: 1, portrait: { counts } as Portrait };
    const rows = { query: 'margin<0', revision: 1, failure: undefined, result };
    expect(rowsWords({ ...none, rows }, 'margin<0')).toBe('1,234 filtered rows');
    expect(rowsWords({ ...none, rows }, 'margin<1')).toBe('Filtered rows');
  });
  it('is shown after a change of the filter in front of it, and remembered', async () => {
    const page = await opened();
    await typed(page, 'margin<0');
    await page.dispatch({ kind: 'portrait', event: { kind: 'opened' } });
    expect(page.state.portrait.scope).toBe('file');
    await typed(page, 'margin<1');
    expect([page.state.portrait.isOpen, page.state.portrait.scope]).toEqual([true, 'rows']);
    expect(page.state.portrait.rows).toMatchObject({ query: 'margin<1', revision: 1 });
    await page.dispatch({ kind: 'portrait', event: { kind: 'closed' } });
    await typed(page, 'margin<2');
    expect(page.state.portrait.rows!.query).toBe('margin<1');
    await page.dispatch({ kind: 'portrait', event: { kind: 'opened' } });
    expect(page.state.portrait.rows!.query).toBe('margin<2');
    const again = await opened();
    again.client.channel.notify('restore', {
      selection: { order: 'all', query: 'margin<2' },
      layout: 'right',
      recent: [],
      portraitScope: 'rows',
    });
    await settled();
    expect(again.state.portrait.scope).toBe('rows');
    await again.dispatch({ kind: 'portrait', event: { kind: 'opened' } });
    expect(again.state.portrait.rows!.query).toBe('margin<2');
  });
  it('is requested once for each filter and state of the file, and never for none', async () => {
    const page = await opened();
    await page.dispatch({ kind: 'portrait', event: { kind: 'opened' } });
    await page.dispatch({ kind: 'portrait', event: { kind: 'scopeChosen', scope: 'rows' } });
    expect(page.state.portrait.rows).toBeUndefined();
    await typed(page, 'margin<0');
    const { rows } = page.state.portrait;
    await page.scrollTo(3);
    expect(page.state.portrait.rows).toBe(rows);
    await page.change();
    expect(page.state.portrait.rows).toMatchObject({ query: 'margin<0', revision: 2 });
    expect(askedFor(page)).toEqual([]);
  });
  it('an older one does not take the place of a newer one, and a failure is said', async () => {
    const page = await opened();
    await typed(page, 'margin<0');
    await page.dispatch({ kind: 'portrait', event: { kind: 'opened' } });
    await page.dispatch({ kind: 'portrait', event: { kind: 'scopeChosen', scope: 'rows' } });
    const result = { revision: 1, portrait: {} as Portrait };
    await page.dispatch({ kind: 'portrait', event: { kind: 'loaded', query: 'margin<9', result } });
    expect(page.state.portrait.rows!.result).toBeUndefined();
    await page.dispatch({ kind: 'portrait', event: { kind: 'failed', query: 'margin<0', reason: 'no' } });
    expect([page.state.portrait.rows!.failure, page.state.portrait.failure]).toEqual(['no', undefined]);
  });
  it('a list that was hidden scrolls to where it is, when it is shown again', async () => {
    const page = await opened();
    await page.scrollTo(400);
    await page.dispatch({ kind: 'portrait', event: { kind: 'opened' } });
    page.calls.length = 0;
    await page.press('Escape');
    expect(page.calls).toContain(`list to ${400 * 52}`);
    expect(await page.press('/')).toBe(true);
  });
});
