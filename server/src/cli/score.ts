import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';

import { formatKey } from '#core/hash.ts';
import { messages } from '#core/messages.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { CONSISTENCY_NAME, pairText, readerOf } from '#core/score/model.ts';
import { Distribution } from '#core/score/ranking.ts';
import type { ScoreRow } from '#formats/arrow.ts';
import { scoresToArrow } from '#formats/arrow.ts';
import { groupOf, readPairs } from '#node/engine.ts';
import type { SurveyedDataset } from '#node/survey.ts';
import { assertSame } from '#node/survey.ts';

import type { Command } from './command.ts';
import { marginsByPair, openSurveyed, scoreDataset } from './job.ts';

export interface ScoreCommandOptions {
  readonly out: string;
  readonly seed: number;
  readonly groupBy: string | undefined;
}

/** One line of the written scores. */
export interface ScoreLine extends ScoreRow {
  readonly reasons: readonly { readonly text: string; readonly side: string; readonly weight: number }[];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

interface ScoredPair {
  readonly place: Pick<ScoreRow, 'record' | 'pair'>;
  readonly pair: Pair;
  readonly value: JsonObject;
  readonly margin: number;
}

/** The scored pairs in file order; records are numbered through the files. */
async function* scoredPairs(dataset: SurveyedDataset, margins: Float32Array): AsyncGenerator<ScoredPair> {
  for (const { file, survey, firstPair, firstRecord } of dataset.files) {
    for await (const { raw, number, index, pair, value } of readPairs(file.bytes, survey.recognition)) {
      const margin = margins[firstPair + number] ?? Number.NaN;
      if (Number.isNaN(margin)) continue;
      yield { place: { record: firstRecord + raw.record, pair: index }, pair, value, margin };
    }
  }
}

/**
 * Writes one JSON line for each pair, in file order; to a name that ends in .arrow, the same without
 * the reasons as an Arrow file. The output appears whole or not at all.
 */
export async function writeScores(
  command: Command,
  path: string,
  options: ScoreCommandOptions,
): Promise<void> {
  const toStdout = options.out === '-';
  if (!toStdout && resolve(options.out) === resolve(path)) throw messages.outputIsInput(options.out);
  const dataset = await openSurveyed(command, [path]);
  const scoredDataset = await scoreDataset(command, dataset, { ...options, selfTest: false });
  const margins = await marginsByPair(dataset, scoredDataset, options.groupBy);
  const distribution = new Distribution(margins);
  const read = readerOf(scoredDataset.scored.result);
  const partial = `${options.out}.partial`;
  const asArrow = options.out.endsWith('.arrow');
  const rows: ScoreRow[] = [];
  const out = toStdout ? process.stdout : createWriteStream(partial);
  try {
    let written = 0;
    for await (const { place, pair, value, margin } of scoredPairs(dataset, margins)) {
      command.signal.throwIfAborted();
      const { reasons } = read(pairText(pair), groupOf(value, options.groupBy));
      const line: ScoreLine = {
        ...place,
        pairKey: formatKey(pairKey(identify(pair))),
        scorer: CONSISTENCY_NAME,
        margin: round(margin, 6),
        percentile: round(distribution.percentile(margin), 3),
        reasons: reasons.map((reason) => ({ ...reason, weight: round(reason.weight, 4) })),
      };
      if (asArrow) rows.push(line);
      else if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
      command.bar.show('Writing', ++written / dataset.pairCount);
    }
    await assertSame(dataset);
    if (!toStdout) {
      if (asArrow) out.write(scoresToArrow(rows));
      out.end();
      await finished(out);
      await rename(partial, options.out);
    }
  } catch (error) {
    if (!toStdout) {
      out.destroy();
      await rm(partial, { force: true });
    }
    throw error;
  }
  command.bar.clear();
  command.note(`${dataset.preferenceCount} pairs scored${toStdout ? '' : ` to ${options.out}`}.`);
}
