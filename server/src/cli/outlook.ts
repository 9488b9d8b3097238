// What a review lets expect of the pairs that nobody reviewed, in words.
import { joinRanked, judgementsOf } from '#core/learning/judgements.ts';
import type { Expected } from '#core/learning/learn.ts';
import { expectFinds } from '#core/learning/outlook.ts';
import { plural } from '#core/words/numbers.ts';
import { memoryRoot, readDecisions } from '#node/memory.ts';
import type { SurveyedDataset } from '#node/survey.ts';

const rangeWords = ({ likely, low, high }: Expected): string =>
  `about ${likely.toLocaleString('en')} (${low.toLocaleString('en')} to ${high.toLocaleString('en')})`;

/**
 * A sentence about the finds that are left; undefined if too few labels were reviewed.
 * @param margins by pair number over all files
 */
export async function outlookWords(
  { files }: SurveyedDataset,
  margins: Float32Array,
): Promise<string | undefined> {
  const all = await Promise.all(
    files.map(async ({ file, survey: { facts }, firstPair }) => {
      const { verdicts } = await readDecisions(memoryRoot(file.path));
      return judgementsOf(facts, margins.subarray(firstPair, firstPair + facts.pairCount), verdicts);
    }),
  );
  const judged = all.flatMap((one) => one.judged);
  const outlook = expectFinds(judged, joinRanked(all.map((one) => one.rest)));
  if (!outlook) return undefined;
  const { finds, next, left } = outlook;
  return (
    `${plural(judged.length, 'label')} reviewed, ${finds.toLocaleString('en')} of them wrong. Of the next ${next.of} in the ranking, ${rangeWords(next)} are expected to be wrong; ` +
    `${rangeWords(left)} among all that are left. This judges the ranking by your review; it is no error rate.`
  );
}
