// Where a person is in the review of a file: "next" and "previous" start there.
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PairRequest } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';

/** The last shown place with a finding, and the finding's number then. */
export interface ReviewPlace extends RecordRef {
  readonly shownAs: number;
}

/** The place after a view was shown. A record without a finding, as after a repair, does not change it. */
export function placeAfter(before: ReviewPlace | undefined, view: RecordView): ReviewPlace | undefined {
  const { uri, record, pair, findingNumber } = view;
  if (findingNumber > 0) return { uri, record, pair, shownAs: findingNumber };
  return before?.uri === uri ? before : undefined;
}

/** The place after an edit, which may change the pair's number in its record. */
export function placeEdited(
  place: ReviewPlace | undefined,
  edited: RecordRef,
  after: RecordRef,
): ReviewPlace | undefined {
  const isHere =
    place?.uri === edited.uri && place.record === edited.record && (place.pair ?? 0) === (edited.pair ?? 0);
  return place && isHere ? { ...after, shownAs: place.shownAs } : place;
}

/** Requests the next or the previous place; in a file that was not reviewed yet, its first or last one. */
export function stepFrom(
  place: ReviewPlace | undefined,
  uri: string,
  step: 'next' | 'previous',
): PairRequest {
  return place?.uri === uri ? { ...place, step } : { uri, record: NOWHERE, step };
}

/** No record has this number: the server starts at an end of the list. */
const NOWHERE = -2;
