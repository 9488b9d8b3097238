// Texts from files as they are displayed: no part of them acts on the display.
import { describe, expect, it } from 'vitest';

import {
  htmlText,
  jsonLine,
  markdownCell,
  markdownCode,
  markdownText,
  notification,
  sarifText,
  terminalLine,
  visible,
  workflowCommand,
} from '#core/escape/escape.ts';

const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;

/** All characters that a screen, a terminal or an encoder acts on. */
const ALL_UNSEEN = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e],
  ...[0x2066, 0x2067, 0x2068, 0x2069, 0xd800, 0xdbff, 0xdc00, 0xdfff],
].map((code) => String.fromCharCode(code));

describe('a terminal', () => {
  it('shows every active character as another one', () => {
    for (const char of ALL_UNSEEN) {
      const shown = terminalLine(`a${char}b`);
      expect(shown).not.toMatch(UNSEEN);
      expect(shown).toMatch(/^a.+b$/);
    }
    expect(visible('\u001b[31m\u009b\u007f\r\n\t\u202e\u2028\ud800x')).toBe(
      '␛[31m\\u009b␡\\r\\n\\t\\u202e\\u2028\ufffdx',
    );
    expect(visible('grüße 你好 🎉 \u05d0')).toBe('grüße 你好 🎉 \u05d0');
  });
  it.each([
    ['::error::x', '\\::error::x'],
    [' \u00a0 ::add-mask::x', ' \u00a0 \\::add-mask::x'],
    ['a\n::error::x', 'a\\n::error::x'],
    ['x ##[error]y', 'x #\\#[error]y'],
    ['##vso[task.setvariable variable=A]b', '#\\#vso[task.setvariable variable=A]b'],
    ['##teamcity[x]', '#\\#teamcity[x]'],
    ['a:1:2: ## b', 'a:1:2: ## b'],
  ])('%j is no command of a CI runner', (text, shown) => {
    expect(terminalLine(text)).toBe(shown);
    expect(terminalLine(shown)).toBe(shown);
  });
});

describe('JSON', () => {
  it('means the same to a reader, and nothing to a terminal', () => {
    for (const char of ALL_UNSEEN) {
      const value = { [`k${char}`]: [`a${char}b\\`, `\\ud800${char}`] };
      const line = jsonLine(value);
      expect(line).not.toMatch(UNSEEN);
      const half = /\p{Cs}/u;
      const read = (text: string): string => text.replace(half, '\ufffd');
      expect(JSON.parse(line)).toEqual({ [read(`k${char}`)]: [read(`a${char}b\\`), read(`\\ud800${char}`)] });
    }
    expect(JSON.parse(jsonLine(['##[error]x', '🎉\\\\ud83d']))).toEqual(['##[error]x', '🎉\\\\ud83d']);
    expect(jsonLine(['##[error]x'])).not.toContain('##[');
  });
});

describe('Markdown', () => {
  it.each([
    ['![x](https://evil.example/p.png)', '`![x](https://evil.example/p.png)`'],
    ['[x](command:a.b)', '\\[x\\]\\(command:a\\.b\\)'],
    ['<img src=x onerror=y>', '\\<img src\\=x onerror\\=y\\>'],
    ['a @everyone', '`a @everyone`'],
    ['``` https://x `', '```` ``` https://x ` ````'],
    ['a\n\n# b', 'a\\\\n\\\\n\\# b'],
    ['&lt;b&gt;', '\\&lt;b\\&gt;'],
  ])('%j stays plain text', (text, escaped) => {
    expect(markdownText(text)).toBe(escaped);
  });
  it('code has a fence that its text does not contain', () => {
    expect(markdownCode('a')).toBe('`a`');
    expect(markdownCode('`')).toBe('`` ` ``');
    expect(markdownCode('a``b`c')).toBe('```a``b`c```');
  });
  it('a cell ends where it should, whatever precedes a bar', () => {
    expect(markdownCell('a|b\\|c')).toBe('a\\|b\\\\\\|c');
    expect(markdownCell('www.a|b\\|c')).toBe('`www.a¦b\\¦c`');
  });
});

it('HTML contains no tag, attribute or entity of a text', () => {
  expect(htmlText('<img src="x" onerror=\'y\'>&amp;`\u001b')).toBe(
    '&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;amp;&#96;␛',
  );
});

it('SARIF and notifications contain no link of a text', () => {
  expect(sarifText('[a](https://x) [1](2)\u001b')).toBe('[a\\](https://x) [1\\](2)␛');
  expect(notification('[Fix](command:x "y")\n')).toBe('[Fix] (command:x "y")\\n');
});

it('a workflow command has the escapes that GitHub reads', () => {
  expect(workflowCommand('error', { file: 'a,b:c%\r\n\u001b', line: 3 }, 'x%y,z:\r\n::error::\u009b')).toBe(
    '::error file=a%2Cb%3Ac%25%0D%0A␛,line=3::x%25y,z:%0D%0A::error::\\u009b',
  );
});

it('puts words in code only if a renderer would make a link or a mention of them', () => {
  expect(markdownText('consistency@2 judges')).toBe('consistency@2 judges');
  for (const text of ['@octocat', 'ask @octocat', 'a@b.org', 'x.y@mail.example.org', 'http://a', 'www.a.org'])
    expect(markdownText(text)).toBe(`\`${text}\``);
});
