// Building blocks for rows of the table.
import type { FieldRef } from '../field.ts';
import type { Answers, Field } from '../mapping.ts';
import type { Shape } from '../shape.ts';

export const CHOSEN_WINS = '"chosen" is the better answer';

export const text = (at: FieldRef): Field => ({ at, as: 'text' });
export const any = (at: FieldRef): Field => ({ at, as: 'any' });
export const messages = (at: FieldRef): Field => ({ at, as: 'messages' });

/** The better and the worse answer in two fields of one shape. */
export function pair(
  as: Shape,
  chosen = 'chosen',
  rejected = 'rejected',
): Extract<Answers, { kind: 'pair' }> {
  return { kind: 'pair', chosen: { at: chosen, as }, rejected: { at: rejected, as } };
}
