/**
 * The place in one column that belongs to a place in another: as far between two turns there as here.
 * @param top of the column that was scrolled, in pixels
 * @param from where the turns of that column begin, from 0 on, and how far it scrolls
 * @param to the same of the other column
 */
export function scrollBeside(top: number, from: readonly number[], to: readonly number[]): number {
  // Turns that only one column has belong to the last turn of the other.
  const count = Math.min(from.length, to.length);
  const stops = (all: readonly number[]): number[] => [...all.slice(0, count - 1), all.at(-1) ?? 0];
  const [here, there] = [stops(from), stops(to)];
  const next = here.findIndex((stop, i) => i > 0 && stop >= top);
  const i = next < 0 ? here.length - 1 : next;
  const [a = 0, b = 0] = [here[i - 1], here[i]];
  const [c = 0, d = 0] = [there[i - 1], there[i]];
  const share = b > a ? Math.min(1, Math.max(0, (top - a) / (b - a))) : 1;
  return c + share * (d - c);
}
