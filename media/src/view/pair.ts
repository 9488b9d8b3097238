// What a place of a dataset shows: a pair, answers that stand alone, or why there is neither.
import type { Stretch, WordDiff } from '#core/compare/wordDiff.ts';
import { wordDiff } from '#core/compare/wordDiff.ts';
import { formatMargin, marginSign, plural } from '#core/words/numbers.ts';
import type {
  AnswerView,
  FindingView,
  ImageView,
  JudgedView,
  JudgementView,
  PairView,
  PartView,
  ReasonView,
  RecordView,
  TurnView,
} from '#protocol/editor/views.ts';

import { lengthText } from '../model/words.ts';
import { element } from './elements.ts';
import { drawParts, foldedParts, stretches } from './parts.ts';

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

function turn({ role, text, parts = [] }: TurnView): HTMLElement {
  return element(
    'div',
    { class: 'turn' },
    element('span', { class: 'role' }, role),
    ...(text === '' && parts.length > 0 ? [] : [element('p', {}, text)]),
    ...foldedParts(parts),
  );
}

/** @param context what belongs to the prompt and is no turn of it */
function prompt(turns: readonly TurnView[], context: readonly PartView[] = []): HTMLElement {
  const beside = foldedParts(context);
  if (turns.length === 0)
    return element('section', { class: 'prompt empty' }, 'This record has no prompt.', ...beside);
  const folded = turns.slice(0, -OPEN_TURNS);
  const shown = turns.slice(-OPEN_TURNS).map(turn);
  if (folded.length === 0) return element('section', { class: 'prompt' }, ...shown, ...beside);
  const summaryText = plural(folded.length, 'earlier turn');
  const details = element('details', {}, element('summary', {}, summaryText), ...folded.map(turn));
  return element('section', { class: 'prompt' }, details, ...shown, ...beside);
}

/** Transcripts put a space before an answer: it would shift the first line. */
function trimStart(parts: readonly Stretch[]): readonly Stretch[] {
  const [first, ...rest] = parts;
  return first ? [{ ...first, text: first.text.trimStart() }, ...rest] : [];
}

/** Of an answer: how long its words are, and what else it holds. */
function sizeText({ text, parts = [] }: Pick<AnswerView, 'text' | 'parts'>): string {
  const words = text.trim() === '' && parts.length > 0 ? [] : [lengthText(text)];
  return [...words, ...(parts.length > 0 ? [plural(parts.length, 'part')] : [])].join(', ');
}

/** An answer in its frame. */
function article(
  name: string,
  title: string,
  note: string,
  view: Pick<AnswerView, 'text' | 'parts'>,
  body: readonly HTMLElement[],
): HTMLElement {
  const header = element(
    'header',
    {},
    element('h2', {}, title),
    ...(note === '' ? [] : [element('span', { class: 'reward' }, note)]),
    element('span', { class: 'count' }, sizeText(view)),
  );
  return element('article', { class: name }, header, ...body);
}

/** The words of an answer, and its parts: what was thought before it stands above them. */
function answerBody(
  { text, parts = [] }: Pick<AnswerView, 'text' | 'parts'>,
  label: string,
  shown: readonly (Node | string)[],
  other: readonly PartView[],
): readonly HTMLElement[] {
  const isEmpty = text.trim() === '';
  const words = element(
    'div',
    { class: isEmpty ? 'text empty' : 'text', tabindex: '0', 'aria-label': label },
    ...(isEmpty ? ['The answer is empty.'] : shown),
  );
  const [thoughts, rest] = drawParts(parts, other);
  return [...thoughts, ...(isEmpty && parts.length > 0 ? [] : [words]), ...rest];
}

const TITLES = {
  preference: { chosen: 'Chosen', rejected: 'Rejected' },
  tie: { chosen: 'First, tied', rejected: 'Second, tied' },
};

/** @param unscored what stands where a reward would */
function answer(pair: PairView, side: 'chosen' | 'rejected', diff: WordDiff, unscored: string): HTMLElement {
  const { isTie } = pair;
  const view = pair[side];
  const other = pair[side === 'chosen' ? 'rejected' : 'chosen'].parts ?? [];
  const reward = view.reward === undefined ? unscored : `reward ${formatMargin(view.reward)}`;
  const body = answerBody(view, `${side} answer`, stretches(trimStart(diff[side])), other);
  return article(isTie ? 'tie' : side, TITLES[isTie ? 'tie' : 'preference'][side], reward, view, body);
}

function judgement(view: JudgementView, index: number, count: number): HTMLElement {
  const { text, verdict, parts = [] } = view;
  const title = count > 1 ? `Step ${index + 1}` : 'Answer';
  const name = { good: 'chosen', bad: 'rejected', rated: 'tie', unrated: 'tie' }[verdict.kind];
  return article(name, title, verdict.words, view, answerBody(view, title, [text.trimStart()], parts));
}

function reason({ text, side, weight }: ReasonView): HTMLElement {
  const where = side === 'style' ? '' : side;
  return element(
    'li',
    { class: marginSign(weight) < 0 ? 'against' : 'for' },
    element('span', { class: 'what' }, side === 'style' ? text : `“${text}”`),
    ...(where === '' ? [] : [element('span', { class: 'where' }, where)]),
    element('span', { class: 'weight' }, formatMargin(weight)),
  );
}

function finding({ rule, severity, message }: FindingView): HTMLElement {
  return element('li', { class: severity }, element('code', {}, rule), ' ', message);
}

function summary(view: RecordView): HTMLElement {
  const children: Node[] = [];
  if (view.kind === 'pair' && view.margin !== undefined && view.standing !== undefined) {
    const place = view.standing === '' ? '' : ` · ${view.standing} of this file`;
    const margin = element('strong', {}, `Margin ${formatMargin(view.margin)}`);
    children.push(element('p', { class: 'margin' }, margin, place));
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
    : view.trust === undefined
      ? (view.whyUnscored ?? 'This file is not scored yet.')
      : `${view.scorer ?? ''} ${view.trust}`;
  children.push(element('p', { class: 'trust' }, trust));
  return element('footer', {}, ...children);
}

function drawPair(view: PairView): Node[] {
  const diff = wordDiff(view.chosen.text, view.rejected.text);
  // A tie has no reward, and some scorers compare answers without giving any.
  const unscored = view.isTie || view.margin !== undefined ? '' : 'not scored';
  return [
    prompt(view.prompt, view.context),
    ...pictures(view.images),
    element('main', {}, answer(view, 'chosen', diff, unscored), answer(view, 'rejected', diff, unscored)),
    ...(diff.unmarked ? [element('p', { class: 'unmarked' }, UNMARKED[diff.unmarked])] : []),
    evidence(view),
  ];
}

function drawJudged({ prompt: turns, images, judgements }: JudgedView): Node[] {
  const why =
    judgements.length > 1
      ? 'Each step has a verdict of its own: there is no pair to compare or score.'
      : 'The data is unpaired: this answer has a verdict of its own, and there is no pair to compare or score.';
  return [
    prompt(turns),
    ...pictures(images),
    element('main', { class: 'judged' }, ...judgements.map((one, i) => judgement(one, i, judgements.length))),
    element('footer', {}, element('p', { class: 'trust' }, why)),
  ];
}

/** Draws what a place says, and what is said of it. */
export function drawView(view: RecordView): Node[] {
  switch (view.kind) {
    case 'pair':
      return [summary(view), ...drawPair(view)];
    case 'judged':
      return [summary(view), ...drawJudged(view)];
    case 'empty':
      return [summary(view), ...drawNothing(view.why)];
  }
}

/** Draws a sentence where there is nothing else to draw. */
export function drawNothing(message: string): Node[] {
  return [element('p', { class: 'nothing' }, message)];
}

/** Why something was not done; nothing where all is well. */
export function drawNotice(message: string | undefined): Node[] {
  return message === undefined ? [] : [element('p', { class: 'notice', role: 'alert' }, message)];
}
