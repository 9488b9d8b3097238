/** "+0.31", "−2.31": always signed, with a real minus. */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

/** "worst 0.2 %" below the middle, "best 12 %" above it: a percentile that needs no explanation. */
export function standing(percentile: number): string {
  const share = percentile <= 50 ? percentile : 100 - percentile;
  const digits = share < 1 ? Math.max(0.1, share).toFixed(1) : Math.round(share).toString();
  return percentile <= 50 ? `lowest ${digits} % of this file` : `highest ${digits} % of this file`;
}

/** "38 words". */
export function wordCount(text: string): string {
  const count = text.match(/\S+/g)?.length ?? 0;
  return `${count.toLocaleString('en')} ${count === 1 ? 'word' : 'words'}`;
}
