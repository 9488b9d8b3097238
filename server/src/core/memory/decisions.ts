// Decisions of people about findings, one per line and sorted, so that git merges two branches line by line. Also
// reads unsorted and repeated lines, which a merge can leave. The verdicts of reviewers are lines of the same file, after
// the decisions and in the order in which they were given: then a new one is added without touching the others.
import { LABEL_RULES } from '../checks/table.ts';
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Preference, Verdict } from './verdicts.ts';
import { toVerdict, Verdicts } from './verdicts.ts';

/**
 * `keep`: the pair is right and the rule is silent about it. `wrong`: the finding is right and the pair needs a
 * fix.
 */
export type DecisionKind = 'keep' | 'wrong';

export interface Decision {
  /** From `findingKey`. */
  readonly key: string;
  readonly rule: string;
  readonly decision: DecisionKind;
  readonly reason: string;
  /** Who decided; '' if unknown. */
  readonly by: string;
  /** The day, such as 2026-11-21. */
  readonly at: string;
  /**
   * The file of the pair at that time, relative to the memory's folder: for people, and to find unused decisions.
   */
  readonly file: string;
}

const FIELDS = ['key', 'rule', 'decision', 'reason', 'by', 'at', 'file'] as const;

/** An invalid line, with its number from 1. */
export interface BadLine {
  readonly line: number;
  readonly why: string;
}

/** A line that is no decision about a finding: the verdict of a reviewer, or something that another version wrote. */
export interface OtherLine {
  readonly text: string;
  readonly verdict: Verdict | undefined;
}

/** Undefined if the line should be a decision. */
function toOther(text: string, value: Json): OtherLine | undefined {
  if (!isObject(value) || typeof value['key'] !== 'string') return undefined;
  return 'decision' in value || 'rule' in value ? undefined : { text, verdict: toVerdict(value) };
}

function toDecision(value: Json): Decision | string {
  if (!isObject(value)) return 'it is not an object';
  const missing = FIELDS.find((name) => typeof value[name] !== 'string');
  if (missing !== undefined) return `"${missing}" is not a string`;
  if (value['decision'] !== 'keep' && value['decision'] !== 'wrong')
    return '"decision" is neither "keep" nor "wrong"';
  return value as unknown as Decision;
}

export function parseDecisions(text: string): {
  readonly decisions: readonly Decision[];
  readonly others: readonly OtherLine[];
  readonly bad: readonly BadLine[];
} {
  const decisions: Decision[] = [];
  const others: OtherLine[] = [];
  const bad: BadLine[] = [];
  const seen = new Set<string>();
  text.split('\n').forEach((line, i) => {
    // A union merge repeats lines that both branches had.
    if (line.trim() === '' || seen.has(line)) return;
    seen.add(line);
    let made: Decision | string;
    try {
      const value = JSON.parse(line) as Json;
      const other = toOther(line, value);
      if (other) {
        others.push(other);
        return;
      }
      made = toDecision(value);
    } catch {
      made = /^(?:<{7}|={7}|>{7})/.test(line) ? 'a merge left a conflict marker' : 'it is not JSON';
    }
    if (typeof made === 'string') bad.push({ line: i + 1, why: made });
    else decisions.push(made);
  });
  return { decisions, others, bad };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The same decisions in any order give the same text.
 * @param others lines that stay as they are, in their order
 */
export function formatDecisions(decisions: readonly Decision[], others: readonly string[] = []): string {
  const lines = decisions.map((decision) =>
    JSON.stringify(Object.fromEntries(FIELDS.map((name) => [name, decision[name]]))),
  );
  return [...new Set([...lines.sort(compare), ...others])].map((line) => `${line}\n`).join('');
}

const nameOf = ({ key, rule }: Pick<Decision, 'key' | 'rule'>): string => `${key} ${rule}`;

/** Replaces all decisions about the same findings with new ones. */
export function withDecisions(
  decisions: readonly Decision[],
  made: readonly Decision[],
): readonly Decision[] {
  const names = new Set(made.map(nameOf));
  return [...decisions.filter((one) => !names.has(nameOf(one))), ...made];
}

/** A finding by the names that decisions use. */
export interface NamedFinding {
  readonly key: string;
  readonly rule: string;
  /** What the label of its pair says; absent without a pair. */
  readonly label?: Preference | undefined;
}

/** Decisions by finding, and verdicts on labels. */
export class Decisions {
  readonly #byName = new Map<string, Decision[]>();
  readonly #rules = new Set<string>();
  readonly #verdicts: Verdicts;

  constructor(decisions: readonly Decision[], verdicts: Verdicts = new Verdicts([])) {
    this.#verdicts = verdicts;
    for (const decision of decisions) {
      this.#rules.add(decision.rule);
      const list = this.#byName.get(nameOf(decision));
      if (list) list.push(decision);
      else this.#byName.set(nameOf(decision), [decision]);
    }
  }

  /** True if no finding is hidden. */
  get isEmpty(): boolean {
    return this.#byName.size === 0 && this.#verdicts.count === 0;
  }

  /** False if no finding of the rule is hidden. */
  names(rule: string): boolean {
    if (this.#rules.has(rule)) return true;
    return this.#verdicts.count > 0 && (LABEL_RULES.has(rule) || this.#verdicts.names(rule));
  }

  of(finding: NamedFinding): readonly Decision[] {
    return this.#byName.get(nameOf(finding)) ?? [];
  }

  /** Findings with contradictory decisions, each once. */
  conflicts(): readonly (readonly Decision[])[] {
    return [...this.#byName.values()].filter(
      (list) => new Set(list.map(({ decision }) => decision)).size > 1,
    );
  }

  /** True if the finding is hidden: every decision about it keeps the pair, or reviewers say that the label is right. */
  keeps(finding: NamedFinding): boolean {
    const list = this.of(finding);
    if (list.length > 0) return list.every(({ decision }) => decision === 'keep');
    const { key, rule, label } = finding;
    if (label === undefined || this.#verdicts.count === 0) return false;
    return this.#verdicts.clears(key, label, (rules) => LABEL_RULES.has(rule) || rules.includes(rule));
  }
}
