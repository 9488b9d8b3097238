// Pictures that a record holds, to be shown beside its texts.
import type { Json, JsonObject } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';
import type { ImageView } from '#protocol/editor/views.ts';

/** Kinds that show nothing but a picture: no script, no further address. */
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,/;

const MAX_PICTURES = 6;

/** Characters of a picture that travels to a page; a larger one would make walking through rows slow. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

export function* picturesIn(name: string, value: Json | undefined, depth: number): Generator<ImageView> {
  if (typeof value === 'string') {
    if (PICTURE.test(value) && value.length <= MAX_CHARACTERS) yield { name, source: value };
    return;
  }
  if (depth === 0) return;
  if (isList(value)) for (const item of value) yield* picturesIn(name, item, depth - 1);
  // Datasets of Hugging Face keep a picture as its bytes and its path.
  else if (isObject(value)) for (const item of Object.values(value)) yield* picturesIn(name, item, depth - 1);
}

/** The first pictures of a record, by the names of their fields. */
export function imagesOf(record: JsonObject): readonly ImageView[] {
  const found: ImageView[] = [];
  for (const [name, value] of Object.entries(record)) {
    for (const picture of picturesIn(name, value, 3)) {
      if (found.length === MAX_PICTURES) return found;
      found.push(picture);
    }
  }
  return found;
}
