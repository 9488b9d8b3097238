import type { AnswerCheck } from '../check.ts';
import { answerRange, numberOption, replaceRange, responseLabel } from '../check.ts';

export const promptRepeatedInResponse: AnswerCheck = {
  id: 'prompt-repeated-in-response',
  severity: 'warning',
  title: 'A response begins with the prompt',
  why: 'An answer that starts by repeating the whole question usually comes from a base model that continued the text, or from an exporter that joined the two. The model is then trained on the prompt as if it were the answer.',
  example:
    '{"prompt": "What is the capital of France, and since when?", "chosen": "What is the capital of France, and since when? Paris, since 987.", "rejected": "Paris."}',
  remedy: 'Remove the copy of the prompt from the response.',
  repairs: [{ edit: 'replace', grade: 'review', title: 'Remove the copy of the prompt' }],
  options: {
    characters: {
      default: 30,
      schema: {
        type: 'integer',
        minimum: 1,
        description:
          'Minimum length of a prompt, in characters. An answer may well begin with a short one such as "Yes or no?".',
      },
    },
  },
  source: 'MakazhanAlpamys/Soup#810',
  precision: {
    right: 0,
    of: 0,
    on: '13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkAnswer: (answer, context) => {
    const prompt = (answer.prompt.at(-1)?.text ?? '').trim();
    if (prompt.length < numberOption(context, 'characters') || answer.text.length <= prompt.length) return [];
    const start = answer.text.length - answer.text.trimStart().length;
    if (!answer.text.startsWith(prompt, start)) return [];
    const rest = answer.text.slice(start + prompt.length);
    if (rest.trim() === '') return [];
    const cut = start + prompt.length + (rest.length - rest.trimStart().length);
    return [
      {
        place: answerRange(answer, start, start + prompt.length),
        message: `${responseLabel(answer)} begins with the prompt (${prompt.length} characters).`,
        ...replaceRange(answer, 0, cut, ''),
      },
    ];
  },
};
