// Which files are tables. Only the name decides, as in other readers.

export function isParquet(path: string): boolean {
  return /\.(?:parquet|pq)$/i.test(path);
}

/** CSV and TSV, compressed or not. */
export function isCsv(path: string): boolean {
  return /\.(?:csv|tsv)(?:\.gz|\.zst)?$/i.test(path);
}

/** Arrow files and streams, also those of the cache of the datasets library. */
export function isArrow(path: string): boolean {
  return /\.(?:arrow|arrows|feather|ipc)$/i.test(path);
}
