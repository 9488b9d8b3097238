// Composition root of the extension host: construct, register, return. What differs between a computer and a browser comes in as a `Host`.
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';

import { errorMessage } from '#core/words/errorMessage.ts';
import { speak } from '#core/words/translate.ts';

import { apiOf } from './api.ts';
import type { PrefLensApi } from './apiTypes.ts';
import { registerLanguageTools } from './assistant/languageTools.ts';
import { openFilesWith } from './assistant/openFiles.ts';
import { toolCallsWith } from './assistant/toolCalls.ts';
import { checkCommands } from './commands/checks.ts';
import { convertCommands } from './commands/convert.ts';
import { fileCommands } from './commands/files.ts';
import { findingsCommands } from './commands/findings.ts';
import { historyCommands } from './commands/history.ts';
import { askWhichIsBetter, mappingCommands } from './commands/mappings.ts';
import { modelCommands } from './commands/models.ts';
import { openAsCommands } from './commands/openAs.ts';
import { pairCommands } from './commands/pairs.ts';
import { registerCommands } from './commands/register.ts';
import { reviewCommands } from './commands/review.ts';
import { rowCommands } from './commands/rows.ts';
import { scoringCommands } from './commands/scoring.ts';
import { answerSecrets, secretCommands } from './commands/secrets.ts';
import { followGlances, mightBeDataset } from './glances.ts';
import type { Host } from './host.ts';
import type { Server } from './server.ts';
import { createClient, serverOf } from './server.ts';
import { FindingsTree } from './views/findingsTree.ts';
import { answerHolds } from './views/holds.ts';
import { followLargeFiles } from './views/largeFiles.ts';
import { serveReports } from './views/reports.ts';
import { followRowLinks } from './views/rowLinks.ts';
import { recordShower } from './views/showRecord.ts';
import { followStatuses } from './views/statuses.ts';
import { showStatus } from './views/statusItem.ts';
import { serveText } from './views/textView.ts';
import { followVisibleLines } from './views/visibleLines.ts';
import { ComparePanel } from './webview/comparePanel.ts';
import { DiskDatasets } from './webview/datasetEditor.ts';
import { DatasetPages } from './webview/datasetPages.ts';
import { registerTextDatasets } from './webview/datasetText.ts';

let stop: (() => Promise<void>) | undefined;

/** Starts the server when the first file opens that it reads. Requests start it too. */
function startWithDatasets(client: BaseLanguageClient, output: vscode.LogOutputChannel): vscode.Disposable {
  const look = ({ languageId, uri }: vscode.TextDocument): void => {
    if (client.needsStart() && (languageId === 'jsonl' || (languageId === 'json' && mightBeDataset(uri))))
      // The client itself tells the person.
      client.start().catch((error: unknown) => {
        output.error(errorMessage(error));
      });
  };
  vscode.workspace.textDocuments.forEach(look);
  return vscode.workspace.onDidOpenTextDocument(look);
}

export function activateIn(context: vscode.ExtensionContext, host: Host): PrefLensApi {
  const { extensionUri, secrets, subscriptions } = context;
  const { bundle } = vscode.l10n;
  speak(bundle && { name: vscode.env.language, texts: bundle });
  const output = vscode.window.createOutputChannel('PrefLens', { log: true });
  const configWatcher = vscode.workspace.createFileSystemWatcher(
    '**/{preflens.json,.preflens/decisions.jsonl}',
  );
  const glances = followGlances(async (uri) => server.request('preflens/glance', { uri }));
  const client = createClient({
    glances,
    host,
    output,
    configWatcher,
  });
  stop = async () => client.stop();
  const server: Server = serverOf(client);
  const statuses = followStatuses(server);
  const datasets = new DatasetPages(context, server, statuses);
  const showRecord = recordShower(datasets);
  const panel = new ComparePanel(context, server, statuses, showRecord);
  const files = openFilesWith(server, statuses);
  const tools = toolCallsWith(server, files, showRecord);
  const fileMeant = (): string | undefined => panel.fileMeant;
  const review = async (uri: string): Promise<void> => panel.review(uri);
  const reports = serveReports();
  const media = vscode.Uri.joinPath(extensionUri, 'media');
  subscriptions.push(
    output,
    configWatcher,
    statuses,
    panel,
    datasets,
    reports,
    showStatus(statuses, glances, fileMeant),
    askWhichIsBetter(statuses),
    followVisibleLines(server, glances),
    registerCommands({
      ...pairCommands({ server, panel, datasets }),
      ...openAsCommands(server, datasets),
      ...rowCommands(datasets, statuses),
      ...reviewCommands(datasets),
      ...historyCommands(server, datasets, reports),
      ...fileCommands({ server, statuses, output, media, fileMeant, review }),
      ...convertCommands({ server, output, fileMeant }),
      ...scoringCommands(server, fileMeant),
      ...mappingCommands(server, fileMeant),
      ...modelCommands(server, reports),
      ...secretCommands(secrets),
    }),
    answerSecrets(server, secrets),
    answerHolds(server),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      server.notify('preflens/trusted', null);
    }),
  );
  subscriptions.push(startWithDatasets(client, output));
  const findings = new FindingsTree(server, statuses);
  subscriptions.push(
    followLargeFiles(server, glances),
    new DiskDatasets(server, statuses, datasets).register(),
    registerTextDatasets({ server, statuses, pages: datasets, glances }),
    followRowLinks(statuses, showRecord),
    serveText(server),
    findings,
    registerLanguageTools(tools),
    registerCommands({
      ...findingsCommands({
        server,
        statuses,
        tree: findings,
        files,
        showRecord,
        compare: async (ref) => panel.open(ref),
      }),
      ...checkCommands(server, vscode.Uri.joinPath(media, 'docs'), () => {
        findings.refresh();
      }),
    }),
    ...host.extras(server),
  );
  return apiOf({ server, statuses, files, tools, panel, subscriptions });
}

export async function deactivate(): Promise<void> {
  await stop?.();
}
