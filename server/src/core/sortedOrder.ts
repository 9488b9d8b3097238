// Sorts the places of many numbers.

/** Bits of one pass of the sort. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Fewer rows are sorted by comparing: a pass costs as much as this many of them. */
const FEW = 1 << 14;

function byComparing(keys: Float64Array, isDescending: boolean, order: Uint32Array): Uint32Array {
  const sign = isDescending ? -1 : 1;
  return order.sort((a, b) => {
    const [own, other] = [keys[a] ?? Number.NaN, keys[b] ?? Number.NaN];
    if (Number.isNaN(own) || Number.isNaN(other))
      return Number(Number.isNaN(own)) - Number(Number.isNaN(other)) || a - b;
    return sign * (own - other) || a - b;
  });
}

/** The bits of keys as whole numbers in the same order, low half first; NaN comes last in both directions. */
function sortableBits(keys: Float64Array, isDescending: boolean): Uint32Array {
  const values = keys.slice();
  const bits = new Uint32Array(values.buffer);
  const turned = isDescending ? 0xffffffff : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    // −0 and 0 are one value.
    if (value === 0) values[i] = 0;
    // Negative numbers are ordered backwards by their bits.
    const flip = value < 0 ? 0xffffffff : 0;
    const isMissing = Number.isNaN(value);
    bits[2 * i] = isMissing ? 0xffffffff : (bits[2 * i] ?? 0) ^ flip ^ turned;
    bits[2 * i + 1] = isMissing ? 0xffffffff : (bits[2 * i + 1] ?? 0) ^ (flip | 0x80000000) ^ turned;
  }
  return bits;
}

/** One stable pass over a digit of all keys. */
function pass(bits: Uint32Array, half: number, shift: number, from: Uint32Array, to: Uint32Array): boolean {
  const counts = new Uint32Array(DIGITS);
  for (let i = half; i < bits.length; i += 2) {
    const digit = ((bits[i] ?? 0) >>> shift) & (DIGITS - 1);
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  // All keys have the same digit here.
  if (counts.includes(from.length)) return false;
  let at = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = counts[digit] ?? 0;
    counts[digit] = at;
    at += count;
  }
  for (const item of from) {
    const digit = ((bits[2 * item + half] ?? 0) >>> shift) & (DIGITS - 1);
    const place = counts[digit] ?? 0;
    to[place] = item;
    counts[digit] = place + 1;
  }
  return true;
}

/**
 * The places of keys in ascending or descending order. Equal keys keep their order; NaN, a missing value, comes last in
 * both directions.
 */
export function sortedOrder(keys: Float64Array, isDescending: boolean): Uint32Array {
  let order = new Uint32Array(keys.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (keys.length < FEW) return byComparing(keys, isDescending, order);
  const bits = sortableBits(keys, isDescending);
  let other = new Uint32Array(keys.length);
  for (const half of [0, 1])
    for (let shift = 0; shift < 32; shift += DIGIT_BITS)
      if (pass(bits, half, shift, order, other)) [order, other] = [other, order];
  return order;
}
