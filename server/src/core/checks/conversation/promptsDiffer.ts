import { promptsDiffer } from '../../model/pair.ts';
import type { PairCheck } from '../check.ts';
import { answerPlace } from '../check.ts';

export const promptsDifferCheck: PairCheck = {
  id: 'prompts-differ',
  severity: 'information',
  title: 'The two answers have different prompts',
  why: 'Each side has a prompt or a system message of its own (`chosen_prompt` and `rejected_prompt`, `rejected_system`, or messages that differ before the first answer). That may be meant: some methods learn which prompt goes with an answer. But a reward is only known up to something that depends on the prompt. For one prompt this cancels in the margin, for two it does not, so the margin also compares the prompts. And trainers that expect one prompt take one of the two, or train on the text of the user.',
  example:
    '{"prompt": "Explain rain.", "chosen_system": "Speak to a child.", "rejected_system": "Speak to a lawyer.", "chosen": "Clouds cry.", "rejected": "Pursuant to physics, water falls."}',
  remedy:
    'Keep such pairs if your method asks for them, and read their margins with care. Otherwise, write both answers for one prompt, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  source:
    'Joint preferences over instruction and response as in DOVE; system messages as in Janus (2405.17977)',
  checkPair: (pair) =>
    !pair.isTie && promptsDiffer(pair)
      ? [
          {
            place: answerPlace(pair.rejected),
            message: 'The answers have different prompts; a margin compares the prompts too.',
          },
        ]
      : [],
};
