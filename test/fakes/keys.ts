// Key presses like a browser's: every field is a getter of the prototype.
import type { KeyPress } from '../../media/src/model/keys.ts';

/** Spreading it copies no field, as with a KeyboardEvent. */
class BrowserPress implements KeyPress {
  readonly #fields: Partial<KeyPress>;

  constructor(key: string, more: Partial<KeyPress> = {}) {
    this.#fields = { ...more, key };
  }

  get key(): string {
    return this.#fields.key ?? '';
  }
  get ctrlKey(): boolean {
    return this.#fields.ctrlKey ?? false;
  }
  get altKey(): boolean {
    return this.#fields.altKey ?? false;
  }
  get metaKey(): boolean {
    return this.#fields.metaKey ?? false;
  }
  get shiftKey(): boolean {
    return this.#fields.shiftKey ?? false;
  }
  get isComposing(): boolean {
    return this.#fields.isComposing ?? false;
  }
  get repeat(): boolean {
    return this.#fields.repeat ?? false;
  }
  get timeStamp(): number {
    return this.#fields.timeStamp ?? 0;
  }
  get target(): unknown {
    return this.#fields.target ?? { tagName: 'BODY', isContentEditable: false };
  }
}

export const press = (key: string, more?: Partial<KeyPress>): KeyPress => new BrowserPress(key, more);
