// What comes before the answers: the turns of the prompt, and pictures.
import type { JSX } from 'preact';

import { plural } from '#core/words/numbers.ts';
import type { ImageView, PartView, TurnView } from '#protocol/editor/views.ts';

import { FoldedParts } from './parts.tsx';

/** Of the prompt; the turns before these are folded. */
const OPEN_TURNS = 1;

export function Pictures({ images }: { readonly images: readonly ImageView[] }): JSX.Element | null {
  if (images.length === 0) return null;
  return (
    <section class="pictures">
      {images.map(({ name, source }) => (
        <figure>
          <img src={source} alt={name} />
          <figcaption>{name}</figcaption>
        </figure>
      ))}
    </section>
  );
}

function Turn({ role, text, parts = [] }: TurnView): JSX.Element {
  return (
    <div class="turn">
      <span class="role">{role}</span>
      {(text !== '' || parts.length === 0) && <p>{text}</p>}
      <FoldedParts parts={parts} />
    </div>
  );
}

interface PromptProps {
  readonly turns: readonly TurnView[];
  /** What belongs to the prompt and to none of its turns. */
  readonly context?: readonly PartView[];
}

export function Prompt({ turns, context }: PromptProps): JSX.Element {
  const folded = turns.slice(0, -OPEN_TURNS);
  return (
    <section class={turns.length === 0 ? 'prompt empty' : 'prompt'}>
      {turns.length === 0 && 'This record has no prompt.'}
      {folded.length > 0 && (
        <details>
          <summary>{plural(folded.length, 'earlier turn')}</summary>
          {folded.map(Turn)}
        </details>
      )}
      {turns.slice(-OPEN_TURNS).map(Turn)}
      <FoldedParts parts={context} />
    </section>
  );
}
