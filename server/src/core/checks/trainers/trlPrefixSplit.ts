import { findField } from '../../mapping/field.ts';
import { sharedStart } from '../../sharedStart.ts';
import type { PairCheck } from '../check.ts';
import { answerRange } from '../check.ts';

const IN_WORD = /[\p{L}\p{N}]/u;

export const trlPrefixSplit: PairCheck = {
  id: 'trl-prefix-split',
  severity: 'information',
  title: 'TRL would split prompt and answer inside a word',
  why: 'Without a prompt field, TRL takes the longest common prefix of the two texts as the prompt, character by character. Two answers that begin with the same letters lose them to the prompt, and a model would not produce the tokens at the cut.',
  example:
    '{"chosen": "\\n\\nHuman: Colour?\\n\\nAssistant: blue", "rejected": "\\n\\nHuman: Colour?\\n\\nAssistant: black"}',
  remedy: 'Put the prompt in its own field: `preflens convert --to trl-explicit` does it.',
  source: 'TRL, extract_prompt; huggingface/trl#2164',
  checkPair: ({ chosen, rejected, isTie, candidates }, { record, mapping }) => {
    const { answers } = mapping;
    if (
      isTie ||
      answers.kind !== 'pair' ||
      mapping.prompt.some(({ at }) => findField(record, at)) ||
      candidates[0] !== 0
    )
      return [];
    const [a, b] = [record[String(chosen.path[0])], record[String(rejected.path[0])]];
    if (typeof a !== 'string' || typeof b !== 'string') return [];
    const shared = sharedStart(chosen.text, rejected.text);
    const [before, own, other] = [
      chosen.text.charAt(shared - 1),
      chosen.text.charAt(shared),
      rejected.text.charAt(shared),
    ];
    if (shared === 0 || !IN_WORD.test(before) || !(IN_WORD.test(own) || IN_WORD.test(other))) return [];
    const word = /[\p{L}\p{N}]+$/u.exec(chosen.text.slice(Math.max(0, shared - 30), shared))?.[0] ?? '';
    const message = `TRL would end the prompt after "${word}", inside a word: both answers begin with the same ${shared} characters.`;
    return [{ place: answerRange(chosen, shared - word.length, shared), message }];
  },
};
