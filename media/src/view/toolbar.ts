// What stands above a pair: where it is, and what can be done to it.
import type { RecordView } from '#protocol/editor/views.ts';

import type { ActionRow } from '../model/keys.ts';
import type { PageState } from '../model/pageState.ts';
import { findingPlace, recordPlace } from '../model/words.ts';
import { element } from './elements.ts';

/** A button for each action of a table, with its key. */
function actionButtons<Action>(
  actions: readonly ActionRow<Action>[],
  state: PageState,
  act: (action: Action) => void,
): HTMLElement {
  const buttons = actions.map(({ key, action, label, title, isEnabled }) => {
    const button = element(
      'button',
      { title: `${title} (${key.toUpperCase()})`, type: 'button' },
      label,
      element('kbd', {}, key.toUpperCase()),
    );
    button.disabled = !isEnabled(state);
    button.addEventListener('click', () => {
      act(action);
    });
    return button;
  });
  return element('div', { class: 'buttons' }, ...buttons);
}

/** @param place a title, then what else is known of the place */
export function drawToolbar<Action>(
  [title = '', ...more]: readonly string[],
  actions: readonly ActionRow<Action>[],
  state: PageState,
  act: (action: Action) => void,
): HTMLElement {
  const place = [element('strong', {}, title), ...more.map((words) => element('span', {}, words))];
  return element('nav', {}, element('div', { class: 'place' }, ...place), actionButtons(actions, state, act));
}

/** Where a view is: file, line and number in the order of review. */
export function placeText(view: RecordView): readonly string[] {
  return [view.fileName, recordPlace(view, 'line'), findingPlace(view)];
}

/** The same where one file alone is shown, by its rows. */
export function rowText(view: RecordView): readonly string[] {
  const place = recordPlace(view, 'row');
  return [place.charAt(0).toUpperCase() + place.slice(1), view.findingNumber > 0 ? findingPlace(view) : ''];
}
