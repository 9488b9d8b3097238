import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import type { ScorerRule } from '#core/reward/scorerRule.ts';
import { whyUnscorable } from '#core/score/scorable.ts';
import { readWantedPairs } from '#node/engine.ts';
import { modelBudget } from '#node/models/memory.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import { ensembleQuality } from '#node/scoring/quality.ts';
import type { RunOptions, ScoringOutcome, ScoringTarget } from '#node/scoring/run.ts';
import { runScoring, whyUnscored } from '#node/scoring/run.ts';

import { generatePairs } from '../bench/generate.ts';
import { never, testFolder } from '../fakes/files.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { encode, recordsOf, survey } from '../fakes/records.ts';
import type { ScriptedScorer } from '../fakes/scriptedScorer.ts';
import { scriptedFit, scriptedModel } from '../fakes/scriptedScorer.ts';
import { writeModel } from '../models/folders.ts';

const folder = testFolder('scoring-run');
let model: ScorerRule;
beforeAll(() => {
  model = { kind: 'onnx', model: writeModel(`${folder.path}-model`).folder, name: 'rm' };
});
const COLUMNS: ScorerRule = { kind: 'columns' };
const BUILT_IN: ScorerRule = { kind: 'consistency' };
const SIDECAR = { kind: 'sidecar', file: 'scores.jsonl' } as const;
const NOWHERE: ScorerRule = { kind: 'onnx', model: 'nowhere' };

/** Pairs whose records bring scores along: the first 30 speak against the label. */
const PAIRS = [...generatePairs(60, 3, 8)].map((line, i) =>
  JSON.stringify({ ...(JSON.parse(line) as object), score_chosen: i + 0.5, score_rejected: 30 }),
);
const TIES = PAIRS.map((line, i) => {
  const { prompt, chosen, rejected } = JSON.parse(line) as Record<string, string>;
  const preference = i < 5 ? 'tie' : 'a-is-better';
  return JSON.stringify({ prompt, completion_a: chosen, completion_b: rejected, preference });
});

type Target = ScoringTarget & { revision: number };

interface Setup {
  readonly rules: readonly ScorerRule[];
  readonly lines: readonly string[];
  readonly start: StartScorer;
  readonly options: Partial<RunOptions>;
  /** The program fits small files itself. */
  readonly fitsHere: boolean;
  /** Called with each event of the run: tests abort and edit here. */
  readonly on: (event: string, target: Target) => void;
  /** The length of an answer. With more than there is, a share of the pairs is fitted. */
  readonly answerLength: number;
  /** The records have scores of their own. */
  readonly hasScores: boolean;
}

/** Runs on a target over arrays and lists what happened, each event once in a row. */
async function run({
  rules = [],
  lines = PAIRS,
  start = async () => Promise.resolve(scriptedFit()),
  options = {},
  fitsHere = false,
  on = () => undefined,
  answerLength = 100,
  hasScores = false,
}: Partial<Setup>) {
  const { facts, recognition } = survey(`${lines.join('\n')}\n`);
  if (!recognition) throw new Error('nothing is recognised');
  const events: string[] = [];
  const tell = (event: string): void => {
    if (events.at(-1) !== event) events.push(event);
    on(event, target);
  };
  const records = recordsOf(encode(lines.join('\n')));
  const margins = new Float32Array(facts.pairCount).fill(Number.NaN);
  const known = {
    pairCount: facts.pairCount,
    isTie: (pair: number) => facts.isTie(pair),
    identity: (pair: number) => facts.identity(pair),
    answerLength: () => answerLength,
  };
  const target: Target = {
    name: 'data',
    file: { path: undefined, mapping: recognition.mapping, firstPairOf: (record) => record },
    hasScores,
    whyNone: whyUnscorable(recognition.mapping),
    preferenceCount: facts.preferenceCount,
    judgementCount: facts.judgementCount,
    revision: 0,
    margins,
    source: () => ({
      facts: known,
      pass: (wanted) => readWantedPairs(records, recognition, facts, wanted),
    }),
    begin() {
      tell('begin');
      return [{ records, recognition, firstPair: 0 }];
    },
    takeFit(_result, fitted) {
      margins.set(fitted);
      tell('take fit');
    },
    takeRest(fitted) {
      margins.set(fitted);
      tell('take rest');
    },
    renumber: (fitted) => fitted,
    async takeEnsemble(ensemble) {
      tell('take ensemble');
      ensemble.measure(facts);
      for (let pair = 0; pair < facts.pairCount; pair++)
        margins[pair] = ensemble.verdict(facts.identity(pair)).margin;
      return Promise.resolve();
    },
    assertSame: async () => {
      tell('same');
      return Promise.resolve();
    },
  };
  const outcome = await runScoring(
    target,
    {
      scorers: { rules, folder: folder.path },
      machine: {
        start,
        cacheFolder: undefined,
        budget: modelBudget(4000),
        log: () => undefined,
        isTrusted: true,
        fitsHere,
        secret: async () => Promise.resolve(undefined),
        maySend: async () => Promise.resolve(),
        mayRun: async () => Promise.resolve(),
      },
      seed: 1,
      groupBy: undefined,
      selfTest: false,
      staysOpen: false,
      signal: never,
      ...options,
    },
    {
      onProgress: (progress) => {
        tell('scorer' in progress ? `rate ${progress.scorer}` : progress.stage);
      },
      onWarning: (message) => {
        tell(`warning: ${message}`);
      },
      onRestart: () => {
        tell('restart');
      },
      onOpened: async () => {
        tell('opened');
        return Promise.resolve();
      },
      onSample: () => {
        tell('sample');
      },
      log: () => undefined,
    },
  ).catch((error: unknown) => error as Error);
  return { events, margins, outcome };
}

const countsOf = (outcome: ScoringOutcome | Error): ScoringOutcome['counts'] => {
  if (outcome instanceof Error) throw outcome;
  return outcome.counts;
};

const messageOf = (outcome: ScoringOutcome | Error): string =>
  outcome instanceof Error ? outcome.message : outcome.kind;

describe('a scoring run', () => {
  it('with the built-in scorer fits, takes the margins, and tests itself', async () => {
    const { events, margins, outcome } = await run({ options: { selfTest: true } });
    expect(events).toEqual(['begin', 'reading', 'fitting', 'take fit', 'self-test', 'same']);
    expect(outcome).toMatchObject({ kind: 'fit', fitted: { selfTest: { planted: 12 } } });
    expect(countsOf(outcome)).toEqual({ scored: 60, refused: 0, ties: 0, unscored: 0 });
    expect([...margins]).toEqual(PAIRS.map((_, pair) => pair));
  });

  it('reads the pairs outside the fitted share with the fitted models', async () => {
    const lines = [...generatePairs(120, 5, 8)];
    const start: StartScorer = async () => Promise.resolve(startInMemory());
    const { events, margins } = await run({ lines, start, answerLength: 400_000_000 / 60 });
    expect(events.slice(-3)).toEqual(['take fit', 'same', 'take rest']);
    expect(margins.every((margin) => !Number.isNaN(margin))).toBe(true);
  });

  it('without named scorers is joined by scores that the records have, and shows no ranking by these alone', async () => {
    const { events, outcome } = await run({ hasScores: true });
    expect(events).not.toContain('opened');
    if (outcome instanceof Error || outcome.kind !== 'ensemble') throw new Error('no ensemble');
    expect(outcome.ensemble.members.map(({ kind }) => kind)).toEqual(['columns', 'consistency']);
    const alone = await run({ hasScores: true, rules: [BUILT_IN] });
    expect(alone.outcome).toMatchObject({ kind: 'fit' });
  });

  it('with several scorers rates with each, fits, and takes their ensemble; a faulty one is left out', async () => {
    const { events, outcome } = await run({ rules: [COLUMNS, NOWHERE, BUILT_IN] });
    expect(events.filter((event) => !event.startsWith('warning'))).toEqual([
      'begin',
      'opened',
      'same',
      'begin',
      'reading',
      'fitting',
      'same',
      'take ensemble',
    ]);
    expect(events[1]).toMatch(/nowhere: PrefLens can’t use this model: there is no such folder/);
    expect(outcome).toMatchObject({
      kind: 'ensemble',
      ensemble: { members: [{ name: 'columns' }, { name: 'consistency' }] },
    });
  });

  it.each([
    { name: 'beside stored scores', other: COLUMNS, last: 'columns', isMoved: false },
    { name: 'beside scores of other software', other: SIDECAR, last: 'models', isMoved: true },
    { name: 'alone, since no other scorer could be opened', other: NOWHERE, last: 'groups', isMoved: false },
  ])(
    'tests the built-in scorer and what stands beside it on the same flips: $name',
    async ({ other, last, isMoved }) => {
      writeFileSync(
        join(folder.path, SIDECAR.file),
        PAIRS.map((_, record) => JSON.stringify({ record, margin: 1 })).join('\n'),
      );
      const { events, margins, outcome } = await run({
        rules: [other, BUILT_IN],
        options: { selfTest: true, ladder: true },
      });
      expect(events).toContain('self-test');
      if (outcome instanceof Error || outcome.kind !== 'ensemble') throw new Error('no ensemble');
      const { ensemble, fitted } = outcome;
      const { selfTest } = ensembleQuality(ensemble, fitted, margins, new Float64Array(60), 1);
      expect(selfTest).toBe(fitted!.selfTest);
      const fits = ['length', 'words', 'groups'];
      expect(selfTest!.ladder!.map(({ evidence }) => evidence)).toEqual(
        fits.includes(last) ? fits : [...fits, last],
      );
      // The margins of the scripted fit are all 1, so they find nothing; sidecar margins turn with the planted label.
      expect(selfTest!.ladder!.at(-1)!.auroc).toBeCloseTo(isMoved ? 1 : 0.5);
    },
  );

  it('leaves the built-in scorer out of an ensemble if there are too few pairs, with a warning', async () => {
    const { events, outcome } = await run({ rules: [COLUMNS, BUILT_IN], lines: PAIRS.slice(0, 20) });
    expect(events.at(-2)).toMatch(/^warning: 20 pairs are too few to score/);
    expect(countsOf(outcome).scored).toBe(20);
  });

  it.each([
    { name: 'ties', rules: [], lines: TIES, expected: { scored: 55, refused: 0, ties: 5, unscored: 0 } },
    {
      name: 'records without scores',
      rules: [COLUMNS],
      lines: [...PAIRS.slice(0, 9), ...generatePairs(4, 9, 8)],
      expected: { scored: 9, refused: 0, ties: 0, unscored: 4 },
    },
  ])('counts $name', async ({ rules, lines, expected }) => {
    expect(countsOf((await run({ rules, lines })).outcome)).toEqual(expected);
  });

  it('fails if no pair gets a score, and if no scorer can be opened', async () => {
    const none = await run({ rules: [COLUMNS], lines: [...generatePairs(4, 9, 8)] });
    expect(messageOf(none.outcome)).toMatch(/data: no pair was scored: 4 without a score/);
    const faulty = await run({ rules: [NOWHERE] });
    expect(messageOf(faulty.outcome)).toMatch(/there is no such folder/);
  });
});

describe('a process', () => {
  it('is not started for a small file where the program can fit it itself, and the margins are the same', async () => {
    const lines = [...generatePairs(120, 5, 8)];
    const options = { selfTest: true, ladder: true };
    let starts = 0;
    const start: StartScorer = async () => {
      starts++;
      return Promise.resolve(startInMemory());
    };
    const own = await run({ lines, start, options, fitsHere: true });
    expect(starts).toBe(0);
    const other = await run({ lines, start, options });
    expect(starts).toBe(1);
    expect(own.margins.every((margin) => !Number.isNaN(margin))).toBe(true);
    expect([own.margins, own.outcome]).toEqual([other.margins, other.outcome]);
    const long = await run({ lines, start, fitsHere: true, answerLength: 100_000 });
    expect(starts).toBe(2);
    expect(long.margins).toEqual(own.margins);
  });

  it('that is this one ends with a cancellation', async () => {
    const controller = new AbortController();
    const { outcome, margins } = await run({
      lines: [...generatePairs(120, 5, 8)],
      fitsHere: true,
      options: { signal: controller.signal },
      on(event) {
        if (event === 'fitting') controller.abort(new Error('enough'));
      },
    });
    expect(outcome).toMatchObject({ message: 'enough' });
    expect(margins.every((margin) => Number.isNaN(margin))).toBe(true);
  });

  it('that dies in a fit is replaced, and the next one continues where it was', async () => {
    const calls: string[] = [];
    const crashes = new Set(['fit 1', 'selfTest groups']);
    const start: StartScorer = async () => {
      calls.push('start');
      return Promise.resolve(
        scriptedFit((name) => {
          calls.push(name);
          return crashes.delete(name);
        }),
      );
    };
    const { events, margins } = await run({ start, options: { selfTest: true, ladder: true } });
    expect(calls.join(', ')).toBe(
      'start, fit 0, fit 1, start, restore 0, fit 1, fit 2, join, selfTest words, selfTest groups, ' +
        'start, restore 0, restore 1, restore 2, selfTest groups',
    );
    expect(events.filter((event) => event === 'restart')).toHaveLength(2);
    expect(events.filter((event) => event === 'take fit')).toHaveLength(1);
    expect([...margins]).toEqual(PAIRS.map((_, pair) => pair));
  });

  it('that dies at once, three times in a row, fails the run', async () => {
    const start: StartScorer = async () => {
      const scorer = scriptedFit();
      scorer.crash();
      return Promise.resolve(scorer);
    };
    const { events, outcome } = await run({ start });
    expect(events).toEqual(['begin', 'restart']);
    expect(messageOf(outcome)).toMatch(/started 3 times without progress\. Last error: .*SIGSEGV/);
  });

  it('that dies in a batch of a model is replaced; an edit meanwhile has the pairs rated again', async () => {
    const models: ScriptedScorer[] = [];
    let batches = 0;
    const start: StartScorer = async () => {
      const next = scriptedModel(() => ++batches === 1);
      models.push(next);
      return Promise.resolve(next);
    };
    let rated = 0;
    const { outcome, margins } = await run({
      rules: [model],
      start,
      on: (event, target) => {
        if (event === 'rate rm' && rated++ === 0) target.revision++;
      },
    });
    expect(countsOf(outcome).scored).toBe(60);
    expect(models.map(({ isGone }) => isGone())).toEqual([true, true]);
    const [first] = PAIRS.map((line) => JSON.parse(line) as { chosen: string; rejected: string });
    expect(margins[0]).toBe(first!.chosen.length - first!.rejected.length);
  });
});

describe('a cancelled run', () => {
  const reason = new Error('Scoring was cancelled.');
  const cases: readonly { readonly event: string; readonly rules?: readonly ScorerRule[] }[] = [
    ...['begin', 'reading', 'fitting', 'take fit', 'self-test'].map((event) => ({ event })),
    ...['opened', 'take ensemble'].map((event) => ({ event, rules: [COLUMNS, BUILT_IN] })),
  ];
  it.each(cases)(
    'at "$event" ends with the reason and without its processes',
    async ({ event, rules = [] }) => {
      const controller = new AbortController();
      const started: ScriptedScorer[] = [];
      const { events, outcome } = await run({
        rules,
        options: { selfTest: true, signal: controller.signal },
        start: async () => {
          const scorer = scriptedFit();
          started.push(scorer);
          return Promise.resolve(scorer);
        },
        on: (now) => {
          if (now === event) controller.abort(reason);
        },
      });
      expect(events.at(-1)).toBe(event);
      expect(outcome).toBe(reason);
      expect(started.every(({ isGone }) => isGone())).toBe(true);
    },
  );

  it('takes no margins that arrive after it was cancelled', async () => {
    const controller = new AbortController();
    const { events, outcome } = await run({
      options: { signal: controller.signal },
      start: async () =>
        Promise.resolve(
          scriptedFit((name) => {
            if (name === 'join') controller.abort(reason);
            return false;
          }),
        ),
    });
    expect([outcome, events.at(-1)]).toEqual([reason, 'fitting']);
  });

  it.each([
    { staysOpen: false, isOpen: false },
    { staysOpen: true, isOpen: true },
  ])('closes its scorers, kept open ($staysOpen) or not', async ({ staysOpen, isOpen }) => {
    const controller = new AbortController();
    const opened = scriptedModel();
    await run({
      rules: [model],
      options: { staysOpen, signal: controller.signal },
      start: async () => Promise.resolve(opened),
    });
    expect(!opened.isGone()).toBe(isOpen);
    controller.abort(reason);
    await expect.poll(() => opened.isGone()).toBe(true);
  });
});

describe('whether a dataset can be scored', () => {
  const few = { preferenceCount: 20, judgementCount: 0 };
  it.each([
    { name: 'the built-in scorer needs company', rules: [], scorable: few, expected: /20 pairs are too few/ },
    { name: 'others do not', rules: [COLUMNS, BUILT_IN], scorable: few, expected: undefined },
    {
      name: 'no schema, no scores',
      rules: [COLUMNS],
      scorable: { ...few, whyNone: 'None.' },
      expected: /^None\.$/,
    },
  ])('$name', ({ rules, scorable, expected }) => {
    const reason = whyUnscored(scorable, { rules, folder: '' });
    if (expected) expect(reason).toMatch(expected);
    else expect(reason).toBeUndefined();
  });
});
