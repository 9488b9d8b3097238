// Commands of the dataset editor.
import * as vscode from 'vscode';

import { inGroups } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';

import { say } from '../say.ts';
import { activeUri, isDatasetActive } from '../tabs.ts';
import type { Statuses } from '../views/statuses.ts';
import type { DatasetPage } from '../webview/datasetPage.ts';
import type { DatasetPages } from '../webview/datasetPages.ts';
import type { Commands } from './register.ts';

async function askRow(count: number): Promise<number | undefined> {
  const last = inGroups(count);
  const text = await vscode.window.showInputBox({
    title: t('Go to row'),
    prompt: t('A row number from 1 to {0}', last),
    validateInput: (value) => {
      const row = Number(value.replaceAll(/[\s,]/g, ''));
      return Number.isInteger(row) && row >= 1 && row <= count
        ? undefined
        : t('Enter a number from 1 to {0}.', last);
    },
  });
  return text === undefined ? undefined : Number(text.replaceAll(/[\s,]/g, ''));
}

export function rowCommands(pages: DatasetPages, statuses: Statuses): Commands {
  const withPage = (run: (page: DatasetPage, uri: string) => unknown) => async (): Promise<void> => {
    const uri = activeUri();
    const page = uri !== undefined && isDatasetActive(uri) ? pages.latest(uri) : undefined;
    if (page && uri !== undefined) await run(page, uri);
    else void say('info', t('Open a dataset first: "PrefLens: Open as Dataset".'));
  };
  return {
    'preflens.goToRow': withPage(async (page, uri) => {
      const row = await askRow(statuses.get(uri)?.recordCount ?? 0);
      if (row !== undefined) page.reveal({ uri, record: row - 1 });
    }),
    'preflens.filterRows': withPage((page) => {
      page.filter();
    }),
  };
}
