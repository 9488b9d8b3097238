// What holds for an open file: its settings, and what people decided about its findings.
import type { Connection } from 'vscode-languageserver/node';

import { resolveRules } from '#core/checks/settings.ts';
import type { CheckConfig } from '#core/config/config.ts';
import { visible } from '#core/escape/escape.ts';
import { messages, UserError } from '#core/messages.ts';
import type { FileSettings } from '#node/config.ts';
import { checkedRules, DEFAULT_SETTINGS } from '#node/config.ts';
import { settingsFor } from '#node/fileSettings.ts';
import { memoryRoot, nameIn, readDecisions } from '#node/memory.ts';
import { inWords } from '#node/systemErrors.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { OpenDataset } from '#session/dataset.ts';
import { pathOf, readableUri } from '#session/names.ts';

import { log, show } from './show.ts';

/** What went wrong, for the log: in one line, or with its stack where it should not have happened. */
export function wordsOf(failure: unknown): string {
  const error = inWords(failure);
  if (error instanceof UserError) return visible(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What comes of it; undefined where it throws, for who hears of the reason elsewhere. */
export function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** What holds for a file; the defaults where its preflens.json cannot be read, which is said. */
export async function fileSettings(
  connection: Connection,
  uri: string,
  { rules, run, timeBudgetMs }: Settings,
  isTrusted: boolean,
): Promise<FileSettings> {
  const path = pathOf(uri);
  try {
    const editor: CheckConfig = { run, timeBudgetMs, rules: checkedRules(rules) };
    return path === undefined
      ? { ...DEFAULT_SETTINGS, run, timeBudgetMs, rules: resolveRules([editor.rules ?? {}]) }
      : await settingsFor(path, editor, isTrusted);
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
    log(connection, 'warn', messages.badMemory(known.path, line, why).message);
  dataset.setDecisions(known.decisions, nameIn(root, path));
}

/** Says so where checking took longer than people want to wait. */
export function watchBudget(
  connection: Connection,
  { source }: OpenDataset,
  { timeBudgetMs }: FileSettings,
  ms: number,
): void {
  if (ms <= timeBudgetMs) return;
  log(
    connection,
    'warn',
    `${readableUri(source.uri)}: checking took ${(ms / 1000).toFixed(1)} s, more than the ${timeBudgetMs} ms of "timeBudgetMs". Rules that are not needed can be turned off, or "run" set to "save" or "demand".`,
  );
}
