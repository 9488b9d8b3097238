// What is marked in the two answers of a pair.
import { formatMargin, marginSign } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { FindingView, PairView } from '#protocol/editor/views.ts';
import type { ViewOptions } from '#protocol/page/options.ts';

import type { Mark } from './textMarks.ts';
import { inOrder, wordMarks } from './textMarks.ts';
import type { MarkedTokens } from './tokenMarks.ts';
import { tokenMarks } from './tokenMarks.ts';

type Side = 'chosen' | 'rejected';

/** The stretches of one side; undefined where no differences are to be marked. */
type Stretches = readonly { readonly kind: 'same' | 'only'; readonly text: string }[] | undefined;

function differenceMarks(stretches: Stretches = []): readonly Mark[] {
  const marks: Mark[] = [];
  let at = 0;
  for (const { kind, text } of stretches) {
    if (kind === 'only') marks.push({ start: at, end: at + text.length, kind: 'difference' });
    at += text.length;
  }
  return marks;
}

function findingMarks(findings: readonly FindingView[], side: Side): readonly Mark[] {
  return findings.flatMap(({ rule, message, at }): Mark[] =>
    at?.side === side
      ? [{ start: at.start, end: at.end, kind: 'finding', title: `${rule}: ${message}` }]
      : [],
  );
}

/** The words of an answer among the reasons of its score. */
function wordReasons({ reasons }: PairView, side: Side): Parameters<typeof wordMarks>[1] {
  return reasons
    .filter((reason) => reason.side === side)
    .map(({ text, weight }) => ({
      text,
      weight,
      title:
        marginSign(weight) < 0
          ? t('{0}: lowers the margin', formatMargin(weight))
          : t('{0}: raises the margin', formatMargin(weight)),
    }));
}

export function hasWordReasons({ reasons }: PairView): boolean {
  return reasons.some(({ side }) => side === 'chosen' || side === 'rejected');
}

/** Whose numbers mark the answers: the words of the built-in scorer, or tokens; undefined if none do. */
export type Marker = 'words' | MarkedTokens | undefined;

/** What raised or lowered the margin. */
function scoreMarks(pair: PairView, side: Side, marker: Marker): readonly Mark[] {
  if (marker === undefined) return [];
  return marker === 'words' ? wordMarks(pair[side].text, wordReasons(pair, side)) : tokenMarks(marker, side);
}

/** The marks of an answer, in order. */
export function answerMarks(
  pair: PairView,
  side: Side,
  stretches: Stretches,
  { showsDifferences }: Pick<ViewOptions, 'showsDifferences'>,
  marker: Marker,
): readonly Mark[] {
  return inOrder([
    ...findingMarks(pair.findings, side),
    ...(showsDifferences ? differenceMarks(stretches) : []),
    ...scoreMarks(pair, side, marker),
  ]);
}
