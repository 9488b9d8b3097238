import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import { RowReader } from '#formats/parquet/rows.ts';

import { openParquet } from '../parquet/open.ts';
import type { SavePlan } from '../save.ts';
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
  plan({ path }, changes) {
    let plan: SavePlan | undefined;
    return {
      isLikelyInPlace: false,
      // Loaded when a table is saved: with Arrow, which most runs don't need, it takes half as long to load as Node to start.
      async replacements() {
        const { planTable } = await import('../parquet/save.ts');
        plan = planTable(path, changes);
        return plan.replacements();
      },
      verify: async (partial) => (await plan?.verify?.(partial)) ?? false,
      close: () => plan?.close?.(),
    };
  },
};
