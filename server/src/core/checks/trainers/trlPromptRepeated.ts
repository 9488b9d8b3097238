import type { JsonObject } from '../../model/json.ts';
import { isList, jsonText } from '../../model/json.ts';
import type { RecordCheck } from '../check.ts';

/** True if a list of messages begins with all messages of the prompt, or a text with the prompt's text. */
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
  why: 'The record has a prompt, and both sides repeat it. TRL removes a repeated prompt only if the field has a different type than the sides; if both are texts or both are lists, it joins them unchanged.',
  example:
    '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}]}',
  remedy:
    'Remove the prompt from the sides, or remove the prompt field: `preflens convert` with `--to trl-messages` or `--to trl-explicit` does it.',
  source: 'TRL, maybe_extract_prompt; HuggingFaceH4/ultrafeedback_binarized',
  checkRecord: (_reading, { record }) => {
    const { chosen, rejected } = record;
    if (!beginsWith(record, chosen) || !beginsWith(record, rejected)) return [];
    const message = 'Both sides repeat the text of "prompt": TRL would train on it twice.';
    return [{ place: { path: ['prompt'], part: 'key' }, message }];
  },
};
