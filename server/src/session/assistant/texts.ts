// Texts of records for assistants: each is cut to a length, and says how to read the rest.
import type { ToolOutput } from '#core/assistant/tools.ts';
import { namesReadIn } from '#core/mapping/read.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { jsonText } from '#core/model/json.ts';
import type { Side, Turn } from '#core/model/pair.ts';

import type { OpenDataset, ReadRecord } from '../dataset.ts';
import { verdictView } from '../views/pair.ts';

export type CutText = NonNullable<ToolOutput<'show_pair'>['fromDataset']['chosen']>;

/** Characters of a text in a list. */
const START_CHARACTERS = 200;

/** Characters of all texts of one reply. */
const MAX_ALL = 80_000;

/** Messages, answers or fields of one reply. */
export const MAX_PARTS = 100;

const isHighHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** The end of a piece of a text, in UTF-16 units: no character is cut in half. */
export function pieceEnd(text: string, start: number, limit: number): number {
  const end = Math.min(text.length, start + limit);
  const isInside = end < text.length && end > start + 1 && isHighHalf(text.charCodeAt(end - 1));
  return isInside ? end - 1 : end;
}

/** How a text begins. */
export function startOf(text: string): string {
  const end = pieceEnd(text, 0, START_CHARACTERS);
  return end < text.length ? `${text.slice(0, end)}…` : text;
}

/** Cuts the texts of one reply: each to a length, and all together. */
export function cutter(limit: number): (part: string, text: string) => CutText {
  let left = MAX_ALL;
  return (part, text) => {
    const end = pieceEnd(text, 0, Math.min(limit, left));
    left -= end;
    const characters = text.length;
    return end < characters
      ? { text: text.slice(0, end), characters, next: end, part }
      : { text, characters };
  };
}

const jsonOf = (more: JsonObject | undefined): readonly string[] => (more ? [jsonText(more)] : []);

const joined = (parts: readonly string[]): string => parts.filter((one) => one !== '').join('\n');

/** The text of a message, then its other fields as JSON. */
const textOfTurn = ({ text, more }: Turn): string => joined([text, ...jsonOf(more)]);

/** The text of an answer, then what else its messages and the record hold of it as JSON. */
const textOfSide = ({ text, turns, more }: Side): string =>
  joined([text, ...turns.flatMap((turn) => jsonOf(turn.more)), ...jsonOf(more)]);

const textOfField = (value: Json): string => (typeof value === 'string' ? value : jsonText(value));

/** A text of a record: its name in `read_text`, and what stands beside it. */
export interface Part {
  readonly part: string;
  readonly text: string;
  /** Role, verdict or name of a field. */
  readonly label: string;
}

export interface RecordParts {
  readonly prompt: readonly Part[];
  readonly chosen: Part | undefined;
  readonly rejected: Part | undefined;
  readonly answers: readonly Part[];
  readonly fields: readonly Part[];
}

/** All texts of a record, uncut. `pair` counts from 0. */
export function partsOfRecord({ survey }: OpenDataset, read: ReadRecord, pair: number): RecordParts {
  const { value, pairs, judgements } = read;
  const shown = pairs[pair];
  const prompt = (shown ?? judgements[0])?.prompt ?? [];
  const { recognition } = survey;
  const known = recognition ? namesReadIn(recognition.mapping, value) : new Set<string>();
  const others = Object.entries(value).filter(([name]) => !known.has(name));
  const side = (label: 'chosen' | 'rejected'): Part | undefined =>
    shown && { part: label, label, text: textOfSide(shown[label]) };
  return {
    prompt: prompt.map((turn, i) => ({ part: `prompt.${i + 1}`, label: turn.role, text: textOfTurn(turn) })),
    chosen: side('chosen'),
    rejected: side('rejected'),
    answers: shown
      ? []
      : judgements.map((one, i) => ({
          part: `answer.${i + 1}`,
          label: verdictView(one).words,
          text: textOfSide(one.response),
        })),
    fields: others.map(([name, one = null]) => ({
      part: `field.${name}`,
      label: name,
      text: textOfField(one),
    })),
  };
}

/** The text that `read_text` names; undefined if the record has none of this name. */
export function textOfPart(parts: RecordParts, part: string): string | undefined {
  const { prompt, chosen, rejected, answers, fields } = parts;
  const all = [
    ...prompt,
    ...answers,
    ...fields,
    ...(chosen ? [chosen] : []),
    ...(rejected ? [rejected] : []),
  ];
  return all.find((one) => one.part === part)?.text;
}
