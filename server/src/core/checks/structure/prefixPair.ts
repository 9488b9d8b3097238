import { beyondText, otherSide, promptsDiffer } from '../../model/pair.ts';
import type { PairCheck } from '../check.ts';
import { answerPlace } from '../check.ts';

export const prefixPair: PairCheck = {
  id: 'prefix-pair',
  severity: 'warning',
  title: 'One response is the beginning of the other',
  why: 'The shorter answer was probably cut off, so the pair compares an answer with its own first part.',
  example: '{"prompt": "Why is the sky blue?", "chosen": "Because of scattering.", "rejected": "Because of"}',
  remedy:
    'Look for a length limit where the answers were generated. Drop the record, or generate the answer again.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  checkPair: (pair) => {
    const chosen = pair.chosen.text.trim();
    const rejected = pair.rejected.text.trim();
    if (chosen === '' || rejected === '' || chosen.length === rejected.length) return [];
    const shorter = chosen.length < rejected.length ? 'chosen' : 'rejected';
    const [part, whole] = shorter === 'chosen' ? [chosen, rejected] : [rejected, chosen];
    if (
      !whole.startsWith(part) ||
      beyondText(pair.chosen) !== beyondText(pair.rejected) ||
      promptsDiffer(pair)
    )
      return [];
    return [
      {
        place: answerPlace(pair[shorter]),
        message: `The ${shorter} response equals the first ${part.length} characters of the ${otherSide(shorter)} one.`,
      },
    ];
  },
};
