// Comments, which JSON does not have and people write: `// …` and `# …` to the end of the line, `/* … */` over lines.
import { LINE_FEED } from './marks.ts';

const HASH = 0x23;
const SLASH = 0x2f;
const STAR = 0x2a;

/** True for a byte with which a comment begins, and no value of JSON. */
export function beginsComment(byte: number): boolean {
  return byte === SLASH || byte === HASH;
}

/** Finds the end of a comment, byte by byte. */
export class CommentEnd {
  #state: 'begun' | 'line' | 'block' | 'star' = 'line';

  /** @param byte with which the comment begins */
  begin(byte: number): void {
    this.#state = byte === HASH ? 'line' : 'begun';
  }

  /** True if the comment ends with this byte. */
  step(byte: number): boolean {
    if (this.#state === 'line') return byte === LINE_FEED;
    if (this.#state === 'star' && byte === SLASH) return true;
    if (this.#state === 'begun' && byte !== STAR) {
      this.#state = 'line';
      return byte === LINE_FEED;
    }
    this.#state = this.#state !== 'begun' && byte === STAR ? 'star' : 'block';
    return false;
  }
}
