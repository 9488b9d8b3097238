// An Arrow file, or an Arrow stream on disk: its batches, and any row of them as a line of JSON.
// Source: "Arrow Columnar Format", serialization and interprocess communication; Message.fbs.
import type { ByteSource } from '../bytes.ts';
import { BrokenTable } from '../tableError.ts';
import { TextSink } from '../textSink.ts';
import type { BatchParts, Column, WriteValue } from './columns.ts';
import { objectWriter, readColumn, RowTooLong } from './columns.ts';
import { ArrowError, damaged, FlatTable } from './flatbuffer.ts';
import type { ArrowSchema } from './schema.ts';
import { readSchema } from './schema.ts';

const MAGIC = new TextEncoder().encode('ARROW1');
const CONTINUES = 0xffff_ffff;

/** Metadata is a few hundred bytes a column. */
const MAX_METADATA_BYTES = 64 * 1024 * 1024;

/** Limit for one batch when decompressed. */
const MAX_BATCH_BYTES = 2 ** 31 - 1;

/** Rows of a batch without any bytes, such as columns of nulls: a few bytes could claim any number. */
const MAX_EMPTY_ROWS = 1_000_000;

/** Compression of buffers, by its number in the format. */
export type ArrowCodec = 'lz4' | 'zstd';

/** Throws if the bytes are invalid, or don't decompress to `length` bytes. */
export type DecompressBuffer = (codec: ArrowCodec, bytes: Uint8Array, length: number) => Uint8Array;

/** A dictionary batch or record batch. */
interface Block {
  readonly header: FlatTable;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly isOld: boolean;
}

interface RecordBlock extends Block {
  readonly firstRow: number;
  readonly rows: number;
  /** Number of dictionary batches before it. */
  readonly dictionariesBefore: number;
}

interface DictionaryBlock extends Block {
  readonly id: number;
  /** It continues the one before. */
  readonly isDelta: boolean;
}

/** Numbers of `MessageHeader`. */
const SCHEMA = 1;
const DICTIONARY = 2;
const RECORDS = 3;

/** `MetadataVersion` V5: unions have no bitmap. */
const VERSION_5 = 4;

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, i) => bytes[i] === byte);
}

interface Messages {
  readonly schema: ArrowSchema;
  readonly dictionaries: readonly DictionaryBlock[];
  readonly batches: readonly RecordBlock[];
  readonly rows: number;
  readonly isFile: boolean;
}

/** Length of the metadata at a position, and where it begins. A length of 0 ends the stream. */
function prefixAt(
  source: ByteSource,
  at: number,
  end: number,
): { length: number; start: number } | undefined {
  if (at + 4 > end) return at === end ? undefined : { length: -1, start: end };
  const head = source.read(at, Math.min(end, at + 8));
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const first = view.getUint32(0, true);
  if (first !== CONTINUES) return { length: first, start: at + 4 };
  // Before version 0.15 there was no such mark.
  return head.length < 8 ? { length: -1, start: end } : { length: view.getInt32(4, true), start: at + 8 };
}

interface Message {
  readonly kind: number;
  readonly header: FlatTable;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly isOld: boolean;
}

/** The message at a position; undefined where the stream ends. */
function messageAt(source: ByteSource, at: number): Message | undefined {
  const prefix = prefixAt(source, at, source.size);
  if (!prefix || prefix.length === 0) return undefined;
  const { length, start } = prefix;
  const bodyStart = start + length;
  if (length < 8 || length > MAX_METADATA_BYTES || bodyStart > source.size)
    throw damaged(`it ends, or holds something else, at byte ${at + 1}`);
  // A copy: the source may reuse its memory, and the tables stay.
  const message = FlatTable.root(new Uint8Array(source.read(start, bodyStart)));
  const header = message.table(2);
  const bodyEnd = bodyStart + message.int64(3);
  if (!header || bodyEnd < bodyStart || bodyEnd > source.size)
    throw damaged(`it ends too early: the batch at byte ${at + 1} is incomplete. Download or write it again`);
  return { kind: message.int8(1), header, bodyStart, bodyEnd, isOld: message.int16(0) < VERSION_5 };
}

/** Takes the batches of a file in order. */
class Batches {
  readonly dictionaries: DictionaryBlock[] = [];
  readonly batches: RecordBlock[] = [];
  rows = 0;

  add({ kind, header, ...block }: Message): void {
    if (kind === DICTIONARY) {
      this.dictionaries.push({ ...block, header, id: header.int64(0), isDelta: header.int8(2) !== 0 });
      return;
    }
    if (kind !== RECORDS) return;
    const rows = header.int64(0);
    if (rows < 0) throw damaged('a batch has a negative number of rows');
    const dictionariesBefore = this.dictionaries.length;
    this.batches.push({ ...block, header, firstRow: this.rows, rows, dictionariesBefore });
    this.rows += rows;
  }
}

/** The batches of a stream, one after the other. */
function streamBatches(source: ByteSource): Messages {
  const found = new Batches();
  let schema: ArrowSchema | undefined;
  for (let at = 0; ;) {
    const message = messageAt(source, at);
    if (!message) break;
    if (message.kind === SCHEMA) {
      if (schema)
        throw new ArrowError('several Arrow streams one after the other. Save each as a file of its own');
      schema = readSchema(message.header);
    } else found.add(message);
    at = message.bodyEnd;
  }
  if (!schema) throw damaged('it holds no schema');
  const { dictionaries, batches, rows } = found;
  return { schema, dictionaries, batches, rows, isFile: false };
}

/** Magic, its padding, the length of the footer, and the magic again. */
const MIN_FILE_BYTES = 8 + 4 + 6;

/** Bytes of a `Block` of the footer: the position of its message is the first number. */
const BLOCK_BYTES = 24;

/** The batches of a file, as the footer lists them. */
function fileBatches(source: ByteSource): Messages {
  const end = source.size - MAGIC.length;
  if (source.size < MIN_FILE_BYTES || !startsWith(source.read(end, source.size), MAGIC))
    throw damaged('its end is missing. Download or write it again');
  const size = source.read(end - 4, end);
  const length = new DataView(size.buffer, size.byteOffset, 4).getInt32(0, true);
  if (length < 8 || length > Math.min(MAX_METADATA_BYTES, end - 4))
    throw damaged('its footer is not readable');
  const footer = FlatTable.root(new Uint8Array(source.read(end - 4 - length, end - 4)));
  const header = footer.table(1);
  if (!header) throw damaged('it holds no schema');
  const found = new Batches();
  for (const field of [2, 3]) {
    for (const at of footer.firstInt64s(field, BLOCK_BYTES)) {
      const message = at >= 0 && at < end ? messageAt(source, at) : undefined;
      if (message?.kind !== field) throw damaged('its footer names a batch that is not there');
      found.add(message);
    }
  }
  const { dictionaries, batches, rows } = found;
  return { schema: readSchema(header), dictionaries, batches, rows, isFile: true };
}

function readMessages(source: ByteSource): Messages {
  const isFile = source.size >= 8 && startsWith(source.read(0, 8), MAGIC);
  return isFile ? fileBatches(source) : streamBatches(source);
}

/** The buffers of one batch. */
class Parts implements BatchParts {
  readonly isOld: boolean;
  readonly maxRowBytes: number;
  readonly #body: Uint8Array;
  readonly #nodes: readonly (readonly number[])[];
  readonly #buffers: readonly (readonly number[])[];
  readonly #viewBuffers: readonly (readonly number[])[];
  readonly #codec: ArrowCodec | undefined;
  readonly #decompress: DecompressBuffer;
  readonly #dictionary: (id: number) => Column;
  #node = 0;
  #buffer = 0;
  #views = 0;
  #total = 0;

  constructor(
    block: Block,
    records: FlatTable,
    source: ByteSource,
    decompress: DecompressBuffer,
    maxRowBytes: number,
    dictionary: (id: number) => Column,
  ) {
    this.isOld = block.isOld;
    this.maxRowBytes = maxRowBytes;
    this.#body = source.read(block.bodyStart, block.bodyEnd);
    this.#nodes = records.int64s(1, 2);
    this.#buffers = records.int64s(2, 2);
    this.#viewBuffers = records.int64s(4, 1);
    const compression = records.table(3);
    this.#codec = compression && (compression.int8(0) === 0 ? 'lz4' : 'zstd');
    this.#decompress = decompress;
    this.#dictionary = dictionary;
  }

  /** Bytes of all buffers so far. */
  get total(): number {
    return this.#total;
  }

  nextNode(): readonly [length: number, nulls: number] {
    const [length = -1, nulls = 0] = this.#nodes[this.#node++] ?? [];
    if (length < 0) throw damaged('a batch has fewer columns than the schema');
    return [length, nulls];
  }

  nextViewBuffers(): number {
    const [count = -1] = this.#viewBuffers[this.#views++] ?? [];
    if (count < 0 || count > this.#buffers.length) throw damaged('a batch has the wrong number of buffers');
    return count;
  }

  nextBuffer(): Uint8Array {
    const [start = -1, length = -1] = this.#buffers[this.#buffer++] ?? [];
    if (start < 0 || length < 0 || start + length > this.#body.length)
      throw damaged('a buffer lies outside its batch');
    const stored = this.#body.subarray(start, start + length);
    const bytes =
      this.#codec === undefined || length === 0 ? stored : this.#uncompressed(stored, this.#codec);
    this.#total += bytes.length;
    if (this.#total > MAX_BATCH_BYTES)
      throw new ArrowError('unable to be read: one of its batches is over 2 GB');
    return bytes;
  }

  #uncompressed(stored: Uint8Array, codec: ArrowCodec): Uint8Array {
    if (stored.length < 8) throw damaged('a compressed buffer is too short');
    const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
    const length = Number(view.getBigInt64(0, true));
    const rest = stored.subarray(8);
    if (length === -1) return rest;
    if (!(length >= 0 && length + this.#total <= MAX_BATCH_BYTES))
      throw damaged('a compressed buffer states an impossible size');
    try {
      return this.#decompress(codec, rest, length);
    } catch (error) {
      throw damaged(
        `a compressed buffer can’t be read (${error instanceof Error ? error.message : String(error)})`,
      );
    }
  }

  dictionary(id: number): Column {
    return this.#dictionary(id);
  }
}

/** The values of several batches of a dictionary. */
function joined(columns: readonly Column[]): Column {
  const [only] = columns;
  if (columns.length === 1 && only) return only;
  const starts: number[] = [];
  let length = 0;
  for (const column of columns) {
    starts.push(length);
    length += column.length;
  }
  return {
    length,
    write(out, i) {
      let at = starts.length - 1;
      while (at > 0 && (starts[at] ?? 0) > i) at--;
      columns[at]?.write(out, i - (starts[at] ?? 0));
    },
  };
}

/** Reads rows in order or at random; keeps one batch. */
export class ArrowFile {
  readonly #source: ByteSource;
  readonly #decompress: DecompressBuffer;
  readonly #maxRowBytes: number;
  readonly #messages: Messages;
  readonly #out = new TextSink();
  readonly #dictionaries = new Map<DictionaryBlock, Column>();
  readonly #reading = new Set<DictionaryBlock>();
  #batch: RecordBlock | undefined;
  #write: WriteValue = () => undefined;

  /**
   * Reads the metadata of all batches. Throws ArrowError if the file can't be read.
   * @param maxRowBytes longer rows come back empty; the caller reports that they are too long
   */
  constructor(source: ByteSource, decompress: DecompressBuffer, maxRowBytes = Infinity) {
    this.#source = source;
    this.#decompress = decompress;
    this.#maxRowBytes = maxRowBytes;
    this.#messages = readMessages(source);
  }

  get rows(): number {
    return this.#messages.rows;
  }

  get schema(): ArrowSchema {
    return this.#messages.schema;
  }

  /** The first row of each batch. */
  get batchStarts(): readonly number[] {
    return this.#messages.batches.map(({ firstRow }) => firstRow);
  }

  /** Stored bytes of all batches. */
  get bodyBytes(): number {
    return this.#messages.batches.reduce((sum, { bodyStart, bodyEnd }) => sum + bodyEnd - bodyStart, 0);
  }

  /** A row's line, valid until the next call; empty if it is too long. Throws ArrowError if it can't be read. */
  read(row: number): Uint8Array {
    const batch = this.#batchOf(row);
    if (!batch) throw new Error(`arrow: no row ${row}`);
    if (batch !== this.#batch) this.#open(batch);
    this.#out.length = 0;
    try {
      this.#write(this.#out, row - batch.firstRow);
    } catch (error) {
      if (!(error instanceof RowTooLong)) throw error;
      return new Uint8Array(0);
    }
    return this.#out.length > this.#maxRowBytes ? new Uint8Array(0) : this.#out.all;
  }

  #batchOf(row: number): RecordBlock | undefined {
    const now = this.#batch;
    if (now && row >= now.firstRow && row < now.firstRow + now.rows) return now;
    const { batches } = this.#messages;
    let [low, high] = [0, batches.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((batches[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return batches[low];
  }

  /** A batch that does not fit is the end: a damaged one may claim any number of rows. */
  #open(batch: RecordBlock): void {
    this.#batch = undefined;
    try {
      this.#load(batch);
    } catch (error) {
      throw error instanceof ArrowError ? new BrokenTable(error.message) : error;
    }
  }

  #load(batch: RecordBlock): void {
    const { fields } = this.schema;
    const parts = this.#partsOf(batch, batch.header, batch.dictionariesBefore);
    const columns = fields.map((field) => readColumn(field, parts));
    if (columns.some(({ length }) => length !== batch.rows))
      throw damaged('the columns of a batch differ in length');
    if (batch.rows > parts.total * 8 + MAX_EMPTY_ROWS)
      throw damaged('a batch claims more rows than it has bytes for');
    this.#write = objectWriter(fields, columns);
    this.#batch = batch;
  }

  #partsOf(block: Block, records: FlatTable, before: number): Parts {
    return new Parts(block, records, this.#source, this.#decompress, this.#maxRowBytes, (id) =>
      this.#dictionaryOf(id, before),
    );
  }

  /** The values of a dictionary as they are after so many dictionary batches. */
  #dictionaryOf(id: number, before: number): Column {
    const { dictionaries, isFile } = this.#messages;
    // In a file, dictionaries may stand anywhere.
    const seen = (isFile ? dictionaries : dictionaries.slice(0, before)).filter((one) => one.id === id);
    const from = Math.max(
      0,
      seen.findLastIndex(({ isDelta }) => !isDelta),
    );
    const used = seen.slice(from);
    if (used.length === 0) throw damaged('a dictionary is missing');
    return joined(used.map((block) => this.#readDictionary(block)));
  }

  #readDictionary(block: DictionaryBlock): Column {
    const known = this.#dictionaries.get(block);
    if (known) return known;
    const field = this.schema.dictionaries.get(block.id);
    const records = block.header.table(1);
    if (!field || !records) throw damaged('a dictionary belongs to no column');
    if (this.#reading.has(block)) throw damaged('a dictionary needs itself');
    this.#reading.add(block);
    const before = this.#messages.dictionaries.indexOf(block);
    const column = readColumn(field, this.#partsOf(block, records, before));
    this.#reading.delete(block);
    this.#dictionaries.set(block, column);
    return column;
  }
}
