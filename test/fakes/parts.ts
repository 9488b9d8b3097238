// The survey of a file from those of its ranges.
import type { Survey } from '#core/dataset/survey.ts';
import type { RangeSurvey } from '#node/rangeSurvey.ts';
import { PartJoin } from '#node/rangeSurvey.ts';

/** @param parts in order */
export function joined(parts: readonly { readonly start: number; readonly part: RangeSurvey }[]): Survey {
  const join = new PartJoin();
  for (const part of parts) join.add(part);
  return join.end();
}
