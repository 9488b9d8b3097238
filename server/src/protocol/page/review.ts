// client ↔ dataset page: the review of the file.
import type { ReviewAction, ReviewChoices, ReviewResult, StartReview } from '../editor/review.ts';

/** What a key or a button of the review does; `reason1` gives the first reason of the list. */
export type ReviewCommand =
  | 'next'
  | 'previous'
  | 'keep'
  | 'flip'
  | 'drop'
  | 'tie'
  | 'skip'
  | 'undo'
  | 'first'
  | 'second'
  | 'reason'
  | 'tags'
  | 'pause'
  | `reason${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;

/** A review that the client keeps. */
export interface KeptReview {
  readonly title: string;
  readonly count: number;
}

export interface ReviewPageRequests {
  /** `kept`: there is a review to go on with. */
  reviewChoices: {
    params: null;
    result: { readonly choices: ReviewChoices; readonly kept?: KeptReview };
  };
  startReview: { params: Omit<StartReview, 'uri'>; result: ReviewResult };
  review: { params: { readonly action: ReviewAction; readonly key?: string }; result: ReviewResult };
  /** Asks the person; null if they changed their mind. */
  noteReview: {
    params: { readonly what: 'reason' | 'tags'; readonly reason: string; readonly tags: readonly string[] };
    result: ReviewResult | null;
  };
}
