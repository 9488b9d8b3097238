import { beyondText, promptsDiffer } from '../../model/pair.ts';
import { sharedStart } from '../../sharedStart.ts';
import type { PairCheck } from '../check.ts';
import { answerRange, numberOption } from '../check.ts';

/** In characters. Shorter answers may differ in one word and mean the opposite. */
const MIN_LENGTH = 80;

function sharedEnd(a: string, b: string, max: number): number {
  let at = 0;
  while (at < max && a.charCodeAt(a.length - 1 - at) === b.charCodeAt(b.length - 1 - at)) at++;
  return at;
}

export const nearIdenticalPair: PairCheck = {
  id: 'near-identical-pair',
  severity: 'information',
  title: 'The two responses differ in one place only',
  why: 'The pair teaches only what differs in that place. That is right if the difference is the point (a wrong digit in a proof); if it is a stray word, the pair is a tie labelled as a preference.',
  example:
    '{"prompt": "…", "chosen": "(300 characters) … in 1969.", "rejected": "(the same 300 characters) … in 1968."}',
  remedy: 'Read the difference. If it matters, keep the pair; if not, mark it as a tie or drop it.',
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
        description: 'Minimum share of the longer answer that both have in common at their ends.',
      },
    },
  },
  source: 'Beyond the Binary; RISE (see methods of pairs that differ little)',
  precision: {
    right: 3,
    of: 3,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets); right: the two differ in one place only',
  },
  checkPair: ({ chosen, rejected, isTie }, context) => {
    const [a, b] = [chosen.text, rejected.text];
    const longer = Math.max(a.length, b.length);
    if (isTie || a === b || longer < MIN_LENGTH) return [];
    const share = numberOption(context, 'share');
    if (Math.min(a.length, b.length) < share * longer) return [];
    const start = sharedStart(a, b);
    const end = sharedEnd(a, b, Math.min(a.length, b.length) - start);
    // prefix-pair reports an answer that is the beginning of the other.
    if (start + end < share * longer || start === Math.min(a.trimEnd().length, b.trimEnd().length)) return [];
    if (a.replaceAll(/\s+/g, '') === b.replaceAll(/\s+/g, '')) return [];
    if (beyondText(chosen) !== beyondText(rejected) || promptsDiffer({ chosen, rejected })) return [];
    const different = longer - start - end;
    return [
      {
        place: answerRange(rejected, start, Math.max(start + 1, b.length - end)),
        message: `Chosen and rejected differ in ${different} of ${longer} characters only.`,
      },
    ];
  },
};
