// What each kind of evidence is worth on planted flips.
import { describe, expect, it } from 'vitest';

import type { SelfTest } from '#core/score/quality.ts';
import { plantFlips, selfTestFigures } from '#core/score/quality.ts';
import { seededRandom } from '#core/score/random.ts';
import type { PlantedScorer } from '#node/scoring/ensembleTest.ts';
import { ensembleTest } from '#node/scoring/ensembleTest.ts';
import { score } from '#node/scoring/fit.ts';
import type { WirePair } from '#protocol/scorer.ts';

import { generatePairs } from '../bench/generate.ts';
import { scoringJob, startInMemory } from '../fakes/memoryScorer.ts';

/** Of models, the first one usually writes the better answer; the first source prefers what the second one rejects. */
const PAIRS: readonly WirePair[] = [...generatePairs(400, 11, 40)].map((line, i) => {
  const pair = JSON.parse(line) as WirePair;
  const isStrong = i % 10 < 8;
  const kinds = { source: `s${i % 2}` };
  const origins = [
    { title: 'model', chosen: isStrong ? 'strong' : 'weak', rejected: isStrong ? 'weak' : 'strong' },
  ];
  const { prompt, chosen, rejected } = pair;
  return i % 2 === 0
    ? { prompt: `${prompt} ${i}`, chosen, rejected, kinds, origins }
    : { prompt: `${prompt} ${i}`, chosen: rejected, rejected: chosen, kinds, origins };
});

const bare = ({ prompt, chosen, rejected }: WirePair): WirePair => ({ prompt, chosen, rejected });

const start = async () => Promise.resolve(startInMemory());

const tested = async (pairs: readonly WirePair[], ladder = true) =>
  score(start, scoringJob(pairs, { selfTest: true, ladder, grouping: { by: 'field', field: 'source' } }));

describe('the ladder of the built-in scorer', () => {
  it('has a rung for each kind of evidence in the file, and no other', async () => {
    const evidence = async (pairs: readonly WirePair[]) =>
      (await tested(pairs)).selfTest!.ladder!.map((rung) => [rung.evidence, ...rung.names].join(' '));
    expect(await evidence(PAIRS)).toEqual(['length', 'words', 'sides model', 'groups source']);
    expect(await evidence(PAIRS.map(bare))).toEqual(['length', 'words']);
  });

  it('rises where sides and groups tell something, and ends with the figures of a self-test', async () => {
    const { selfTest } = await tested(PAIRS);
    const [, words, sides, groups] = selfTest!.ladder!.map(({ auroc }) => auroc) as [
      number,
      number,
      number,
      number,
    ];
    expect(sides).toBeGreaterThan(words + 0.05);
    expect(groups).toBeGreaterThan(sides);
    const { ladder, ...figures } = selfTest!;
    expect(ladder!.at(-1)).toMatchObject({ auroc: figures.auroc, precisionAt1: figures.precisionAt1 });
    expect(figures).toEqual((await tested(PAIRS, false)).selfTest);
    expect((await tested(PAIRS)).selfTest).toEqual(selfTest);
  });

  it('tells of words what a file without models and groups tells', async () => {
    const [, words] = (await tested(PAIRS)).selfTest!.ladder!;
    const [, alone] = (await tested(PAIRS.map(bare))).selfTest!.ladder!;
    expect(words).toEqual(alone);
  });

  it('shows its progress over all rungs, and never goes back', async () => {
    const seen: number[] = [];
    const onProgress: Parameters<typeof scoringJob>[1] = {
      selfTest: true,
      ladder: true,
      onProgress: ({ stage, done }) => {
        if (stage === 'self-test') seen.push(done);
      },
    };
    await score(start, scoringJob(PAIRS, onProgress));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.every((done) => done >= 0 && done <= 1)).toBe(true);
  });
});

describe('the rungs of other scorers', () => {
  const count = 2000;
  const random = seededRandom(3);
  const normal = (): number => random() + random() + random() + random() - 2;
  const sign = plantFlips(count, 4, 0.2);
  /** A scorer that is right by `strength` and otherwise wrong by chance, of the labels as planted. */
  const by = (strength: number): Float64Array =>
    Float64Array.from(sign, (label) => label * (strength + 2 * normal()));
  const texts = by(1);
  const base: SelfTest = { ...selfTestFigures(texts, by(0.1), sign), ladder: [] };
  const other = (kind: string, margins: Float64Array): PlantedScorer => ({ name: kind, kind, margins });

  it('an encoder that knows something adds to the texts, and one that knows nothing takes nothing away', () => {
    const good = ensembleTest(base, texts, [other('probe', by(1))], sign);
    expect(good.ladder!.map(({ evidence }) => evidence)).toEqual(['encoder']);
    expect(good.auroc).toBeGreaterThan(base.auroc + 0.05);
    const noise = Float64Array.from(sign, () => normal());
    expect(ensembleTest(base, texts, [other('probe', noise)], sign).auroc).toBeGreaterThan(base.auroc - 0.01);
  });

  it('where an encoder has read only some pairs, the texts speak for the others', () => {
    const some = by(1).map((margin, row) => (row % 2 === 0 ? margin : Number.NaN));
    const { auroc } = ensembleTest(base, texts, [other('probe', some)], sign);
    expect(auroc).toBeGreaterThan(base.auroc);
  });

  it('stored scores change places with the answers: they have a rung, and the main figures do without them', () => {
    const scores = Float64Array.from(sign, () => 1 + Math.abs(normal()));
    const { ladder, ...figures } = ensembleTest(base, texts, [other('columns', scores)], sign);
    expect(ladder!.map(({ evidence }) => evidence)).toEqual(['columns']);
    expect({ ...figures, ladder: [] }).toEqual(base);
    // Alone, they say that every label is right.
    expect(ladder![0]!.auroc).toBeGreaterThan(0.5);
  });

  it('models join the mean of all, and stored scores with them', () => {
    const { ladder, auroc } = ensembleTest(
      base,
      texts,
      [other('columns', by(0.5)), other('onnx', by(2))],
      sign,
    );
    expect(ladder!.map(({ evidence, names }) => [evidence, ...names])).toEqual([
      ['models', 'columns', 'onnx'],
    ]);
    expect(auroc).toBeGreaterThan(base.auroc);
    expect(ladder![0]!.auroc).toBe(auroc);
  });
});
