const NAME = /\.(?:parquet|pq)$/i;

/** Only the name decides, as in other readers. */
export function isParquet(path: string): boolean {
  return NAME.test(path);
}
