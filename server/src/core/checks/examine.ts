import type { Parsed } from '../json/parseRecord.ts';
import type { Judgement } from '../mapping/forms/form.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { partFor, readRecord } from '../mapping/read.ts';
import type { Finding, Hit, Severity } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair, Side } from '../model/pair.ts';
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
import type { RuleSettings } from './check.ts';
import { DEFAULT_RULES } from './settings.ts';
import type { RECORD_RULES } from './table.ts';
import { ANSWER_CHECKS, PAIR_CHECKS, RECORD_CHECKS } from './table.ts';
import type { TextView } from './view.ts';
import { viewOf } from './view.ts';

export interface Examined {
  readonly pairs: readonly ViewedPair[];
  readonly judgements: readonly Judgement[];
  readonly findings: readonly Finding[];
  /** Which of a file's schemas read the record: 0 for its mapping, then those of `others`. */
  readonly part?: number;
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

const prepared = [new WeakMap<RuleSettings, Checks>(), new WeakMap<RuleSettings, Checks>()] as const;

/** @param isUnsure which answer is better is not certain */
function checksOf(rules: RuleSettings, isUnsure: boolean): Checks {
  const own = prepared[isUnsure ? 1 : 0];
  const known = own.get(rules);
  if (known) return known;
  const active = <C extends Rule>(checks: readonly C[]): Active<C>[] =>
    checks.flatMap((check) => {
      const severity = rules.severities[check.id];
      return severity === undefined || (isUnsure && check.needsPolarity)
        ? []
        : [{ check, severity, options: rules.options[check.id] ?? {} }];
    });
  const made = {
    answers: active(ANSWER_CHECKS),
    pairs: active(PAIR_CHECKS),
    records: active(RECORD_CHECKS),
  };
  own.set(rules, made);
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
  whole: Mapping,
  record: number,
  rules: RuleSettings = DEFAULT_RULES,
): Examined {
  const broken = examineBroken(parsed, record, rules);
  if (broken || 'fault' in parsed) return broken ?? NOTHING;
  // examineBroken has already reported a broken record.
  const value = parsed.value as JsonObject;
  const mapping = partFor(whole, value);
  const outcome = readRecord(mapping, value);
  if ('problem' in outcome) {
    const { kind, path, expected } = outcome.problem;
    const message = kind === 'missing-field' ? `The record has no ${expected}.` : `Expected ${expected}.`;
    return without(kind, rules, record, { place: { path, part: 'value' }, message });
  }
  const checks = checksOf(rules, mapping.isUnsure ?? false);
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
  const part = mapping === whole ? 0 : 1 + (whole.others?.indexOf(mapping) ?? 0);
  return { pairs, judgements: outcome.judgements, findings: distinct(findings), part };
}
