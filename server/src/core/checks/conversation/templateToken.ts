import type { AnswerCheck } from '../check.ts';
import { answerRange, replaceRange, responseLabel } from '../check.ts';
import { ANGLE, BRACKET } from '../view.ts';

/** Chat template tokens that people don't write in text. `<s>` is not one: it is also HTML for struck-out text. */
const TOKEN =
  /<\|(?:im_start|im_end|im_sep|endoftext|end_of_text|begin_of_text|start_header_id|end_header_id|eot_id|eom_id|user|assistant|system|end|endofprompt|eos|bos|pad|prompter|end_of_turn|start_of_turn)\|>|<(?:start|end)_of_turn>|<｜[^｜<>]{2,30}｜>|\[\/?INST\]|<<\/?SYS>>|<\/s>(?=\s*(?:<s>|$))|<\|(?:START|END)_OF_TURN_TOKEN\|>/;
const LAST = new RegExp(`(?:${TOKEN.source})$`);
/** HTML struck-out text with both tags; its closing tag is not a token. */
const STRIKE = /<s>([^<]*(?:<(?!\/?s>)[^<]*)*)<\/s>/gi;

/** Longest text that counts as struck out. */
const MAX_STRUCK = 80;

/**
 * Blanks out the tags of struck-out text, so that offsets stay the same. If the tags enclose the whole answer,
 * they are decoded tokens and stay.
 */
function blankStrikes(text: string): string {
  if (!text.includes('</s>') || !text.includes('<s>')) return text;
  return text.replaceAll(STRIKE, (all, inner: string, at: number) => {
    const isWhole = at === 0 && all.length === text.trimEnd().length;
    const isDecoded = isWhole && (/^\s|\n/.test(inner) || inner.length > MAX_STRUCK);
    return isDecoded ? all : `   ${inner}    `;
  });
}

/** Longest token, in characters. */
const LONGEST = 64;

/**
 * Start of the tokens that end a text, including the white space before them; the text's length if there are none.
 */
function startOfLast(text: string): number {
  let start = text.length;
  for (;;) {
    const end = text.slice(0, start).trimEnd().length;
    const tail = text.slice(Math.max(0, end - LONGEST), end);
    const found = LAST.exec(tail);
    if (!found) return start === text.length ? start : end;
    start = end - tail.length + found.index;
  }
}

export const templateTokenInText: AnswerCheck = {
  id: 'template-token-in-text',
  severity: 'warning',
  title: 'A text contains a token of a chat template',
  why: 'The template adds these tokens itself. If the text contains them too, they appear twice or end the answer early, because the tokenizer reads them as control tokens.',
  example: '{"prompt": "Hi", "chosen": "Hello!<|im_end|>", "rejected": "What?"}',
  remedy: 'Remove the token from the text.',
  // Graded "review": an answer about chat templates may end with a token.
  repairs: [{ edit: 'replace', grade: 'review', title: 'Remove the tokens at the end' }],
  source: 'TRL, axolotl: texts go into the chat template unchanged',
  precision: {
    right: 0,
    of: 0,
    on: '13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkAnswer: (answer) => {
    if ((answer.view.marks & (ANGLE | BRACKET)) === 0 && !answer.view.isWide) return [];
    const text = blankStrikes(answer.text);
    const found = TOKEN.exec(text);
    if (!found) return [];
    const end = startOfLast(text);
    // Tokens in the middle split the answer; a person decides which part to keep.
    const isAtEnd = end <= found.index && end > 0;
    const place = answerRange(answer, found.index, found.index + found[0].length);
    return [
      {
        place,
        message: `${responseLabel(answer)} contains "${found[0]}", a token of a chat template.`,
        ...(isAtEnd && replaceRange(answer, end, answer.text.length, '')),
      },
    ];
  },
};
