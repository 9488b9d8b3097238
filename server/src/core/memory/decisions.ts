// What people decided about findings: one decision a line, sorted, so that git merges the files of two branches line by
// line. Lines that a merge left unsorted, or twice, are read all the same.
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';

/** `keep`: the pair stays as it is, and the rule is silent about it. `wrong`: the finding is right, and is to be mended. */
export type DecisionKind = 'keep' | 'wrong';

export interface Decision {
  /** As `findingKey` gives it. */
  readonly key: string;
  readonly rule: string;
  readonly decision: DecisionKind;
  readonly reason: string;
  /** Who decided; '' where nobody said. */
  readonly by: string;
  /** The day, as 2026-11-21. */
  readonly at: string;
  /** Where the pair stood then, from the folder of the memory: a hint for people, and for what is unused. */
  readonly file: string;
}

const FIELDS = ['key', 'rule', 'decision', 'reason', 'by', 'at', 'file'] as const;

/** A line that is no decision, with its number from 1. */
export interface BadLine {
  readonly line: number;
  readonly why: string;
}

function toDecision(value: Json): Decision | string {
  if (!isObject(value)) return 'it is no object';
  const missing = FIELDS.find((name) => typeof value[name] !== 'string');
  if (missing !== undefined) return `"${missing}" is not a text`;
  if (value['decision'] !== 'keep' && value['decision'] !== 'wrong')
    return '"decision" is neither "keep" nor "wrong"';
  return value as unknown as Decision;
}

export function parseDecisions(text: string): {
  readonly decisions: readonly Decision[];
  readonly bad: readonly BadLine[];
} {
  const decisions: Decision[] = [];
  const bad: BadLine[] = [];
  const seen = new Set<string>();
  text.split('\n').forEach((line, i) => {
    // A merge by union leaves lines twice that both branches had.
    if (line.trim() === '' || seen.has(line)) return;
    seen.add(line);
    let made: Decision | string;
    try {
      made = toDecision(JSON.parse(line) as Json);
    } catch {
      made = /^(?:<{7}|={7}|>{7})/.test(line) ? 'a merge left a conflict mark' : 'it is no JSON';
    }
    if (typeof made === 'string') bad.push({ line: i + 1, why: made });
    else decisions.push(made);
  });
  return { decisions, bad };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The same decisions give the same text, in whatever order they come. */
export function formatDecisions(decisions: readonly Decision[]): string {
  const lines = decisions.map((decision) =>
    JSON.stringify(Object.fromEntries(FIELDS.map((name) => [name, decision[name]]))),
  );
  return [...new Set(lines)]
    .sort(compare)
    .map((line) => `${line}\n`)
    .join('');
}

const nameOf = ({ key, rule }: Pick<Decision, 'key' | 'rule'>): string => `${key} ${rule}`;

/** Puts a decision in the place of every other one about the same finding. */
export function withDecision(decisions: readonly Decision[], made: Decision): readonly Decision[] {
  return [...decisions.filter((one) => nameOf(one) !== nameOf(made)), made];
}

/** Decisions by finding. */
export class Decisions {
  readonly #byName = new Map<string, Decision[]>();
  readonly #rules = new Set<string>();

  constructor(decisions: readonly Decision[]) {
    for (const decision of decisions) {
      this.#rules.add(decision.rule);
      const list = this.#byName.get(nameOf(decision));
      if (list) list.push(decision);
      else this.#byName.set(nameOf(decision), [decision]);
    }
  }

  /** How many findings somebody decided about. */
  get count(): number {
    return this.#byName.size;
  }

  /** Whether any decision is about this rule. */
  names(rule: string): boolean {
    return this.#rules.has(rule);
  }

  of(finding: { readonly key: string; readonly rule: string }): readonly Decision[] {
    return this.#byName.get(nameOf(finding)) ?? [];
  }

  /** Findings about which people do not agree, each once. */
  conflicts(): readonly (readonly Decision[])[] {
    return [...this.#byName.values()].filter(
      (list) => new Set(list.map(({ decision }) => decision)).size > 1,
    );
  }

  /** True where the finding is to be silent: everybody who decided keeps the pair. */
  keeps(finding: { readonly key: string; readonly rule: string }): boolean {
    const list = this.of(finding);
    return list.length > 0 && list.every(({ decision }) => decision === 'keep');
  }
}
