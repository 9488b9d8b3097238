// What dataset pages show again after a reload: kept in the workspace, since a hidden page's own state may be lost.
import type * as vscode from 'vscode';

import type { ColumnChoice, DatasetLayout, PageMemory } from '#protocol/page/dataset.ts';

const FILE = 'dataset.file:';
const COLUMNS = 'dataset.columns:';
const LAYOUT = 'dataset.layout';
const RECENT = 'dataset.recent';

/** What is kept of one file. */
type FileMemory = Pick<PageMemory, 'selection' | 'place' | 'isReviewing'>;

export interface DatasetMemory {
  /** Undefined if nothing was remembered. */
  page(uri: string): PageMemory | undefined;
  keepPage(uri: string, memory: PageMemory): void;
  /** The columns of files with one mapping, by its title. */
  columns(mapping: string): ColumnChoice | undefined;
  keepColumns(mapping: string, choice: ColumnChoice): void;
}

export function datasetMemory(state: vscode.Memento): DatasetMemory {
  return {
    page(uri) {
      const file = state.get<FileMemory>(FILE + uri);
      const layout = state.get<DatasetLayout>(LAYOUT);
      const recent = state.get<readonly string[]>(RECENT) ?? [];
      if (!file && !layout && recent.length === 0) return undefined;
      return { selection: { order: 'all', query: '' }, ...file, layout: layout ?? 'right', recent };
    },
    keepPage(uri, { selection, place, layout, recent, isReviewing }) {
      const file: FileMemory = { selection, ...(place && { place }), ...(isReviewing && { isReviewing }) };
      void state.update(FILE + uri, file);
      void state.update(LAYOUT, layout);
      void state.update(RECENT, recent);
    },
    columns: (mapping) => state.get<ColumnChoice>(COLUMNS + mapping),
    keepColumns(mapping, choice) {
      void state.update(COLUMNS + mapping, choice);
    },
  };
}
