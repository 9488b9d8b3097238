// What the other scorers of an ensemble say of the flips that were planted for the built-in one. A planted flip is a record
// whose answers changed places with everything that belongs to them, stored scores included: so these agree with the wrong
// label too, and do not give it away. A mistake of the judge behind the scores can't be planted.
import type { PairScorer, PlantJob } from '../scorers/rating.ts';
import type { PlantedScorer } from './ensembleTest.ts';
import { ensembleTest } from './ensembleTest.ts';
import type { Scored } from './fit.ts';

/** What a scorer would say of the planted labels, by pair. */
async function plantedBy(scorer: PairScorer, job: PlantJob): Promise<(pair: number) => number> {
  const fitted = await scorer.plant?.(job);
  if (fitted) return (pair) => fitted[pair] ?? Number.NaN;
  const { facts } = job.source;
  // Stored scores change places with the answers; all others read the answers alone.
  const isStored = scorer.kind === 'columns';
  return (pair) => {
    const margin = scorer.account(facts.identity(pair))?.margin ?? Number.NaN;
    return isStored ? margin : job.sign(pair) * margin;
  };
}

/**
 * With the figures of all scorers in place of those of the built-in one alone.
 * @param rowOf the row of a pair in the fit of the built-in scorer; undefined if it is not there
 */
export async function withOthers(
  scored: Scored,
  others: readonly PairScorer[],
  rowOf: (pair: number) => number | undefined,
  job: Omit<PlantJob, 'sign'>,
): Promise<Scored> {
  const { planted, selfTest } = scored;
  if (!planted || !selfTest || others.length === 0) return scored;
  const { facts } = job.source;
  const rows: number[] = [];
  const pairs: number[] = [];
  for (let pair = 0; pair < facts.pairCount; pair++) {
    const row = facts.isTie(pair) ? undefined : rowOf(pair);
    if (row === undefined) continue;
    rows.push(row);
    pairs.push(pair);
  }
  const sign = Int8Array.from(rows, (row) => planted.sign[row] ?? 1);
  const signs = new Map(pairs.map((pair, i) => [pair, sign[i] ?? 0]));
  const met: PlantedScorer[] = [];
  for (const [i, scorer] of others.entries()) {
    const marginOf = await plantedBy(scorer, {
      ...job,
      sign: (pair) => signs.get(pair) ?? 0,
      onProgress: (done) => {
        job.onProgress((i + done) / others.length);
      },
    });
    job.signal.throwIfAborted();
    const { kind, name } = scorer;
    met.push({ kind, name, margins: Float64Array.from(pairs, marginOf) });
  }
  const texts = Float64Array.from(rows, (row) => planted.margins[row] ?? Number.NaN);
  return { ...scored, selfTest: ensembleTest(selfTest, texts, met, sign) };
}
