import type { Hit } from '../../model/finding.ts';
import type { RecordCheck } from '../check.ts';
import type { MessageList } from './messages.ts';
import { conversationsOf } from './messages.ts';

/**
 * The first message that breaks the order of a chat template. Conversations with tools are skipped: they have
 * their own order.
 */
function firstFault({ messages }: MessageList): Hit | undefined {
  if (messages.some(({ speaker }) => speaker === 'tool' || speaker === undefined)) return undefined;
  const spoken = messages.findIndex(({ speaker }) => speaker !== 'system');
  for (let i = spoken + 1; spoken >= 0 && i < messages.length; i++) {
    const [before, own] = [messages[i - 1], messages[i]];
    if (!before || !own) continue;
    const place = { path: own.path, part: 'value' } as const;
    if (own.speaker === 'system')
      return {
        place,
        message: `Message ${i + 1} is a system message in the middle of the conversation.`,
      };
    if (own.speaker === before.speaker)
      return {
        place,
        message: `Messages ${i} and ${i + 1} are both from "${own.role}".`,
      };
  }
  return undefined;
}

export const roleOrder: RecordCheck = {
  id: 'role-order',
  severity: 'warning',
  title: 'Roles do not take turns',
  why: 'Most chat templates raise an error if user and assistant don’t alternate or a system message is in the middle; others silently join the text. LLaMA-Factory skips such rows.',
  example:
    '{"chosen": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Are you there?"}, {"role": "assistant", "content": "Yes."}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Are you there?"}, {"role": "assistant", "content": "No."}]}',
  remedy: 'Join consecutive messages of one role, move the system message to the start, or drop the record.',
  source: 'hiyouga/LLaMA-Factory#4108',
  // Both sides of a pair repeat the conversation, so report it once.
  checkRecord: (reading, { record, mapping }) =>
    conversationsOf(reading, record, mapping)
      .flatMap((list) => firstFault(list) ?? [])
      .slice(0, 1),
};
