// The fields of a record that a page shows nowhere else: models, votes, scores, critiques, tags and whatever there is.
import type { Json, JsonObject } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';
import type { FieldView } from '#protocol/editor/views.ts';

import { kindOf } from './cells.ts';
import { picturesIn } from './images.ts';

/** Characters of one text that travel to a page. */
const MAX_TEXT = 4000;

/** Values at all levels. */
const MAX_VALUES = 600;

/** Children of one value. */
const MAX_CHILDREN = 60;

const MAX_DEPTH = 12;

/** Names of what a message has beside its text. */
const MESSAGE_NAMES: ReadonlySet<string> = new Set(['role', 'from', 'speaker', 'name', 'type', 'author']);

/** A text shorter than this is too common to be recognised inside another one. */
const MIN_INSIDE = 12;

class Drawn {
  readonly #whole: ReadonlySet<string>;
  readonly #long: readonly string[];

  constructor(texts: readonly string[]) {
    this.#whole = new Set(texts.flatMap((text) => [text, text.trim()]).filter((text) => text !== ''));
    this.#long = [...this.#whole].filter((text) => text.length >= MIN_INSIDE);
  }

  /** The page shows this text, alone or with others: a transcript is all of its turns. */
  has(text: string): boolean {
    if (this.#whole.has(text) || this.#whole.has(text.trim())) return true;
    if (text.length < MIN_INSIDE) return false;
    let left = text.length;
    for (const own of this.#long) if (text.includes(own)) left -= own.length;
    // What is left between the turns are the names of their speakers.
    return left <= text.length / 4;
  }
}

/** A value that only holds texts of the page, with the names of their speakers. */
function isDrawn(value: Json, drawn: Drawn, depth = 0): boolean {
  if (typeof value === 'string') return drawn.has(value);
  if (depth > MAX_DEPTH) return false;
  if (isList(value)) return value.length > 0 && value.every((item) => isDrawn(item, drawn, depth + 1));
  if (!isObject(value)) return false;
  const texts = Object.entries(value).filter(([name]) => !MESSAGE_NAMES.has(name));
  return texts.length > 0 && texts.every(([, inner = null]) => isDrawn(inner, drawn, depth + 1));
}

class Tree {
  readonly #drawn: Drawn;
  #left = MAX_VALUES;

  constructor(drawn: Drawn) {
    this.#drawn = drawn;
  }

  view(name: string, value: Json, depth = 0): FieldView {
    this.#left--;
    const kind = kindOf(value);
    if (typeof value === 'string') {
      const [picture] = picturesIn(name, value, 0);
      if (picture) return { name, kind, text: '', image: picture.source };
      const cut = value.length - MAX_TEXT;
      return cut > 0
        ? { name, kind, text: value.slice(0, MAX_TEXT), length: value.length, cut }
        : { name, kind, text: value };
    }
    if (value === null || typeof value !== 'object') return { name, kind, text: String(value) };
    const entries = isList(value)
      ? value.map((item, i) => [String(i), item] as const)
      : Object.entries(value).flatMap(([key, inner = null]) =>
          this.#isShown(inner) ? [] : [[key, inner] as const],
        );
    if (entries.length === 0) return { name, kind, text: isList(value) ? '[]' : '{}' };
    const shown = depth >= MAX_DEPTH ? 0 : Math.max(0, Math.min(entries.length, MAX_CHILDREN, this.#left));
    const children = entries.slice(0, shown).map(([key, inner]) => this.view(key, inner, depth + 1));
    const hidden = entries.length - shown;
    return { name, kind, text: '', children, ...(hidden > 0 && { hidden }) };
  }

  #isShown(value: Json): boolean {
    return typeof value === 'string' && this.#drawn.has(value);
  }
}

/** Fields of an object, without those that hold only texts of `drawn`. */
export function otherFields(record: JsonObject, drawn: readonly string[]): readonly FieldView[] {
  const shown = new Drawn(drawn);
  const tree = new Tree(shown);
  return Object.entries(record).flatMap(([name, value = null]) =>
    isDrawn(value, shown) ? [] : [tree.view(name, value)],
  );
}
