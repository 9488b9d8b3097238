// A translated text with elements in its places: the order of words is the translation's.
import type { ComponentChildren, JSX } from 'preact';

interface FilledProps {
  /** With places {0}, {1}. */
  readonly text: string;
  readonly values: readonly ComponentChildren[];
}

export function Filled({ text, values }: FilledProps): JSX.Element {
  // Every second part is the number of a place.
  const parts = text.split(/\{(\d)\}/);
  return <>{parts.map((part, i) => (i % 2 === 1 ? values[Number(part)] : part))}</>;
}
