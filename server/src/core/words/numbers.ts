// Numbers as people read them, the same in every program.

/** "1 finding", "12,345 findings". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const MARGIN_DIGITS = 2;

/** The sign of a margin as it is printed: 0 where its digits are all 0. */
export function marginSign(margin: number): -1 | 0 | 1 {
  if (Number(Math.abs(margin).toFixed(MARGIN_DIGITS)) === 0) return 0;
  return margin < 0 ? -1 : 1;
}

/** A margin or a reward: "−2.31" with a real minus, "+0.50", "0.00". */
export function formatMargin(margin: number): string {
  const sign = { '-1': '−', '0': '', '1': '+' }[marginSign(margin)];
  return `${sign}${Math.abs(margin).toFixed(MARGIN_DIGITS)}`;
}

/** "1st", "2nd", "11th", "1,003rd". */
export function ordinal(rank: number): string {
  const [tens, ones] = [rank % 100, rank % 10];
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th');
  return `${rank.toLocaleString('en')}${suffix}`;
}

/** A share in percent: whole, below 1 with a digit, and never 0. */
function shareText(percent: number): string {
  return percent < 0.95 ? Math.max(0.1, percent).toFixed(1) : Math.round(percent).toString();
}

/** Where a number stands among `count` of which so many are below it: "lowest 0.2 %", "highest 12 %". */
export function standing(below: number, count: number): string {
  const [low, high] = [(100 * (below + 1)) / count, (100 * (count - below)) / count];
  return low <= high ? `lowest ${shareText(low)} %` : `highest ${shareText(high)} %`;
}
