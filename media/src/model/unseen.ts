// Characters that a screen hides or obeys, by name: pages draw each as a chip.
import { t } from '#core/words/translate.ts';

/** A run of such characters in a text. */
export interface Unseen {
  /** Half-open, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** A few letters: "RLO", "ZWSP ×3". */
  readonly label: string;
  /** What it is, in a sentence. */
  readonly title: string;
}

const BIDI: Readonly<Record<string, string>> = {
  '\u061c': 'ALM',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
};

const NAMED: Readonly<Record<string, string>> = {
  '\u0000': 'NUL',
  '\u0007': 'BEL',
  '\u0008': 'BS',
  '\u000b': 'VT',
  '\u000c': 'FF',
  '\u001b': 'ESC',
  '\u007f': 'DEL',
  '\u00ad': 'SHY',
  '\u034f': 'CGJ',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u2028': 'LS',
  '\u2029': 'PS',
  '\u2060': 'WJ',
  '\ufeff': 'BOM',
};

/** Scripts whose words are written without joiners. */
const PLAIN =
  '\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}';

/**
 * What is drawn as a chip. Joiners are part of emoji and of words in many scripts, tags are part of flags, and variation
 * selectors choose a glyph of the character before them: there they stay.
 */
const UNSEEN = new RegExp(
  [
    '[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u2028\\u2029\\u2060-\\u2064\\u206a-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb]',
    '\\p{Bidi_Control}',
    `(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f]|(?![${PLAIN}])[\\p{L}\\p{M}])[\\u200c\\u200d]`,
    '(?<!\\u{1f3f4}[\\u{e0020}-\\u{e007f}]*)[\\u{e0000}-\\u{e007f}]+',
    '(?<!\\p{Script=Han})[\\u{e0100}-\\u{e01ef}]+',
    '\\p{Cs}',
  ].join('|'),
  'gu',
);

const codeOf = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Tags spell ASCII text that nobody sees; variation selectors stand for bytes. */
function hiddenText(run: string): string | undefined {
  const codes = Array.from(run, (char) => char.codePointAt(0) ?? 0);
  const isTag = codes.every((code) => code >= 0xe0000 && code <= 0xe007f);
  if (!isTag) return undefined;
  return codes
    .flatMap((code) => (code >= 0xe0020 && code < 0xe007f ? [String.fromCharCode(code - 0xe0000)] : []))
    .join('');
}

function describe(run: string): Pick<Unseen, 'label' | 'title'> {
  const [first = ''] = run;
  const hidden = hiddenText(run);
  if (hidden !== undefined)
    return {
      label: `TAG ×${run.length / 2}`,
      title:
        hidden === ''
          ? t('Invisible tags, {0}', codeOf(first))
          : t('Invisible tags that spell “{0}”', hidden),
    };
  const bidi = BIDI[first];
  if (bidi !== undefined)
    return { label: bidi, title: t('{0}: changes the direction of the text that follows', codeOf(first)) };
  if (/\p{Cs}/u.test(first)) return { label: codeOf(first), title: t('Half of a character') };
  return { label: NAMED[first] ?? codeOf(first), title: t('{0}: an invisible character', codeOf(first)) };
}

/** Invisible characters of a text, in order. Neighbours of the same kind are one run. */
export function unseenIn(text: string): readonly Unseen[] {
  const found: { start: number; end: number; char: string }[] = [];
  for (const { 0: char, index } of text.matchAll(UNSEEN)) {
    const last = found.at(-1);
    if (last?.end === index && last.char === char) last.end += char.length;
    else found.push({ start: index, end: index + char.length, char });
  }
  return found.map(({ start, end, char }) => {
    const { label, title } = describe(char);
    const count = (end - start) / char.length;
    return { start, end, title, label: count > 1 ? `${label} ×${count}` : label };
  });
}

/** White space that a reader can't tell from a space or from nothing: at ends of lines, tabs, unusual spaces. */
const SPACE = /[ \t]+(?=\r?\n|$)|\t+|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+|\r/g;

export interface Space {
  readonly start: number;
  readonly end: number;
  /** One sign for each character. */
  readonly signs: string;
  readonly title: string;
}

const SIGNS: Readonly<Record<string, string>> = { '\t': '→', '\r': '␍', ' ': '·', '\u3000': '□' };

function titleOf(run: string): string {
  if (run === '\r') return t('Carriage return');
  if (/^\t+$/.test(run)) return t('Tab');
  if (/^[ \t]+$/.test(run)) return t('Space at the end of the line');
  return t('{0}: an unusual space', codeOf(run));
}

export function spacesIn(text: string): readonly Space[] {
  return [...text.matchAll(SPACE)].map(({ 0: run, index }) => ({
    start: index,
    end: index + run.length,
    signs: run.replace(/./gs, (char) => SIGNS[char] ?? '°'),
    title: titleOf(run),
  }));
}
