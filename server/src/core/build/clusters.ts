// Clusters of prompts that must stay on one side of a split, and the side of each.
import { hashText } from '../score/random.ts';

/** Disjoint sets of rows. */
export class Clusters {
  readonly #parents: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, i) => i);
  }

  /** The first row of a row's cluster. */
  of(row: number): number {
    let root = row;
    while ((this.#parents[root] ?? root) !== root) root = this.#parents[root] ?? root;
    for (let at = row; at !== root;) {
      const next = this.#parents[at] ?? root;
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [one, other] = [this.of(a), this.of(b)];
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }
}

export interface Part {
  readonly name: string;
  readonly share: number;
}

/**
 * The part of each row, by number. Clusters come in a random order, but those that are larger than a hundredth of the smallest
 * part come first, the largest before the others: the small ones then even out what these tip. Each goes to the part that lacks most of its share.
 */
export function assign(clusters: Int32Array, parts: readonly Part[], seed: number): Uint8Array {
  const sizes = new Map<number, number>();
  for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const whole = parts.reduce((sum, { share }) => sum + share, 0);
  const wanted = parts.map(({ share }) => (share / whole) * clusters.length);
  const large = Math.max(1, Math.min(...wanted) / 100);
  const rank = new Map([...sizes.keys()].map((cluster) => [cluster, hashText(String(cluster), seed)]));
  const weight = (cluster: number): number => {
    const size = sizes.get(cluster) ?? 0;
    return size > large ? size : 0;
  };
  const order = [...sizes.keys()].sort(
    (a, b) => weight(b) - weight(a) || (rank.get(a) ?? 0) - (rank.get(b) ?? 0) || a - b,
  );
  const filled = parts.map(() => 0);
  const partOf = new Map<number, number>();
  for (const cluster of order) {
    const lack = filled.map((have, i) => 1 - have / (wanted[i] ?? 1));
    const part = lack.reduce((most, one, i) => (one > (lack[most] ?? 0) ? i : most), 0);
    partOf.set(cluster, part);
    filled[part] = (filled[part] ?? 0) + (sizes.get(cluster) ?? 0);
  }
  return Uint8Array.from(clusters, (cluster) => partOf.get(cluster) ?? 0);
}

/** Letters and digits of a prompt in lower case, by which two spellings of it are one. '' if it has none. */
export function plainPrompt(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
