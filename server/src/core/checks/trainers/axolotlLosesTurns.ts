import type { RecordCheck } from '../check.ts';
import { messageLists, sideLists } from '../conversation/messages.ts';

/** Messages that `argilla_chat` and `ultra` read: the user's message and the answer. */
const READ = 2;

export const axolotlLosesTurns: RecordCheck = {
  id: 'axolotl-loses-turns',
  severity: 'off',
  title: 'axolotl’s index-based loaders would lose turns',
  why: 'The loaders argilla_chat and ultra take the first message as the prompt and the second as the answer. They silently lose the rest of a longer conversation, so the compared answer is not trained on.',
  example:
    '{"chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Colour?"}, {"role": "assistant", "content": "Blue."}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Colour?"}, {"role": "assistant", "content": "Red."}]}',
  remedy: 'Use chat_template.default, or run `preflens convert --to axolotl`.',
  source: 'axolotl, prompt strategies of DPO',
  checkRecord: ({ pairs }, { record, mapping }) => {
    const sides = sideLists(messageLists(record, mapping), pairs[0]);
    const longest = Math.max(...(sides ?? []).map(({ messages }) => messages.length));
    if (!sides || longest <= READ) return [];
    const message = `axolotl’s argilla_chat and ultra read the first ${READ} of ${longest} messages and lose the rest.`;
    return [{ place: { path: sides[0].path, part: 'key' }, message }];
  },
};
