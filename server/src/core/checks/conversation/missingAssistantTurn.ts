import type { RecordCheck } from '../check.ts';
import { messageLists, sideLists } from './messages.ts';

export const missingAssistantTurn: RecordCheck = {
  id: 'missing-assistant-turn',
  severity: 'error',
  title: 'A side does not end with the assistant',
  why: 'Trainers train on the last message of a side. If the user wrote it, the model learns to write questions, and there is no answer to compute a loss on.',
  example:
    '{"chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "user", "content": "Hi"}]}',
  remedy: 'Add the answer, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  checkRecord: ({ pairs }, { record, mapping }) => {
    const sides = sideLists(messageLists(record, mapping), pairs[0]) ?? [];
    return sides.flatMap(({ messages }, i) => {
      const last = messages.at(-1);
      if (!last || (last.speaker !== 'user' && last.speaker !== 'system')) return [];
      const name = i === 0 ? 'chosen' : 'rejected';
      const message = `The ${name} side ends with a "${last.role}" message, not with an answer.`;
      return [{ place: { path: last.path, part: 'value' as const }, message }];
    });
  },
};
