// What holds for an open file: its settings, and what people decided about its findings.
import type { Connection } from 'vscode-languageserver/node';

import { resolveRules } from '#core/checks/settings.ts';
import type { CheckConfig } from '#core/config/config.ts';
import { Decisions } from '#core/memory/decisions.ts';
import { messages, UserError } from '#core/messages.ts';
import type { FileSettings } from '#node/config.ts';
import { checkedRules, DEFAULT_SETTINGS } from '#node/config.ts';
import { settingsFor } from '#node/fileSettings.ts';
import { memoryRoot, nameIn, readDecisions } from '#node/memory.ts';
import type { Settings } from '#protocol/editor.ts';

import type { OpenDataset } from './dataset.ts';
import { pathOf } from './names.ts';
import { show } from './show.ts';

export function wordsOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What holds for a file; the defaults where its preflens.json cannot be read, which is said. */
export async function fileSettings(
  connection: Connection,
  uri: string,
  { rules, run, timeBudgetMs }: Settings,
): Promise<FileSettings> {
  const path = pathOf(uri);
  try {
    const editor: CheckConfig = { run, timeBudgetMs, rules: checkedRules(rules) };
    return path === undefined
      ? { ...DEFAULT_SETTINGS, run, timeBudgetMs, rules: resolveRules([editor.rules ?? {}]) }
      : await settingsFor(path, editor);
  } catch (error) {
    show(connection, 'error', wordsOf(error));
    return DEFAULT_SETTINGS;
  }
}

/** Gives a dataset what people decided about its findings. */
export async function loadDecisions(connection: Connection, dataset: OpenDataset): Promise<void> {
  const path = pathOf(dataset.source.uri);
  if (path === undefined) return;
  const root = memoryRoot(path);
  const known = await readDecisions(root);
  for (const { line, why } of known.bad)
    connection.console.warn(messages.badMemory(known.path, line, why).message);
  dataset.setDecisions(new Decisions(known.decisions), nameIn(root, path));
}
