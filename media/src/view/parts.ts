// What a message holds beside its words: a labelled block for each call, thought, picture and other part.
import type { Stretch } from '#core/compare/wordDiff.ts';
import { wordDiff } from '#core/compare/wordDiff.ts';
import type { PartView } from '#protocol/editor/views.ts';

import { element } from './elements.ts';

/** Texts with what differs marked. */
export function stretches(parts: readonly Stretch[]): (Node | string)[] {
  return parts.map(({ kind, text }) => (kind === 'same' ? text : element('mark', {}, text)));
}

function bodyOf({ label, image }: PartView, shown: readonly (Node | string)[]): HTMLElement {
  return image === undefined ? element('pre', {}, ...shown) : element('img', { src: image, alt: label });
}

/** Blocks that open when somebody looks, as the parts of a prompt; pictures are open. */
export function foldedParts(parts: readonly PartView[]): HTMLElement[] {
  return parts.map((part) =>
    element(
      'details',
      { class: `part ${part.kind}`, ...(part.image !== undefined && { open: '' }) },
      element('summary', {}, part.label),
      bodyOf(part, [part.text]),
    ),
  );
}

/** The part of the other answer that this one stands against: the one of its kind with the same number. */
function counterpart(
  parts: readonly PartView[],
  index: number,
  others: readonly PartView[],
): PartView | undefined {
  const { kind } = parts[index] ?? {};
  const number = parts.slice(0, index).filter((part) => part.kind === kind).length;
  return others.filter((part) => part.kind === kind)[number];
}

function openPart(parts: readonly PartView[], index: number, others: readonly PartView[]): HTMLElement[] {
  const part = parts[index];
  if (!part) return [];
  const other = counterpart(parts, index, others);
  const shown = other ? stretches(wordDiff(part.text, other.text).chosen) : [part.text];
  const isOther = other !== undefined && other.label !== part.label;
  const label = isOther ? element('mark', {}, part.label) : part.label;
  return [
    element(
      'section',
      { class: `part ${part.kind}` },
      element('h3', {}, label),
      ...(part.text === '' && part.image === undefined ? [] : [bodyOf(part, shown)]),
    ),
  ];
}

/** The parts of an answer, what differs from the other one marked: thoughts, and the rest. */
export function drawParts(
  parts: readonly PartView[],
  others: readonly PartView[],
): readonly [thoughts: readonly HTMLElement[], rest: readonly HTMLElement[]] {
  const drawn = parts.map((part, i) => ({ part, blocks: openPart(parts, i, others) }));
  const pick = (isThought: boolean): readonly HTMLElement[] =>
    drawn.flatMap(({ part, blocks }) => ((part.kind === 'thought') === isThought ? blocks : []));
  return [pick(true), pick(false)];
}
