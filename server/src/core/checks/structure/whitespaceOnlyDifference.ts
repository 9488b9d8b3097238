import { beyondText, promptsDiffer } from '../../model/pair.ts';
import { sharedStart } from '../../sharedStart.ts';
import type { PairCheck } from '../check.ts';
import { answerPlace } from '../check.ts';

/** Largest relative difference in length that white space explains in real texts. */
const MAX_EXTRA = 0.5;

export const whitespaceOnlyDifference: PairCheck = {
  id: 'whitespace-only-difference',
  severity: 'warning',
  title: 'Chosen and rejected differ only in white space',
  why: 'A model trained on such a pair learns to count spaces and line breaks. The one exception is code with significant indentation.',
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
    // Cheap test: the first difference rules out nearly all pairs.
    const at = sharedStart(a, b);
    if (!/\s|^$/.test(a.charAt(at)) && !/\s|^$/.test(b.charAt(at))) return [];
    if (a.replaceAll(/\s+/g, '') !== b.replaceAll(/\s+/g, '')) return [];
    if (beyondText(chosen) !== beyondText(rejected) || promptsDiffer({ chosen, rejected })) return [];
    return [{ place: answerPlace(rejected), message: 'Chosen and rejected differ only in white space.' }];
  },
};
