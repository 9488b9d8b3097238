// What the layer tests still tolerate. Only remove entries.

/** Circles of imports, each file once, sorted. */
export const STILL_CIRCLES = [];

/** Arrows between rooms that point up. */
export const STILL_RISING = [];

/** Retired words, and the maximum number of uses left. */
export const STILL_WRITTEN = {
  anew: 32,
  'is asked for': 25,
  'is told': 43,
  whoever: 9,
  mend: 33,
  committee: 8,
  panel: 23,
  packed: 116,
};
