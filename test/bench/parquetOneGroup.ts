// Rewrites a Parquet file with all rows in one row group and pages of 1 MB, as pandas does.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { FILE } from '#formats/parquet/footer.ts';
import { RowReader } from '#formats/parquet/rows.ts';
import { structsIn } from '#formats/parquet/thrift.ts';
import { TableWriter } from '#formats/parquet/write.ts';
import { pageCodecs } from '#node/parquet/codecs.ts';
import { openParquet } from '#node/parquet/open.ts';

const [from = '', to = ''] = process.argv.slice(2);
const { file } = openParquet(from);
const writer = new TableWriter(structsIn(file.footer.file, FILE.schema), {
  codec: 1,
  codecs: pageCodecs,
  groupBytes: Infinity,
  createdBy: 'bench',
});
function* bytes(): Generator<Uint8Array> {
  yield writer.head();
  const reader = new RowReader(file);
  for (let row = 0; row < file.footer.rows; row++) {
    const full = writer.add(reader.read(row));
    if (full) yield full;
  }
  yield writer.end();
}
await pipeline(Readable.from(bytes(), { objectMode: false }), createWriteStream(to));
