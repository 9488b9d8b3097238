// What VS Code asks a person before a language model edits: exactly what changes. No VS Code here.
import type { ToolInput, ToolName, ToolOutput } from '#core/assistant/tools.ts';
import { toolOf } from '#core/assistant/tools.ts';
import { markdownText } from '#core/escape/escape.ts';
import { counted } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';

/** Characters of a text in a question. */
const QUOTED = 160;

export interface Question {
  /** Plain text. */
  readonly title: string;
  /** Markdown, with every text of the file escaped. */
  readonly message: string;
}

type ShownPair = ToolOutput<'show_pair'>;

/** Tools that change something: VS Code asks a person first. */
export type AskedTool = 'flip_pair' | 'mark_tie' | 'drop_record' | 'keep_finding';

export function isAsked(name: ToolName): name is AskedTool {
  return toolOf(name).kind !== 'read';
}

function quoted(text: string | undefined): string {
  const line = (text ?? '').replaceAll(/\s+/g, ' ').trim();
  const start = Array.from(line.slice(0, 2 * QUOTED))
    .slice(0, QUOTED)
    .join('');
  return line === ''
    ? t('an empty text')
    : t('“{0}”', markdownText(start.length < line.length ? `${start}…` : start));
}

const WAITS = english(
  'The edit waits in the editor: Undo takes it back, and nothing is saved before you save the file.',
);
const WRITTEN = english('This is written to .preflens/decisions.jsonl at once, with your name.');

function effectOf(name: AskedTool, input: Partial<ToolInput<'keep_finding'>>, shown: ShownPair): string {
  const { prompt, chosen, rejected, answers } = shown.fromDataset;
  const asked = t('Prompt: {0}', quoted(prompt.at(-1)?.content.text));
  const about = (...texts: readonly string[]): string => [asked, ...texts].join('\n\n');
  switch (name) {
    case 'flip_pair': {
      const flipped = answers
        ? t('The verdict on {0} becomes the opposite.', quoted(answers[0]?.content.text))
        : t('Chosen becomes {0}. Rejected becomes {1}.', quoted(rejected?.text), quoted(chosen?.text));
      return about(flipped, t(WAITS));
    }
    case 'mark_tie':
      return about(
        t('The label no longer prefers {0} to {1}.', quoted(chosen?.text), quoted(rejected?.text)),
        t(WAITS),
      );
    case 'drop_record':
      return about(
        counted(
          shown.pairs,
          'The record is removed, with its pair and all its fields.',
          'The record is removed, with its {0} pairs and all its fields.',
        ),
        t(WAITS),
      );
    case 'keep_finding':
      return about(
        t('The finding {0} is not reported any more. Reason: {1}', quoted(input.rule), quoted(input.reason)),
        t(WRITTEN),
      );
  }
}

const TITLES: Readonly<Record<AskedTool, English>> = {
  flip_pair: english('Flip {0} in {1}?'),
  mark_tie: english('Mark as a tie: {0} in {1}?'),
  drop_record: english('Drop {0} in {1}?'),
  keep_finding: english('Ignore a finding of {0} in {1}?'),
};

function placeOf({ record, pair }: Partial<ToolInput<'keep_finding'>>, shown: ShownPair | undefined): string {
  if (record === undefined) return t('the whole file');
  return (shown?.pairs ?? 1) > 1 ? t('pair {0} of record {1}', pair ?? 1, record) : t('record {0}', record);
}

/** @param shown the pair as it is now; undefined for a finding about the whole file */
export function questionFor(
  name: AskedTool,
  input: Partial<ToolInput<'keep_finding'>>,
  shown: ShownPair | undefined,
): Question {
  const fileName = (input.file ?? '').split(/[\\/]/).at(-1) ?? '';
  const title = t(TITLES[name], placeOf(input, shown), fileName);
  if (!shown)
    return {
      title,
      message: `${t(
        'The finding {0} about the whole file is not reported any more. Reason: {1}',
        quoted(input.rule),
        quoted(input.reason),
      )}\n\n${t(WRITTEN)}`,
    };
  if (shown.key !== input.key)
    return {
      title,
      message: t(
        'The record changed since the assistant read it. PrefLens will refuse this edit: nothing changes.',
      ),
    };
  return { title, message: effectOf(name, input, shown) };
}
