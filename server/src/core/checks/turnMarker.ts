import { findTurnMarker } from '../mapping/transcript.ts';
import type { PairCheck } from './check.ts';
import { answerRange, eachSide, responseWords } from './check.ts';

export const turnMarkerInResponse: PairCheck = {
  id: 'turn-marker-in-response',
  severity: 'warning',
  title: 'A response contains the marker of another turn',
  help: 'A marker such as "Human:" at the head of a line means that the answer runs on into the next turn, or that the two sides were split at different turns. Cut the answer before the marker, or drop the record.',
  ...eachSide((side, name) => {
    const marker = findTurnMarker(side.text);
    if (!marker) return [];
    const word = side.text.slice(...marker);
    const message = `${responseWords(name)} contains the turn marker "${word}".`;
    return [{ place: answerRange(side, ...marker), message }];
  }),
};
