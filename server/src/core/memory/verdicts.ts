// What reviewers say of pairs, in the lines of the decisions file. Lines are only added: an undo is a line too, so a merge of
// two branches never brings back what was undone.
import { groupBy } from '../group.ts';
import type { Json, JsonObject } from '../model/json.ts';

/** `keep`: the label is right. `flip`: the other answer is better. `undone` takes back the reviewer's verdict before it. */
export type VerdictKind = 'keep' | 'flip' | 'tie' | 'drop' | 'skip' | 'undone';

/** The answer that a label prefers: `a` has the lower key. It names the same answer after a flip. */
export type Preference = 'a' | 'b' | 'tie';

/** What a reviewer thinks of a pair, whatever its label says. */
export type Opinion = Preference | 'drop';

export interface Verdict {
  /** Of the pair. */
  readonly key: string;
  readonly verdict: VerdictKind;
  /** Of the pair when it was reviewed. */
  readonly label: Preference;
  /** '' if none was given. */
  readonly reason: string;
  readonly tags: readonly string[];
  /** With `keep`: findings that the reviewer calls no faults, beside those about the label. */
  readonly rules: readonly string[];
  /** The reviewer did not see the label. */
  readonly isBlind: boolean;
  /** Made to settle a disagreement, in the knowledge of the other verdicts. */
  readonly settles: boolean;
  /** '' if unknown. */
  readonly by: string;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly at: string;
  /** Relative to the memory's folder: for people. */
  readonly file: string;
}

const KINDS: ReadonlySet<Json | undefined> = new Set<VerdictKind>([
  'keep',
  'flip',
  'tie',
  'drop',
  'skip',
  'undone',
]);
const LABELS: ReadonlySet<Json | undefined> = new Set<Preference>(['a', 'b', 'tie']);

const isText = (value: Json | undefined): value is string => typeof value === 'string';

const isTexts = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

/** Undefined for a verdict of another version, which may have other words. */
export function toVerdict(value: JsonObject): Verdict | undefined {
  const { key, verdict, label, reason = '', tags = [], rules = [], blind, settles, by, at, file } = value;
  if (!KINDS.has(verdict) || !LABELS.has(label)) return undefined;
  if (!isText(key) || !isText(reason) || !isText(by) || !isText(at) || !isText(file)) return undefined;
  if (!isTexts(tags) || !isTexts(rules)) return undefined;
  return {
    key,
    verdict: verdict as VerdictKind,
    label: label as Preference,
    reason,
    tags,
    rules,
    isBlind: blind === true,
    settles: settles === true,
    by,
    at,
    file,
  };
}

/** In the order of a line. */
const FIELDS = ['key', 'verdict', 'label', 'reason', 'tags', 'rules', 'blind', 'settles', 'by', 'at', 'file'];

/** One line of the decisions file, without its end. What is usual is left out. */
export function formatVerdict({ reason, tags, rules, isBlind, settles, ...own }: Verdict): string {
  const line = {
    ...own,
    ...(reason !== '' && { reason }),
    ...(tags.length > 0 && { tags }),
    ...(rules.length > 0 && { rules }),
    ...(isBlind && { blind: true }),
    ...(settles && { settles: true }),
  };
  return JSON.stringify(line, FIELDS);
}

/** Undefined for a skipped pair. */
export function opinionOf({ verdict, label }: Pick<Verdict, 'verdict' | 'label'>): Opinion | undefined {
  switch (verdict) {
    case 'keep':
      return label;
    case 'flip':
      return label === 'tie' ? undefined : label === 'a' ? 'b' : 'a';
    case 'tie':
    case 'drop':
      return verdict;
    case 'skip':
    case 'undone':
      return undefined;
  }
}

/** The verdicts of one reviewer on one pair that were not undone, the latest last. */
function standing(lines: readonly Verdict[]): readonly Verdict[] {
  const left: Verdict[] = [];
  for (const line of lines.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    if (line.verdict === 'undone') left.pop();
    else left.push(line);
  }
  return left;
}

/** Of one pair. Reviewers whose verdicts were all undone are left out. */
const byReviewer = (lines: readonly Verdict[]): ReadonlyMap<string, readonly Verdict[]> =>
  new Map(
    [...groupBy(lines, ({ by }) => by)]
      .map(([by, own]) => [by, standing(own)] as const)
      .filter(([, left]) => left.length > 0),
  );

type ByKey = ReadonlyMap<string, ReadonlyMap<string, readonly Verdict[]>>;

const byKeyOf = (lines: readonly Verdict[]): ByKey =>
  new Map([...groupBy(lines, ({ key }) => key)].map(([key, own]) => [key, byReviewer(own)]));

/** Verdicts by pair and reviewer. */
export class Verdicts {
  readonly #byKey: ByKey;
  readonly #lines: readonly Verdict[];

  constructor(lines: readonly Verdict[], byKey = byKeyOf(lines)) {
    this.#lines = lines;
    this.#byKey = byKey;
  }

  /** These and one more, without grouping all of them again. */
  with(line: Verdict): Verdicts {
    const { key } = line;
    const own = [...this.#lines.filter((one) => one.key === key), line];
    return new Verdicts([...this.#lines, line], new Map(this.#byKey).set(key, byReviewer(own)));
  }

  /** Number of lines, those that were undone too. */
  get count(): number {
    return this.#lines.length;
  }

  /** Rules that verdicts name. */
  names(rule: string): boolean {
    return this.#lines.some(({ rules }) => rules.includes(rule));
  }

  /** Keys of reviewed pairs. */
  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** Names, sorted. */
  get reviewers(): readonly string[] {
    return [...new Set([...this.#byKey.values()].flatMap((ofKey) => [...ofKey.keys()]))].sort();
  }

  /** The present verdict of a reviewer. */
  of(key: string, by: string): Verdict | undefined {
    return this.#byKey.get(key)?.get(by)?.at(-1);
  }

  /** The present verdicts of all reviewers. */
  all(key: string): readonly Verdict[] {
    return [...(this.#byKey.get(key)?.values() ?? [])].flatMap((own) => own.at(-1) ?? []);
  }

  /** The present verdicts of a reviewer, on all pairs. */
  by(reviewer: string): readonly Verdict[] {
    return [...this.#byKey.values()].flatMap((ofKey) => ofKey.get(reviewer)?.at(-1) ?? []);
  }

  /** A reviewer's last verdict that was made without seeing the label. */
  blind(key: string, by: string): Verdict | undefined {
    return this.#byKey
      .get(key)
      ?.get(by)
      ?.findLast(({ isBlind }) => isBlind);
  }

  /** A reviewer's first verdict on a pair: later ones may be made in the knowledge of others. */
  independent(key: string, by: string): Verdict | undefined {
    const own = this.#byKey.get(key)?.get(by);
    return own?.find((one) => !one.settles && opinionOf(one) !== undefined);
  }

  /** The verdicts that count: without skips, and without those before the last one that settled a disagreement. */
  #counted(key: string): readonly Verdict[] {
    const now = this.all(key).filter((one) => opinionOf(one) !== undefined);
    const settled = now.filter(({ settles }) => settles).reduce((at, one) => (one.at > at ? one.at : at), '');
    return now.filter(({ at }) => at >= settled);
  }

  /** True if reviewers disagree about a pair and nobody has settled it since. */
  isConflict(key: string): boolean {
    return new Set(this.#counted(key).map(opinionOf)).size > 1;
  }

  /** True if every reviewer of a pair says that this label is right, and it is that label, or a rule they named, that is meant. */
  clears(key: string, label: Preference, isMeant: (rules: readonly string[]) => boolean): boolean {
    const counted = this.#counted(key);
    return (
      counted.length > 0 &&
      counted.every((one) => opinionOf(one) === label) &&
      isMeant(counted.flatMap(({ rules }) => rules))
    );
  }

  /** A time for a reviewer's next line about a pair: after all earlier ones, even if a clock went back. */
  nextTime(key: string, now: Date): string {
    const last = this.#lines
      .filter((line) => line.key === key)
      .reduce((latest, { at }) => (at > latest ? at : latest), '');
    const text = now.toISOString();
    if (text > last) return text;
    const after = Date.parse(last) + 1;
    return Number.isNaN(after) ? text : new Date(after).toISOString();
  }
}
