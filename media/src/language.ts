// The language of a page. The client writes it into the page itself, so it is known before anything is drawn.
import type { Language } from '#core/words/translate.ts';
import { speak } from '#core/words/translate.ts';

/** The element that holds it. */
const ELEMENT = 'language';

export function readLanguage(): void {
  const text = document.getElementById(ELEMENT)?.textContent ?? '';
  if (text !== '') speak(JSON.parse(text) as Language);
}
