import type { Hit } from '../../model/finding.ts';
import type { RecordCheck } from '../check.ts';
import type { MessageList } from './messages.ts';
import { messageLists } from './messages.ts';

/** The first message that stands where a chat template does not expect it. Talk with tools has an order of its own. */
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
        message: `A system message stands in the middle of the conversation, as number ${i + 1}.`,
      };
    if (own.speaker === before.speaker)
      return {
        place,
        message: `Two messages of "${own.role}" follow each other, numbers ${i} and ${i + 1}.`,
      };
  }
  return undefined;
}

export const roleOrder: RecordCheck = {
  id: 'role-order',
  severity: 'warning',
  title: 'Roles do not take turns',
  why: 'Most chat templates raise an error when user and assistant do not alternate or a system message stands in the middle; others put the text together in silence. LLaMA-Factory leaves such rows out.',
  example:
    '{"chosen": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Are you there?"}, {"role": "assistant", "content": "Yes."}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Are you there?"}, {"role": "assistant", "content": "No."}]}',
  remedy: 'Join messages that follow each other, move the system message to the head, or drop the record.',
  source: 'hiyouga/LLaMA-Factory#4108',
  // The two sides of a pair repeat one conversation: one finding says it.
  checkRecord: (_reading, { record, mapping }) =>
    messageLists(record, mapping)
      .flatMap((list) => firstFault(list) ?? [])
      .slice(0, 1),
};
