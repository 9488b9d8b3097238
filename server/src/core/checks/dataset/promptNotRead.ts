import type { DatasetCheck } from './datasetCheck.ts';

/** Field names in a message; the rest is counted. */
const MAX_NAMES = 4;

/** Says of some fields that they look like the prompt; undefined where there are none. */
export function unreadMessage(unread: readonly string[]): string | undefined {
  if (unread.length === 0) return undefined;
  const named = unread.slice(0, MAX_NAMES).map((name) => `"${name}"`);
  const rest = unread.length - named.length;
  const names = named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  const [look, them] = unread.length === 1 ? ['looks', 'it'] : ['look', 'them'];
  return `${names} ${look} like part of the prompt, and the schema does not read ${them}. Name the prompt in preflens.json.`;
}

export const promptNotRead: DatasetCheck = {
  id: 'prompt-not-read',
  severity: 'warning',
  title: 'A field looks like part of the prompt and is not read',
  why: 'The schema of the file does not say that the field belongs to the prompt, so scorers, Compare and conversions leave it out. It still counts when pairs are compared: two records that differ in it are not the same pair.',
  example: '{"chosen": "Yes.", "rejected": "No.", "my_question": "Is the Earth round?"}',
  remedy:
    'Name the field in a mapping of preflens.json: "mappings": [{"files": "*.jsonl", "prompt": "my_question", "chosen": "chosen", "rejected": "rejected"}].',
  checkDataset: ({ unread }) => unreadMessage(unread),
};
