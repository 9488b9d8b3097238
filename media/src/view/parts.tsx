// What a message holds beside its text: a labelled block for each call, thought, picture and other part.
import type { ComponentChildren, JSX } from 'preact';

import type { Stretch } from '#core/compare/wordDiff.ts';
import { wordDiff } from '#core/compare/wordDiff.ts';
import type { PartView } from '#protocol/editor/views.ts';

/** A text with its differences marked. */
export function Marked({ stretches }: { readonly stretches: readonly Stretch[] }): JSX.Element {
  return <>{stretches.map(({ kind, text }) => (kind === 'same' ? text : <mark>{text}</mark>))}</>;
}

function PartBody({
  part,
  children,
}: {
  readonly part: PartView;
  readonly children: ComponentChildren;
}): JSX.Element {
  return part.image === undefined ? <pre>{children}</pre> : <img src={part.image} alt={part.label} />;
}

/** Blocks that open on a click; pictures are open at once. */
export function FoldedParts({
  parts = [],
}: {
  readonly parts: readonly PartView[] | undefined;
}): JSX.Element {
  return (
    <>
      {parts.map((part) => (
        <details class={`part ${part.kind}`} open={part.image !== undefined}>
          <summary>{part.label}</summary>
          <PartBody part={part}>{part.text}</PartBody>
        </details>
      ))}
    </>
  );
}

/** The part of the other answer to compare with: the one of the same kind with the same number. */
function counterpart(
  parts: readonly PartView[],
  index: number,
  others: readonly PartView[],
): PartView | undefined {
  const { kind } = parts[index] ?? {};
  const number = parts.slice(0, index).filter((part) => part.kind === kind).length;
  return others.filter((part) => part.kind === kind)[number];
}

function OpenPart({
  part,
  other,
}: {
  readonly part: PartView;
  readonly other: PartView | undefined;
}): JSX.Element {
  const isRenamed = other !== undefined && other.label !== part.label;
  const hasBody = part.text !== '' || part.image !== undefined;
  return (
    <section class={`part ${part.kind}`}>
      <h3>{isRenamed ? <mark>{part.label}</mark> : part.label}</h3>
      {hasBody && (
        <PartBody part={part}>
          {other ? <Marked stretches={wordDiff(part.text, other.text).chosen} /> : part.text}
        </PartBody>
      )}
    </section>
  );
}

/** Those parts of an answer that `isWanted` picks, with their differences from the other answer marked. */
export function OpenParts({
  parts,
  others,
  isWanted,
}: {
  readonly parts: readonly PartView[];
  readonly others: readonly PartView[];
  readonly isWanted: (part: PartView) => boolean;
}): JSX.Element {
  return (
    <>
      {parts.map(
        (part, i) => isWanted(part) && <OpenPart part={part} other={counterpart(parts, i, others)} />,
      )}
    </>
  );
}
