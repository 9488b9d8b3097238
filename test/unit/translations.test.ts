// Every text that people see in the editor has a translation, and every translation fits its text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { counted, inGroups, ordinal, plural } from '#core/words/numbers.ts';
import { categoriesOf, english, formsKey, formsOf, speak, t } from '#core/words/translate.ts';

import { columnsOf } from '../../media/src/model/columns.ts';
import { ACTIONS } from '../../media/src/model/keys.ts';
import { allTexts, textsOf } from '../tools/texts.ts';

const ROOT = join(import.meta.dirname, '..', '..');

type Texts = Readonly<Record<string, string>>;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const textsIn = (path: string): Texts => JSON.parse(read(path)) as Texts;

const LANGUAGES = readdirSync(join(ROOT, 'l10n')).flatMap(
  (name) => /^bundle\.l10n\.([a-z-]+)\.json$/.exec(name)?.[1] ?? [],
);

/** Each place once: a translation may repeat one. */
const placesIn = (text: string): readonly string[] => [...new Set(text.match(/\{\d\}/g))].sort();

/** What a text runs or opens. */
const linksIn = (text: string): readonly string[] => text.match(/\]\([^)]*\)/g) ?? [];

/** Pairs of a text and its translation that do not fit. */
function unfit(
  texts: Texts,
  translations: Texts,
  of: (text: string) => readonly string[],
): readonly string[] {
  return Object.keys(texts).filter(
    (key) => JSON.stringify(of(texts[key] ?? '')) !== JSON.stringify(of(translations[key] ?? '')),
  );
}

afterEach(() => {
  speak(undefined);
});

describe('the sources', () => {
  it('show no text without a translation', () => {
    expect(allTexts().faults).toEqual([]);
  });

  it.each([
    ['say', `void say('info', 'Nothing happened.');`],
    ['say with a value', 'void say("error", `Not read: ${name}`);'],
    ['a modal question', `const x = () => confirm(question, 'No way back.', t('Drop'));`],
    ['a title', `showQuickPick(items, { title: 'Choose a file' });`],
    ['one branch of a title', `const x = () => showQuickPick(items, { title: isOne ? t('One') : 'Many' });`],
    ['an item of a tree', 'new vscode.TreeItem(`Show ${count} more`);'],
    ['an attribute', `const x = () => <button title="Close it">×</button>;`],
    ['a computed attribute', 'const x = () => <b aria-label={`Row ${row}`} />;'],
    ['words between tags', `const x = () => <p>Nothing here</p>;`],
    ['words after a value', `const x = () => <p>{count} rows</p>;`],
    ['words in braces', `const x = () => <p>{isOpen ? 'Open' : text}</p>;`],
    ['a table that is made too early', `const TITLES = { a: t('First') };`],
    ['a counted text from a variable', `const x = () => plural(2, unit);`],
  ])('are refused with %s', (_, source) => {
    expect(textsOf('client/src/new.tsx', source).faults).toHaveLength(1);
  });

  it.each([
    [`const x = () => <kbd>Esc</kbd>;`, []],
    [
      `const x = () => <b class="wide" title={t('Close')}>{t(isOn ? 'On' : 'Off')}</b>;`,
      ['Close', 'On', 'Off'],
    ],
    [`const TITLES = { a: english('First') };`, ['First']],
    [`const x = () => plural(2, 'entry', 'entries');`, ['{0} entry|{0} entries']],
    [`const x = () => counted(2, '{0} is', '{0} are');`, ['{0} is|{0} are']],
  ])('give their texts: %s', (source, keys) => {
    expect(textsOf('client/src/new.tsx', source)).toEqual({ keys, faults: [] });
  });
});

describe.each(LANGUAGES)('the translation into %s', (language) => {
  const translations = textsIn(`l10n/bundle.l10n.${language}.json`);
  const { keys } = allTexts();
  const texts = Object.fromEntries(keys.map((key) => [key, key]));

  it('has all texts, and no others', () => {
    expect(Object.keys(translations).sort()).toEqual(keys);
    expect(Object.entries(translations).filter(([, text]) => text === '')).toEqual([]);
  });

  it('has the places of each text', () => {
    expect(unfit(texts, translations, placesIn)).toEqual([]);
  });

  it('has a form of each counted text for every plural category', () => {
    const several = keys.filter(
      (key) => key.split('|').every((form) => form.includes('{0}')) && key.includes('|'),
    );
    expect(several.length).toBeGreaterThan(30);
    const forms = several.filter((key) => {
      const type = formsOf(key).length > 2 ? 'ordinal' : 'cardinal';
      return formsOf(translations[key] ?? '').length !== categoriesOf(language, type).length;
    });
    expect(forms).toEqual([]);
  });

  it('has the texts of the manifest, with their commands', () => {
    const own = textsIn(`package.nls.${language}.json`);
    const manifest = textsIn('package.nls.json');
    expect(Object.keys(own)).toEqual(Object.keys(manifest));
    expect(unfit(manifest, own, linksIn)).toEqual([]);
  });

  it('has the pages of the walkthrough, with their keys and commands', () => {
    const folder = 'media/walkthrough';
    const pages = readdirSync(join(ROOT, folder)).filter((name) => /^\w+\.md$/.test(name));
    expect(pages.length).toBeGreaterThan(5);
    const codeIn = (path: string): readonly string[] => read(path).match(/```[^]*?```|`[^`\n]+`/g) ?? [];
    for (const page of pages) {
      const own = page.replace('.md', `.nls.${language}.md`);
      expect(codeIn(`${folder}/${own}`), own).toEqual(codeIn(`${folder}/${page}`));
    }
  });
});

describe('the manifest', () => {
  const source = read('package.json');
  const texts = textsIn('package.nls.json');

  it('names each of its texts, and has no other', () => {
    const named = new Set([...source.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
    expect([...named].filter((key) => (texts[key ?? ''] ?? '') === '')).toEqual([]);
    expect(Object.keys(texts).filter((key) => !named.has(key))).toEqual([]);
  });

  it('shows no text as it is written', () => {
    const { commands, views, viewsWelcome, walkthroughs, configuration, customEditors } = (
      JSON.parse(source) as { contributes: Record<string, object> }
    ).contributes as {
      commands: { title: string }[];
      views: Record<string, { name: string }[]>;
      viewsWelcome: { contents: string }[];
      walkthroughs: { title: string; description: string; steps: { title: string; description: string }[] }[];
      configuration: { properties: Record<string, { description: string; enumDescriptions?: string[] }> };
      customEditors: { displayName: string }[];
    };
    const shown = [
      ...commands.map(({ title }) => title),
      ...Object.values(views).flatMap((list) => list.map(({ name }) => name)),
      ...viewsWelcome.map(({ contents }) => contents),
      ...walkthroughs.flatMap((one) =>
        [one, ...one.steps].flatMap(({ title, description }) => [title, description]),
      ),
      ...Object.values(configuration.properties).flatMap(({ description, enumDescriptions = [] }) => [
        description,
        ...enumDescriptions,
      ]),
      ...customEditors.map(({ displayName }) => displayName),
    ];
    expect(shown.length).toBeGreaterThan(80);
    expect(shown.filter((text) => !/^%[\w.]+%$/.test(text))).toEqual([]);
  });
});

describe('a chosen language', () => {
  const chinese = { name: 'zh-cn', texts: textsIn('l10n/bundle.l10n.zh-cn.json') };
  const polish = {
    name: 'pl',
    texts: {
      [formsKey('{0} row', '{0} rows')]: '{0} wiersz|{0} wiersze|{0} wierszy|{0} wiersza',
      [formsKey('{1} has {0} row', '{1} has {0} rows')]:
        'W {1} jest {0} wiersz|W {1} są {0} wiersze|W {1} jest {0} wierszy|W {1} jest {0} wiersza',
    },
  };

  it('gives its texts, and English where it has none', () => {
    expect(t('Pair {0} of {1}', 3, 8)).toBe('Pair 3 of 8');
    speak(chinese);
    expect(t('Pair {0} of {1}', 3, 8)).toBe('第 3 对，共 8 对');
    expect(t(english('Not in any list: {0}'), 'x')).toBe('Not in any list: x');
  });

  it('counts in its own forms', () => {
    expect([1, 2, 12_345].map((count) => plural(count, 'row'))).toEqual(['1 row', '2 rows', '12,345 rows']);
    speak(chinese);
    expect([1, 2, 12_345].map((count) => plural(count, 'row'))).toEqual(['1 行', '2 行', '12,345 行']);
    expect(plural(2, 'ox', 'oxen')).toBe('2 oxen');
    speak(polish);
    expect([1, 3, 5, 22].map((count) => plural(count, 'row'))).toEqual([
      '1 wiersz',
      '3 wiersze',
      '5 wierszy',
      '22 wiersze',
    ]);
    expect(counted(5, '{1} has {0} row', '{1} has {0} rows', 'a.jsonl')).toBe('W a.jsonl jest 5 wierszy');
    expect(inGroups(12_345)).toBe((12_345).toLocaleString('pl'));
  });

  it('numbers places', () => {
    expect([1, 2, 3, 11, 1003].map(ordinal)).toEqual(['1st', '2nd', '3rd', '11th', '1,003rd']);
    speak(chinese);
    expect([1, 2, 1003].map(ordinal)).toEqual(['第 1 名', '第 2 名', '第 1,003 名']);
  });

  it('is known to tables that were made before', () => {
    speak(chinese);
    expect(columnsOf(undefined, []).map(({ title }) => title())).toContain('分差');
    expect(ACTIONS.map(({ label }) => t(label))).toContain('翻转');
  });

  it('puts values in as they are', () => {
    expect(t('Compare: {0}', '{1} $& %s')).toBe('Compare: {1} $& %s');
  });
});
