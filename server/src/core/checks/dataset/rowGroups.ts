import type { DatasetCheck } from './datasetCheck.ts';

const MIB = 1024 * 1024;

export const rowGroupTooLarge: DatasetCheck = {
  id: 'row-group-too-large',
  severity: 'warning',
  title: 'A row group of the Parquet file is too large for viewers',
  why: 'The Hugging Face viewer refuses row groups above about 286 MiB, and readers in browsers and notebooks load a whole group at once. More than 670 datasets on the hub can’t be viewed for this reason.',
  example: 'One row group of 900 MiB, as a writer makes it when it gets all rows at once.',
  remedy:
    'Rewrite the file with smaller groups: `preflens convert FILE --out NEW.parquet` makes groups of at most 10,000 rows.',
  options: {
    mebibytes: {
      default: 286,
      schema: {
        type: 'number',
        minimum: 1,
        description: 'Maximum uncompressed size of a row group, in MiB.',
      },
    },
  },
  source: 'huggingface/dataset-viewer#1957, #2215',
  checkDataset: ({ rowGroups }, options) => {
    const largest = Math.max(0, ...rowGroups);
    const max = options['mebibytes'] as number;
    if (largest <= max * MIB) return undefined;
    const count = rowGroups.filter((bytes) => bytes > max * MIB).length;
    return `${count} of ${rowGroups.length} row groups are larger than ${max} MiB; the largest is ${(largest / MIB).toFixed(0)} MiB uncompressed.`;
  },
};
