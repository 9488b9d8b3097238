// The figures of a portrait, in the order in which people read them.
import type { Portrait, ScorerMargins } from '../portrait/portrait.ts';
import { t } from '../words/translate.ts';
import type { Figure } from './figure.ts';
import { findingsOf, sourcesOf } from './figures/findings.ts';
import { agreement, reliability, rewards, selfTestOf, verdicts } from './figures/labels.ts';
import { answerLengths, promptLengths } from './figures/lengths.ts';
import { lengthAndMargin, marginsOf } from './figures/margins.ts';
import { bySourceFigure, floorFigure, ratingsFigure, strengthsFigure } from './figures/records.ts';
import { subsetWords } from './figures/subset.ts';

/** Stands in the place of figures that need margins. */
function unscored({ scorers, labels }: Portrait, why: string | undefined): Figure | undefined {
  if (scorers.length > 0 || labels.preferences === 0 || why === undefined) return undefined;
  return { id: 'margins', title: t('Margins'), caption: why };
}

/**
 * Only figures that have something to show.
 * @param why says why there are no margins, if there are none
 * @param whole of a portrait of some pairs: that of all, to compare with
 */
export function figuresOf(portrait: Portrait, why?: string, whole?: Portrait): readonly Figure[] {
  const { unsure } = portrait;
  const marginsBy = (scorer: ScorerMargins | undefined, trust: string | undefined, isRanking: boolean) =>
    scorer &&
    marginsOf(
      scorer,
      trust,
      isRanking,
      whole?.scorers.find(({ name }) => name === scorer.name),
    );
  if (unsure !== undefined) {
    // Which answer is chosen is a guess here.
    return [
      subsetWords(portrait),
      { id: 'unsure', title: t('Labels'), caption: `${unsure}.` },
      findingsOf(portrait),
      promptLengths(portrait, whole),
      sourcesOf(portrait),
    ].filter((figure) => figure !== undefined);
  }
  const [ranking, ...members] = portrait.scorers;
  return [
    subsetWords(portrait),
    marginsBy(ranking, portrait.trust, true),
    unscored(portrait, why),
    findingsOf(portrait),
    lengthAndMargin(portrait),
    rewards(portrait),
    answerLengths(portrait, whole),
    promptLengths(portrait, whole),
    reliability(portrait),
    selfTestOf(portrait),
    sourcesOf(portrait),
    bySourceFigure(portrait),
    strengthsFigure(portrait),
    ratingsFigure(portrait),
    floorFigure(portrait),
    ...members.map((member) => marginsBy(member, undefined, false)),
    agreement(portrait),
    verdicts(portrait),
  ].filter((figure) => figure !== undefined);
}
