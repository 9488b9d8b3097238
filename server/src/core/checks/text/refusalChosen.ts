import type { PairCheck } from '../check.ts';
import { answerRange } from '../check.ts';

/** How refusals begin. */
const CANNOT =
  "(?:can['’]?t|cannot|can not|could not|won['’]?t|will not|am unable to|am not able to|am not going to|['’]m unable to|['’]m not able to|['’]m not going to|must decline|refuse to|(?:do not|don['’]t) feel comfortable)";
const SORRY =
  "(?:I['’]?m (?:so |very |really )?sorry|I am (?:so |very |really )?sorry|Sorry|My apologies|I apologi[sz]e|I['’]m afraid|I am afraid|Unfortunately)";
const AI = '(?:as an AI(?: language model| assistant)?,? )?';
const REFUSAL = new RegExp(
  `^\\W*(?:${SORRY}[,.]? (?:but )?(?:that )?${AI}I ?${CANNOT}|${AI}I ?${CANNOT} (?:help|assist|provide|answer|do that|comply|fulfil|fulfill|generate|write|create|give|support|discuss|engage|participate|condone|encourage|recommend|respond))`,
  'i',
);

/** What follows a refusal that is none: the answer helps after all. */
const HELPS_ANYWAY = /\b(?:however|but|instead|that said|here['’]?s|here (?:is|are))\b/i;

/** Characters of the answer that the end of the opening may be away from its start. */
const OPENING = 300;

function refusal(text: string): RegExpExecArray | null {
  const found = REFUSAL.exec(text.slice(0, OPENING));
  return found && HELPS_ANYWAY.test(text.slice(found[0].length)) ? null : found;
}

export const refusalChosen: PairCheck = {
  id: 'refusal-chosen',
  severity: 'information',
  title: 'The chosen response refuses, the rejected one does not',
  why: 'In data about harm that is often right. Elsewhere it teaches a model to refuse what it can do: the one fault of preference data that users notice first.',
  example:
    '{"prompt": "How do I kill a Python process?", "chosen": "I’m sorry, but I can’t help with that.", "rejected": "Use kill with its id."}',
  remedy: 'Read the prompt: where nothing is wrong with it, flip or drop the pair.',
  repairs: [
    { edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  precision: {
    right: 38,
    of: 41,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets); right: the chosen answer does refuse. Read after the rule was set on a wider draw of the same data',
  },
  checkPair: ({ chosen, rejected, isTie }) => {
    const found = isTie ? null : refusal(chosen.text);
    if (!found || refusal(rejected.text)) return [];
    const message = `The chosen response refuses ("${found[0].trim().slice(0, 60)} …"), and the rejected one does not.`;
    return [{ place: answerRange(chosen, found.index, found.index + found[0].length), message }];
  },
};
