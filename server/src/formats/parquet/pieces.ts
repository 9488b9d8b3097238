// Decompresses a page piece by piece, so that a large one never has to be in memory as a whole.

/** Copies of all known writers reach no further back. A page with longer ones can only be decompressed whole. */
const HISTORY_BYTES = 1 << 16;

/** Most writers compress blocks of this size, each without the ones before it. Others copy from these. */
const PIECE_BYTES = 1 << 16;

/** Compressed bytes that are read at a time. */
const CHUNK_BYTES = 1 << 18;

/** Memory for them, which belongs to the reader that used it last: mostly, one works until it is done. */
const chunk: { bytes?: Uint8Array; owner?: PieceReader } = {};

/** A piece in work: a decoder goes on from `input[at]` and `out[to]`. */
export interface Piece {
  input: Uint8Array;
  at: number;
  /** If so, nothing follows `input`; if not, a decoder may leave its last `slack` bytes to the next piece. */
  isLast: boolean;
  out: Uint8Array;
  to: number;
  /** A decoder stops here, with up to `slack` bytes more. */
  until: number;
  /** The first place of `out` that was copied from; lower than `to` at the beginning if the piece needs bytes before it. */
  from: number;
}

/** A codec that can begin and end inside a page. */
export interface PieceDecoder {
  readonly slack: number;
  /**
   * Length of the head before the data; undefined if the page would not have `length` bytes.
   * @param bytes the first ones of the compressed data
   */
  headOf(bytes: Uint8Array, length: number, compressedLength: number): number | undefined;
  /** False if the data is damaged, or copies bytes that are no longer there. */
  decode(piece: Piece): boolean;
}

/** The compressed data of a page. */
export interface Compressed {
  readonly decoder: PieceDecoder;
  /** Compressed bytes by place, in the memory given if that is of use. */
  readonly read: (start: number, end: number, into?: Uint8Array) => Uint8Array;
  readonly compressedLength: number;
  /** Decompressed bytes. */
  readonly length: number;
}

/** Where decompression can begin. */
export interface Place {
  /** In the compressed bytes. */
  readonly compressed: number;
  /** In the decompressed ones. */
  readonly end: number;
  /** What the next bytes copy from. */
  readonly before: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The place at which a page begins; undefined if it can't be decompressed piece by piece. */
export function startOf({ decoder, read, compressedLength, length }: Compressed): Place | undefined {
  const head = decoder.headOf(read(0, Math.min(8, compressedLength)), length, compressedLength);
  return head === undefined ? undefined : { compressed: head, end: 0, before: NOTHING };
}

/** Reads on from a place. `bytes` are those from `start` to `end` of the page, until the next call. */
export class PieceReader {
  readonly #page: Compressed;
  readonly #piece: Piece;
  /** Place of `#piece.input` in the compressed bytes. */
  #inputAt: number;
  /** Where the last piece began, without the bytes before it. */
  begun: Place;
  start: number;

  constructor(page: Compressed, place: Place) {
    this.#page = page;
    this.begun = place;
    this.#inputAt = place.compressed;
    this.start = place.end - place.before.length;
    const out = new Uint8Array(place.before.length + 4 * PIECE_BYTES + page.decoder.slack);
    out.set(place.before);
    const to = place.before.length;
    this.#piece = { input: NOTHING, at: 0, isLast: false, out, to, until: 0, from: to };
  }

  get bytes(): Uint8Array {
    return this.#piece.out;
  }

  get end(): number {
    return this.start + this.#piece.to;
  }

  /** If all of the page was read, and it is as long as it says. */
  get isComplete(): boolean {
    return this.end === this.#page.length && this.#inputAt + this.#piece.at === this.#page.compressedLength;
  }

  /** Makes room for a piece; drops bytes before `keep` if no copy can reach them. */
  #makeRoom(keep: number): void {
    const piece = this.#piece;
    const need = PIECE_BYTES + this.#page.decoder.slack;
    if (piece.to + need <= piece.out.length) return;
    const dropped = Math.max(0, Math.min(keep, this.end - HISTORY_BYTES) - this.start);
    const kept = piece.to - dropped;
    if (kept + need > piece.out.length / 2) {
      const larger = new Uint8Array(2 * piece.out.length);
      larger.set(piece.out.subarray(dropped, piece.to));
      piece.out = larger;
    } else piece.out.copyWithin(0, dropped, piece.to);
    piece.to = kept;
    this.start += dropped;
  }

  /** Has compressed bytes for a piece. */
  #refill(): void {
    const piece = this.#piece;
    const isEnough = piece.isLast || piece.at + this.#page.decoder.slack < piece.input.length;
    if (isEnough && chunk.owner === this) return;
    chunk.bytes ??= new Uint8Array(CHUNK_BYTES);
    chunk.owner = this;
    const from = this.#inputAt + piece.at;
    const to = Math.min(from + CHUNK_BYTES, this.#page.compressedLength);
    piece.input = this.#page.read(from, to, chunk.bytes);
    piece.isLast = to === this.#page.compressedLength;
    piece.at = 0;
    this.#inputAt = from;
  }

  /** Reads a piece, and keeps the bytes from `keep` on. False at the end, and where the page can't be read on. */
  more(keep: number): boolean {
    this.#makeRoom(keep);
    this.#refill();
    const piece = this.#piece;
    this.begun = { compressed: this.#inputAt + piece.at, end: this.end, before: NOTHING };
    const begun = piece.to;
    piece.from = begun;
    // At the end of a block, also if the piece before ended early.
    piece.until = begun + PIECE_BYTES - (this.end % PIECE_BYTES);
    return this.#page.decoder.decode(piece) && piece.to > begun && this.end <= this.#page.length;
  }

  /** Whether the last piece copies from the bytes before it. */
  get needsHistory(): boolean {
    return this.#piece.from < this.begun.end - this.start;
  }

  /** Where the last piece began. */
  get place(): Place {
    if (!this.needsHistory) return this.begun;
    const at = this.begun.end - this.start;
    return { ...this.begun, before: this.#piece.out.slice(Math.max(0, at - HISTORY_BYTES), at) };
  }
}
