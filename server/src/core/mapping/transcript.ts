// Conversations that are written into one text, with markers that open the turns.
import type { Json } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import { speakerOf } from '../model/speaker.ts';
import { sharedStart } from '../sharedStart.ts';
import type { Markers } from './markers.ts';
import { BEGINNING, ENDING, HH, MARKERS, SPEAKERS, TEMPLATES } from './markers.ts';

const HH_ANSWER = '\n\nAssistant:';

/** How a whole conversation is written; undefined if the text is none. */
function markersOf(text: string): Markers | undefined {
  return text.includes(HH_ANSWER) ? HH : MARKERS.find(({ whole }) => whole.test(text));
}

const roleOf = ([, own, other]: RegExpMatchArray): string => {
  const word = own ?? other ?? '';
  return SPEAKERS[word] ?? word;
};

/** True for a text that holds a conversation. */
export function isTranscript(text: string): boolean {
  return markersOf(text) !== undefined;
}

/** True for a conversation with the tokens of a chat template, which no answer begins with by itself. */
export function isTemplated(value: Json): boolean {
  return typeof value === 'string' && TEMPLATES.some(({ whole }) => whole.test(value));
}

/** True for the prompt that was cut off a transcript: it ends where the answer begins. */
export function isTranscriptPrompt(text: string): boolean {
  return (
    (text.trimEnd().endsWith(HH_ANSWER) && HH.prompt.test(text)) ||
    MARKERS.some(({ prompt }) => prompt.test(text))
  );
}

/** Longest tokens at the end of a turn, with the blanks around them, in UTF-16 units. */
const MAX_ENDING = 256;

const endingLength = (text: string): number => ENDING.exec(text.slice(-MAX_ENDING))?.[0].length ?? 0;

/**
 * End of the common prompt of two transcripts: just after the last marker of the assistant that both share. 0 if they
 * share none.
 */
export function sharedTranscriptPrompt(chosen: string, rejected: string): number {
  const markers = markersOf(chosen);
  if (!markers || markersOf(rejected) !== markers) return 0;
  const shared = sharedStart(chosen, rejected);
  if (markers === HH) {
    const marker = shared < HH_ANSWER.length ? -1 : chosen.lastIndexOf(HH_ANSWER, shared - HH_ANSWER.length);
    return marker < 0 ? 0 : marker + HH_ANSWER.length;
  }
  const last = [...chosen.slice(0, shared).matchAll(markers.turn)].findLast(
    (mark) => speakerOf(roleOf(mark)) === 'assistant',
  );
  return last ? last.index + last[0].length : 0;
}

/** Length of an answer in a transcript, without the tokens that end its turn. HH data have none. */
export function answerLength(answer: string, transcript: string): number {
  return markersOf(transcript) === HH ? answer.length : answer.length - endingLength(answer);
}

/** The turns of a transcript. A marker without text after it starts no turn. */
export function transcriptTurns(transcript: string): Turn[] {
  // The first marker may have lost its blank line.
  if (/^\s?Human:/.test(transcript)) return transcriptTurns(`\n\n${transcript.trimStart()}`);
  const other = MARKERS.find(({ whole, prompt }) => prompt.test(transcript) || whole.test(transcript));
  const markers = transcript.includes(HH_ANSWER) ? HH : (other ?? HH);
  const marks = [...transcript.matchAll(markers.turn)];
  const textOf = (from: number, to: number | undefined): string => {
    const text = transcript.slice(from, to).trim();
    if (markers === HH) return text;
    return text
      .slice(0, text.length - endingLength(text))
      .replace(BEGINNING, '')
      .trim();
  };
  const before = markers === HH ? '' : textOf(0, marks[0]?.index ?? 0);
  return [
    { role: 'system', text: before },
    ...marks.map((mark, i) => ({
      role: roleOf(mark),
      text: textOf(mark.index + mark[0].length, marks[i + 1]?.index),
    })),
  ].filter(({ text }) => text !== '');
}

/**
 * The ends of all markers. Searching for these is ten times as fast as the expression, and nearly all answers have
 * none.
 */
const MARKER_ENDS = ['Human:', 'Assistant:', 'User:', 'Instruction:', 'Response:'];

/** The first turn marker in an answer as a half-open range; undefined if there is none. */
export function findTurnMarker(answer: string): readonly [number, number] | undefined {
  if (!MARKER_ENDS.some((end) => answer.includes(end))) return undefined;
  const match =
    /(?:^|\n)[ \t]*((?:Human|Assistant|User|###\s*(?:Human|Assistant|User|Instruction|Response)):)/.exec(
      answer,
    );
  if (!match?.[1]) return undefined;
  const start = match.index + match[0].length - match[1].length;
  return [start, start + match[1].length];
}
