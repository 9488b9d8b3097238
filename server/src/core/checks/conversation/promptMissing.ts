import type { RecordCheck } from '../check.ts';
import { promptPlace } from '../check.ts';

export const promptMissing: RecordCheck = {
  id: 'prompt-missing',
  severity: 'warning',
  title: 'The pair has no prompt',
  why: 'Without a prompt, the two answers can’t be compared: the trainer learns that one text is better regardless of the question. In a transcript, it means that the two sides share no turn.',
  example: '{"prompt": "", "chosen": "Paris.", "rejected": "Rome."}',
  remedy: 'Fill in the prompt, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  checkRecord: ({ pairs }, context) => {
    const { mapping } = context;
    const part = mapping.prompt.find(({ optional }) => optional !== true);
    const [pair] = pairs;
    const { answers } = mapping;
    const isTranscript = answers.kind === 'pair' && answers.chosen.as === 'transcript';
    if (
      !pair ||
      (!part && !isTranscript) ||
      pair.context !== undefined ||
      pair.prompt.some(({ text, more }) => more !== undefined || text.trim() !== '')
    )
      return [];
    return [{ place: promptPlace(context), message: 'The pair has no prompt.' }];
  },
};
