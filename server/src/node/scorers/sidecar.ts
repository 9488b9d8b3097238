// Scores of another program, in a file beside the dataset.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { NO_KEY } from '#core/hash.ts';
import { messages } from '#core/messages.ts';
import type { Json } from '#core/model/json.ts';
import type { SidecarRule } from '#core/reward/scorerRule.ts';
import type { SidecarRow } from '#core/reward/sidecar.ts';
import { readSidecarRow } from '#core/reward/sidecar.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { rowsOfArrow } from '#formats/arrow.ts';

import { openFile } from '../files.ts';
import { readRegular } from '../regularFile.ts';
import { PairTable } from './pairTable.ts';
import type { PairScorer, RatingSource } from './rating.ts';

async function* rowsOf(path: string): AsyncGenerator<{ readonly row: Json; readonly line: number }> {
  if (path.endsWith('.arrow')) {
    let line = 0;
    for (const row of rowsOfArrow(await readRegular(path))) yield { row, line: ++line };
    return;
  }
  const decoder = new TextDecoder();
  const { records } = await openFile(path);
  for await (const raw of records()) {
    let row: Json;
    try {
      row = JSON.parse(decoder.decode(raw.bytes)) as Json;
    } catch (error) {
      throw messages.badSidecar(path, raw.line + 1, errorMessage(error));
    }
    yield { row, line: raw.line + 1 };
  }
}

/** Opens the file of a rule. Rows that name pairs by place hold until the dataset at `dataset` changes. */
export async function openSidecar(
  rule: SidecarRule,
  base: string,
  dataset: string,
  firstPairOf: (record: number) => number,
): Promise<PairScorer> {
  const path = resolve(base, rule.file);
  const table = new PairTable();
  /** Margins by pair number, until the keys of the dataset are known. */
  const byPlace = new Map<number, number>();
  const keep = (row: SidecarRow): void => {
    if ('chosenKey' in row) {
      const { chosenKey, rejectedKey, margin } = row;
      table.set({ promptKey: NO_KEY, chosenKey, rejectedKey }, margin);
    } else byPlace.set(firstPairOf(row.record) + row.pair, row.margin);
  };
  for await (const { row, line } of rowsOf(path)) {
    const read = readSidecarRow(row);
    if (typeof read === 'string') throw messages.badSidecar(path, line, read);
    if (read) keep(read);
  }
  const [own, data] = [await stat(path), await stat(dataset)];
  const isStale = byPlace.size > 0 && own.mtimeMs < data.mtimeMs;
  const take = ({ facts }: RatingSource): void => {
    if (isStale) return;
    for (const [pair, margin] of byPlace) if (pair < facts.pairCount) table.set(facts.identity(pair), margin);
    byPlace.clear();
  };
  return {
    kind: 'sidecar',
    name: rule.name ?? rule.file,
    about: [`Scores of ${path}, as they stand there.`],
    warnings: isStale
      ? [
          `${path} names pairs by their place and is older than the dataset: its ${byPlace.size} scores are not used. Compute it again, or write chosenKey and rejectedKey.`,
        ]
      : [],
    account: (identity) => table.account(identity),
    refusal: () => undefined,
    async rate({ source, onProgress }) {
      take(source);
      onProgress({ done: 1, scoredPairs: table.count, pairs: source.facts.pairCount });
    },
    ratePairs: async () => undefined,
    forget() {
      table.clear();
    },
    close: () => undefined,
  };
}
