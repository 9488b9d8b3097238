import type { TextReplacement } from '../../model/finding.ts';
import type { AnswerCheck, CheckedAnswer } from '../check.ts';
import { answerRange, replaceRange, responseLabel } from '../check.ts';

/** The characters of bytes 0x80 to 0x9f in Windows-1252, where it differs from Latin-1. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const TAIL = `[\\u0080-\\u00bf${HIGH.replaceAll(/[\u0000-\u00ff]/g, '')}]`;

/**
 * UTF-8 decoded as Windows-1252: a lead byte as a letter, followed by its continuation bytes. Of the two-byte sequences only
 * those with Â or Ã, because no language has the character that follows.
 */
const BROKEN = new RegExp(`[ÂÃ]${TAIL}|[âã]${TAIL}${TAIL}|ð${TAIL}${TAIL}${TAIL}|[\\ufffd]+`);
const ALL_BROKEN = new RegExp(BROKEN.source.replace('|[\\ufffd]+', ''), 'g');
const strict = new TextDecoder('utf-8', { fatal: true });

function byteOf(char: string): number {
  const at = HIGH.indexOf(char);
  return at >= 0 ? 0x80 + at : char.charCodeAt(0);
}

/** The intended character; undefined if the bytes are not valid UTF-8. */
function decodeBroken(broken: string): string | undefined {
  try {
    return strict.decode(Uint8Array.from(broken, byteOf));
  } catch {
    return undefined;
  }
}

/** Limit per round: a text full of broken characters takes several rounds. */
const MAX_REPLACED = 10_000;

function replacements(answer: CheckedAnswer): readonly TextReplacement[] {
  const known = new Map<string, string | undefined>();
  const made: TextReplacement[] = [];
  for (const { 0: broken, index } of answer.text.matchAll(ALL_BROKEN)) {
    if (!known.has(broken)) known.set(broken, decodeBroken(broken));
    const meant = known.get(broken);
    if (meant === undefined) continue;
    made.push(...(replaceRange(answer, index, index + broken.length, meant).replace ?? []));
    if (made.length === MAX_REPLACED) break;
  }
  return made;
}

export const mojibake: AnswerCheck = {
  id: 'mojibake',
  severity: 'warning',
  title: 'A response was decoded with the wrong character set',
  why: '"â€™" is an apostrophe and "Ã©" an é, decoded as Windows-1252; "�" replaces bytes that could not be decoded. A model trained on such text writes it.',
  example: '{"prompt": "Where?", "chosen": "In the cafÃ©.", "rejected": "Elsewhere."}',
  remedy: 'Decode the source again as UTF-8, or repair the characters. Characters that became "�" are lost.',
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
    const meant = text.startsWith('\ufffd') ? undefined : decodeBroken(text);
    if (meant === undefined && !text.startsWith('\ufffd')) return [];
    return [
      {
        place: answerRange(answer, found.index, found.index + text.length),
        message:
          meant === undefined
            ? `${responseLabel(answer)} contains "�", a replacement for bytes that could not be decoded.`
            : `${responseLabel(answer)} contains "${text}", which is "${meant}" decoded with the wrong character set.`,
        ...(replace.length > 0 && { replace }),
      },
    ];
  },
};
