import type { AnswerCheck } from '../check.ts';
import { answerRange, replaceRange, responseLabel } from '../check.ts';

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export const loneSurrogate: AnswerCheck = {
  id: 'lone-surrogate',
  severity: 'warning',
  title: 'A response contains half of a character',
  why: 'A text that was cut in the middle of an emoji or a rare character ends with half of it. Python can’t encode such text: tokenizers and Parquet and Arrow writers raise an error or write a question mark.',
  example: '{"prompt": "Cheer me up.", "chosen": "Sure! \\ud83d", "rejected": "No."}',
  remedy: 'Remove the half character.',
  repairs: [
    {
      edit: 'replace',
      grade: 'safe',
      title: 'Remove the half character',
      because: 'Half of a character has no meaning: no tokenizer can read it, and UTF-8 can’t encode it.',
    },
  ],
  precision: {
    right: 0,
    of: 0,
    on: '13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkAnswer: (answer) => {
    if (!answer.view.isWide || answer.text.isWellFormed()) return [];
    const at = answer.text.search(LONE);
    if (at < 0) return [];
    const place = answerRange(answer, at, at + 1);
    const code = answer.text.charCodeAt(at).toString(16);
    return [
      {
        place,
        message: `${responseLabel(answer)} contains half of a character (\\u${code}).`,
        ...replaceRange(answer, at, at + 1, ''),
      },
    ];
  },
};
