import type { TextReplacement } from '../../model/finding.ts';
import type { AnswerCheck, CheckedAnswer } from '../check.ts';
import { answerRange, replaceRange, responseLabel } from '../check.ts';

/** Windows-1252 where it differs from Latin-1: what the bytes 0x80 to 0x9f are there. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const TAIL = `[\\u0080-\\u00bf${HIGH.replaceAll(/[\u0000-\u00ff]/g, '')}]`;

/**
 * UTF-8 read as Windows-1252: a lead byte as a letter, then as many continuation bytes as it asks for. Two bytes only
 * after Â and Ã, whose next character no language has there.
 */
const BROKEN = new RegExp(`[ÂÃ]${TAIL}|[âã]${TAIL}${TAIL}|ð${TAIL}${TAIL}${TAIL}|[\\ufffd]+`);
const ALL_BROKEN = new RegExp(BROKEN.source.replace('|[\\ufffd]+', ''), 'g');
const strict = new TextDecoder('utf-8', { fatal: true });

function byteOf(char: string): number {
  const at = HIGH.indexOf(char);
  return at >= 0 ? 0x80 + at : char.charCodeAt(0);
}

/** The character that was meant; undefined where the bytes are none. */
function mended(broken: string): string | undefined {
  try {
    return strict.decode(Uint8Array.from(broken, byteOf));
  } catch {
    return undefined;
  }
}

/** Characters that are mended at a time: a text of nothing else is mended in several rounds. */
const MAX_MENDED = 10_000;

function replacements(answer: CheckedAnswer): readonly TextReplacement[] {
  const known = new Map<string, string | undefined>();
  const made: TextReplacement[] = [];
  for (const { 0: broken, index } of answer.text.matchAll(ALL_BROKEN)) {
    if (!known.has(broken)) known.set(broken, mended(broken));
    const meant = known.get(broken);
    if (meant === undefined) continue;
    made.push(...(replaceRange(answer, index, index + broken.length, meant).replace ?? []));
    if (made.length === MAX_MENDED) break;
  }
  return made;
}

export const mojibake: AnswerCheck = {
  id: 'mojibake',
  severity: 'warning',
  title: 'A response was decoded with the wrong character set',
  why: '"â€™" is an apostrophe and "Ã©" an é that were read as Windows-1252; a "�" stands for bytes that nobody could read. A model that trains on such text writes it.',
  example: '{"prompt": "Where?", "chosen": "In the cafÃ©.", "rejected": "Elsewhere."}',
  remedy: 'Decode the source again as UTF-8, or repair the characters. What became "�" is lost.',
  repairs: [{ edit: 'replace', grade: 'review', title: 'Repair the characters' }],
  precision: {
    right: 6,
    of: 6,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkAnswer: (answer) => {
    if (!answer.view.isWide) return [];
    const found = BROKEN.exec(answer.text);
    if (!found) return [];
    const [text] = found;
    const replace = replacements(answer);
    const meant = text.startsWith('\ufffd') ? undefined : mended(text);
    if (meant === undefined && !text.startsWith('\ufffd')) return [];
    return [
      {
        place: answerRange(answer, found.index, found.index + text.length),
        message:
          meant === undefined
            ? `${responseLabel(answer)} contains "�", a character that could not be read.`
            : `${responseLabel(answer)} contains "${text}", which is "${meant}" in the wrong character set.`,
        ...(replace.length > 0 && { replace }),
      },
    ];
  },
};
