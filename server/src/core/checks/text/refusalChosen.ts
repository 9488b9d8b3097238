import type { PairCheck } from '../check.ts';
import { answerRange } from '../check.ts';

/** Openings of refusals. */
const CANNOT =
  "(?:can['’]?t|cannot|can not|could not|won['’]?t|will not|am unable to|am not able to|am not going to|['’]m unable to|['’]m not able to|['’]m not going to|must decline|refuse to|(?:do not|don['’]t) feel comfortable)";
const SORRY =
  "(?:I['’]?m (?:so |very |really )?sorry|I am (?:so |very |really )?sorry|Sorry|My apologies|I apologi[sz]e|I['’]m afraid|I am afraid|Unfortunately)";
const AI = '(?:as an AI(?: language model| assistant)?,? )?';
const REFUSAL = new RegExp(
  `^\\W*(?:${SORRY}[,.]? (?:but )?(?:that )?${AI}I ?${CANNOT}|${AI}I ?${CANNOT} (?:help|assist|provide|answer|do that|comply|fulfil|fulfill|generate|write|create|give|support|discuss|engage|participate|condone|encourage|recommend|respond))`,
  'i',
);

/** How each refusal starts. The expression above takes milliseconds to compile, and few files need it. */
const START = /^\W*(?:I|My ap|Sorry|Unf|as an AI)/i;

/** A refusal followed by one of these is none: the answer helps after all. */
const HELPS_ANYWAY = /\b(?:however|but|instead|that said|here['’]?s|here (?:is|are))\b/i;

/** Opening characters of the answer to search. */
const OPENING = 300;

/** The words of a refusal at the start of an answer. */
export function refusal(text: string): RegExpExecArray | null {
  const opening = text.slice(0, OPENING);
  const found = START.test(opening) ? REFUSAL.exec(opening) : null;
  return found && HELPS_ANYWAY.test(text.slice(found[0].length)) ? null : found;
}

export const refusalChosen: PairCheck = {
  id: 'refusal-chosen',
  needsPolarity: true,
  severity: 'information',
  title: 'The chosen response refuses; the rejected one does not',
  why: 'In safety data that is often right. In other data it teaches a model to refuse what it can do, and users notice that before any other fault.',
  example:
    '{"prompt": "How do I kill a Python process?", "chosen": "I’m sorry, but I can’t help with that.", "rejected": "Use kill with its id."}',
  remedy: 'Read the prompt. If it is harmless, flip or drop the pair.',
  repairs: [
    { edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  precision: {
    right: 38,
    of: 41,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets); right: the chosen answer does refuse. The rule was tuned before on a larger draw of the same data',
  },
  checkPair: ({ chosen, rejected, isTie }) => {
    const found = isTie ? null : refusal(chosen.text);
    if (!found || refusal(rejected.text)) return [];
    const message = `The chosen response refuses ("${found[0].trim().slice(0, 60)} …"); the rejected one does not.`;
    return [{ place: answerRange(chosen, found.index, found.index + found[0].length), message }];
  },
};
