// What applies to an open file: its settings, and decisions about its findings.
import { resolveRules } from '#core/checks/settings.ts';
import type { CheckConfig } from '#core/config/config.ts';
import { visible } from '#core/escape/escape.ts';
import { messages, UserError } from '#core/messages.ts';
import type { FileSettings } from '#node/config.ts';
import { checkedRules, DEFAULT_SETTINGS } from '#node/config.ts';
import { settingsFor } from '#node/fileSettings.ts';
import { memoryRoot, nameIn, readDecisions } from '#node/memory.ts';
import type { OwnTemplate } from '#node/scorers/templates.ts';
import { ownTemplates } from '#node/scorers/templates.ts';
import { inWords } from '#node/systemErrors.ts';

import type { OpenDataset } from './dataset.ts';
import type { Host } from './host.ts';
import { pathOf, readableUri } from './names.ts';

/** An error for the log: one line if a person can act on it, else with its stack. */
export function errorText(failure: unknown): string {
  const error = inWords(failure);
  if (error instanceof UserError) return visible(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Undefined if `make` throws; use only where the error is reported elsewhere. */
export function resultOrUndefined<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** The settings of a file. If its preflens.json cannot be read, a message says so and the defaults apply. */
export async function fileSettings(
  host: Pick<Host, 'settings' | 'isTrusted' | 'message'>,
  uri: string,
): Promise<FileSettings> {
  const path = pathOf(uri);
  try {
    const { rules, run, timeBudgetMs } = host.settings();
    const editor: CheckConfig = { run, timeBudgetMs, rules: checkedRules(rules) };
    return path === undefined
      ? { ...DEFAULT_SETTINGS, run, timeBudgetMs, rules: resolveRules([editor.rules ?? {}]) }
      : await settingsFor(path, editor, host.isTrusted());
  } catch (error) {
    host.message('error', errorText(error));
    return DEFAULT_SETTINGS;
  }
}

/** The models with a chat template. None in an untrusted folder, whose models are not even looked for. */
export async function fileTemplates(
  host: Pick<Host, 'isTrusted'>,
  uri: string,
): Promise<readonly OwnTemplate[]> {
  const path = pathOf(uri);
  if (path === undefined || !host.isTrusted()) return [];
  try {
    return await ownTemplates(path);
  } catch (error) {
    // `fileSettings` told what is wrong with preflens.json.
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Reads the decisions about a dataset's findings. False if the dataset has them already. */
export async function loadDecisions(host: Pick<Host, 'log'>, dataset: OpenDataset): Promise<boolean> {
  const path = pathOf(dataset.source.uri);
  if (path === undefined) return false;
  const root = memoryRoot(path);
  const known = await readDecisions(root);
  if (known.verdicts === dataset.verdicts) return false;
  for (const { line, why } of known.bad) host.log('warn', messages.badMemory(known.path, line, why).message);
  dataset.setDecisions(known.decisions, known.verdicts, nameIn(root, path));
  return true;
}

/** Warns if checking took longer than "timeBudgetMs". */
export function watchBudget(
  host: Pick<Host, 'log'>,
  uri: string,
  { timeBudgetMs }: FileSettings,
  ms: number,
): void {
  if (ms <= timeBudgetMs) return;
  host.log(
    'warn',
    `${readableUri(uri)}: checking took ${(ms / 1000).toFixed(1)} s, more than the ${timeBudgetMs} ms of "timeBudgetMs". Turn off rules that you don't need, or set "run" to "save" or "demand".`,
  );
}
