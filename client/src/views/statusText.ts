// The texts of the status item. Text from files is escaped, since the tooltip may run commands.
import { markdownText } from '#core/escape/escape.ts';
import { plural } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type { Glance } from '#protocol/editor/glance.ts';
import type { DatasetStatus, Phase } from '#protocol/editor/status.ts';

/** The commands that the tooltip may run. */
export const TOOLTIP_COMMANDS = [
  'preflens.stopScoring',
  'preflens.scoreFile',
  'preflens.mapFields',
  'preflens.openAsDataset',
  'preflens.showOutput',
  'preflens.saveEdits',
  'preflens.discardEdits',
  'preflens.convertToLines',
  'workbench.actions.view.problems',
  'workbench.trust.manage',
] as const;

/** A link to a command of ours. */
function link(label: string, command: (typeof TOOLTIP_COMMANDS)[number]): string {
  return `[${label}](command:${command})`;
}

const noPairs = (): string => `$(question) ${t('No pairs recognised')}`;

/** The file gives no pairs; the status says why. */
export function isUseless({ phase, recordCount }: DatasetStatus): boolean {
  return phase === 'unrecognised' || (phase === 'failed' && recordCount === 0);
}

function uselessMessage({ phase, recordCount }: DatasetStatus): string {
  if (phase === 'failed') return `$(warning) ${t('Unreadable file')}`;
  return recordCount === 0 ? `$(question) ${t('Empty file')}` : noPairs();
}

/** What a file holds: "580 pairs", "149 single verdicts". */
function holds({ pairCount, judgementCount }: DatasetStatus): readonly string[] {
  return [
    ...(pairCount > 0 || judgementCount === 0 ? [plural(pairCount, 'pair')] : []),
    ...(judgementCount > 0 ? [plural(judgementCount, 'single verdict')] : []),
  ];
}

/** Longest name of a schema in the status item, in UTF-16 units; the tooltip has all of it. */
const MAX_SCHEMA = 32;

function schemaName({ mapping, schemaCount = 1 }: DatasetStatus): string | undefined {
  if (schemaCount > 1) return plural(schemaCount, 'schema');
  return mapping !== undefined && mapping.length > MAX_SCHEMA
    ? `${mapping.slice(0, MAX_SCHEMA).trimEnd()}…`
    : mapping;
}

/** The adjacent progress item shows the percentage. */
const OF_SCORING: Partial<Readonly<Record<Phase, English>>> = {
  scoring: english('scoring'),
  cancelled: english('scoring stopped'),
  untrusted: english('not scored: the folder is not trusted'),
  failed: english('scoring failed'),
};

/** The text of the status item. */
export function textOf(status: DatasetStatus): string {
  if (status.phase === 'reading') return `$(loading~spin) ${t('Reading pairs')}`;
  if (isUseless(status)) return uselessMessage(status);
  const facts = [...holds(status), schemaName(status), plural(status.findingCount, 'finding')];
  if (status.isRelating === true) facts.push(t('searching for duplicates'));
  if (status.unsure !== undefined) facts.push(t('which answer is better?'));
  if (status.unsavedCount > 0) facts.push(plural(status.unsavedCount, 'unsaved edit'));
  const scoring = OF_SCORING[status.phase];
  if (scoring) facts.push(t(scoring));
  const icon =
    status.phase === 'scoring' ? '$(loading~spin)' : status.phase === 'failed' ? '$(warning)' : '$(law)';
  return `${icon} ${facts.filter((fact) => fact !== undefined).join(' · ')}`;
}

/** The status item of a file that is not open and resembles a dataset; undefined for every other file. */
export function glanceTexts({
  schema,
  why,
}: Glance): { readonly text: string; readonly tooltip: string } | undefined {
  const next = link(t('Open as Dataset'), 'preflens.openAsDataset');
  if (schema !== undefined)
    return {
      text: `$(law) ${t('Open as dataset')}`,
      tooltip: `**PrefLens** · ${markdownText(t('The file holds pairs: {0}.', schema))}\n\n${next}`,
    };
  return why === undefined
    ? undefined
    : { text: noPairs(), tooltip: `**PrefLens** · ${markdownText(why)}\n\n${next}` };
}

/** How to save edits of a file that is open from disk. */
function savingMessages(status: DatasetStatus, isSavedByEditor: boolean): readonly string[] {
  const { isOnDisk, isReadOnly, unsavedCount } = status;
  if (!isOnDisk) return [];
  if (isReadOnly === true)
    return [
      `${t('Read-only: PrefLens does not write files of this format.')} ${link(t('Convert to JSON Lines…'), 'preflens.convertToLines')}`,
    ];
  if (isSavedByEditor) return [t('Read from disk. Edits are pending until you save the file.')];
  const why = t(
    'Read from disk, since VS Code gives extensions no files of this size. Flips are pending until you save them.',
  );
  const links = `${link(t('Save edits'), 'preflens.saveEdits')} · ${link(t('Discard edits'), 'preflens.discardEdits')}`;
  return unsavedCount > 0 ? [why, links] : [why];
}

/**
 * The tooltip in Markdown.
 * @param isSavedByEditor a dataset editor saves the edits of the file
 */
export function tooltipOf(status: DatasetStatus, isSavedByEditor: boolean): string {
  const { reason, trust, progress, unread } = status;
  const lines = [
    `**PrefLens** · ${[
      plural(status.recordCount, 'record'),
      ...(isUseless(status) ? [] : holds(status)),
      status.tieCount > 0 && plural(status.tieCount, 'tie'),
    ]
      .filter((part) => part !== false)
      .join(t(', '))}`,
    status.mapping === undefined
      ? undefined
      : markdownText(t('Read as: {0}. {1}.', status.mapping, status.polarity ?? '')),
    status.unsure === undefined
      ? undefined
      : `${markdownText(status.unsure)} ${link(t('Say which answer is better'), 'preflens.mapFields')}`,
    unread === undefined ? undefined : markdownText(unread),
    ...savingMessages(status, isSavedByEditor),
    // Of an unsure file, the question above is the reason.
    reason === undefined || status.unsure !== undefined ? undefined : markdownText(reason),
    status.phase === 'unrecognised' && status.recordCount > 0
      ? link(t('Map Fields…'), 'preflens.mapFields')
      : undefined,
    trust === undefined ? undefined : markdownText(trust),
    status.phase === 'scoring' ? markdownText(progress ?? '') : undefined,
    status.phase === 'scoring'
      ? link(t('Stop scoring'), 'preflens.stopScoring')
      : [
          isUseless(status) || status.unsure !== undefined
            ? ''
            : status.phase === 'untrusted'
              ? link(t('Trust the folder…'), 'workbench.trust.manage')
              : link(t('Score again'), 'preflens.scoreFile'),
          link(t('Problems'), 'workbench.actions.view.problems'),
          link(t('Log'), 'preflens.showOutput'),
        ]
          .filter((one) => one !== '')
          .join(' · '),
  ];
  return lines.filter((line) => line !== undefined && line !== '').join('\n\n');
}
