import type { PairCheck } from '../check.ts';
import { answerPlace, responseLabel } from '../check.ts';

/** Scripts by code point range, coarse: a text is in the script of most of its letters. */
const SCRIPTS: readonly (readonly [name: string, from: number, to: number])[] = [
  ['Latin', 0x41, 0x24f],
  ['Greek', 0x370, 0x3ff],
  ['Cyrillic', 0x400, 0x52f],
  ['Hebrew', 0x590, 0x5ff],
  ['Arabic', 0x600, 0x77f],
  ['Devanagari', 0x900, 0x97f],
  ['Bengali', 0x980, 0x9ff],
  ['Tamil', 0xb80, 0xbff],
  ['Thai', 0xe00, 0xe7f],
  ['Georgian', 0x10a0, 0x10ff],
  ['Hangul', 0x1100, 0x11ff],
  ['Chinese or Japanese', 0x3040, 0x9fff],
  ['Hangul', 0xac00, 0xd7af],
];

const WIDE = /[^\0-\x7f]/;

/** Letters to examine per text. */
const SAMPLE = 500;
const MOST = 0.85;
const MIN_LETTERS = 20;

/** The scripts' names, each once. */
const NAMES = [...new Set(SCRIPTS.map(([name]) => name))];

/** The number of a character's script in `NAMES`, plus 1; 0 if it is no letter of one. By UTF-16 unit. */
const SCRIPT_OF = new Uint8Array(0x10000);
for (const [name, from, to] of SCRIPTS) SCRIPT_OF.fill(1 + NAMES.indexOf(name), from, to + 1);
// Signs among the Latin letters.
SCRIPT_OF.fill(0, 0x5b, 0x61).fill(0, 0x7b, 0xc0);

/** The script of a text that is clearly in one; undefined for mixed and short texts. */
function scriptOf(text: string): string | undefined {
  const counts = new Uint32Array(NAMES.length + 1);
  let letters = 0;
  for (let i = 0; i < text.length && letters < SAMPLE; i++) {
    const script = SCRIPT_OF[text.charCodeAt(i)] ?? 0;
    if (script === 0) continue;
    letters++;
    counts[script] = (counts[script] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const best = NAMES[counts.indexOf(most) - 1];
  // A Chinese character counts as a whole word.
  const min = best === 'Latin' ? 3 * MIN_LETTERS : MIN_LETTERS;
  return most >= min && most >= MOST * letters ? best : undefined;
}

/** Prompts that request another language or are about one. */
const ABOUT_LANGUAGE =
  /translat|language|in (?:english|chinese|french|german|spanish|russian|japanese|korean|arabic|hindi|mandarin|cantonese)|chinese|english|russian|japanese|korean|arabic|hebrew|hindi|greek|mandarin|pinyin|romaji|翻译|译成|译为|英文|英语|中文|汉语|日语|日文|韩语|俄语|代码|编程|перев|англ|переклад/i;

export const languageMismatch: PairCheck = {
  id: 'language-mismatch',
  severity: 'information',
  title: 'A response is in a different script than the prompt',
  why: 'An answer in a different language than the question is wrong for most uses, and a monolingual scorer can’t judge it. The check skips prompts that request a translation or name a language, and can’t tell apart languages that share a script.',
  example:
    '{"prompt": "请用一句话介绍一下你自己，说明你能做什么，并给出三个具体的例子。", "chosen": "I am an assistant. I can write, summarise and answer questions, for instance about cooking, travel and history.", "rejected": "我是一个助手，可以回答问题，写文章，总结资料，例如烹饪、旅行和历史方面的问题。"}',
  remedy: 'Drop the record, or write the answer again in the language of the prompt.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  precision: {
    right: 1,
    of: 1,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkPair: ({ prompt, chosen, rejected }) => {
    const asked = prompt.at(-1)?.text ?? '';
    // If all three are ASCII, they share a script.
    if (!chosen.view.isWide && !rejected.view.isWide && !WIDE.test(asked)) return [];
    const script = scriptOf(asked);
    if (script === undefined) return [];
    return [chosen, rejected].flatMap((answer) => {
      const own = scriptOf(answer.text);
      if (own === undefined || own === script || prompt.some(({ text }) => ABOUT_LANGUAGE.test(text)))
        return [];
      const message = `The prompt is in ${script} script, but ${responseLabel(answer).toLowerCase()} is in ${own}.`;
      return [{ place: answerPlace(answer), message }];
    });
  },
};
