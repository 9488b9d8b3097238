// A pair whose label must not be seen: its answers in a shuffled order, and nothing that tells which one was chosen.
import type { AnswerView, PairView, PartView, PlaceView, TurnView } from '#protocol/editor/views.ts';

import { NOTHING_SAID } from './pair.ts';

/** Names of fields tell the side: "chosen_image". */
const LABELS: Readonly<Record<PartView['kind'], string | undefined>> = {
  call: undefined,
  thought: undefined,
  media: 'picture or file',
  other: 'more of this answer',
};

function partView(part: PartView): PartView {
  return { ...part, label: LABELS[part.kind] ?? part.label };
}

const turnView = ({ parts, ...turn }: TurnView): TurnView => ({
  ...turn,
  ...(parts && { parts: parts.map(partView) }),
});

function answerView({ text, turns, parts }: AnswerView): AnswerView {
  return {
    text,
    ...(turns && { turns: turns.map(turnView) }),
    ...(parts && { parts: parts.map(partView) }),
  };
}

/** Where a record is, without what is said of it. */
export function bareView(view: PlaceView): PlaceView {
  const { uri, fileName, record, recordCount, pair, pairKey, line, findingCount } = view;
  return {
    uri,
    fileName,
    record,
    recordCount,
    pair,
    ...(pairKey !== undefined && { pairKey }),
    line,
    findingCount,
    ...NOTHING_SAID,
  };
}

/** @param isSwapped the rejected answer stands first */
export function blindView(view: PairView, isSwapped: boolean): PairView {
  const { chosen, rejected, pairCount, prompt, context, images, templates } = view;
  const [first, second] = isSwapped ? [rejected, chosen] : [chosen, rejected];
  return {
    ...bareView(view),
    kind: 'pair',
    isBlind: true,
    isTie: false,
    pairCount,
    prompt,
    context,
    ...(templates && { templates }),
    chosen: answerView(first),
    rejected: answerView(second),
    images: images.map((image) => ({ ...image, name: 'picture' })),
    reasons: [],
    details: [],
  };
}
