import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import { RowReader } from '#formats/parquet/rows.ts';

import { openParquet } from '../parquet/open.ts';
import { planTable } from '../parquet/save.ts';
import type { Container } from './container.ts';
import type { OpenTableAt } from './rows.ts';
import { tableContainer } from './rows.ts';

const openTable: OpenTableAt = (path, wanted) => {
  const { file, close } = openParquet(path);
  const { rows, groups, uncompressedBytes, schema } = file.footer;
  const fields = wanted && schema.fields.filter(({ name }) => wanted.includes(name));
  const reader = new RowReader(file, MAX_RECORD_BYTES, fields);
  return {
    rows,
    starts: groups.map(({ firstRow }) => firstRow),
    uncompressedBytes,
    read: (row) => reader.read(row),
    close,
  };
};

export const PARQUET: Container = {
  ...tableContainer(openTable),
  plan: ({ path }, changes) => planTable(path, changes),
};
