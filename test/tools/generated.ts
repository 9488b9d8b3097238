// Files that are made from the code: the JSON schema of preflens.json, pages of the documentation, and the texts to translate.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { EDITOR_TOOLS, editorToolName, toolOf } from '#core/assistant/tools.ts';
import { recipePage } from '#core/build/page.ts';
import { RECIPE_SCHEMA } from '#core/build/recipeSchema.ts';
import { ALL_RULES } from '#core/checks/table.ts';
import { CHECK_SCHEMA, CONFIG_SCHEMA } from '#core/config/config.ts';
import type { ConvertTarget } from '#core/convert/targets.ts';
import { TARGETS } from '#core/convert/targets.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { fieldsOf } from '#core/mapping/read.ts';
import { axesOf, MAPPINGS } from '#core/mapping/table.ts';
import { queryPage } from '#core/query/page.ts';
import { rulePage } from '#core/report/rulePage.ts';

import { allTexts } from './texts.ts';

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

/** Names of one field to list: a row of open labels has two hundred. */
const MAX_NAMES = 8;

function fieldCode(ref: string): string {
  const names = ref.split('|');
  return code(names.slice(0, MAX_NAMES).join('|')) + (names.length > MAX_NAMES ? ' …' : '');
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
  return `| ${code(id)} | ${names} | ${fieldsOf(mapping).map(fieldCode).join(' ')} | ${notes.filter((note) => note !== '').join(' ')} |`;
}

const ANSWERS: Readonly<Record<ConvertTarget['answers'], string>> = {
  text: 'one text',
  message: 'one message',
  transcript: 'a text with turns',
  messages: 'messages',
};

function conversionPage(): string {
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ');
  return [
    '# Conversion',
    '',
    '<!-- Written by `npm run generate` from `server/src/core/convert/targets.ts`. -->',
    '',
    '`preflens convert data.jsonl --to FORMAT --out other.jsonl` writes the pairs of any recognised file in a trainer’s format; `--dry-run` shows the',
    'first record and what would be lost, and writes nothing. Every record is read back and compared with the original. What a format has no',
    'place for is named with its count and first record, and "Nothing is lost" is said only if it is so.',
    '',
    'What both sides share is the prompt. If an answer goes on with messages of the user, formats with one text or one message for an answer leave',
    'the pair out and name it; the others keep the messages. Calls, reasoning and other fields of messages are kept where answers are messages.',
    'A message whose text is a call (`tool_call` in ms-swift, `function_call` in LLaMA-Factory) becomes `tool_calls` where the trainer does not know its role.',
    '',
    '| `--to` | trainer and form | read as | an answer is | other fields that the trainer reads |',
    '|---|---|---|---|---|',
    ...TARGETS.map(({ id, title, readBy, answers, columns }) =>
      `| \`${id}\` | ${title} | \`${readBy}\` | ${ANSWERS[answers]} | ${code(columns)} |`.replace(
        '|  |',
        '| |',
      ),
    ),
    '',
  ].join('\n');
}

function mappingsPage(): string {
  const lines = [
    '# Datasets that are recognised',
    '',
    '<!-- Written by `npm run generate` from `server/src/core/mapping/table`. -->',
    '',
    'Every trainer reads the plain form, one pair a line:',
    '',
    '```json',
    '{"prompt": "Why is the sky blue?", "chosen": "Air scatters blue light most.", "rejected": "It mirrors the sea."}',
    '```',
    '',
    'The prompt may be missing, and each of the three may be a text or a list of messages. If your fields have other names,',
    '`preflens schema FILE --suggest` shows them with an entry for `preflens.json` that reads them, and `--write` writes it; in the editor,',
    '"PrefLens: Map Fields…" asks and writes it. An entry of your own needs no more than this:',
    '',
    '```json',
    '{ "mappings": [{ "files": "own/*.jsonl", "prompt": "question", "chosen": "good", "rejected": "bad" }] }',
    '```',
    '',
    'The other forms are two answers with a label or with scores, several answers with scores, and a schema by its id:',
    '',
    '```json',
    '{',
    '  "mappings": [',
    '    { "files": "mine/*.jsonl", "prompt": "q.text", "first": "left", "second": "right", "label": "vote",',
    '      "better": { "first": ["L"], "second": ["R"], "ties": ["="] } },',
    '    { "files": "rated/*.jsonl", "prompt": "q", "first": "a", "second": "b", "scores": ["score_a", "score_b"] },',
    '    { "files": "ranked/*.jsonl", "prompt": "q", "candidates": "answers", "text": "reply", "score": "rank", "best": "low" },',
    '    { "files": "safe/*.jsonl", "mapping": "pku-saferlhf", "axis": "safer" }',
    '  ]',
    '}',
    '```',
    '',
    'Fields: names joined by dots; `a|b` is the first of the two that a record has; names with a dot stand in double quotes. The first entry',
    'whose pattern fits a file counts. A file that no entry names is recognised:',
    '',
    '## How a file is recognised',
    '',
    `${MAPPINGS.length} schemas. Of those that fit a record, the one that asks for the most fields is meant; \`preflens schema FILE\``,
    'explains what was recognised and why. Of other data (multiple choice, classification, instruction data and more) every command says what it',
    'looks like; of all else that is not recognised, which schema comes nearest and which field is missing. PrefLens never guesses which answer',
    'is better: if the file does not say it, `--suggest` shows both readings, and `--write` needs',
    '`--better`.',
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

/** English texts of the manifest that are made from the code. */
const manifestTexts = new Map<string, string>();

/** The place of a text in the manifest, which VS Code fills from package.nls.json. */
function textOfManifest(key: string, english: string): string {
  manifestTexts.set(key, english);
  return `%${key}%`;
}

/** The tools for language models, as VS Code declares them. Language models read English. */
function languageModelTools(): readonly object[] {
  return EDITOR_TOOLS.map((name) => {
    const { title, description, input } = toolOf(name);
    const reference = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    return {
      name: editorToolName(name),
      displayName: textOfManifest(`tool.${name}`, title),
      modelDescription: `PrefLens, datasets of preference pairs. ${description}`,
      userDescription: textOfManifest(`tool.${name}.description`, description),
      canBeReferencedInPrompt: true,
      toolReferenceName: `preflens-${reference}`,
      tags: ['preflens', 'dataset'],
      inputSchema: input,
    };
  });
}

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The manifest, with the settings it shares with preflens.json, and the tools that it shares with `preflens mcp`. */
function manifest(): string {
  const value = JSON.parse(read('package.json')) as {
    contributes: {
      configuration: { properties: Record<string, unknown> };
      languageModelTools: readonly object[];
    };
  };
  value.contributes.languageModelTools = languageModelTools();
  const { rules, run, timeBudgetMs } = CHECK_SCHEMA;
  const described = (name: string, setting: { readonly description?: unknown }) => ({
    ...setting,
    description: textOfManifest(`setting.${name}`, String(setting.description)),
  });
  Object.assign(value.contributes.configuration.properties, {
    'preflens.rules': { ...described('rules', rules), default: {} },
    'preflens.run': { type: 'string', ...described('run', run) },
    'preflens.timeBudgetMs': described('timeBudgetMs', timeBudgetMs),
  });
  return json(value);
}

/** The English texts of the manifest, in its order. Those that no code makes are written by hand, here in the file. */
function manifestEnglish(): string {
  const byHand = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
  const keys = [...manifest().matchAll(/"%([\w.]+)%"/g)].map(([, key = '']) => key);
  const texts = keys.map((key) => [key, manifestTexts.get(key) ?? byHand[key] ?? ''] as const);
  return json(Object.fromEntries(texts));
}

/** The texts of the editor: what a translation has to hold. */
function bundle(): string {
  return json(Object.fromEntries(allTexts().keys.map((key) => [key, key])));
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
  { path: 'media/preflens.schema.json', text: () => json(CONFIG_SCHEMA) },
  { path: 'media/recipe.schema.json', text: () => json(RECIPE_SCHEMA) },
  { path: 'media/docs/build.md', text: recipePage },
  { path: 'media/docs/mappings.md', text: mappingsPage },
  { path: 'media/docs/conversion.md', text: conversionPage },
  { path: 'media/docs/query.md', text: queryPage },
  { path: 'media/docs/rules.md', text: rulesPage },
  { path: 'package.json', text: manifest },
  { path: 'package.nls.json', text: manifestEnglish },
  { path: 'l10n/bundle.l10n.json', text: bundle },
  { path: 'client/api.d.ts', text: () => read('client/src/apiTypes.ts') },
  ...ALL_RULES.map((rule) => ({ path: `media/docs/rules/${rule.id}.md`, text: () => `${rulePage(rule)}\n` })),
];
