// "Convert to JSON Lines…": writes the file beside itself as JSON Lines and opens the result.
import * as vscode from 'vscode';

import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { Converted } from '#protocol/editor/convert.ts';

import { noFile, say } from '../say.ts';
import type { Server } from '../server.ts';
import { tabsOf } from '../tabs.ts';
import { serverPath } from '../uris.ts';
import type { Commands } from './register.ts';

export interface ConvertContext {
  readonly server: Server;
  readonly output: vscode.LogOutputChannel;
  /** The file that the person looks at. */
  readonly fileMeant: () => string | undefined;
}

/** A name beside the file that is not taken. */
async function nameBeside(file: vscode.Uri): Promise<vscode.Uri> {
  const stem = file.path.replace(/(?:\.(?:gz|zst))?$/i, '').replace(/\.[^./]*$/, '');
  const isTaken = async (uri: vscode.Uri): Promise<boolean> =>
    vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
  for (let i = 1; ; i++) {
    const name = file.with({ path: `${stem}${i === 1 ? '' : `-${i}`}.jsonl` });
    if (!(await isTaken(name))) return name;
  }
}

function isUnsaved(file: vscode.Uri): boolean {
  const uri = file.toString();
  return tabsOf(uri).some(({ isDirty }) => isDirty);
}

/** Says what the conversion changed. */
async function report(
  { output }: ConvertContext,
  name: string,
  { written, lost, notes }: Converted,
): Promise<void> {
  for (const line of [...notes, ...lost]) output.info(`${name}: ${line}`);
  const done = t('Wrote {0} to {1}.', plural(written, 'record'), name);
  const [first] = lost;
  if (first === undefined) {
    await say('info', `${done} ${t('Nothing is lost.')}`);
    return;
  }
  const more = lost.length > 1 ? ` ${t('And {0}.', plural(lost.length - 1, 'more difference'))}` : '';
  const log = t('Show All');
  if ((await say('warning', `${done} ${first}${more}`, ...(lost.length > 1 ? [log] : []))) === log)
    output.show(true);
}

async function convert(context: ConvertContext, file: vscode.Uri): Promise<void> {
  if (isUnsaved(file)) {
    await say('info', t('This file has unsaved edits, which the conversion would leave out. Save it first.'));
    return;
  }
  const out = await vscode.window.showSaveDialog({
    title: t('Convert to JSON Lines'),
    saveLabel: t('Convert'),
    defaultUri: await nameBeside(file),
    filters: { 'JSON Lines': ['jsonl', 'jsonl.gz', 'jsonl.zst'] },
  });
  if (!out) return;
  if (!/\.(?:jsonl|ndjson)(?:\.gz|\.zst)?$/i.test(out.path)) {
    await say('info', t('Choose a name that ends in .jsonl, .jsonl.gz or .jsonl.zst.'));
    return;
  }
  const { server } = context;
  const made = await server.request('preflens/convert', { uri: file.toString(), path: serverPath(out) });
  if (!made.ok) {
    await say('error', made.why);
    return;
  }
  const name = vscode.workspace.asRelativePath(out);
  if (!made.value) {
    await say('info', t('Stopped. {0} was not written.', name));
    return;
  }
  if (/\.(?:jsonl|ndjson)$/i.test(out.path)) await vscode.commands.executeCommand('vscode.open', out);
  else await vscode.commands.executeCommand('preflens.openFromDisk', out);
  await report(context, name, made.value);
}

export function convertCommands(context: ConvertContext): Commands {
  return {
    'preflens.convertToLines': async (resource?: vscode.Uri) => {
      const meant = context.fileMeant();
      const file = resource ?? (meant === undefined ? undefined : vscode.Uri.parse(meant));
      if (file) await convert(context, file);
      else await say('info', noFile());
    },
  };
}
