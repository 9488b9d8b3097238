import type { Mapping } from '../../mapping/mapping.ts';

/** True if the label comes from the scores of the answers. Then they can't contradict it. */
export function isOwnLabel({ answers }: Mapping): boolean {
  return (
    answers.kind === 'candidates' ||
    (answers.kind === 'choice' && (answers.label.kind === 'scores' || answers.label.kind === 'one-hot'))
  );
}
