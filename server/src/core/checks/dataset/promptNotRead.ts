import type { DatasetCheck } from './datasetCheck.ts';

/** Most field names in a message; the others are only counted. */
const MAX_NAMES = 4;

/** Message about fields that look like part of the prompt; undefined if there are none. */
export function unreadMessage(unread: readonly string[]): string | undefined {
  if (unread.length === 0) return undefined;
  const named = unread.slice(0, MAX_NAMES).map((name) => `"${name}"`);
  const rest = unread.length - named.length;
  const names = named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  const [look, them] = unread.length === 1 ? ['looks', 'it'] : ['look', 'them'];
  return `${names} ${look} like part of the prompt, but the schema does not read ${them}. Map the prompt in preflens.json.`;
}

export const promptNotRead: DatasetCheck = {
  id: 'prompt-not-read',
  severity: 'warning',
  title: 'A field looks like part of the prompt but is not read',
  why: 'The file’s schema does not map this field, so scorers, Compare and conversions ignore it. It still counts as part of the pair: two records that differ only in this field are different pairs.',
  example:
    '{"prompt": "Answer in one word.", "chosen": "Yes.", "rejected": "No.", "my_question": "Is the Earth round?"}',
  remedy:
    'Add the field to a mapping in preflens.json: "mappings": [{"files": "*.jsonl", "prompt": ["prompt", "my_question"], "chosen": "chosen", "rejected": "rejected"}].',
  checkDataset: ({ unread }) => unreadMessage(unread),
};
