// Commands about earlier versions of a file.
import * as vscode from 'vscode';

import { visible } from '#core/escape/escape.ts';
import { inGroups } from '#core/words/numbers.ts';
import { english, t } from '#core/words/translate.ts';
import type { ComparedVersions } from '#protocol/editor/history.ts';

import { noFile, say } from '../say.ts';
import type { Server } from '../server.ts';
import { activeFile } from '../tabs.ts';
import type { Reports } from '../views/reports.ts';
import type { DatasetPages } from '../webview/datasetPages.ts';
import { showDataset } from './openAs.ts';
import type { Commands } from './register.ts';

const KINDS = [
  ['flipped', english('{0} flipped')],
  ['edited', english('{0} edited')],
  ['added', english('{0} added')],
  ['removed', english('{0} removed')],
  ['moved', english('{0} moved')],
] as const;

/** "1 flipped, 3 edited"; '' if nothing changed. */
function countsText({ counts }: ComparedVersions): string {
  return KINDS.filter(([kind]) => counts[kind] > 0)
    .map(([kind, text]) => t(text, inGroups(counts[kind])))
    .join(', ');
}

/** Shows the rows that changed since the last commit. Those that are gone are in a report. */
async function compareWithHead(
  server: Server,
  pages: DatasetPages,
  reports: Reports,
  file: vscode.Uri,
): Promise<void> {
  const uri = file.toString();
  await showDataset(file);
  const compared = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Comparing with HEAD') },
    async () => server.request('preflens/compareWithHead', { uri }),
  );
  if (!compared.ok) {
    void say('warning', compared.why);
    return;
  }
  const changed = countsText(compared.value);
  if (changed === '') {
    void say('info', t('No record changed since HEAD.'));
    return;
  }
  pages.latest(uri)?.showQuery('change:*');
  const report = t('Show Report');
  const pressed = await say('info', t('Since HEAD: {0}.', changed), report);
  if (pressed === report) await reports.show(t('Changes since HEAD'), compared.value.report.map(visible));
}

export function historyCommands(server: Server, pages: DatasetPages, reports: Reports): Commands {
  return {
    'preflens.compareWithHead': async (resource?: vscode.Uri) => {
      const file = resource ?? activeFile();
      if (file) await compareWithHead(server, pages, reports, file);
      else void say('info', noFile());
    },
  };
}
