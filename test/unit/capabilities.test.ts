// The page of capabilities names rules, commands, tests, benches and other pages: they must exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ALL_RULES, ruleById } from '#core/checks/table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: readonly string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

const page = read('media', 'docs', 'capabilities.md');
const sections = page.split(/^## /m).slice(1);
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const commands = new Set(
  [...read('server', 'src', 'cli', 'program.ts').matchAll(/\.command\('([a-z]+)'/g)].map(([, name]) => name),
);

const spans = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);

/** Words with hyphens that are no rules. */
const OTHERS = new Set(['openai-judge']);

describe('the page of capabilities', () => {
  it('has the 37 rows in order, each with its status', () => {
    expect(sections.map((one) => Number.parseInt(one, 10))).toEqual(
      Array.from({ length: 37 }, (_, i) => i + 1),
    );
    for (const one of sections)
      expect([one.split('\n')[0], /\n\n(?:There|Thin|Missing)\b/.test(one)]).toEqual([
        one.split('\n')[0],
        true,
      ]);
  });

  it.each(sections.map((one) => [one.split('\n')[0] ?? '', one] as const))('%s', (_, section) => {
    for (const span of spans(section)) {
      if (/^(?:unit|process|wire)\/\w+$/.test(span))
        expect([span, existsSync(join(ROOT, 'test', `${span}.test.ts`))]).toEqual([span, true]);
      const script = /^npm run (\S+)/.exec(span)?.[1];
      if (script !== undefined) expect([span, script in scripts]).toEqual([span, true]);
      const command = /^preflens ([a-z]+)/.exec(span)?.[1];
      if (command !== undefined) expect([span, commands.has(command)]).toEqual([span, true]);
      if (/^[a-z]+(?:-[a-z]+)+$/.test(span) && !OTHERS.has(span))
        expect([span, ruleById(span)?.id]).toEqual([span, span]);
    }
    for (const [, file = ''] of section.matchAll(/\]\(([\w-]+\.md)\)/g))
      expect([file, existsSync(join(ROOT, 'media', 'docs', file))]).toEqual([file, true]);
    for (const [, file = '', title = ''] of section.matchAll(
      /`((?:unit|process|wire)\/\w+)`: ([^]*?)(?=; `|;\n|\.\s*$)/g,
    )) {
      const text = read('test', `${file}.test.ts`);
      const isThere = ["'", '`', '"'].some((quote) => text.includes(quote + title + quote));
      expect([title, isThere]).toEqual([title, true]);
    }
    // What is here is shown by something that can fail.
    const isMissing = /\n\nMissing\b/.test(section);
    if (!isMissing) expect(section).toMatch(/Shown by\s(?:`|the fixture)/);
  });

  it('says what rules a reader can look up', () => {
    const named = new Set(spans(page));
    expect(ALL_RULES.filter(({ id }) => named.has(id)).length).toBeGreaterThan(25);
    expect(page.match(/`(?:unit|process|wire)\/\w+`: /g)?.length).toBeGreaterThan(35);
  });
});
