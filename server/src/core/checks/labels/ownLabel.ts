import type { Mapping } from '../../mapping/mapping.ts';

/** True where the scores of the answers are the label: then they cannot speak against it. */
export function isOwnLabel({ answers }: Mapping): boolean {
  return (
    answers.kind === 'candidates' ||
    (answers.kind === 'choice' && (answers.label.kind === 'scores' || answers.label.kind === 'one-hot'))
  );
}
