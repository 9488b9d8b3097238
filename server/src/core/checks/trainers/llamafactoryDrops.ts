import type { Reading } from '../../mapping/forms/form.ts';
import type { Hit } from '../../model/finding.ts';
import { isEmptyAnswer } from '../../model/pair.ts';
import type { CheckContext, RecordCheck } from '../check.ts';
import { messageLists, sideLists } from '../conversation/messages.ts';

/** Why LLaMA-Factory skips a row or part of it. */
function reason({ pairs }: Reading, { record, mapping }: CheckContext): Hit | undefined {
  const [pair] = pairs;
  if (!pair) return undefined;
  const place = (path: Hit['place']['path']): Hit['place'] => ({ path, part: 'value' });
  if (pairs.length > 1) {
    const message = `LLaMA-Factory reads only one chosen and one rejected answer: it ignores ${pairs.length - 1} of the ${pairs.length} pairs of this record.`;
    return { place: place(pair.chosen.path), message };
  }
  const empty = [pair.chosen, pair.rejected].find(isEmptyAnswer);
  if (empty)
    return { place: place(empty.path), message: 'LLaMA-Factory drops the row: one of its answers is empty.' };
  const lists = messageLists(record, mapping);
  const sides = sideLists(lists, pair);
  const talk = lists.find((list) => !sides?.includes(list));
  if (!talk) return undefined;
  const spoken = talk.messages.filter(({ speaker }) => speaker !== 'system');
  const wrong = spoken.findIndex(
    ({ speaker }, i) => (i % 2 === 0) !== (speaker === 'user' || speaker === 'tool'),
  );
  if (wrong >= 0) {
    const { role = '', path = [] } = spoken[wrong] ?? {};
    const message = `LLaMA-Factory drops the row: message ${wrong + 1} of the prompt is from "${role}", but user and assistant must alternate.`;
    return { place: place(path), message };
  }
  if (spoken.length % 2 === 1) return undefined;
  return {
    place: place(talk.path),
    message: 'LLaMA-Factory drops the row: the prompt of a ranking must end with a user message.',
  };
}

export const llamafactoryDrops: RecordCheck = {
  id: 'llamafactory-drops',
  severity: 'off',
  title: 'LLaMA-Factory would drop the row or part of it',
  why: 'LLaMA-Factory skips rows without a valid pair, with an empty answer, or whose conversation does not alternate and end with the user, and logs one line or none. It ignores third answers. If it skips all rows, it reports "Cannot find valid samples".',
  example:
    '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}], "chosen": {"from": "gpt", "value": "A"}, "rejected": {"from": "gpt", "value": "B"}}',
  remedy:
    'Fix the conversation, or run `preflens convert --to llamafactory`. Set "ranking": true in dataset_info.json.',
  source: 'hiyouga/LLaMA-Factory#4108, #1829, #3364',
  checkRecord: (reading, context) => {
    const hit = reason(reading, context);
    return hit ? [hit] : [];
  },
};
