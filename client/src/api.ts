// The API for other extensions; its types and their meaning are in apiTypes.ts.
import * as vscode from 'vscode';

import type { ToolInput, ToolOutput } from '#core/assistant/tools.ts';

import type { Finding, PairContent, PrefLensApi } from './apiTypes.ts';
import { withToken } from './assistant/languageTools.ts';
import type { OpenFiles } from './assistant/openFiles.ts';
import type { ToolCalls } from './assistant/toolCalls.ts';
import type { Server } from './server.ts';
import type { Statuses } from './views/statuses.ts';
import type { ComparePanel } from './webview/comparePanel.ts';

export interface ApiParts {
  readonly server: Server;
  readonly statuses: Statuses;
  readonly files: OpenFiles;
  readonly tools: ToolCalls;
  readonly panel: ComparePanel;
  /** Of the extension. */
  readonly subscriptions: { dispose(): unknown }[];
}

/** Tools name files by `file` for display. */
const named = (uri: vscode.Uri): { readonly file: string } => ({ file: uri.fsPath });

function findingOf({
  fromDataset: { message },
  ...finding
}: ToolOutput<'list_findings'>['findings'][number]): Finding {
  return { ...finding, message };
}

async function pairOf(
  { server, tools }: ApiParts,
  uri: vscode.Uri,
  place: Pick<ToolInput<'show_pair'>, 'record' | 'pair'>,
  signal: AbortSignal,
): Promise<PairContent> {
  // The key comes first: if the file changes before its texts come, an edit with this key is refused.
  const { key, pairs, pair } = await tools.run(
    'show_pair',
    { ...named(uri), ...place, characters: 100 },
    uri,
    signal,
  );
  const view = await server.request(
    'preflens/pair',
    {
      uri: uri.toString(),
      record: place.record - 1,
      pair: pair - 1,
      step: 'here',
    },
    signal,
  );
  const isPair = view.kind === 'pair';
  return {
    record: place.record,
    pair,
    pairs,
    key,
    prompt: view.kind === 'empty' ? [] : view.prompt.map(({ role, text }) => ({ role, text })),
    ...(isPair && { chosen: view.chosen.text, rejected: view.rejected.text }),
    isTie: isPair && view.isTie,
    ...(isPair && view.margin !== undefined && { margin: view.margin }),
    findings: view.findings.map(({ rule, severity, message }) => ({
      rule,
      severity,
      message,
      record: place.record,
      pair,
      line: view.line + 1,
      key,
    })),
  };
}

export function apiOf(parts: ApiParts): PrefLensApi {
  const { statuses, files, tools, panel } = parts;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const following = statuses.onChange((uri) => {
    changed.fire(vscode.Uri.parse(uri));
  });
  parts.subscriptions.push(changed, following);
  const none = new vscode.CancellationTokenSource().token;
  return {
    version: 1,
    status(uri) {
      const status = statuses.get(uri.toString());
      if (!status) return undefined;
      const { phase, recordCount, pairCount, findingCount, unsavedCount, reason } = status;
      return {
        phase,
        records: recordCount,
        pairs: pairCount,
        findings: findingCount,
        unsaved: unsavedCount,
        ...(reason !== undefined && { reason }),
      };
    },
    onDidChangeStatus: changed.event,
    async findings(uri, query = {}, token = none) {
      const input = { ...named(uri), limit: 100, ...query };
      const found = await withToken(token, async (signal) => tools.run('list_findings', input, uri, signal));
      const { total, findings, next } = found;
      return { total, findings: findings.map(findingOf), ...(next !== undefined && { next }) };
    },
    async pair(uri, record, pair = 1, token = none) {
      return withToken(token, async (signal) =>
        files.whileOpen(uri, async () => pairOf(parts, uri, { record, pair }, signal)),
      );
    },
    async compare(uri, record, pair = 1) {
      await files.openToEdit(uri);
      await panel.open({ uri: uri.toString(), record: record - 1, pair: pair - 1 });
    },
    flip: async (uri, target) => tools.run('flip_pair', { ...named(uri), ...target }, uri),
    drop: async (uri, { record, key }) => tools.run('drop_record', { ...named(uri), record, key }, uri),
    async keep(uri, target, rule, reason) {
      await tools.run('keep_finding', { ...named(uri), ...target, rule, reason }, uri);
    },
  };
}
