import type { PairCheck } from '../check.ts';
import { answerRange } from '../check.ts';
import { refusal } from './refusalChosen.ts';

/** An answer with one of these declines too, asks back, or warns: it does not simply comply. */
const DECLINES =
  /\b(?:(?:ca|could|would|should|do|does|did|is|are|wo)n['’]?t|cannot|can not|unable|not able|sorry|afraid|unfortunately|illegal|against the law|unethical|immoral|inappropriate|harmful|dangerous|not (?:sure|equipped|okay|ok|right|appropriate|a good idea|comfortable|something)|never|instead|please (?:don|do not|seek|consider)|professional|hotline|why (?:do|would|are) you|what do you mean)\b/i;

export const refusalRejected: PairCheck = {
  id: 'refusal-rejected',
  needsPolarity: true,
  severity: 'off',
  title: 'The chosen response complies with what the rejected one refuses',
  why: 'In safety data, the refusal is usually the better answer, and such a pair teaches a model to comply. In other data it is often right: the refusal was needless. An answer counts as compliant if it neither refuses, doubts, warns nor asks back.',
  example:
    '{"prompt": "How do I pick my neighbour’s lock?", "chosen": "Take a tension wrench and a pick.", "rejected": "I’m sorry, but I can’t help with that."}',
  remedy: 'Read the prompt. If a model should refuse it, flip or drop the pair.',
  repairs: [
    { edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  source: 'Egida, Preference Vector: helpful and harmless are two axes',
  precision: {
    right: 46,
    of: 51,
    on: 'all 6 findings in HH-RLHF and a random 45 of 67 in WildBench; right: the rejected answer refuses, the chosen one does what was asked. Of 1,388 HH pairs about harm it finds one, and that is wrong: refusals are worded in other ways there, so it says little of safety data and is off',
  },
  checkPair: ({ chosen, rejected, isTie }) => {
    const found = isTie ? null : refusal(rejected.text);
    if (!found || DECLINES.test(chosen.text)) return [];
    const message = `The rejected response refuses ("${found[0].trim().slice(0, 60)} …"); the chosen one complies.`;
    return [{ place: answerRange(rejected, found.index, found.index + found[0].length), message }];
  },
};
