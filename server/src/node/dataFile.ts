import type { CsvDialect } from '#core/input/csvDialect.ts';
import type { Obstacle } from '#core/input/obstacle.ts';
import type { DocumentShape } from '#core/json/documentInspector.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import type { ByteStream, RecordStream } from '#core/ports.ts';

import type { Codec } from './codec.ts';
import type { Stamp } from './stored.ts';

export interface Inspection {
  readonly obstacle?: Obstacle;
  /** Of a JSON document. */
  readonly shape?: DocumentShape;
}

/** How a file holds its records: a row of the table in `containers`, as plain data for threads. */
export type ContainerRef =
  | { readonly kind: 'lines' | 'parquet' | 'arrow' }
  | { readonly kind: 'csv'; readonly dialect: CsvDialect }
  | { readonly kind: 'document'; readonly layout: DocumentLayout };

/** True if the text of the file is stored as it is read: neither compressed nor in another encoding. */
export function isPlain({ codec, container }: Pick<DataFile, 'codec' | 'container'>): boolean {
  return !codec.decode && !(container.kind === 'csv' && container.dialect.encoding);
}

/** An open dataset file, and a way to detect that another program replaced or changed it. */
export interface DataFile {
  readonly path: string;
  readonly codec: Codec;
  readonly container: ContainerRef;
  /** The part of its dataset, such as "train", if the folder says so. */
  readonly split?: string;
  /** Bytes as stored. */
  readonly size: number;
  readonly stamp: Stamp;
  /** The text, decompressed, and in UTF-8 for a CSV file; for a table, the stored bytes. */
  readonly bytes: ByteStream;
  readonly records: RecordStream;
  /** Longer records are skipped. */
  readonly maxRecordBytes: number;
  /** Detects files that can't be read as records. Caches the result. */
  inspect(): Promise<Inspection>;
  /** Throws if the file was replaced or written to since it was opened. */
  assertSame(): Promise<void>;
}
