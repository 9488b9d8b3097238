// Escapes texts from files for each place that shows them. Reports, the command line, hovers and the client must
// pass every text from a dataset, a preflens.json or a model folder through one of these functions.

/**
 * Characters that must not reach a screen unescaped: control characters (C0, DEL, C1) have effects in terminals, separators
 * break lines, bidi controls reorder text, and half of a surrogate pair has no UTF-8.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u007f': '\u2421' };

const hex = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** A visible replacement for an invisible character. Half of a surrogate pair becomes U+FFFD in all our output. */
function symbolOf(char: string): string {
  const named = NAMED[char];
  if (named !== undefined) return named;
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : hex(code);
}

/** A text on one line, with visible symbols for everything that a screen would interpret. */
export function visible(text: string): string {
  return text.replace(UNSEEN, symbolOf);
}

/**
 * CI runners read workflow commands from logs: GitHub at the start of a line, also after spaces (`::error`); GitHub, Azure and
 * TeamCity anywhere in it (`##[error]`, `##vso[…]`, `##teamcity[…]`).
 */
const COMMAND_START = /^(\s*)::/u;
const COMMAND_INSIDE = /##(?=\w*\[)/g;

/** A line for a terminal or a log. It stays one line, and nothing in it is executed. */
export function terminalLine(text: string): string {
  return visible(text).replace(COMMAND_START, '$1\\::').replace(COMMAND_INSIDE, '#\\#');
}

/**
 * JSON on one line, with invisible characters escaped so that a log shows them. It parses to the same value, except that half
 * of a surrogate pair becomes U+FFFD because many readers reject it.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (escape) => (escape === '\\\\' ? escape : '\\ufffd'))
    .replace(UNSEEN, (char) => hex(char.charCodeAt(0)))
    .replace(COMMAND_INSIDE, '\\u0023#');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text and attribute values in HTML. */
export function htmlText(text: string): string {
  return visible(text)
    .replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)
    .replace(/['`#]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A value as Markdown code: it can't end the span, and nothing in it becomes a link, picture or mention. */
export function markdownCode(text: string): string {
  const seen = visible(text);
  if (seen.trim() === '') return seen;
  const longest = Math.max(0, ...(seen.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(seen) ? ' ' : '';
  return `${fence}${pad}${seen}${pad}${fence}`;
}

/** Text that renderers turn into mentions, mail addresses or links even if it is escaped. */
const LINKED = /(?:^|\W)@\w|@[\w-]+\.|:\/|www|#\w|\bGH-\d/i;

/** Text in Markdown: nothing in it becomes a link, picture, heading, HTML or mention. */
export function markdownText(text: string): string {
  const seen = visible(text);
  return LINKED.test(seen) ? markdownCode(seen) : seen.replace(/[\\`*_{}[\]()#+\-.!|<>~&$=]/g, '\\$&');
}

/** A bar ends a table cell even inside code, where a backslash can't escape it; a broken bar replaces it. */
const cell = (code: string): string => code.replaceAll('|', '\u00a6');

/** `markdownText` for a cell of a table. */
export function markdownCell(text: string): string {
  return LINKED.test(visible(text)) ? markdownCodeCell(text) : markdownText(text);
}

/** `markdownCode` for a cell of a table. */
export function markdownCodeCell(text: string): string {
  return cell(markdownCode(text));
}

/** Plain text in SARIF, where readers turn `[text](address)` into links. */
export function sarifText(text: string): string {
  return visible(text).replaceAll('](', '\\](');
}

/** An editor notification. VS Code turns `[text](address)` into links and into buttons that run commands. */
export function notification(text: string): string {
  return visible(text).replaceAll('](', '] (');
}

const percent = (char: string): string =>
  `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Escapes line ends, because the path must stay exact; shows all other invisible characters. */
const seenBetweenLines = (text: string): string =>
  text
    .split(/([\r\n])/)
    .map((part) => (part === '\r' || part === '\n' ? part : visible(part)))
    .join('');

/** A GitHub workflow command, with GitHub's escaping of properties and message. */
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
