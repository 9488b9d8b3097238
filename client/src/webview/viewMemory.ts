// How a person wants records drawn: remembered for the workspace, for each kind of page.
import type * as vscode from 'vscode';

import type { ViewOptions } from '#protocol/page/options.ts';

export interface ViewMemory {
  readonly options: ViewOptions | undefined;
  remember(options: ViewOptions): void;
}

export function viewMemory(memento: vscode.Memento, page: 'compare' | 'dataset'): ViewMemory {
  const key = `${page}.options`;
  return {
    get options() {
      return memento.get<ViewOptions>(key);
    },
    remember(options) {
      void memento.update(key, options);
    },
  };
}
