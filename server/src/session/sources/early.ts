// A table before its survey: its rows, and its likely mapping.
import { parseRecord } from '#core/json/parseRecord.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { recogniseAs } from '#core/mapping/recognise.ts';
import { isObject } from '#core/model/json.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { FileSettings } from '#node/config.ts';

/** Rows to recognise a table by before its survey. */
const EARLY_SAMPLE = 64;

export interface EarlyTable {
  readonly rowCount: number;
  readonly recognition: Recognition | undefined;
  readonly rawAt: (record: number) => RawRecord;
}

export function recogniseEarly(
  rowCount: number,
  { mapping, card }: Pick<FileSettings, 'mapping' | 'card'>,
  bytesAt: (record: number) => Uint8Array,
): EarlyTable {
  const rawAt = (record: number): RawRecord => {
    const bytes = bytesAt(record);
    return { record, line: record, byteStart: 0, byteEnd: bytes.length, bytes };
  };
  const sample = Array.from({ length: Math.min(EARLY_SAMPLE, rowCount) }, (_, i) => parseRecord(rawAt(i)));
  const objects = sample.flatMap((parsed) =>
    'value' in parsed && isObject(parsed.value) ? [parsed.value] : [],
  );
  return { rowCount, recognition: recogniseAs(mapping, objects, { card }), rawAt };
}
