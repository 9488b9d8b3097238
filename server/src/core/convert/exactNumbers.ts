// Numbers as the file spells them: a double holds no 9007199254740993, and writes 1.0 as 1.
import type { Json } from '../model/json.ts';

/** No file can hold it by accident, nor by intent. */
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

/** True when the number is written in the same way after it was read. */
function isSpeltSo(number: string): boolean {
  const value = Number(number);
  return String(value) === number && !Object.is(value, -0);
}

/** What a scan of a record's text found. */
export interface Scan {
  /** The text, its numbers that a double would spell differently as marked texts; absent where there are none. */
  readonly marked?: string;
  /** Names of fields, at all depths. */
  readonly names: number;
}

/** Looks through valid JSON for what parsing it would not tell. */
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

/** Names of fields in a value, at all depths. */
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

/** A value as JSON, its marked texts as the numbers that they stand for. */
export function spellExact(value: Json): string {
  const text = JSON.stringify(value);
  return text.includes(SPELT_MARK) ? text.replace(MARKED, '$1') : text;
}
