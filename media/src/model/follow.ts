// What a page requests because of what it shows.
import type { RecordView } from '#protocol/editor/views.ts';

import { followTokens } from './tokenRewards.ts';
import { followStrings } from './tokenStrings.ts';
import type { RecordEffect, RecordState } from './viewOptions.ts';

/** @param shown the record that a state shows */
export function followShown<State extends RecordState>(
  before: State,
  after: State,
  shown: (state: State) => RecordView | undefined,
): readonly [State, ...RecordEffect[]] {
  const [withStrings, ...strings] = followStrings(before, after, shown);
  const [next, ...tokens] = followTokens(before, withStrings, shown);
  return [next, ...strings, ...tokens];
}
