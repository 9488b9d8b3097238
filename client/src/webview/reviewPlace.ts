// Where a person is in the review of a file: the place from which the next and the previous finding are counted.
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PairRequest, Step } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';

/** The last place with a finding that was shown, and its number then. */
export interface ReviewPlace extends RecordRef {
  readonly shownAs: number;
}

/** The place after a view was shown: a record without a finding, as after it was mended, leaves it as it is. */
export function placeAfter(before: ReviewPlace | undefined, view: RecordView): ReviewPlace | undefined {
  const { uri, record, pair, findingNumber } = view;
  if (findingNumber > 0) return { uri, record, pair, shownAs: findingNumber };
  return before?.uri === uri ? before : undefined;
}

/** The place after an edit of its pair, which may have another number in its record now. */
export function placeEdited(
  place: ReviewPlace | undefined,
  edited: RecordRef,
  after: RecordRef,
): ReviewPlace | undefined {
  const isHere =
    place?.uri === edited.uri && place.record === edited.record && (place.pair ?? 0) === (edited.pair ?? 0);
  return place && isHere ? { ...after, shownAs: place.shownAs } : place;
}

/** Asks for the next or the previous place; of a file that nobody has reviewed yet, for its first or last one. */
export function stepFrom(
  place: ReviewPlace | undefined,
  uri: string,
  step: Exclude<Step, 'here'>,
): PairRequest {
  return place?.uri === uri ? { ...place, step } : { uri, record: NOWHERE, step };
}

/** No record has this number. */
const NOWHERE = -2;
