import type { AnswerCheck } from '../check.ts';
import { answerRange, replaceRange, responseLabel } from '../check.ts';

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export const loneSurrogate: AnswerCheck = {
  id: 'lone-surrogate',
  severity: 'warning',
  title: 'A response contains half of a character',
  why: 'A text that was cut in the middle of an emoji or a rare character holds half of it. Python cannot encode such a text: tokenizers, Parquet and Arrow writers raise an error or put a question mark there.',
  example: '{"prompt": "Cheer me up.", "chosen": "Sure! \\ud83d", "rejected": "No."}',
  remedy: 'Take the half out.',
  repairs: [
    {
      edit: 'replace',
      grade: 'safe',
      title: 'Remove the half character',
      because:
        'Half of a character stands for nothing: no tokenizer can read it and no UTF-8 file can hold it.',
    },
  ],
  precision: {
    right: 0,
    of: 0,
    on: '13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkAnswer: (answer) => {
    if (!answer.view.isWide) return [];
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
