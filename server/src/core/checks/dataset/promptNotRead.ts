import type { DatasetCheck } from './datasetCheck.ts';

/** Field names in a message; the rest is counted. */
const MAX_NAMES = 4;

export const promptNotRead: DatasetCheck = {
  id: 'prompt-not-read',
  severity: 'warning',
  title: 'A field looks like part of the prompt and is not read',
  why: 'The schema of the file does not say that the field belongs to the prompt, so scorers, Compare and conversions leave it out. It still counts when pairs are compared: two records that differ in it are not the same pair.',
  example: '{"chosen": "Yes.", "rejected": "No.", "my_question": "Is the Earth round?"}',
  remedy:
    'Name the field in a mapping of preflens.json: "mappings": [{"files": "*.jsonl", "prompt": "my_question", "chosen": "chosen", "rejected": "rejected"}].',
  checkDataset: ({ unread }) => {
    if (unread.length === 0) return undefined;
    const named = unread.slice(0, MAX_NAMES).map((name) => `"${name}"`);
    const rest = unread.length - named.length;
    const names = named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
    return `${names} ${unread.length === 1 ? 'looks' : 'look'} like part of the prompt, and the schema does not read ${unread.length === 1 ? 'it' : 'them'}. Name the prompt in preflens.json.`;
  },
};
