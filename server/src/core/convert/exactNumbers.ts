// Keeps the spelling of numbers: a double can't hold 9007199254740993 and writes 1.0 as 1.
import type { Json } from '../model/json.ts';

/** Random, so that no file contains it. */
const MARK = `\u0001number-${Math.random().toString(36).slice(2)}:`;
const SPELT_MARK = JSON.stringify(MARK).slice(1, -1);
const MARKED = new RegExp(`"${SPELT_MARK.replace('\\', '\\\\')}([-+.0-9eE]+)"`, 'g');
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** True if parsing and writing the number keeps its spelling. */
function isSpeltSo(number: string): boolean {
  const value = Number(number);
  return String(value) === number && !Object.is(value, -0);
}

/** Result of scanning a record's text. */
export interface Scan {
  /** The text, with numbers that a double would respell replaced by marked strings; absent if there are none. */
  readonly marked?: string;
  /** Number of field names, at all depths. */
  readonly names: number;
}

/** Scans valid JSON for what parsing would lose. */
export function scanJson(text: string): Scan {
  let marked = '';
  let from = 0;
  let names = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at) - 1;
    } else if (code === 0x3a) {
      names++;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      NUMBER.lastIndex = at;
      const number = NUMBER.exec(text)?.[0] ?? '';
      if (number !== '' && !isSpeltSo(number)) {
        marked += text.slice(from, at) + JSON.stringify(MARK + number);
        from = at + number.length;
      }
      at += Math.max(0, number.length - 1);
    }
  }
  return from === 0 ? { names } : { names, marked: marked + text.slice(from) };
}

/** The value of a text as JSON, with numbers marked as `scanJson` does; undefined if the text is no JSON. */
export function parseExact(text: string): Json | undefined {
  try {
    return JSON.parse(scanJson(text).marked ?? text) as Json;
  } catch {
    return undefined;
  }
}

/** Number of field names in a value, at all depths. */
export function countNames(root: Json): number {
  let names = 0;
  const open: Json[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const below = Object.values(value) as Json[];
    if (!Array.isArray(value)) names += below.length;
    for (const one of below) if (typeof one === 'object') open.push(one);
  }
  return names;
}

/** Writes a value as JSON, with marked strings as the original numbers. */
export function spellExact(value: Json): string {
  const text = JSON.stringify(value);
  return text.includes(SPELT_MARK) ? text.replace(MARKED, '$1') : text;
}
