import { findTurnMarker } from '../../mapping/transcript.ts';
import type { AnswerCheck } from '../check.ts';
import { answerPlace, answerRange, replaceRange, responseLabel } from '../check.ts';
import { BRACKET, COLON } from '../view.ts';

/** Start of a message list as json.dumps or str() writes it. */
const LIST_HEAD = /^\s*\[\s*\{\s*(["'])(?:role|content|from|value)\1\s*:/;
const LIST_END = /[}\]]\s*$/;

/** How a message list was written as text; undefined if the text is not one. */
function listSpelling(text: string): string | undefined {
  const quote = LIST_HEAD.exec(text)?.[1];
  if (quote === undefined || !LIST_END.test(text)) return undefined;
  return quote === "'" ? 'as Python prints it' : 'as JSON in a string';
}

export const turnMarkerInResponse: AnswerCheck = {
  id: 'turn-marker-in-response',
  severity: 'warning',
  title: 'A response contains the marker of another turn',
  why: 'A marker such as "Human:" at the start of a line means that the answer continues into the next turn, or that the two sides were split at different turns. Also reported: a list of messages written as text.',
  example: '{"prompt": "Hi", "chosen": "Hello!\\n\\nHuman: How are you?", "rejected": "What?"}',
  remedy: 'Cut the answer before the marker, or drop the record.',
  repairs: [{ edit: 'replace', grade: 'review', title: 'Cut the response before the marker' }],
  precision: {
    right: 49,
    of: 50,
    on: '50 drawn from 66 findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets); right: the marker is no part of the answer',
  },
  checkAnswer: (answer) => {
    const written = (answer.view.marks & BRACKET) === 0 ? undefined : listSpelling(answer.text);
    if (written !== undefined) {
      const message = `${responseLabel(answer)} is a list of messages ${written}. Store the list itself; as text, trainers read its brackets and quotes as the answer.`;
      return [{ place: answerPlace(answer), message }];
    }
    const marker = (answer.view.marks & COLON) === 0 ? undefined : findTurnMarker(answer.text);
    if (!marker) return [];
    const word = answer.text.slice(...marker);
    const message = `${responseLabel(answer)} contains the turn marker "${word}".`;
    const end = answer.text.slice(0, marker[0]).trimEnd().length;
    return [
      {
        place: answerRange(answer, ...marker),
        message,
        // If the whole answer is the other turn, there is nothing to cut to.
        ...(end > 0 && replaceRange(answer, end, answer.text.length, '')),
      },
    ];
  },
};
