// Where the tokens of a text stand in it. Tokenizers give no places here, so the bytes that each token stands for are followed
// along the text.

/** What a token writes, as UTF-8, perhaps only a part of a character; undefined if that is unknown. */
export type BytesOf = (id: number) => Uint8Array | undefined;

/** The parts of a tokenizer.json that say how tokens are spelled. */
export interface TokenSpelling {
  readonly model?: {
    readonly type?: unknown;
    readonly continuing_subword_prefix?: unknown;
    readonly end_of_word_suffix?: unknown;
    readonly byte_fallback?: unknown;
  };
  readonly pre_tokenizer?: unknown;
  readonly decoder?: unknown;
}

const UTF8 = new TextEncoder();

interface Step {
  readonly type?: unknown;
  readonly pretokenizers?: readonly unknown[];
  readonly decoders?: readonly unknown[];
}

/** True if a step, or one inside of it, writes bytes as letters. */
function isByteLevel(step: unknown): boolean {
  const { type, pretokenizers = [], decoders = [] } = (step ?? {}) as Step;
  return type === 'ByteLevel' || [...pretokenizers, ...decoders].some(isByteLevel);
}

/** The letter of each byte in byte-level vocabularies: printable bytes stand for themselves, the others follow from U+0100 on. */
function byteOfLetter(): ReadonlyMap<string, number> {
  const isPrintable = (byte: number): boolean =>
    (byte > 32 && byte < 127) || (byte > 160 && byte !== 173 && byte < 256);
  let next = 256;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(isPrintable(byte) ? byte : next++), byte]),
  );
}

function byteLevelBytes(): (token: string) => Uint8Array | undefined {
  const byteOf = byteOfLetter();
  return (token) => {
    const bytes = Array.from(token, (letter) => byteOf.get(letter));
    return bytes.includes(undefined) ? undefined : Uint8Array.from(bytes as number[]);
  };
}

const BYTE = /^<0x([0-9A-F]{2})>$/i;

function pieceBytes({ model = {} }: TokenSpelling): (token: string) => Uint8Array {
  const { type, continuing_subword_prefix: prefix, end_of_word_suffix: suffix, byte_fallback } = model;
  return (token) => {
    const byte = byte_fallback === true ? BYTE.exec(token)?.[1] : undefined;
    if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
    let text = token;
    if (type === 'WordPiece' && typeof prefix === 'string' && text.startsWith(prefix))
      text = text.slice(prefix.length);
    if (typeof suffix === 'string' && suffix !== '' && text.endsWith(suffix))
      text = text.slice(0, -suffix.length);
    return UTF8.encode(text.replaceAll('▁', ' '));
  };
}

/**
 * @param tokenOf the token of an id, as the vocabulary has it
 * @param isAdded true for tokens beside the vocabulary, which are written as they are
 */
export function tokenBytes(
  json: TokenSpelling,
  tokenOf: (id: number) => string | undefined,
  isAdded: (id: number) => boolean,
): BytesOf {
  const isBytes = isByteLevel(json.pre_tokenizer) || isByteLevel(json.decoder);
  const bytesOf = isBytes ? byteLevelBytes() : pieceBytes(json);
  return (id) => {
    const token = tokenOf(id);
    if (token === undefined) return undefined;
    return isAdded(id) ? UTF8.encode(token) : bytesOf(token);
  };
}

/** A text as bytes, and the character that each of them belongs to. */
class Spelled {
  readonly bytes: Uint8Array;
  /** In UTF-16 units, for each byte and for the end. */
  readonly #starts: Int32Array;

  constructor(text: string) {
    // A unit is at most three bytes.
    const bytes = new Uint8Array(3 * text.length);
    const starts = new Int32Array(bytes.length + 1);
    let [size, at] = [0, 0];
    for (const character of text) {
      const { written } = UTF8.encodeInto(character, bytes.subarray(size));
      starts.fill(at, size, size + written);
      size += written;
      at += character.length;
    }
    starts[size] = at;
    this.bytes = bytes.subarray(0, size);
    this.#starts = starts;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** The first byte of the next character. */
  after(byte: number): number {
    let next = byte + 1;
    while (next < this.length && this.#starts[next] === this.#starts[byte]) next++;
    return Math.min(next, this.length);
  }

  startAt(byte: number): number {
    return this.#starts[byte] ?? 0;
  }

  /** The end of the character that the byte before this one belongs to. */
  endAt(byte: number): number {
    const isInside = byte > 0 && byte < this.length && this.#starts[byte] === this.#starts[byte - 1];
    return this.startAt(isInside ? this.after(byte) : byte);
  }

  has(token: Uint8Array, at: number): boolean {
    if (at + token.length > this.length) return false;
    for (let i = 0; i < token.length; i++) if (this.bytes[at + i] !== token[i]) return false;
    return true;
  }
}

const SPACE = 32;
const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || ((byte ?? 0) - 9 <= 4 && (byte ?? 0) >= 9);

/** The bytes of a token that stands at `at`, where tokenizers may add a space that the text has not, or leave out white space. */
function foundAt(
  text: Spelled,
  token: Uint8Array,
  at: number,
): readonly [from: number, to: number] | undefined {
  let past = at;
  while (isSpace(text.bytes[past])) past++;
  const bare = token[0] === SPACE ? token.subarray(1) : token;
  for (const from of [at, past])
    for (const own of [token, bare]) if (text.has(own, from)) return [from, from + own.length];
  return undefined;
}

/** Bytes that a token of unknown spelling may stand for. */
const UNKNOWN_BYTES = 8;

/** How far to search for the next token after some that are spelled otherwise than the text: a normaliser changes lengths little. */
const reachOf = (lostBytes: number): number => 4 * lostBytes + 16;

/** The token exactly, further on; at least one character away. */
function foundAfter(
  text: Spelled,
  token: Uint8Array,
  at: number,
  reach: number,
): readonly [from: number, to: number] | undefined {
  if (token.length === 0) return undefined;
  for (let from = text.after(at); from <= at + reach && from < text.length; from = text.after(from))
    if (text.has(token, from)) return [from, from + token.length];
  return undefined;
}

/**
 * Start and end of each token, in UTF-16 units. Tokens that hold parts of one character have the range of the whole character. So
 * have tokens that a normaliser spells otherwise than the text: all of them up to the next one that is found share a range.
 */
export function placeTokens(text: string, tokens: readonly (Uint8Array | undefined)[]): Int32Array {
  const spelled = new Spelled(text);
  const places = new Int32Array(2 * tokens.length);
  const put = (token: number, from: number, to: number): void => {
    places[2 * token] = spelled.startAt(from);
    places[2 * token + 1] = Math.max(spelled.startAt(from), spelled.endAt(to));
  };
  let at = 0;
  /** The first of the tokens that wait for one that is found. */
  let lost = -1;
  let lostBytes = 0;
  const settle = (end: number, to: number): void => {
    if (lost >= 0) for (let token = lost; token < end; token++) put(token, at, to);
    lost = -1;
    lostBytes = 0;
  };
  tokens.forEach((token, i) => {
    const found =
      token && (lost < 0 ? foundAt(spelled, token, at) : foundAfter(spelled, token, at, reachOf(lostBytes)));
    if (!found) {
      if (lost < 0) lost = i;
      lostBytes += token?.length ?? UNKNOWN_BYTES;
      return;
    }
    const [from, to] = found;
    settle(i, from);
    put(i, from, to);
    at = to;
  });
  settle(tokens.length, Math.min(spelled.length, at + lostBytes));
  return places;
}
