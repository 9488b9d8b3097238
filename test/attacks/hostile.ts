// Texts that try to act where they are displayed: in a terminal, a CI log, Markdown, or a page.
import type { MarkedToken } from 'marked';
import { marked } from 'marked';

/** What must not occur in our output: characters that act on terminals, reorder text, or have no UTF-8. */
export const RAW = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;

const HOST = 'https://evil.example';

export const TERMINAL: readonly string[] = [
  '\u001b[2J\u001b[1;1H\u001b[31mowned',
  '\u001b]0;title\u0007\u001b]52;c;ZXZpbA==\u0007',
  '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
  '\u009b31m\u009d0;x\u009c\u007f\b\b\bsafe',
  'first\r\nsecond\u0085third\u2028fourth\u2029fifth\vsixth\f',
  'exe.\u202etxt\u2066x\u2069\u200f',
  'a\0b',
];

export const RUNNER: readonly string[] = [
  '\n::error file=a,line=1::owned',
  '\r\n::add-mask::a',
  '::set-output name=x::y',
  ' \u00a0::stop-commands::t',
  'x ##[error]owned',
  '##vso[task.setvariable variable=PATH]/evil',
  "##teamcity[message text='x']",
  '%0A::error::x%25',
];

export const MARKUP: readonly string[] = [
  `![x](${HOST}/p.png)`,
  `[Fix it](command:preflens.discardEdits)`,
  `[a][b]\n\n[b]: ${HOST}`,
  `<img src="${HOST}/p.png" onerror="x">`,
  `</td></table><script src="${HOST}"></script>`,
  `<${HOST}>`,
  `${HOST}/x www.evil.example a@evil.example @everyone #1`,
  '`` ` ``` ![x](https://evil.example/p.png) `',
  `| a | ![x](${HOST}/p.png) \\| ![y](${HOST}/q.png) |`,
  `www.evil.example \\| ![y](${HOST}/q.png)`,
  `\n\n# heading\n\n![x](${HOST}/p.png)\n`,
  '&lt;img src=x&gt; &#33;[x](https&colon;//evil.example)',
  'a\n===\n- [ ] b\n\n    code\n\n---',
  '$(shield)<!-- x --> <!DOCTYPE x> <?php x ?> {0} \\[x](1)',
  'x\ud800![y](https://evil.example/p.png)',
];

export const HOSTILE: readonly string[] = [...TERMINAL, ...RUNNER, ...MARKUP];

const ACTIVE = new Set(['link', 'image', 'html', 'def']);

/** The active parts of a Markdown text: links, pictures and HTML, as VS Code's own renderer sees them. */
export function activeIn(markdown: string): string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(markdown, { gfm: true }), (token) => {
    if (ACTIVE.has(token.type)) found.push((token as MarkedToken).raw);
  });
  return found;
}
