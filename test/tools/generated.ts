// Files that are made from the code: the JSON schema of preflens.json, and the list of mappings.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ALL_RULES } from '#core/checks/table.ts';
import { CHECK_SCHEMA, CONFIG_SCHEMA } from '#core/config/config.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { fieldsOf } from '#core/mapping/read.ts';
import { axesOf, MAPPINGS } from '#core/mapping/table.ts';
import { rulePage } from '#core/report/rulePage.ts';

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
    '    { "files": "own/*.jsonl", "prompt": "question", "chosen": "good", "rejected": "bad" },',
    '    { "files": "mine/*.jsonl", "prompt": "q.text", "first": "left", "second": "right", "label": "vote",',
    '      "better": { "first": ["L"], "second": ["R"], "ties": ["="] } }',
    '  ]',
    '}',
    '```',
    '',
    'A pair needs `prompt`, `chosen` and `rejected` alone, and the prompt may be missing. Where nothing is recognised, `preflens check FILE` names the',
    'schema that comes nearest, the field that is missing, and an entry that would fit as far as the names of the fields tell.',
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

/** The manifest, with the settings it shares with preflens.json. */
function manifest(): string {
  const path = join(import.meta.dirname, '..', '..', 'package.json');
  const value = JSON.parse(readFileSync(path, 'utf8')) as {
    contributes: { configuration: { properties: Record<string, unknown> } };
  };
  const { rules, run, timeBudgetMs } = CHECK_SCHEMA;
  Object.assign(value.contributes.configuration.properties, {
    'preflens.rules': {
      ...rules,
      default: {},
    },
    'preflens.run': { type: 'string', ...run },
    'preflens.timeBudgetMs': timeBudgetMs,
  });
  return `${JSON.stringify(value, null, 2)}\n`;
}

const FIX_WORDS = { safe: 'safe', twin: 'safe for whole copies', review: 'needs review' } as const;

/** All rules in one list, by source folder. */
function rulesPage(): string {
  const lines = [
    '# Rules',
    '',
    '<!-- Written by `npm run generate` from `server/src/core/checks`. -->',
    '',
    `${ALL_RULES.length} rules. \`preflens explain RULE\` prints the page of one.`,
    '',
    '| rule | by default | what is wrong | fixes | right, read by eye |',
    '|---|---|---|---|---|',
    ...ALL_RULES.map(({ id, severity, title, repairs = [], precision }) => {
      const fixes = [...new Set(repairs.map(({ grade }) => FIX_WORDS[grade]))];
      const read = precision
        ? precision.of === 0
          ? 'no finding'
          : `${precision.right} of ${precision.of}`
        : '';
      return `| [${id}](rules/${id}.md) | ${severity} | ${title} | ${fixes.join(', ')} | ${read} |`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

export const GENERATED: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: 'media/preflens.schema.json', text: () => `${JSON.stringify(CONFIG_SCHEMA, null, 2)}\n` },
  { path: 'media/docs/mappings.md', text: mappingsPage },
  { path: 'media/docs/rules.md', text: rulesPage },
  { path: 'package.json', text: manifest },
  ...ALL_RULES.map((rule) => ({ path: `media/docs/rules/${rule.id}.md`, text: () => `${rulePage(rule)}\n` })),
];
