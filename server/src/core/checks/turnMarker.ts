import { findTurnMarker } from '../mapping/transcript.ts';
import type { PairCheck } from './check.ts';
import { answerRange } from './check.ts';

const SIDES = ['chosen', 'rejected'] as const;

export const turnMarkerInResponse: PairCheck = {
  id: 'turn-marker-in-response',
  severity: 'warning',
  title: 'A response contains the marker of another turn',
  help: 'A marker such as "Human:" at the head of a line means that the answer runs on into the next turn, or that the two sides were split at different turns. Cut the answer before the marker, or drop the record.',
  check: (pair) =>
    SIDES.flatMap((side) => {
      const marker = findTurnMarker(pair[side].text);
      if (!marker) return [];
      const word = pair[side].text.slice(...marker);
      return [
        {
          place: answerRange(pair, side, ...marker),
          message: `The ${side} response contains the turn marker "${word}".`,
        },
      ];
    }),
};
