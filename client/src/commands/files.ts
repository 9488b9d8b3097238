// Commands about files as a whole.
import * as vscode from 'vscode';

import { plural } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';

import { noFile, say } from '../say.ts';
import type { Server } from '../server.ts';
import { activeUri } from '../tabs.ts';
import type { Statuses } from '../views/statuses.ts';
import type { Commands } from './register.ts';

export interface FileContext {
  readonly server: Server;
  readonly statuses: Statuses;
  readonly output: vscode.LogOutputChannel;
  /** The extension's `media` folder. */
  readonly media: vscode.Uri;
  /** The file that the person looks at. */
  readonly fileMeant: () => string | undefined;
  /** Shows the first finding of a file in the compare view. */
  readonly review: (uri: string) => Promise<void>;
}

/** Opens a file in the server and the compare view on its first finding. */
async function openFromDisk({ server, review }: FileContext, uri: string): Promise<void> {
  const opened = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('PrefLens: reading') },
    async () => server.request('preflens/openFile', { uri }),
  );
  if (!opened.ok) void say('error', opened.why);
  else await review(uri);
}

async function saveEdits(server: Server, uri: string): Promise<void> {
  const saved = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('PrefLens: saving') },
    async () => server.request('preflens/saveFile', { uri }),
  );
  if (!saved.ok) void say('error', saved.why);
  else if (saved.value > 0) void say('info', t('Saved {0}.', plural(saved.value, 'record')));
  else
    void say(
      'info',
      t('This file has no unsaved edits of this kind. "File: Save" saves a text editor or a dataset editor.'),
    );
}

/** Says why a file gives no pairs, with buttons that help. */
async function explain({ statuses, output, media, fileMeant }: FileContext): Promise<void> {
  const status = statuses.get(fileMeant() ?? '');
  if (!status) return;
  const [map, schemas, log] = [t('Map Fields…'), t('Show Known Schemas'), t('Show Log')];
  const buttons = status.phase === 'unrecognised' && status.recordCount > 0 ? [map] : [];
  const answer = await say('info', status.reason ?? t('This file has no pairs.'), ...buttons, schemas, log);
  if (answer === map) await vscode.commands.executeCommand('preflens.mapFields', status.uri);
  if (answer === log) output.show(true);
  if (answer === schemas) {
    const page = vscode.Uri.joinPath(media, 'docs', 'mappings.md');
    await vscode.commands.executeCommand('markdown.showPreview', page);
  }
}

/** Pages of the documentation that need no file. */
const GUIDES: Readonly<Record<string, English>> = {
  editor: english('PrefLens in the editor'),
  review: english('Review of pairs'),
  query: english('The query language'),
  mappings: english('Schemas and mappings'),
  scorers: english('Scorers and models'),
  ci: english('In CI'),
  'command-line': english('The command line'),
};

/** Shows a page of the documentation; asks which if none is named. */
async function showGuide(media: vscode.Uri, named: string | undefined): Promise<void> {
  const items = Object.entries(GUIDES).map(([page, label]) => ({ label: t(label), page }));
  const page =
    named !== undefined && Object.hasOwn(GUIDES, named)
      ? named
      : (await vscode.window.showQuickPick(items, { title: t('Show the guide') }))?.page;
  if (page === undefined) return;
  const file = vscode.Uri.joinPath(media, 'docs', `${page}.md`);
  await vscode.commands.executeCommand('markdown.showPreview', file);
}

export function fileCommands(context: FileContext): Commands {
  const { server, output, media, fileMeant, review } = context;
  /** Runs something for a file, or says that there is none. */
  const withFile = async (uri: string | undefined, run: (uri: string) => unknown): Promise<void> => {
    if (uri === undefined) void say('info', noFile());
    else await run(uri);
  };
  return {
    'preflens.reviewFile': async () => withFile(fileMeant(), review),
    'preflens.openFromDisk': async (resource?: vscode.Uri) =>
      withFile(resource?.toString() ?? activeUri(), async (uri) => openFromDisk(context, uri)),
    'preflens.saveEdits': async () => withFile(fileMeant(), async (uri) => saveEdits(server, uri)),
    'preflens.discardEdits': async () =>
      withFile(fileMeant(), (uri) => {
        server.notify('preflens/discardEdits', { uri });
      }),
    'preflens.explainFile': async () => explain(context),
    'preflens.showOutput': () => {
      output.show(true);
    },
    'preflens.showGuide': async (named?: string) => showGuide(media, named),
    'preflens.openSample': async () =>
      vscode.window.showTextDocument(vscode.Uri.joinPath(media, 'sample', 'support.jsonl')),
  };
}
