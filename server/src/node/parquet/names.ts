const NAME = /\.(?:parquet|pq)$/i;

/** Tables are told by their names, as every other reader does. */
export function isParquet(path: string): boolean {
  return NAME.test(path);
}
