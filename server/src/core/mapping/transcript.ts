// Transcripts in the format of Anthropic's HH data: turns begin with "\n\nHuman:" or "\n\nAssistant:". Prompts of NeMo
// are another kind: turns begin with "<extra_id_1>User\n" or "<extra_id_1>Assistant\n".
import type { Turn } from '../model/pair.ts';
import { sharedStart } from '../sharedStart.ts';

const ASSISTANT = '\n\nAssistant:';

/** The start of a turn; the first group is the speaker. */
const TURN = /\n\n(Human|Assistant):/g;

const TRANSCRIPT_START = /^\s*Human:/;

const NEMO_START = /^<extra_id_[01]>[^\n<]+\n/;
const NEMO_TURN = /<extra_id_[01]>([^\n<]+)\n/g;

/** Other markers of turns, each at the start of a line; USER and ASSISTANT also after a blank. Prompts alone use them. */
const OTHER_MARKERS = [
  {
    prompt: /^\s*###\s*(?:Human|User|Instruction):[^]*###\s*(?:Assistant|Response):\s*$/,
    turn: /(?:^|\n)[ \t]*###\s*(Human|User|Instruction|Assistant|Response|System):/g,
  },
  {
    prompt: /^\s*(?:USER|User):[^]*\s(?:ASSISTANT|Assistant):\s*$/,
    turn: /(?:^|\s)(USER|ASSISTANT):|(?:^|\n)[ \t]*(User|Assistant):/g,
  },
] as const;

/** Who speaks after a marker that names a part of a form. */
const SPEAKERS: Readonly<Record<string, string>> = { Instruction: 'user', Response: 'assistant' };

/**
 * End of the common prompt of two transcripts: just after the last assistant marker that both share. 0 if they
 * share none.
 */
export function sharedTranscriptPrompt(chosen: string, rejected: string): number {
  const shared = sharedStart(chosen, rejected);
  if (shared < ASSISTANT.length) return 0;
  const marker = chosen.lastIndexOf(ASSISTANT, shared - ASSISTANT.length);
  return marker < 0 ? 0 : marker + ASSISTANT.length;
}

/** True for the prompt that was cut off a transcript: it ends where the answer begins. */
export function isTranscriptPrompt(text: string): boolean {
  return (
    NEMO_START.test(text) ||
    (text.trimEnd().endsWith(ASSISTANT) && TRANSCRIPT_START.test(text)) ||
    OTHER_MARKERS.some(({ prompt }) => prompt.test(text))
  );
}

/** The turns of a transcript. A marker without text after it starts no turn. */
export function transcriptTurns(transcript: string): Turn[] {
  const turns: Turn[] = [];
  // The first marker may have lost its blank line.
  if (/^\s?Human:/.test(transcript)) return transcriptTurns(`\n\n${transcript.trimStart()}`);
  const other = OTHER_MARKERS.find(({ prompt }) => prompt.test(transcript));
  const marks = [...transcript.matchAll(other?.turn ?? (NEMO_START.test(transcript) ? NEMO_TURN : TURN))];
  marks.forEach((mark, i) => {
    const text = transcript.slice(mark.index + mark[0].length, marks[i + 1]?.index).trim();
    const role = mark[1] ?? mark[2] ?? '';
    if (text !== '') turns.push({ role: SPEAKERS[role] ?? role, text });
  });
  return turns;
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
