import type { RecordCheck } from '../check.ts';
import { messageLists, sideLists } from '../conversation/messages.ts';

/** What `argilla_chat` and `ultra` read: the message of the user, and the answer. */
const READ = 2;

export const axolotlLosesTurns: RecordCheck = {
  id: 'axolotl-loses-turns',
  severity: 'off',
  title: 'axolotl’s loaders by index would lose turns',
  why: 'The loaders argilla_chat and ultra take the first message as the prompt and the second as the answer. Of a longer conversation everything after it is lost in silence, and the answer that was compared is not trained on.',
  example:
    '{"chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Colour?"}, {"role": "assistant", "content": "Blue."}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Colour?"}, {"role": "assistant", "content": "Red."}]}',
  remedy: 'Use chat_template.default, or preflens convert --to axolotl.',
  source: 'axolotl, prompt strategies of DPO',
  checkRecord: ({ pairs }, { record, mapping }) => {
    const sides = sideLists(messageLists(record, mapping), pairs[0]);
    const longest = Math.max(...(sides ?? []).map(({ messages }) => messages.length));
    if (!sides || longest <= READ) return [];
    const message = `axolotl’s argilla_chat and ultra read the first ${READ} of ${longest} messages; the rest is lost.`;
    return [{ place: { path: sides[0].path, part: 'key' }, message }];
  },
};
