// Lines and columns of a text that arrives in chunks.

/** A place in the text. The column counts UTF-16 units from 0, if columns are counted. */
export interface Spot {
  readonly byte: number;
  readonly line: number;
  readonly column: number;
}

export const NOWHERE: Spot = { byte: 0, line: 0, column: 0 };

/** Its owner, who reads every byte, reports line ends and the ends of chunks. */
export class TextPlaces {
  /** Line ends so far. */
  line = 0;
  /** The byte of the text at which the chunk begins. */
  chunkStart = 0;
  readonly hasColumns: boolean;
  #lineStart = 0;
  /** UTF-16 units of the present line up to a byte of the text. */
  #units = 0;
  #unitsAt = 0;

  constructor(hasColumns: boolean) {
    this.hasColumns = hasColumns;
  }

  /** Editors don't count a byte order mark at the start. */
  skipMark(): void {
    this.#unitsAt = 3;
  }

  /** @param at of a line end in the chunk */
  newLine(at: number): void {
    this.line++;
    this.#lineStart = this.chunkStart + at + 1;
  }

  endChunk(bytes: Uint8Array): void {
    this.columnAt(bytes, bytes.length);
    this.chunkStart += bytes.length;
  }

  spot(bytes: Uint8Array, at: number): Spot {
    return { byte: this.chunkStart + at, line: this.line, column: this.columnAt(bytes, at) };
  }

  /** The column of a byte of the chunk, in the present line. */
  columnAt(bytes: Uint8Array, at: number): number {
    if (!this.hasColumns) return 0;
    if (this.#unitsAt < this.#lineStart) [this.#unitsAt, this.#units] = [this.#lineStart, 0];
    let units = this.#units;
    for (let i = this.#unitsAt - this.chunkStart; i < at; i++) {
      const byte = bytes[i] ?? 0;
      // A character counts at its first byte; four-byte characters are two units.
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
    }
    this.#units = units;
    this.#unitsAt = Math.max(this.#unitsAt, this.chunkStart + at);
    return units;
  }
}
