import type { Obstacle } from '#core/input/obstacle.ts';
import type { DocumentShape } from '#core/json/documentShape.ts';
import type { ByteStream, RecordStream } from '#core/ports.ts';

import type { Codec } from './codec.ts';
import type { Stamp } from './stored.ts';

export interface Inspection {
  readonly obstacle?: Obstacle;
  /** Of a JSON document. */
  readonly shape?: DocumentShape;
}

/** A dataset file, and a way to notice that it is no longer the one that was opened. */
export interface DataFile {
  readonly path: string;
  readonly codec: Codec;
  /** Bytes as stored. */
  readonly size: number;
  readonly stamp: Stamp;
  /** The text from first to last, unpacked; of a table, what is stored. */
  readonly bytes: ByteStream;
  readonly records: RecordStream;
  /** Longer records are skipped. */
  readonly maxRecordBytes: number;
  /** What it is where it cannot be read as records. Looks once. */
  inspect(): Promise<Inspection>;
  /** Throws when the file was replaced or written to since it was opened. */
  assertSame(): Promise<void>;
}
