import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';

import { messages } from '#core/messages.ts';
import { identify } from '#core/model/identity.ts';
import { CONSISTENCY_NAME, pairText, readerOf } from '#core/score/model.ts';
import { Distribution } from '#core/score/ranking.ts';
import type { ScoreRow } from '#formats/arrow.ts';
import { scoresToArrow } from '#formats/arrow.ts';
import { groupOf, readPairs } from '#node/engine.ts';
import { openDataset } from '#node/files.ts';
import { hash128 } from '#node/hash.ts';

import type { Command } from './command.ts';
import { marginsByRecord, scoreFile, surveyFile } from './job.ts';

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
  const file = await openDataset(path);
  const survey = await surveyFile(command, file);
  const scoredFile = await scoreFile(command, file, survey, { ...options, selfTest: false });
  const margins = await marginsByRecord(file, survey, scoredFile, options.groupBy);
  const distribution = new Distribution(margins);
  const read = readerOf(scoredFile.scored.result);
  const partial = `${options.out}.partial`;
  const asArrow = options.out.endsWith('.arrow');
  const rows: ScoreRow[] = [];
  const out = toStdout ? process.stdout : createWriteStream(partial);
  try {
    let written = 0;
    for await (const { raw, pair, value } of readPairs(file.bytes, survey.recognition)) {
      command.signal.throwIfAborted();
      const { reasons } = read(pairText(pair), groupOf(value, options.groupBy));
      const margin = margins[raw.record] ?? Number.NaN;
      const line: ScoreLine = {
        record: raw.record,
        pair: 0,
        pairKey: identify(pair, hash128).pairKey,
        scorer: CONSISTENCY_NAME,
        margin: round(margin, 6),
        percentile: round(distribution.percentile(margin), 3),
        reasons: reasons.map((reason) => ({ ...reason, weight: round(reason.weight, 4) })),
      };
      if (asArrow) rows.push(line);
      else if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
      command.bar.show('Writing', ++written / survey.pairCount);
    }
    await file.assertSame();
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
  command.note(`${survey.pairCount} pairs scored${toStdout ? '' : ` to ${options.out}`}.`);
}
