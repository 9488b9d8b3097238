// Chosen pairs of files as what a portrait is about.
import type { Included } from './portrait.ts';

/** Some pairs of one file. */
export interface Chosen {
  has(place: { readonly record: number }): boolean;
  /** @param pair its number in the file */
  hasPair(pair: number): boolean;
}

/** @param files in the order of the portrait */
export function includedOf(files: readonly Chosen[]): Included {
  return {
    record: (file, record) => files[file]?.has({ record }) ?? false,
    pair: (file, pair) => files[file]?.hasPair(pair) ?? false,
  };
}
