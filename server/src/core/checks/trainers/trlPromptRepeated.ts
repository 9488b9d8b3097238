import type { JsonObject } from '../../model/json.ts';
import { isList, jsonText } from '../../model/json.ts';
import type { RecordCheck } from '../check.ts';

/** True when a list of messages begins with all messages of another one, or a text with another text. */
function beginsWith({ prompt }: JsonObject, side: JsonObject[string]): boolean {
  if (typeof prompt === 'string')
    return prompt.trim() !== '' && typeof side === 'string' && side.startsWith(prompt);
  if (!isList(prompt) || prompt.length === 0 || !isList(side) || side.length <= prompt.length) return false;
  return prompt.every((message, i) => jsonText(message) === jsonText(side[i] ?? null));
}

export const trlPromptRepeated: RecordCheck = {
  id: 'trl-prompt-repeated',
  severity: 'warning',
  title: 'TRL would train on the prompt twice',
  why: 'The record has a prompt, and both sides begin with it once more. TRL takes out a repeated prompt only where the field is of another type than the sides; where both are texts, or both lists, it puts them together as they stand.',
  example:
    '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}]}',
  remedy: 'Leave the prompt out of the sides, or drop the prompt field: preflens convert --to trl does it.',
  source: 'TRL, maybe_extract_prompt; HuggingFaceH4/ultrafeedback_binarized',
  checkRecord: (_reading, { record }) => {
    const { chosen, rejected } = record;
    if (!beginsWith(record, chosen) || !beginsWith(record, rejected)) return [];
    const message = 'Both sides repeat the prompt that stands in "prompt": TRL would train on it twice.';
    return [{ place: { path: ['prompt'], part: 'key' }, message }];
  },
};
