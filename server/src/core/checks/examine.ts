import { causeOf } from '../json/cause.ts';
import { findJsonFault, isPlainlyNoJson } from '../json/scan.ts';
import type { SeveralRecords } from '../json/severalRecords.ts';
import { severalRecords } from '../json/severalRecords.ts';
import type { Judgement } from '../mapping/forms/form.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { readRecord } from '../mapping/read.ts';
import type { Finding, Hit, Severity } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair, Side } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';
import type {
  AnswerCheck,
  CheckContext,
  CheckedAnswer,
  Options,
  PairCheck,
  RecordCheck,
  Rule,
  ViewedPair,
} from './check.ts';
import type { RuleSettings } from './settings.ts';
import { DEFAULT_RULES } from './settings.ts';
import type { RECORD_RULES } from './table.ts';
import { ANSWER_CHECKS, PAIR_CHECKS, RECORD_CHECKS } from './table.ts';
import type { TextView } from './view.ts';
import { viewOf } from './view.ts';

/** Longer records are reported and skipped: one of them would fill the memory of a laptop. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024;

export function tooLongMessage(max: number): string {
  const message = `The record is longer than ${max / 1024 / 1024} MiB and was skipped.`;
  return max < MAX_RECORD_BYTES ? `${message} \`preflens check --memory MB\` reads longer ones.` : message;
}

/** A parsed record: its value, or the position where parsing failed. */
export type Parsed = { readonly value: Json; readonly isAscii: boolean } | Unparsed;

interface Unparsed {
  readonly fault: Hit;
  /** Set if the line holds several records, or commas around one. */
  readonly records?: readonly Json[];
}

/** The objects on a line, used to recognise the schema. */
export function objectsOf(parsed: Parsed): readonly JsonObject[] {
  return ('value' in parsed ? [parsed.value] : (parsed.records ?? [])).filter(isObject);
}

/** The bytes alone don't reveal which other encoding was used. */
const ENCODING_HINT =
  'If the whole file is in another encoding, convert it, for example with iconv -f WINDOWS-1252 -t UTF-8 (-f GB18030 for Chinese).';

const COMMA = 0x2c;
const BOM_START = 0xef;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function fault(message: string, start: number, end: number): Unparsed {
  return { fault: { message, place: { path: [], part: 'value', bytes: [start, end] } } };
}

/** Offset of the first invalid UTF-8 byte. The bytes must contain one. */
function findBadUtf8(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let [from, at] = [0, 0];
  for (;;) {
    const mark = text.indexOf('\ufffd', from);
    if (mark < 0) return at;
    at += encoder.encode(text.slice(from, mark)).length;
    // The file itself may contain a replacement character.
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at;
    at += 3;
    from = mark + 1;
  }
}

/** Valid records that only need a line each. */
function separable({ records, separators }: SeveralRecords, offset: number, length: number): Unparsed {
  const at = Math.min(offset, Math.max(0, length - 1));
  const count = records.length;
  const what =
    separators.length === 0
      ? `it holds ${count} records; saving puts each on its own line`
      : count > 1
        ? `it holds ${count} records; each needs its own line`
        : 'JSON Lines has no commas between records';
  const { fault: hit } = fault(
    `Not valid JSON at byte ${offset + 1} of the line: ${what}.`,
    at,
    Math.min(at + 1, length),
  );
  return { fault: { ...hit, ...(separators.length > 0 && { separate: separators }) }, records };
}

/** The error at a byte, with its likely cause. */
function notJsonMessage(bytes: Uint8Array, offset: number, expected: string): string {
  const cause = causeOf(bytes, offset, expected);
  return `Not valid JSON at byte ${offset + 1} of the line: ${expected}.${cause === '' ? '' : ` ${cause}`}`;
}

/** Parses one line. Never throws: bad data is a value. */
export function parseRecord({ bytes, byteStart, byteEnd, fault: known }: RawRecord): Parsed {
  if (known !== undefined) return fault(known, 0, 1);
  if (byteEnd - byteStart > MAX_RECORD_BYTES) return fault(tooLongMessage(MAX_RECORD_BYTES), 0, 1);
  if (bytes.length > 0 && isPlainlyNoJson(bytes)) {
    const place = Math.max(
      0,
      bytes.findIndex((byte) => byte > 0x20),
    );
    const mayBeSeveral = bytes[place] === COMMA || bytes[place] === BOM_START;
    const several = mayBeSeveral ? severalRecords(bytes) : undefined;
    if (several) return separable(several, 0, bytes.length);
    return fault(notJsonMessage(bytes, place, 'expected a value'), place, place + 1);
  }
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    const at = findBadUtf8(bytes);
    if (bytes[at] === 0xed && (bytes[at + 1] ?? 0) >= 0xa0)
      return fault(
        `Half a character (a lone surrogate) at byte ${at + 1} of the line. UTF-8 can't encode it.`,
        at,
        at + 3,
      );
    return fault(
      `Invalid UTF-8 at byte ${at + 1} of the line. ${ENCODING_HINT}`,
      at,
      Math.min(at + 1, bytes.length),
    );
  }
  try {
    // One byte per character, and no \u escapes.
    const isAscii = text.length === bytes.length && !text.includes('\\u');
    return { value: JSON.parse(text) as Json, isAscii };
  } catch (error) {
    const found = findJsonFault(bytes);
    const several = found && severalRecords(bytes);
    if (several) return separable(several, found.offset, bytes.length);
    if (!found) return fault(`Not valid JSON: ${String(error)}.`, 0, bytes.length);
    const start = Math.min(found.offset, Math.max(0, bytes.length - 1));
    return fault(
      notJsonMessage(bytes, found.offset, found.message),
      start,
      Math.min(start + 1, bytes.length),
    );
  }
}

export interface Examined {
  readonly pairs: readonly ViewedPair[];
  readonly judgements: readonly Judgement[];
  readonly findings: readonly Finding[];
}

/** An enabled check, with its options. */
interface Active<C extends Rule> {
  readonly check: C;
  readonly severity: Severity;
  readonly options: Options;
}

interface Checks {
  readonly answers: readonly Active<AnswerCheck>[];
  readonly pairs: readonly Active<PairCheck>[];
  readonly records: readonly Active<RecordCheck>[];
}

const prepared = new WeakMap<RuleSettings, Checks>();

function checksOf(rules: RuleSettings): Checks {
  const known = prepared.get(rules);
  if (known) return known;
  const active = <C extends Rule>(checks: readonly C[]): Active<C>[] =>
    checks.flatMap((check) => {
      const severity = rules.severities[check.id];
      return severity === undefined ? [] : [{ check, severity, options: rules.options[check.id] ?? {} }];
    });
  const made = {
    answers: active(ANSWER_CHECKS),
    pairs: active(PAIR_CHECKS),
    records: active(RECORD_CHECKS),
  };
  prepared.set(rules, made);
  return made;
}

/** Describes a value that is not an object, with its likely cause. */
function notObjectMessage(value: Json): string {
  const what = 'The record is not a JSON object';
  if (typeof value === 'string' && /^\s*[{[]/.test(value))
    return `${what}: it is a string that contains JSON (encoded twice). Write the record itself, without json.dumps around it.`;
  return Array.isArray(value) ? `${what}: it is a list.` : `${what}.`;
}

function without(rule: keyof typeof RECORD_RULES, rules: RuleSettings, record: number, hit: Hit): Examined {
  const severity = rules.severities[rule];
  return {
    pairs: [],
    judgements: [],
    findings: severity === undefined ? [] : [{ rule, severity, record, ...hit }],
  };
}

/** Reports an answer once even if it is in several pairs of its record. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const seen = new Set<string>();
  return findings.filter(({ rule, place }) => {
    const key = `${rule} ${JSON.stringify(place.path)}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Computes one view per answer, even if the answer is in several pairs. */
function viewPairs(pairs: readonly Pair[], isAscii: boolean): ViewedPair[] {
  const views = new Map<string, TextView>();
  const view = ({ text }: Side): TextView => {
    // One pair has no repeated answers, so don't hash long texts.
    if (pairs.length === 1) return viewOf(text, isAscii);
    const known = views.get(text) ?? viewOf(text, isAscii);
    views.set(text, known);
    return known;
  };
  return pairs.map((pair) => ({
    ...pair,
    chosen: { ...pair.chosen, name: 'chosen', prompt: pair.prompt, view: view(pair.chosen) },
    rejected: { ...pair.rejected, name: 'rejected', prompt: pair.prompt, view: view(pair.rejected) },
  }));
}

/** Each answer of a record once, with the first pair that contains it. */
function answersOf(pairs: readonly ViewedPair[]): readonly (readonly [CheckedAnswer, number])[] {
  const all = pairs.flatMap(({ chosen, rejected }, i) => [[chosen, i] as const, [rejected, i] as const]);
  if (pairs.length < 2) return all;
  // Each ranked candidate is in many pairs.
  const seen = new Set<string>();
  return all.filter(([{ path }]) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}

const NOTHING: Examined = { pairs: [], judgements: [], findings: [] };

/** Findings for a line that is not a JSON object. Undefined if it is one. */
export function examineBroken(parsed: Parsed, record: number, rules: RuleSettings): Examined | undefined {
  if ('fault' in parsed) return without('invalid-json', rules, record, parsed.fault);
  if (isObject(parsed.value)) return undefined;
  const hit: Hit = { place: { path: [], part: 'value' }, message: notObjectMessage(parsed.value) };
  return without('not-an-object', rules, record, hit);
}

/** Runs every enabled check that needs only this record. */
export function examine(
  parsed: Parsed,
  mapping: Mapping,
  record: number,
  rules: RuleSettings = DEFAULT_RULES,
): Examined {
  const broken = examineBroken(parsed, record, rules);
  if (broken || 'fault' in parsed) return broken ?? NOTHING;
  // examineBroken has already reported a broken record.
  const value = parsed.value as JsonObject;
  const outcome = readRecord(mapping, value);
  if ('problem' in outcome) {
    const { kind, path, expected } = outcome.problem;
    const message = kind === 'missing-field' ? `The record has no ${expected}.` : `Expected ${expected}.`;
    return without(kind, rules, record, { place: { path, part: 'value' }, message });
  }
  const checks = checksOf(rules);
  const pairs = viewPairs(outcome.pairs, parsed.isAscii);
  const findings: Finding[] = [];
  // Shared by all checks: about fifty run on every record.
  const context: { -readonly [K in keyof CheckContext]: CheckContext[K] } = {
    record: value,
    mapping,
    options: {},
    benchmarks: rules.benchmarks,
  };
  const report = ({ check, severity }: Active<Rule>, hits: readonly Hit[], pair?: number): void => {
    for (const hit of hits)
      findings.push({ rule: check.id, severity, record, ...(pair !== undefined && { pair }), ...hit });
  };
  const alone = outcome.judgements.map(({ response, prompt }): CheckedAnswer => ({
    ...response,
    name: '',
    prompt,
    view: viewOf(response.text, parsed.isAscii),
  }));
  const answers = answersOf(pairs);
  for (const active of checks.answers) {
    context.options = active.options;
    for (const [answer, i] of answers) report(active, active.check.checkAnswer(answer, context), i);
    for (const answer of alone) report(active, active.check.checkAnswer(answer, context));
  }
  for (const active of checks.pairs) {
    context.options = active.options;
    for (const [i, pair] of pairs.entries()) report(active, active.check.checkPair(pair, context), i);
  }
  for (const active of checks.records) {
    context.options = active.options;
    report(active, active.check.checkRecord(outcome, context));
  }
  return { pairs, judgements: outcome.judgements, findings: distinct(findings) };
}
