// Small pictures of buttons, drawn in the colour of the text.
import type { JSX } from 'preact';

/** Paths in a square of 16 units. */
const PATHS = {
  list: 'M2 3h12v1H2zm0 4h12v1H2zm0 4h12v1H2z',
  right: 'M2 3h12v10H2zm1 1v8h5V4zm6 0v8h4V4z',
  below: 'M2 3h12v10H2zm1 1v4h10V4zm0 5v3h10V9z',
  columns: 'M2 3h12v10H2zm1 3v6h3V6zm4 0v6h2V6zm3 0v6h3V6z',
  close: 'M4 4.700 4.700 4 8 7.300 11.300 4l.7.7L8.700 8l3.300 3.300-.7.7L8 8.700 4.700 12l-.7-.7L7.300 8z',
  up: 'M8 4l4 5H4z',
  down: 'M8 12L4 7h8z',
  pin: 'M6 2h4v1l-.5.500V7l2 2v1H8.500v4h-1v-4H4.500V9l2-2V3.500L6 3z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path fill="currentColor" fill-rule="evenodd" d={PATHS[name]} />
    </svg>
  );
}
