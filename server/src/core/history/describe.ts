// What changed in a record, from the texts of both versions: for people, short.
import { parseRecord } from '../json/parseRecord.ts';
import type { Reading } from '../mapping/forms/form.ts';
import { namesRead, readRecord } from '../mapping/read.ts';
import { canonical } from '../model/canonical.ts';
import { answerSpelling, promptSpelling } from '../model/identity.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isObject, jsonText } from '../model/json.ts';
import type { Side, Turn } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';
import { sharedStart } from '../sharedStart.ts';
import { ANSWERS, CHOSEN, FIELDS, FLIPPED, LABEL, MOVED, PROMPT, REJECTED } from './differences.ts';
import type { VersionReading } from './versionKeys.ts';

/** Characters of an excerpt, and of what it shows before the first difference. */
const MAX_EXCERPT = 72;
const CONTEXT = 24;

/** Fields that are compared by their values; of more, only the names are listed. */
const MAX_FIELDS = 8;

export interface PartChange {
  /** A part of the pair, or the name of a field. */
  readonly part: string;
  /** Undefined: there was none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Description {
  /** How the last turn of the prompt begins, or the record without one. */
  readonly about: string;
  readonly parts: readonly PartChange[];
}

/** A record of a version, as its file holds it. */
export interface VersionRecord {
  readonly raw: RawRecord;
  readonly reading: VersionReading;
}

interface ReadVersion {
  readonly value: JsonObject | undefined;
  readonly read: Reading | undefined;
  readonly text: string;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function readVersion({ raw, reading: { recognition } }: VersionRecord): ReadVersion {
  const parsed = parseRecord(raw);
  const value = 'value' in parsed && isObject(parsed.value) ? parsed.value : undefined;
  const outcome = value && recognition ? readRecord(recognition.mapping, value) : undefined;
  return {
    value,
    read: outcome && !('problem' in outcome) ? outcome : undefined,
    text: raw.fault ?? decoder.decode(raw.bytes.subarray(0, 4 * MAX_EXCERPT)),
  };
}

/** A place between two characters, not in the middle of one. */
const whole = (text: string, at: number): number =>
  /^[\udc00-\udfff]/.test(text.slice(at, at + 1)) ? at - 1 : at;

/** One line of a text from a place on. */
function excerpt(text: string, from = 0): string {
  const start = whole(text, Math.max(0, from));
  const end = whole(text, start + MAX_EXCERPT);
  const cut = text.slice(start, end).replaceAll(/\s+/g, ' ').trim();
  return `${start > 0 ? '…' : ''}${cut}${end < text.length ? '…' : ''}`;
}

/** Both texts around the place where they begin to differ. */
function excerpts(part: string, before: string | undefined, after: string | undefined): PartChange {
  if (before === undefined || after === undefined)
    return { part, before: before && excerpt(before), after: after && excerpt(after) };
  const from = Math.max(0, sharedStart(before, after) - CONTEXT);
  const at = before.length <= MAX_EXCERPT && after.length <= MAX_EXCERPT ? 0 : from;
  const [was, is] = [excerpt(before, at), excerpt(after, at)];
  // Spaces alone differ, and an excerpt does not show them.
  return was === is
    ? {
        part,
        before: jsonText(before.slice(at, at + MAX_EXCERPT)),
        after: jsonText(after.slice(at, at + MAX_EXCERPT)),
      }
    : { part, before: was, after: is };
}

const turnsText = (turns: readonly Turn[]): string =>
  turns.length === 1 ? (turns[0]?.text ?? '') : turns.map(({ role, text }) => `${role}: ${text}`).join('\n');

type Said = { readonly prompt: readonly Turn[] } & Partial<Reading['pairs'][number]>;

const firstOf = (read: Reading | undefined): Said | undefined => read?.pairs[0] ?? read?.judgements[0];

function promptChange(was: Said | undefined, is: Said | undefined): PartChange {
  const [before, after] = [was, is].map((one) => one && turnsText(one.prompt));
  // Their texts are equal, so something beside them differs.
  if (before === after) return excerpts('prompt', was && promptSpelling(was), is && promptSpelling(is));
  return excerpts('prompt', before, after);
}

function sideChange(part: string, was: Side | undefined, is: Side | undefined): PartChange {
  if (was?.text === is?.text) return excerpts(part, was && answerSpelling(was), is && answerSpelling(is));
  return excerpts(part, was?.text, is?.text);
}

/** The answers with their verdicts, each on a line. */
function answersText(read: Reading | undefined, isLabel: boolean): string {
  if (!read) return '';
  const [pair, second] = read.pairs;
  if (isLabel && pair && !second) return pair.isTie ? 'tie' : `better: ${pair.chosen.text}`;
  const judged = read.judgements.map(({ verdict, response }) => [String(verdict), response.text] as const);
  const [only] = judged;
  if (isLabel && only && judged.length === 1) return only[0];
  return [
    ...read.pairs.map(
      ({ chosen, rejected, isTie }) => `${chosen.text} ${isTie ? '=' : '>'} ${rejected.text}`,
    ),
    ...judged.map(([verdict, text]) => (isLabel ? `${verdict}: ${text}` : text)),
  ].join('\n');
}

const fieldText = (value: Json | undefined): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : jsonText(value);

/** The fields that differ, without those in which the pair stands. */
function fieldChanges(
  was: ReadVersion,
  is: ReadVersion,
  pairNames: ReadonlySet<string>,
): readonly PartChange[] {
  if (!was.value || !is.value) return [excerpts('record', was.text, is.text)];
  const [a, b] = [was.value, is.value];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (name) => !pairNames.has(name) && canonical(a[name] ?? null) !== canonical(b[name] ?? null),
  );
  return names
    .slice(0, MAX_FIELDS)
    .map((name) => excerpts(name, fieldText(a[name] ?? undefined), fieldText(b[name] ?? undefined)));
}

/** Which answer is the better one now; of a single answer, its verdict. */
function turned(was: Reading | undefined, is: Reading | undefined): PartChange {
  const [before, after] = [was?.pairs[0], is?.pairs[0]];
  return before && after
    ? sideChange('chosen', before.chosen, after.chosen)
    : excerpts('label', answersText(was, true), answersText(is, true));
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** What a change did to a record. */
export function describeChange(old: VersionRecord, now: VersionRecord, change: number): Description {
  const [was, is] = [readVersion(old), readVersion(now)];
  const [first, second] = [was.read?.pairs[0], is.read?.pairs[0]];
  const has = (bit: number): boolean => (change & bit) !== 0;
  // Of a flipped pair, each side is compared with what it was.
  const [chosen, rejected] = has(FLIPPED)
    ? [first?.rejected, first?.chosen]
    : [first?.chosen, first?.rejected];
  const isTurned = has(FLIPPED) && !has(CHOSEN | REJECTED);
  const { recognition, pairsOnly } = now.reading;
  const pairNames = has(FIELDS) || !recognition ? NO_NAMES : namesRead(recognition.mapping);
  return {
    about: aboutOf(is),
    parts: [
      ...(has(PROMPT) ? [promptChange(firstOf(was.read), firstOf(is.read))] : []),
      ...(isTurned ? [turned(was.read, is.read)] : []),
      ...(has(CHOSEN) ? [sideChange('chosen', chosen, second?.chosen)] : []),
      ...(has(REJECTED) ? [sideChange('rejected', rejected, second?.rejected)] : []),
      ...(has(ANSWERS)
        ? [excerpts('answers', answersText(was.read, false), answersText(is.read, false))]
        : []),
      ...(has(LABEL) ? [excerpts('label', answersText(was.read, true), answersText(is.read, true))] : []),
      ...(pairsOnly || (change & ~MOVED) === 0 ? [] : fieldChanges(was, is, pairNames)),
    ],
  };
}

function aboutOf({ read, text }: ReadVersion): string {
  const prompt = firstOf(read)?.prompt.at(-1)?.text;
  const answer = read?.pairs[0]?.chosen.text ?? read?.judgements[0]?.response.text;
  return excerpt(prompt ?? answer ?? text);
}

/** What a record says that only one version has, or that only moved. */
export function describeRecord(record: VersionRecord): Description {
  return { about: aboutOf(readVersion(record)), parts: [] };
}
