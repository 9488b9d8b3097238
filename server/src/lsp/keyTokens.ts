// Semantic tokens: the keys of the prompt, of the better and of the worse answer, in the lines that an editor shows.
import type { Range, SemanticTokens, SemanticTokensLegend } from 'vscode-languageserver/node';
import { SemanticTokensBuilder } from 'vscode-languageserver/node';

import { promptPathsIn } from '#core/mapping/read.ts';
import type { JsonObject, Path } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import type { OpenDataset } from '#session/dataset.ts';

import { keyRangesOf } from './toLsp.ts';

export const KEY_LEGEND: SemanticTokensLegend = {
  tokenTypes: ['preflensPrompt', 'preflensChosen', 'preflensRejected'],
  tokenModifiers: [],
};

const [PROMPT, CHOSEN, REJECTED] = [0, 1, 2];

/** Most records of one request: in a list on one line all records are visible. */
const MAX_RECORDS = 500;

/** The key at which the paths of two answers part; undefined if they part in a list. */
function ownKey(path: Path, other: Path): Path | undefined {
  const at = path.findIndex((step, i) => step !== other[i]);
  return typeof path[at] === 'string' ? path.slice(0, at + 1) : undefined;
}

/** The keys of a record and what they hold. A key that several pairs call differently is left out. */
function keysOf(
  dataset: OpenDataset,
  record: JsonObject,
  pairs: readonly Pair[],
): ReadonlyMap<string, readonly [Path, number]> {
  const keys = new Map<string, readonly [Path, number]>();
  const { mapping } = dataset.survey.recognition ?? {};
  if (!mapping) return keys;
  for (const path of promptPathsIn(mapping, record))
    if (typeof path.at(-1) === 'string') keys.set(JSON.stringify(path), [path, PROMPT]);
  const sides = pairs.flatMap(({ chosen, rejected, isTie }) =>
    isTie || mapping.isUnsure
      ? []
      : ([
          [ownKey(chosen.path, rejected.path), CHOSEN],
          [ownKey(rejected.path, chosen.path), REJECTED],
        ] as const),
  );
  for (const [path, type] of sides) {
    if (!path) continue;
    const key = JSON.stringify(path);
    const isOther = sides.some(([other, own]) => own !== type && JSON.stringify(other) === key);
    if (isOther) keys.delete(key);
    else keys.set(key, [path, type]);
  }
  return keys;
}

/** The tokens of the records in a range of lines. */
export function keyTokensOf(dataset: OpenDataset, { start, end }: Range): SemanticTokens {
  const { facts } = dataset.survey;
  const builder = new SemanticTokensBuilder();
  // The record before may go on into the first line.
  const from = Math.max(0, facts.firstRecordFrom(start.line) - 1);
  for (let record = from; record < Math.min(facts.recordCount, from + MAX_RECORDS); record++) {
    if ((facts.records.line[record] ?? 0) > end.line) break;
    const read = dataset.readRecord(record);
    if (!read) continue;
    const keys = [...keysOf(dataset, read.value, read.pairs).values()];
    const ranges = keyRangesOf(
      dataset,
      read.raw,
      keys.map(([path]) => path),
    );
    keys
      .map(([, type], i) => ({ type, range: ranges[i] }))
      .forEach(({ type, range }) => {
        if (range?.start.line !== range?.end.line || !range) return;
        const { line, character } = range.start;
        builder.push(line, character, range.end.character - character, type, 0);
      });
  }
  return builder.build();
}
