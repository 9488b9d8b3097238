import { beyondText } from '../../model/pair.ts';
import { sharedStart } from '../../sharedStart.ts';
import type { PairCheck } from '../check.ts';
import { answerRange, numberOption } from '../check.ts';

/** Shorter answers differ in one word and mean the opposite. */
const MIN_LENGTH = 80;

function sharedEnd(a: string, b: string, max: number): number {
  let at = 0;
  while (at < max && a.charCodeAt(a.length - 1 - at) === b.charCodeAt(b.length - 1 - at)) at++;
  return at;
}

export const nearIdenticalPair: PairCheck = {
  id: 'near-identical-pair',
  severity: 'information',
  title: 'The two responses are the same but for one place',
  why: 'The pair teaches what stands in that one place and nothing else. Where the difference is the point (a wrong digit in a proof) that is right; where it is a stray word, the pair is a tie that was called a preference.',
  example:
    '{"prompt": "…", "chosen": "(300 characters) … in 1969.", "rejected": "(the same 300 characters) … in 1968."}',
  remedy: 'Read the difference. Keep the pair where it matters, else mark it as a tie or drop it.',
  repairs: [
    { edit: 'tie', grade: 'review', title: 'Mark as a tie' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  options: {
    share: {
      default: 0.95,
      schema: {
        type: 'number',
        minimum: 0.5,
        maximum: 1,
        description: 'Share of the longer answer that both have in common at their ends.',
      },
    },
  },
  source: 'Beyond the Binary; RISE (see methods of pairs that differ little)',
  precision: {
    right: 3,
    of: 3,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets); right: the two differ in one place alone',
  },
  checkPair: ({ chosen, rejected, isTie }, context) => {
    const [a, b] = [chosen.text, rejected.text];
    const longer = Math.max(a.length, b.length);
    if (isTie || a === b || longer < MIN_LENGTH) return [];
    const share = numberOption(context, 'share');
    if (Math.min(a.length, b.length) < share * longer) return [];
    const start = sharedStart(a, b);
    const end = sharedEnd(a, b, Math.min(a.length, b.length) - start);
    // One is the beginning of the other: prefix-pair says so.
    if (start + end < share * longer || start === Math.min(a.trimEnd().length, b.trimEnd().length)) return [];
    if (a.replaceAll(/\s+/g, '') === b.replaceAll(/\s+/g, '')) return [];
    if (beyondText(chosen) !== beyondText(rejected)) return [];
    const different = longer - start - end;
    return [
      {
        place: answerRange(rejected, start, Math.max(start + 1, b.length - end)),
        message: `Chosen and rejected are the same but for ${different} of ${longer} characters.`,
      },
    ];
  },
};
