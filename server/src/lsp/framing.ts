// Watches how messages are framed on a stream. A length that cannot be leaves the reader of the library waiting for
// ever, and nobody could say where the next message begins.
import { Transform } from 'node:stream';

/** No text is longer in Node, so no message is. */
const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;

/** Two fields are in use; anything of this size is no header. */
const MAX_HEADER_BYTES = 8192;

const HEADER_END = Buffer.from('\r\n\r\n');

/** The length that a header states, or what is wrong with it. */
function lengthIn(header: string): number | string {
  const fields = header.split('\r\n').map((line) => line.split(':', 2).map((part) => part.trim()));
  const stated = fields.filter(([name]) => name?.toLowerCase() === 'content-length');
  const [[, value] = []] = stated;
  if (stated.length !== 1 || value === undefined) return 'a header needs one Content-Length';
  if (!/^\d{1,15}$/.test(value))
    return `Content-Length is no number of bytes: ${JSON.stringify(value.slice(0, 40))}`;
  if (Number(value) > MAX_MESSAGE_BYTES)
    return `a message of ${value} bytes is announced, and ${MAX_MESSAGE_BYTES} is the most`;
  return Number(value);
}

/** Passes a stream of messages on as it is, until a header is wrong: then `onBad` hears why, and nothing more goes through. */
export function checkFraming(onBad: (reason: string) => void): Transform {
  let header: Buffer = Buffer.alloc(0);
  let bodyLeft = 0;
  let isBad = false;

  /** The bytes of `chunk` from `from` that belong to the header; how many. */
  const readHeader = (chunk: Buffer, from: number): number | string => {
    const before = header.length;
    header = Buffer.concat([header, chunk.subarray(from, from + MAX_HEADER_BYTES)]);
    const end = header.indexOf(HEADER_END);
    if (end < 0) {
      if (header.length >= MAX_HEADER_BYTES) return `a header of more than ${MAX_HEADER_BYTES} bytes`;
      return header.length - before;
    }
    const length = lengthIn(header.toString('latin1', 0, end));
    if (typeof length === 'string') return length;
    bodyLeft = length;
    header = Buffer.alloc(0);
    return end + HEADER_END.length - before;
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length && !isBad;) {
        const body = Math.min(bodyLeft, chunk.length - at);
        bodyLeft -= body;
        at += body;
        if (at === chunk.length) break;
        const used = readHeader(chunk, at);
        if (typeof used === 'string') {
          isBad = true;
          onBad(used);
        } else at += used;
      }
      done(null, isBad ? undefined : chunk);
    },
  });
}
