import type { Stretch, WordDiff } from '#core/compare/wordDiff.ts';
import { wordDiff } from '#core/compare/wordDiff.ts';
import type { AnswerView, FindingView, ImageView, PairView, ReasonView, TurnView } from '#protocol/editor.ts';
import type { PageAction } from '#protocol/page.ts';

import type { ActionRow } from '../model/keys.ts';
import { ACTIONS } from '../model/keys.ts';
import { signed, standing, wordCount } from '../model/words.ts';
import { element } from './elements.ts';

/** Turns before the last one are folded when there are more than this. */
const OPEN_TURNS = 1;

function pictures(images: readonly ImageView[]): HTMLElement[] {
  if (images.length === 0) return [];
  const figures = images.map(({ name, source }) =>
    element('figure', {}, element('img', { src: source, alt: name }), element('figcaption', {}, name)),
  );
  return [element('section', { class: 'pictures' }, ...figures)];
}

const UNMARKED = {
  unrelated: 'The answers share too few words for marks to help.',
  'too-long': 'The answers are too long to mark their differences.',
};

function turn({ role, text }: TurnView): HTMLElement {
  return element('div', { class: 'turn' }, element('span', { class: 'role' }, role), element('p', {}, text));
}

function prompt(turns: readonly TurnView[]): HTMLElement {
  if (turns.length === 0) return element('section', { class: 'prompt empty' }, 'This record has no prompt.');
  const folded = turns.slice(0, -OPEN_TURNS);
  const shown = turns.slice(-OPEN_TURNS).map(turn);
  if (folded.length === 0) return element('section', { class: 'prompt' }, ...shown);
  const count = folded.length === 1 ? '1 earlier turn' : `${folded.length} earlier turns`;
  const details = element('details', {}, element('summary', {}, count), ...folded.map(turn));
  return element('section', { class: 'prompt' }, details, ...shown);
}

function stretches(parts: readonly Stretch[]): (Node | string)[] {
  return parts.map(({ kind, text }) => (kind === 'same' ? text : element('mark', {}, text)));
}

const TITLES = {
  preference: { chosen: 'Chosen', rejected: 'Rejected' },
  tie: { chosen: 'First, tied', rejected: 'Second, tied' },
};

/** @param unscored what stands where a reward would */
function answer(
  side: 'chosen' | 'rejected',
  view: AnswerView,
  diff: WordDiff,
  isTie: boolean,
  unscored: string,
): HTMLElement {
  const parts = diff[side];
  const reward = view.reward === undefined ? unscored : `reward ${signed(view.reward)}`;
  const header = element(
    'header',
    {},
    element('h2', {}, TITLES[isTie ? 'tie' : 'preference'][side]),
    element('span', { class: 'reward' }, reward),
    element('span', { class: 'count' }, wordCount(view.text)),
  );
  const empty = view.text.trim() === '';
  const body = element(
    'div',
    { class: empty ? 'text empty' : 'text', tabindex: '0', 'aria-label': `${side} answer` },
    ...(empty ? ['The answer is empty.'] : stretches(trimStart(parts))),
  );
  return element('article', { class: isTie ? 'tie' : side }, header, body);
}

/** Transcripts put a space before an answer: it would shift the first line. */
function trimStart(parts: readonly Stretch[]): readonly Stretch[] {
  const [first, ...rest] = parts;
  return first ? [{ ...first, text: first.text.trimStart() }, ...rest] : [];
}

function reason({ text, side, weight }: ReasonView): HTMLElement {
  const where = side === 'style' ? '' : side;
  return element(
    'li',
    { class: weight < 0 ? 'against' : 'for' },
    element('span', { class: 'what' }, side === 'style' ? text : `“${text}”`),
    ...(where === '' ? [] : [element('span', { class: 'where' }, where)]),
    element('span', { class: 'weight' }, signed(weight)),
  );
}

function finding({ rule, severity, message }: FindingView): HTMLElement {
  return element('li', { class: severity }, element('code', {}, rule), ' ', message);
}

function summary(view: PairView): HTMLElement {
  const children: Node[] = [];
  if (view.margin !== undefined && view.percentile !== undefined) {
    children.push(
      element(
        'p',
        { class: 'margin' },
        element('strong', {}, `Margin ${signed(view.margin)}`),
        ` · ${standing(view.percentile)}`,
      ),
    );
  }
  if (view.findings.length > 0)
    children.push(element('ul', { class: 'findings' }, ...view.findings.map(finding)));
  return element('section', { class: 'summary' }, ...children);
}

function evidence(view: PairView): HTMLElement {
  const children: Node[] = [];
  if (view.reasons.length > 0) {
    children.push(
      element('h3', {}, 'What drove the score'),
      element('ul', { class: 'reasons' }, ...view.reasons.map(reason)),
    );
  }
  if (view.details.length > 0) {
    children.push(
      element('h3', {}, 'What the scorers say'),
      element('ul', { class: 'details' }, ...view.details.map((line) => element('li', {}, line))),
    );
  }
  const trust = view.isTie
    ? 'The label calls both answers equal: there is no margin.'
    : (view.trust ?? 'This file is not scored yet.');
  const scorer = view.scorer ?? '';
  children.push(
    element('p', { class: 'trust' }, view.isTie || view.trust === undefined ? trust : `${scorer} ${trust}`),
  );
  return element('footer', {}, ...children);
}

/** A button for each action of a table, with its key. */
export function actionButtons<Action extends string>(
  actions: readonly ActionRow<Action>[],
  isPointless: (action: Action) => boolean,
  act: (action: Action) => void,
): HTMLElement {
  const buttons = actions.map(({ key, action, label, title }) => {
    const button = element(
      'button',
      { title: `${title} (${key.toUpperCase()})`, type: 'button' },
      label,
      element('kbd', {}, key.toUpperCase()),
    );
    button.disabled = isPointless(action);
    button.addEventListener('click', () => {
      act(action);
    });
    return button;
  });
  return element('div', { class: 'buttons' }, ...buttons);
}

function toolbar(view: PairView, undoCount: number, act: (action: PageAction) => void): HTMLElement {
  const isPointless = (action: PageAction): boolean => {
    const needsFindings = action === 'next' || action === 'previous';
    return (
      (action === 'undo' && undoCount === 0) ||
      (action === 'flip' && view.isTie) ||
      (action === 'keep' && view.findings.length === 0) ||
      (needsFindings && view.findingCount === 0)
    );
  };
  const which = view.pairCount > 1 ? `, pair ${view.pair + 1} of ${view.pairCount}` : '';
  const place =
    view.findingNumber > 0
      ? `Finding ${view.findingNumber.toLocaleString('en')} of ${view.findingCount.toLocaleString('en')}`
      : view.findingCount > 0
        ? `No finding here, ${view.findingCount.toLocaleString('en')} elsewhere`
        : 'No findings in this file';
  return element(
    'nav',
    {},
    element(
      'div',
      { class: 'place' },
      element('strong', {}, view.fileName),
      element('span', {}, `line ${(view.line + 1).toLocaleString('en')}${which}`),
      element('span', {}, place),
    ),
    actionButtons(ACTIONS, isPointless, act),
  );
}

/** Draws one pair, with what can be done to it. */
export function drawPair(view: PairView, undoCount: number, act: (action: PageAction) => void): Node[] {
  return [toolbar(view, undoCount, act), ...drawAnswers(view)];
}

/** Draws what a pair says, and what is said of it. */
export function drawAnswers(view: PairView): Node[] {
  const diff = wordDiff(view.chosen.text, view.rejected.text);
  // A tie has no reward, and some scorers compare answers without giving any.
  const unscored = view.isTie || view.margin !== undefined ? '' : 'not scored';
  return [
    summary(view),
    prompt(view.prompt),
    ...pictures(view.images),
    element(
      'main',
      {},
      answer('chosen', view.chosen, diff, view.isTie, unscored),
      answer('rejected', view.rejected, diff, view.isTie, unscored),
    ),
    ...(diff.unmarked ? [element('p', { class: 'unmarked' }, UNMARKED[diff.unmarked])] : []),
    evidence(view),
  ];
}

/** Draws a sentence where there is no pair to draw. */
export function drawNothing(message: string): Node[] {
  return [element('p', { class: 'nothing' }, message)];
}
