import { transcriptTurns } from '../../mapping/transcript.ts';
import type { Hit } from '../../model/finding.ts';
import { isSameMore, promptsDiffer } from '../../model/pair.ts';
import type { RecordCheck } from '../check.ts';
import { answerPlace } from '../check.ts';
import type { Message } from './messages.ts';
import { messageLists, sideLists } from './messages.ts';

const MESSAGE = 'The two sides differ before their last answers.';

function isSame(a: Message | undefined, b: Message | undefined): boolean {
  if (a?.text !== b?.text || a?.speaker !== b?.speaker) return false;
  return isSameMore(a ?? {}, b ?? {});
}

function sharedMessages(a: readonly Message[], b: readonly Message[]): number {
  let at = 0;
  while (at < Math.min(a.length, b.length) && isSame(a[at], b[at])) at++;
  return at;
}

export const historyDiffers: RecordCheck = {
  id: 'history-differs',
  severity: 'warning',
  title: 'The two sides answer different conversations',
  why: 'A preference says which of two answers to the same prompt is better. If the user says something different on each side, the pair compares two conversations, and a trainer that splits at the common prefix also trains on the user’s text.',
  example:
    '{"chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye!"}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}, {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]}',
  remedy: 'Cut both sides after the first answers that differ, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  source: 'huggingface/trl#1858',
  checkRecord: ({ pairs }, { record, mapping }) => {
    const [pair] = pairs;
    if (!pair || pairs.length > 1) return [];
    // prompts-differ reports sides that differ before their first answers.
    const hit = (): Hit[] =>
      promptsDiffer(pair) ? [] : [{ place: answerPlace(pair.rejected), message: MESSAGE }];
    const sides = sideLists(messageLists(record, mapping), pair);
    if (sides) {
      const [a, b] = [sides[0].messages, sides[1].messages];
      const shared = sharedMessages(a, b);
      const isUser = ({ speaker }: Message): boolean => speaker === 'user';
      if (a.slice(shared).some(isUser) && b.slice(shared).some(isUser)) return hit();
      // The last answers are equal, but the messages before them differ.
      const hasHistory = shared > 0 && shared < Math.min(a.length, b.length) - 1;
      return hasHistory && isSame(a.at(-1), b.at(-1)) ? hit() : [];
    }
    // Transcripts: after the common prompt, both sides continue with a user turn.
    if (pair.chosen.textStart === 0 && pair.rejected.textStart === 0) return [];
    const goesOn = (text: string): boolean =>
      text.includes('\n\nHuman:') && transcriptTurns(text).some(({ role }) => role === 'Human');
    return goesOn(pair.chosen.text) && goesOn(pair.rejected.text) ? hit() : [];
  },
};
