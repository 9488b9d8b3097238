// The survey of a document that is not JSON Lines: its lines, and one finding that says what it is.
import type { RuleSettings } from '#core/checks/check.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import type { Obstacle } from '#core/input/obstacle.ts';
import { obstacleMessage, TextInspector } from '#core/input/obstacle.ts';
import { beginsComment } from '#core/json/comment.ts';
import { layoutOf, MAX_HEAD_BYTES } from '#core/json/documentHead.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { recognise, recogniseAs } from '#core/mapping/recognise.ts';
import type { Finding } from '#core/model/finding.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { RawRecord } from '#core/model/record.ts';
import { capitalised } from '#core/words/numbers.ts';
import { isJsonName } from '#node/paths.ts';

import { pathOf, readableUri } from '../names.ts';
import type { DocumentSurvey } from './resurvey.ts';
import { recordsOf } from './resurvey.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The first look at a text. */
const FIRST_BYTES = 64 * 1024;

const isKnown = (sample: readonly JsonObject[]): boolean => recognise(sample) !== undefined;

/** Where the records of a JSON document are; undefined if the text is something else. */
export function layoutOfText(uri: string, bytes: Uint8Array): DocumentLayout | undefined {
  const start = bytes[0] === 0xef ? 3 : 0;
  const first = bytes.subarray(start, start + MAX_HEAD_BYTES).find((byte) => byte > 0x20);
  const mayBegin = first === 0x5b || first === 0x7b || (first !== undefined && beginsComment(first));
  if (!mayBegin) return undefined;
  for (let size = FIRST_BYTES; ; size *= 4) {
    const head = bytes.subarray(0, Math.min(size, MAX_HEAD_BYTES));
    const options = { isWhole: head.length === bytes.length, isNamedJson: isJsonName(uri) };
    const layout = layoutOf(head, isKnown, options);
    if (layout !== undefined || head.length < size || size >= MAX_HEAD_BYTES)
      return layout === 'none' ? undefined : layout;
  }
}

/** Records by which a text is judged. */
const MAX_JUDGED = 16;

/** Whether a text begins with pairs of a known schema. */
export function textShowsPairs(uri: string, bytes: Uint8Array, mapping: Mapping | undefined): boolean {
  const sample: JsonObject[] = [];
  let count = 0;
  for (const raw of recordsOf(bytes, layoutOfText(uri, bytes))) {
    sample.push(...objectsOf(parseRecord(raw)));
    if (++count === MAX_JUDGED) break;
  }
  return recogniseAs(mapping, sample) !== undefined;
}

/** Inspects a document piece by piece. Awaits `pause` between pieces; false ends the inspection. */
export async function inspectSlowly(
  bytes: Uint8Array,
  pieceBytes: number,
  pause: () => Promise<boolean>,
): Promise<Obstacle | undefined> {
  const inspector = new TextInspector();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    if (!inspector.push(bytes.subarray(at, at + pieceBytes))) break;
    if (at + pieceBytes < bytes.length && !(await pause())) return undefined;
  }
  return inspector.obstacle(bytes);
}

/** A survey without pairs, and one finding at the fault or at the start. */
export function surveyOfWhole(
  uri: string,
  bytes: Uint8Array,
  lineCount: number,
  obstacle: Obstacle,
  rules: RuleSettings,
): DocumentSurvey {
  const empty = new Surveyor().end();
  const { facts } = empty;
  const line = obstacle.at?.line ?? 0;
  let marked: (Pick<RawRecord, 'record' | 'line'> & { readonly start: number }) | undefined;
  for (const raw of recordsOf(bytes)) {
    facts.addRecord({ ...raw, judgements: 0, good: 0, bad: 0 });
    // If the line of the fault is blank or missing, mark the next line, or the last.
    if (marked && marked.line >= line) continue;
    const before = raw.line === line ? decoder.decode(raw.bytes).slice(0, obstacle.at?.column ?? 0) : '';
    marked = { record: raw.record, line: raw.line, start: encoder.encode(before).length };
  }
  // A list on one line is JSON, and no record.
  const isList = obstacle.kind === 'document' && !obstacle.at && obstacle.isListOnOneLine;
  const rule = isList ? 'not-an-object' : 'invalid-json';
  const severity = rules.severities[rule];
  const words = obstacleMessage(pathOf(uri) ?? readableUri(uri), obstacle);
  const finding: Finding | undefined = marked &&
    severity && {
      rule,
      severity,
      record: marked.record,
      place: { path: [], part: 'value', bytes: [marked.start, marked.start + 1] },
      message: capitalised(words),
    };
  return {
    ...empty,
    obstacle,
    findings: finding ? [finding] : [],
    counts: new Map(finding ? [[finding.rule, 1]] : []),
    lineCount,
    byteCount: bytes.length,
  };
}
