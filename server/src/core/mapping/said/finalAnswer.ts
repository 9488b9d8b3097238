// The result that a solution ends with: a number, or the letter of a choice. Two results of other kinds, such as formulas,
// may be equal without looking alike, so they are not read.

/** A number with the digits after its point, so that "3.14" and "3.1416" can agree. */
interface NumberResult {
  readonly kind: 'number';
  readonly value: number;
  readonly decimals: number;
  /** "50 %" and "0.5" may be the same, and may not. */
  readonly isPercent: boolean;
}

interface LetterResult {
  readonly kind: 'letter';
  readonly value: string;
}

export type Result = NumberResult | LetterResult;

/** The result comes last; what stands before is not read. */
const MAX_READ = 4000;

/** Longer words after a number are a sentence, not its unit. */
const MAX_UNIT = 40;

const FRACTION = /^(-?)\\[dt]?frac\{(\d{1,12})\}\{(\d{1,12})\}$/u;
const NUMBER =
  /^([-+−]?)[$€£¥]?\s?(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d{1,12}))?(?:\/(\d{1,12}))?\s?(%|\\%)?(?<unit>(?:\s[\p{L}\p{M}’'-]+){0,4})$/u;
const LETTER = /^\(?([A-J])(?:\)|[).:](?:\s.*)?)?$/su;

/** Without what Markdown and LaTeX put around a result. */
function bare(text: string): string {
  return text
    .replaceAll(/\\(?:text|mathrm|mathbf)\{([^{}]*)\}/gu, '$1')
    .replaceAll(/\\[!,;()[\]]|[*$`]|\\(?:left|right)/gu, '')
    .replace(/[.。!]+\s*$/u, '')
    .trim();
}

/** The result that a whole text is; undefined for any other text. */
export function resultOf(text: string): Result | undefined {
  const own = bare(text);
  const fraction = FRACTION.exec(own);
  if (fraction) {
    const [, sign, over = '', under = ''] = fraction;
    const value = (Number(over) / Number(under)) * (sign === '-' ? -1 : 1);
    return Number.isFinite(value) ? { kind: 'number', value, decimals: 12, isPercent: false } : undefined;
  }
  const number = NUMBER.exec(own);
  if (number && (number.groups?.['unit'] ?? '').length <= MAX_UNIT) {
    const [, sign = '', whole = '', digits = '', under, percent] = number;
    const size = Number(`${whole.replaceAll(',', '')}.${digits || '0'}`) / Number(under ?? 1);
    if (!Number.isFinite(size)) return undefined;
    return {
      kind: 'number',
      value: sign === '' || sign === '+' ? size : -size,
      decimals: under === undefined ? digits.length : 12,
      isPercent: percent !== undefined,
    };
  }
  const letter = LETTER.exec(own)?.[1];
  return letter === undefined ? undefined : { kind: 'letter', value: letter };
}

/** The text between the braces that open at `open`, if they close. */
function braced(text: string, open: number): string | undefined {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return text.slice(open + 1, at);
  }
  return undefined;
}

const BOX = '\\boxed{';

/** "The answer is 12", "Final answer: B", "#### 12", "A: 12", "答案：12", on a line of its own or at the end of one. */
const STATED =
  /(?:^[ \t*]{0,8}(?:####|A:|[Aa]nswer:)|\b(?:[Tt]he|[Ff]inal|[Cc]orrect)\s(?:final\s|correct\s)?[Aa]nswer(?:\s(?:is|equals)|:|\sis:)|答案(?:是|为)?[:：]?)[ \t*]{0,8}([^\n]{1,200})$/gmu;

/** What a solution ends with; undefined if it names no result, or one that is no number and no letter. */
export function finalAnswer(solution: string): Result | undefined {
  const text = solution.slice(-MAX_READ);
  const box = text.lastIndexOf(BOX);
  if (box >= 0) return resultOf(braced(text, box + BOX.length - 1) ?? '');
  return resultOf([...text.matchAll(STATED)].at(-1)?.[1] ?? '');
}

/** Whether two results are the same; undefined if they cannot be compared. */
export function isSameResult(a: Result, b: Result): boolean | undefined {
  if (a.kind === 'letter' || b.kind === 'letter') return a.kind === b.kind ? a.value === b.value : undefined;
  if (a.isPercent !== b.isPercent) return undefined;
  // The one with fewer digits may be the other one, rounded.
  const unit = 10 ** -Math.min(a.decimals, b.decimals);
  return Math.abs(a.value - b.value) <= 0.500001 * unit;
}
