// The bar above a pair: where it is, and a button for each action.
import type { JSX } from 'preact';

import type { ActionRow } from '../model/keys.ts';
import type { PageState } from '../model/pageState.ts';

export interface ToolbarProps<Action> {
  /** A title, then what else is known of the place. */
  readonly place: readonly string[];
  readonly actions: readonly ActionRow<Action>[];
  readonly state: PageState;
  readonly act: (action: Action) => void;
}

export function Toolbar<Action>({ place, actions, state, act }: ToolbarProps<Action>): JSX.Element {
  const [title, ...more] = place;
  return (
    <nav>
      <div class="place">
        <strong>{title}</strong>
        {more.map((text) => (
          <span>{text}</span>
        ))}
      </div>
      <div class="buttons">
        {actions.map(({ key, action, label, title: hint, isEnabled }) => (
          <button
            type="button"
            title={`${hint} (${key.toUpperCase()})`}
            disabled={!isEnabled(state)}
            onClick={() => {
              act(action);
            }}
          >
            {label}
            <kbd>{key.toUpperCase()}</kbd>
          </button>
        ))}
      </div>
    </nav>
  );
}

/** Why the last action failed. */
export function Notice({ text }: { readonly text: string | undefined }): JSX.Element | null {
  return text === undefined ? null : (
    <p class="notice" role="alert">
      {text}
    </p>
  );
}
