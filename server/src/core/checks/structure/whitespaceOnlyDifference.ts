import { beyondText } from '../../model/pair.ts';
import { sharedStart } from '../../sharedStart.ts';
import type { PairCheck } from '../check.ts';
import { answerPlace } from '../check.ts';

/** Lengths that differ by more than this cannot come from white space alone in texts that people write. */
const MAX_EXTRA = 0.5;

export const whitespaceOnlyDifference: PairCheck = {
  id: 'whitespace-only-difference',
  severity: 'warning',
  title: 'Chosen and rejected differ in white space alone',
  why: 'A model that trains on such a pair learns to count spaces and line breaks. Code in which indentation means something is the one exception.',
  example: '{"prompt": "Greet me.", "chosen": "Hello  there!", "rejected": "Hello there!"}',
  remedy: 'Drop the record, or mark it as a tie.',
  repairs: [
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
    { edit: 'tie', grade: 'review', title: 'Mark as a tie' },
  ],
  checkPair: ({ chosen, rejected, isTie }) => {
    const [a, b] = [chosen.text.trim(), rejected.text.trim()];
    if (isTie || a === b || a === '' || b === '') return [];
    if (Math.abs(a.length - b.length) > MAX_EXTRA * Math.max(a.length, b.length)) return [];
    // The first difference tells nearly all pairs apart.
    const at = sharedStart(a, b);
    if (!/\s|^$/.test(a.charAt(at)) && !/\s|^$/.test(b.charAt(at))) return [];
    if (a.replaceAll(/\s+/g, '') !== b.replaceAll(/\s+/g, '')) return [];
    if (beyondText(chosen) !== beyondText(rejected)) return [];
    return [{ place: answerPlace(rejected), message: 'Chosen and rejected differ in white space alone.' }];
  },
};
