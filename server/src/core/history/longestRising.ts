/**
 * Marks a longest run of values that rise from left to right, not necessarily neighbours. Values below 0 are left out.
 * Takes n log n steps.
 */
export function longestRising(values: Int32Array): Uint8Array {
  // Place of the smallest value that ends a run of each length, and the place before each.
  const ends = new Int32Array(values.length);
  const before = new Int32Array(values.length);
  let length = 0;
  values.forEach((value, at) => {
    if (value < 0) return;
    let [low, high] = [0, length];
    // Mostly, the value is larger than all before it.
    if (length > 0 && (values[ends[length - 1] ?? 0] ?? 0) < value) low = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[at] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = at;
    if (low === length) length++;
  });
  const isIn = new Uint8Array(values.length);
  for (let at = length > 0 ? (ends[length - 1] ?? -1) : -1; at >= 0; at = before[at] ?? -1) isIn[at] = 1;
  return isIn;
}
