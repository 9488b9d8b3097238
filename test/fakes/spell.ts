// JSON as other writers spell it: random spaces, escapes and numbers, the same value.
import type { Json } from '#core/model/json.ts';
import { isList } from '#core/model/json.ts';

type Random = () => number;

const SPACES = ['', '', '', ' ', '  ', '\t', '\r'];

function text(value: string, random: Random): string {
  let out = '';
  for (let at = 0; at < value.length; at++) {
    const item = value.charCodeAt(at);
    const isPlain = item >= 0x20 && item !== 0x22 && item !== 0x5c && (item < 0xd800 || item > 0xdfff);
    if (isPlain && random() > 0.1) out += value.charAt(at);
    else if (item === 0x2f && random() > 0.5) out += '\\/';
    else out += `\\u${item.toString(16).padStart(4, '0')}`;
  }
  return `"${out}"`;
}

/** A valid spelling of the value, on one line. */
export function spell(value: Json, random: Random): string {
  const space = (): string => SPACES[Math.floor(random() * SPACES.length)]!;
  const wrap = (open: string, items: readonly string[], close: string): string =>
    `${open}${space()}${items.join(`${space()},${space()}`)}${space()}${close}`;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number')
    return Number.isInteger(value) && random() > 0.5 && value < 1e6 ? `${value}.0` : JSON.stringify(value);
  if (typeof value === 'string') return text(value, random);
  if (isList(value))
    return wrap(
      '[',
      value.map((item) => spell(item, random)),
      ']',
    );
  const fields = Object.entries(value).map(
    ([key, item]) => `${text(key, random)}${space()}:${space()}${spell(item ?? null, random)}`,
  );
  return wrap('{', fields, '}');
}
