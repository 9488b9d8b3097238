// Files that are written from the code: the JSON schema of preflens.json, and the list of mappings.
import { CONFIG_SCHEMA } from '#core/config/config.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { fieldsOf } from '#core/mapping/read.ts';
import { axesOf, MAPPINGS } from '#core/mapping/table.ts';

const KINDS: Record<Mapping['answers']['kind'], string> = {
  pair: 'Two answers, the better one named by its field',
  choice: 'Two answers and a label',
  candidates: 'Ranked or rated candidates: every two of different rank are a pair',
  lists: 'Good and bad answers in two lists: every good one with every bad one',
  unpaired: 'One answer with a verdict: no pair',
  steps: 'Steps with verdicts: no pair',
  none: 'Recognised, and no pair in a record',
};

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function row(mapping: Mapping): string {
  const { id, title, also = [], polarity, unscorable, answers } = mapping;
  const notes = [
    `${polarity}.`,
    axesOf(mapping).length > 0 ? `Labels: ${axesOf(mapping).map(code).join(', ')}; the first counts.` : '',
    unscorable === undefined ? '' : `Not scored: ${unscorable}.`,
    answers.kind === 'none' ? `No pair: ${answers.why}.` : '',
  ];
  const names = [title, ...also].join('; ').replaceAll('|', '\\|');
  return `| ${code(id)} | ${names} | ${fieldsOf(mapping).map(code).join(' ')} | ${notes.filter((note) => note !== '').join(' ')} |`;
}

function mappingsPage(): string {
  const lines = [
    '# Datasets that are recognised',
    '',
    '<!-- Written by `npm run generate` from `server/src/core/mapping/table`. -->',
    '',
    `${MAPPINGS.length} schemas. Of those that fit a record, the one that asks for the most fields is meant; \`preflens schema FILE\``,
    'explains what was recognised and why. `preflens.json` names another one, or fields of your own:',
    '',
    '```json',
    '{',
    '  "mappings": [',
    '    { "files": "safe/*.jsonl", "mapping": "pku-saferlhf", "axis": "safer" },',
    '    { "files": "mine/*.jsonl", "prompt": "q.text", "first": "left", "second": "right", "label": "vote",',
    '      "better": { "first": ["L"], "second": ["R"], "ties": ["="] } }',
    '  ]',
    '}',
    '```',
    '',
    'Fields: names joined by dots; `a|b` is the first of the two that a record has; names with a dot stand in double quotes.',
  ];
  for (const [kind, title] of Object.entries(KINDS)) {
    lines.push(
      '',
      `## ${title}`,
      '',
      '| id | datasets and trainer formats | told by | which answer is better |',
      '|---|---|---|---|',
    );
    lines.push(...MAPPINGS.filter(({ answers }) => answers.kind === kind).map(row));
  }
  return `${lines.join('\n')}\n`;
}

export const GENERATED: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: 'media/preflens.schema.json', text: () => `${JSON.stringify(CONFIG_SCHEMA, null, 2)}\n` },
  { path: 'media/docs/mappings.md', text: mappingsPage },
];
