// The figures of a portrait, in the order in which people read them.
import type { Portrait } from '../portrait/portrait.ts';
import { t } from '../words/translate.ts';
import type { Figure } from './figure.ts';
import { findingsOf, sourcesOf } from './figures/findings.ts';
import { agreement, reliability, rewards, selfTestOf, verdicts } from './figures/labels.ts';
import { answerLengths, promptLengths } from './figures/lengths.ts';
import { lengthAndMargin, marginsOf } from './figures/margins.ts';

/** Stands in the place of figures that need margins. */
function unscored({ scorers, labels }: Portrait, why: string | undefined): Figure | undefined {
  if (scorers.length > 0 || labels.preferences === 0 || why === undefined) return undefined;
  return { id: 'margins', title: t('Margins'), caption: why };
}

/**
 * Only figures that have something to show.
 * @param why says why there are no margins, if there are none
 */
export function figuresOf(portrait: Portrait, why?: string): readonly Figure[] {
  const [ranking, ...members] = portrait.scorers;
  const { unsure } = portrait;
  if (unsure !== undefined) {
    // Which answer is chosen is a guess here.
    return [
      { id: 'unsure', title: t('Labels'), caption: `${unsure}.` },
      findingsOf(portrait),
      promptLengths(portrait),
      sourcesOf(portrait),
    ].filter((figure) => figure !== undefined);
  }
  return [
    ranking && marginsOf(ranking, portrait.trust, true),
    unscored(portrait, why),
    findingsOf(portrait),
    lengthAndMargin(portrait),
    rewards(portrait),
    answerLengths(portrait),
    promptLengths(portrait),
    reliability(portrait),
    selfTestOf(portrait),
    sourcesOf(portrait),
    ...members.map((member) => marginsOf(member, undefined, false)),
    agreement(portrait),
    verdicts(portrait),
  ].filter((figure) => figure !== undefined);
}
