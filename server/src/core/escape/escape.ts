// Texts from files, made harmless for each place where they are shown. Reports, the command line, hovers and the client
// share these functions: a text that a dataset, a preflens.json or a model folder holds is shown through one of them.

/**
 * What must not reach a screen as it is: control characters (C0, DEL, C1) run in terminals, separators break lines, bidi
 * controls reorder what people read, and half of a surrogate pair has no UTF-8.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u007f': '\u2421' };

const hex = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** What people see of an unseen character. Halves of surrogate pairs become U+FFFD wherever we write text. */
function symbolOf(char: string): string {
  const named = NAMED[char];
  if (named !== undefined) return named;
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : hex(code);
}

/** A text on one line, with symbols in the place of everything that a screen would act on. */
export function visible(text: string): string {
  return text.replace(UNSEEN, symbolOf);
}

/**
 * Runners read workflow commands from logs: GitHub at the start of a line behind spaces (`::error`), GitHub, Azure and
 * TeamCity anywhere in it (`##[error]`, `##vso[…]`, `##teamcity[…]`).
 */
const COMMAND_START = /^(\s*)::/u;
const COMMAND_INSIDE = /##(?=\w*\[)/g;

/** A line for a terminal or a log: nothing in it is run, and it stays one line. */
export function terminalLine(text: string): string {
  return visible(text).replace(COMMAND_START, '$1\\::').replace(COMMAND_INSIDE, '#\\#');
}

/**
 * JSON on one line. Unseen characters stand as escapes, so that a log shows them as such; what a reader parses is the
 * same, but for halves of surrogate pairs: many readers refuse them, so U+FFFD stands there.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (escape) => (escape === '\\\\' ? escape : '\\ufffd'))
    .replace(UNSEEN, (char) => hex(char.charCodeAt(0)))
    .replace(COMMAND_INSIDE, '\\u0023#');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text and values of attributes in HTML. */
export function htmlText(text: string): string {
  return visible(text)
    .replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)
    .replace(/['`#]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A value as code in Markdown: no fence in it ends the span, and nothing in it is a link, a picture or a mention. */
export function markdownCode(text: string): string {
  const seen = visible(text);
  if (seen.trim() === '') return seen;
  const longest = Math.max(0, ...(seen.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(seen) ? ' ' : '';
  return `${fence}${pad}${seen}${pad}${fence}`;
}

/** What renderers turn into mentions, addresses of mail and links by themselves, whatever is escaped in it. */
const LINKED = /(?:^|\W)@\w|@[\w-]+\.|:\/|www|#\w|\bGH-\d/i;

/** Words in Markdown, as they are: no link, picture, heading, HTML or mention comes of them. */
export function markdownText(text: string): string {
  const seen = visible(text);
  return LINKED.test(seen) ? markdownCode(seen) : seen.replace(/[\\`*_{}[\]()#+\-.!|<>~&$=]/g, '\\$&');
}

/** A bar ends a cell of a table even in code, where it cannot be escaped behind a backslash: another bar stands for it. */
const cell = (code: string): string => code.replaceAll('|', '\u00a6');

/** `markdownText` for a cell of a table. */
export function markdownCell(text: string): string {
  return LINKED.test(visible(text)) ? markdownCodeCell(text) : markdownText(text);
}

/** `markdownCode` for a cell of a table. */
export function markdownCodeCell(text: string): string {
  return cell(markdownCode(text));
}

/** Plain text in SARIF: readers make links of `[words](address)`. */
export function sarifText(text: string): string {
  return visible(text).replaceAll('](', '\\](');
}

/** A notification of an editor: VS Code makes links, and buttons that run commands, of `[words](address)`. */
export function notification(text: string): string {
  return visible(text).replaceAll('](', '] (');
}

const percent = (char: string): string =>
  `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Line ends are kept as escapes, since a path must be the one of the file; all else that is unseen is shown. */
const seenBetweenLines = (text: string): string =>
  text
    .split(/([\r\n])/)
    .map((part) => (part === '\r' || part === '\n' ? part : visible(part)))
    .join('');

/** A workflow command of GitHub, with its escaping rules for properties and for the message. */
export function workflowCommand(
  name: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const all = Object.entries(properties).map(
    ([key, value]) => `${key}=${seenBetweenLines(String(value)).replace(/[%\r\n:,]/g, percent)}`,
  );
  return `::${name} ${all.join(',')}::${seenBetweenLines(message).replace(/[%\r\n]/g, percent)}`;
}
