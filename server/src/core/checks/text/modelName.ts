import type { AnswerCheck } from '../check.ts';
import { answerRange, responseLabel } from '../check.ts';

const NAMES =
  'ChatGPT|GPT-?[345](?:\\.5|o)?|Claude|Bard|Gemini|LLaMA|Llama ?[23]?|Vicuna|Alpaca|Mistral|Qwen|通义千问|文心一言|ERNIE Bot|DeepSeek|ChatGLM|Bing Chat|Open Assistant|Koala|Falcon|Phi-[34]';
const MAKERS =
  'OpenAI|Anthropic|Google(?: DeepMind| AI)?|Meta(?: AI)?|Microsoft|Alibaba(?: Cloud)?|Mistral AI|DeepSeek|阿里云|百度|LMSYS|Large Model Systems Organization';

/** The answer speaks of itself by a product's name, or says who made it. */
const SELF = new RegExp(
  `\\b(?:(?:I am|I['’]m|[Aa]s|[Mm]y name is|[Cc]all me|[Yy]ou can call me)(?: an AI(?: (?:language )?model| assistant)?| a (?:large )?language model)?(?: called| named)?,? (?:${NAMES})\\b(?! (?:[A-Z]|said|says|would|puts|can|user))|(?:I am|I['’]m|I was|[Aa]s) an? [^.!?\\n]{0,60}?(?:trained|developed|created|made|built|designed)(?: and \\w+)? by (?:${MAKERS})\\b|I (?:was|am|have been) (?:trained|developed|created|made|built|designed)(?: and \\w+)? by (?:${MAKERS})\\b)|我(?:是|叫)(?:${NAMES})|我是[^。！？\\n]{0,30}(?:${MAKERS})[^。！？\\n]{0,10}(?:训练|开发|研发|创建)`,
);

/** Answers introduce themselves at their head, or not at all. */
const LOOKED_AT = 1500;

/** One of these stands in every such sentence: looking for them is much faster than the expression. */
const WORDS = [...NAMES.split('|'), ...MAKERS.split('|')].flatMap(
  (name) => /^[^?[(]{3,}/.exec(name)?.[0].trim() ?? [],
);

export const modelNameLeak: AnswerCheck = {
  id: 'model-name-leak',
  severity: 'information',
  title: 'A response calls itself by the name of another model',
  why: 'Answers that were made by another model sometimes say its name or its maker. A model that trains on them says so too.',
  example:
    '{"prompt": "Who are you?", "chosen": "I am ChatGPT, a model trained by OpenAI.", "rejected": "Nobody."}',
  remedy: 'Write the answer anew without the name, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  precision: {
    right: 4,
    of: 4,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkAnswer: (answer) => {
    const head = answer.text.slice(0, LOOKED_AT);
    if (!WORDS.some((word) => head.includes(word))) return [];
    const found = SELF.exec(head);
    if (!found) return [];
    const words = found[0].length > 70 ? `${found[0].slice(0, 70)} …` : found[0];
    return [
      {
        place: answerRange(answer, found.index, found.index + found[0].length),
        message: `${responseLabel(answer)} names another model or its maker: "${words}".`,
      },
    ];
  },
};
