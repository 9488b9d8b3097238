// What comes before the answers: the turns of the prompt, and pictures.
import type { JSX } from 'preact';

import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { ImageView, PartView, TurnView } from '#protocol/editor/views.ts';

import type { Reading } from './answers.tsx';
import { FoldedParts } from './parts.tsx';
import { Text } from './text.tsx';

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

function Turn({ turn, reading }: { readonly turn: TurnView; readonly reading: Reading }): JSX.Element {
  const { role, text, parts = [] } = turn;
  return (
    <div class="turn">
      <span class="role">{role}</span>
      {text !== '' && <Text {...reading} text={text} />}
      <FoldedParts parts={parts} />
    </div>
  );
}

interface PromptProps {
  readonly turns: readonly TurnView[];
  /** What belongs to the prompt and to none of its turns. */
  readonly context?: readonly PartView[];
  readonly reading: Reading;
}

/** Both answers share the prompt, so its turns are drawn once. */
export function Prompt({ turns, context, reading }: PromptProps): JSX.Element {
  const folded = turns.slice(0, -OPEN_TURNS);
  return (
    <section class={turns.length === 0 ? 'prompt empty' : 'prompt'} tabindex={0} aria-label={t('Prompt')}>
      {turns.length === 0 && t('This record has no prompt.')}
      {folded.length > 0 && (
        <details>
          <summary>{t('{0} before this one', plural(folded.length, 'shared turn'))}</summary>
          {folded.map((turn) => (
            <Turn turn={turn} reading={reading} />
          ))}
        </details>
      )}
      {turns.slice(-OPEN_TURNS).map((turn) => (
        <Turn turn={turn} reading={reading} />
      ))}
      <FoldedParts parts={context} />
    </section>
  );
}
