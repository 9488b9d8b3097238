// The shared preference data and its lists of planted flips.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

export const HH = ['helpful-base', 'harmless-base', 'helpful-online', 'helpful-rejection-sampled'].map(
  (name) => `hh-rlhf/${name}`,
);
export const WILDBENCH = 'wildbench-two-judges/pairs';

export const hasData = existsSync(DATA);

/** Suffix of a test's title when the data is missing. */
export const NEEDS_DATA = hasData ? '' : ' (skipped: ../shared/data is not beside this clone)';

export function readLines(name: string): string[] {
  return gunzipSync(readFileSync(join(DATA, `${name}.jsonl.gz`)))
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

/** −1 for a row that the list flips, 1 for the others. */
export function readFlips(name: string, count: number): Int8Array {
  const { flip_row_index_0_based: rows } = JSON.parse(
    readFileSync(join(DATA, `${name}.flip20.json`), 'utf8'),
  ) as {
    flip_row_index_0_based: number[];
  };
  const sign = new Int8Array(count).fill(1);
  for (const row of rows) sign[row] = -1;
  return sign;
}

/**
 * The lines with chosen and rejected, and everything else that belongs to a side, exchanged where the sign is
 * −1.
 */
export function flipLines(lines: readonly string[], sign: Int8Array): string[] {
  return lines.map((line, row) => {
    if (sign[row] !== -1) return line;
    const record = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify(
      Object.fromEntries(
        Object.keys(record).map((name) => {
          const partner = name.replace(/chosen|rejected/g, (word) =>
            word === 'chosen' ? 'rejected' : 'chosen',
          );
          return [name, partner in record ? record[partner] : record[name]];
        }),
      ),
    );
  });
}
