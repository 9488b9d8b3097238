// What VS Code asks a person before a language model edits: exactly what changes. No VS Code here.
import type { ToolInput, ToolName, ToolOutput } from '#core/assistant/tools.ts';
import { toolOf } from '#core/assistant/tools.ts';
import { markdownText } from '#core/escape/escape.ts';

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
    ? 'an empty text'
    : `“${markdownText(start.length < line.length ? `${start}…` : start)}”`;
}

const WAITS =
  'The edit waits in the editor: Undo takes it back, and nothing is saved before you save the file.';

function effectOf(name: AskedTool, input: Partial<ToolInput<'keep_finding'>>, shown: ShownPair): string {
  const { prompt, chosen, rejected, answers } = shown.fromDataset;
  const asked = `Prompt: ${quoted(prompt.at(-1)?.content.text)}`;
  switch (name) {
    case 'flip_pair': {
      const flipped = answers
        ? `The verdict on ${quoted(answers[0]?.content.text)} becomes the opposite.`
        : `Chosen becomes ${quoted(rejected?.text)}. Rejected becomes ${quoted(chosen?.text)}.`;
      return `${asked}\n\n${flipped}\n\n${WAITS}`;
    }
    case 'mark_tie':
      return `${asked}\n\nThe label no longer prefers ${quoted(chosen?.text)} to ${quoted(rejected?.text)}.\n\n${WAITS}`;
    case 'drop_record':
      return `${asked}\n\nThe record is removed, with its ${shown.pairs === 1 ? 'pair' : `${shown.pairs} pairs`} and all its fields.\n\n${WAITS}`;
    case 'keep_finding':
      return `${asked}\n\nThe finding ${quoted(input.rule)} is not reported any more. Reason: ${quoted(input.reason)}\n\nThis is written to .preflens/decisions.jsonl at once, with your name.`;
  }
}

const VERBS: Readonly<Record<AskedTool, string>> = {
  flip_pair: 'Flip',
  mark_tie: 'Mark as a tie:',
  drop_record: 'Drop',
  keep_finding: 'Ignore a finding of',
};

function placeOf({ record, pair }: Partial<ToolInput<'keep_finding'>>, shown: ShownPair | undefined): string {
  if (record === undefined) return 'the whole file';
  return (shown?.pairs ?? 1) > 1 ? `pair ${pair ?? 1} of record ${record}` : `record ${record}`;
}

/** @param shown the pair as it is now; undefined for a finding about the whole file */
export function questionFor(
  name: AskedTool,
  input: Partial<ToolInput<'keep_finding'>>,
  shown: ShownPair | undefined,
): Question {
  const fileName = (input.file ?? '').split(/[\\/]/).at(-1) ?? '';
  const title = `${VERBS[name]} ${placeOf(input, shown)} in ${fileName}?`;
  if (!shown)
    return {
      title,
      message: `The finding ${quoted(input.rule)} about the whole file is not reported any more. Reason: ${quoted(input.reason)}\n\nThis is written to .preflens/decisions.jsonl at once, with your name.`,
    };
  if (shown.key !== input.key)
    return {
      title,
      message:
        'The record changed since the assistant read it. PrefLens will refuse this edit: nothing changes.',
    };
  return { title, message: effectOf(name, input, shown) };
}
