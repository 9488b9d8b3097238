import { findJsonFault, isPlainlyNoJson } from '../json/scan.ts';
import type { Judgement } from '../mapping/forms/form.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { readRecord } from '../mapping/read.ts';
import type { Finding, Hit } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';
import type { Rule } from './check.ts';
import { PAIR_CHECKS, RECORD_RULES } from './table.ts';

/** Longer records are reported and skipped: one of them would fill the memory of a laptop. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** One record, parsed: its value, or the place where it stops being JSON. */
export type Parsed = { readonly value: Json } | { readonly fault: Hit };

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function fault(message: string, start: number, end: number): Parsed {
  return { fault: { message, place: { path: [], part: 'value', bytes: [start, end] } } };
}

/** The first byte that is not part of valid UTF-8, in bytes that hold one. */
function findBadUtf8(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let [from, at] = [0, 0];
  for (;;) {
    const mark = text.indexOf('\ufffd', from);
    if (mark < 0) return at;
    at += encoder.encode(text.slice(from, mark)).length;
    // A replacement character may also stand in the file itself.
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at;
    at += 3;
    from = mark + 1;
  }
}

/** Parses one line. Never throws: bad data is a value. */
export function parseRecord({ bytes, byteStart, byteEnd, fault: known }: RawRecord): Parsed {
  if (known !== undefined) return fault(known, 0, 1);
  if (byteEnd - byteStart > MAX_RECORD_BYTES) {
    const most = MAX_RECORD_BYTES / 1024 / 1024;
    return fault(`The record is longer than ${most} MiB and was skipped.`, 0, 1);
  }
  if (bytes.length > 0 && isPlainlyNoJson(bytes)) {
    const at = bytes.findIndex((byte) => byte > 0x20);
    const place = Math.max(0, at);
    return fault(`Not valid JSON at byte ${place + 1} of the line: a value expected.`, place, place + 1);
  }
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    const at = findBadUtf8(bytes);
    return fault(`Not valid UTF-8 from byte ${at + 1} of the line.`, at, Math.min(at + 1, bytes.length));
  }
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    const found = findJsonFault(bytes);
    if (!found) return fault(`Not valid JSON: ${String(error)}.`, 0, bytes.length);
    const start = Math.min(found.offset, Math.max(0, bytes.length - 1));
    return fault(
      `Not valid JSON at byte ${found.offset + 1} of the line: ${found.message}.`,
      start,
      Math.min(start + 1, bytes.length),
    );
  }
}

export interface Examined {
  readonly pairs: readonly Pair[];
  readonly judgements: readonly Judgement[];
  readonly findings: readonly Finding[];
}

function report(rule: Rule, record: number, hit: Hit): Finding {
  return { rule: rule.id, severity: rule.severity, record, ...hit };
}

function without(rule: Rule, record: number, hit: Hit): Examined {
  return { pairs: [], judgements: [], findings: [report(rule, record, hit)] };
}

/** An answer that stands in several pairs of its record is reported once. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const seen = new Set<string>();
  return findings.filter(({ rule, place }) => {
    const key = `${rule} ${JSON.stringify(place.path)}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Runs every check that needs one record alone. */
export function examine(parsed: Parsed, mapping: Mapping, record: number): Examined {
  if ('fault' in parsed) return without(RECORD_RULES['invalid-json'], record, parsed.fault);
  if (!isObject(parsed.value)) {
    const hit: Hit = { place: { path: [], part: 'value' }, message: 'The record is not a JSON object.' };
    return without(RECORD_RULES['not-an-object'], record, hit);
  }
  const outcome = readRecord(mapping, parsed.value);
  if ('problem' in outcome) {
    const { kind, path, expected } = outcome.problem;
    const message = kind === 'missing-field' ? `The record has no ${expected}.` : `Expected ${expected}.`;
    return without(RECORD_RULES[kind], record, { place: { path, part: 'value' }, message });
  }
  const findings: Finding[] = [];
  for (const check of PAIR_CHECKS) {
    outcome.pairs.forEach((pair, i) => {
      for (const hit of check.check(pair)) findings.push({ ...report(check, record, hit), pair: i });
    });
    for (const { response } of outcome.judgements) {
      for (const hit of check.checkAlone?.(response) ?? []) findings.push(report(check, record, hit));
    }
  }
  return { ...outcome, findings: distinct(findings) };
}
