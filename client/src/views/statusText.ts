// The words of the status item. What comes from files stands in them as plain text: the tooltip may run commands.
import { markdownText } from '#core/escape/escape.ts';
import { plural } from '#core/words/numbers.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

/** The commands that the tooltip may run. */
export const TOOLTIP_COMMANDS = [
  'preflens.stopScoring',
  'preflens.scoreFile',
  'preflens.showOutput',
  'preflens.saveEdits',
  'preflens.discardEdits',
  'workbench.actions.view.problems',
] as const;

/** A link to a command of ours. */
function link(words: string, command: (typeof TOOLTIP_COMMANDS)[number]): string {
  return `[${words}](command:${command})`;
}

/** The file gives nothing to work on: the status says why. */
export function isUseless({ phase, recordCount }: DatasetStatus): boolean {
  return phase === 'unrecognised' || (phase === 'failed' && recordCount === 0);
}

function uselessMessage({ phase, recordCount }: DatasetStatus): string {
  if (phase === 'failed') return '$(warning) File cannot be read';
  return recordCount === 0 ? '$(question) Empty file' : '$(question) No pairs recognised';
}

/** What a file holds: "580 pairs", "149 single verdicts". */
function holds({ pairCount, judgementCount }: DatasetStatus): readonly string[] {
  return [
    ...(pairCount > 0 || judgementCount === 0 ? [plural(pairCount, 'pair')] : []),
    ...(judgementCount > 0 ? [plural(judgementCount, 'single verdict')] : []),
  ];
}

/** The words of the status item, by phase. */
export function textOf(status: DatasetStatus): string {
  if (status.phase === 'reading') return '$(loading~spin) Reading pairs';
  if (isUseless(status)) return uselessMessage(status);
  const facts = [...holds(status), status.mapping, plural(status.findingCount, 'finding')];
  // How far it is stands in the progress entry beside this item.
  if (status.unsavedCount > 0) facts.push(plural(status.unsavedCount, 'unsaved edit'));
  if (status.phase === 'scoring') facts.push('scoring');
  if (status.phase === 'cancelled') facts.push('scoring stopped');
  if (status.phase === 'failed') facts.push('scoring failed');
  const icon =
    status.phase === 'scoring' ? '$(loading~spin)' : status.phase === 'failed' ? '$(warning)' : '$(law)';
  return `${icon} ${facts.filter((fact) => fact !== undefined).join(' · ')}`;
}

/** How edits of this file reach the disk, and what can be done with those that wait. */
function savingMessages({ isOnDisk, unsavedCount }: DatasetStatus, isDataset: boolean): readonly string[] {
  if (!isOnDisk) return [];
  if (isDataset) return ['Read from disk. Edits wait until the file is saved.'];
  const why =
    'Read from disk: VS Code hands no file of this size to extensions. Flips in the compare view wait until they are saved.';
  const links = `${link('Save edits', 'preflens.saveEdits')} · ${link('Discard edits', 'preflens.discardEdits')}`;
  return unsavedCount > 0 ? [why, links] : [why];
}

/**
 * The tooltip in Markdown.
 * @param isDataset the file is shown by the dataset editor, which saves by itself
 */
export function tooltipOf(status: DatasetStatus, isDataset: boolean): string {
  const { reason, trust, progress, unread } = status;
  const lines = [
    `**PrefLens** · ${[
      plural(status.recordCount, 'record'),
      ...(isUseless(status) ? [] : holds(status)),
      status.tieCount > 0 && plural(status.tieCount, 'tie'),
    ]
      .filter((part) => part !== false)
      .join(', ')}`,
    status.mapping === undefined
      ? undefined
      : markdownText(`Read as: ${status.mapping}. ${status.polarity ?? ''}.`),
    unread === undefined ? undefined : markdownText(unread),
    ...savingMessages(status, isDataset),
    reason === undefined ? undefined : markdownText(reason),
    trust === undefined ? undefined : markdownText(trust),
    status.phase === 'scoring' ? markdownText(progress ?? '') : undefined,
    status.phase === 'scoring'
      ? link('Stop scoring', 'preflens.stopScoring')
      : [
          isUseless(status) ? '' : link('Score again', 'preflens.scoreFile'),
          link('Problems', 'workbench.actions.view.problems'),
          link('Log', 'preflens.showOutput'),
        ]
          .filter((one) => one !== '')
          .join(' · '),
  ];
  return lines.filter((line) => line !== undefined && line !== '').join('\n\n');
}
