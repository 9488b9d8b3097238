import type { DatasetCheck } from './datasetCheck.ts';

const MIB = 1024 * 1024;

export const rowGroupTooLarge: DatasetCheck = {
  id: 'row-group-too-large',
  severity: 'warning',
  title: 'A row group of the Parquet file is too large for viewers',
  why: 'The Hugging Face viewer refuses row groups of more than about 286 MiB, and readers in browsers and notebooks load a group as a whole: more than 670 datasets on the hub cannot be looked at for this reason.',
  example: 'One row group of 900 MiB, as writers make them that are given all rows at once.',
  remedy:
    'Write the file anew with smaller groups: preflens convert FILE --to parquet makes groups of 10,000 rows at most.',
  options: {
    mebibytes: {
      default: 286,
      schema: {
        type: 'number',
        minimum: 1,
        description: 'The largest size of a row group, unpacked, in MiB.',
      },
    },
  },
  source: 'huggingface/dataset-viewer#1957, #2215',
  checkDataset: ({ rowGroups }, options) => {
    const largest = Math.max(0, ...rowGroups);
    const max = options['mebibytes'] as number;
    if (largest <= max * MIB) return undefined;
    const count = rowGroups.filter((bytes) => bytes > max * MIB).length;
    return `${count} of ${rowGroups.length} row groups are larger than ${max} MiB; the largest has ${(largest / MIB).toFixed(0)} MiB unpacked.`;
  },
};
