// Parquet files of given lines, for tests that don't care who wrote them.
import { writeTable } from '#node/parquet/write.ts';

import { encode } from './records.ts';

export async function tableOf(lines: readonly string[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  async function* bytes() {
    for (const line of lines) yield await Promise.resolve(encode(line));
  }
  for await (const chunk of writeTable(bytes, 'snappy')) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
