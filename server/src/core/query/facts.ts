// What a query can say of a pair without its text: numbers of the survey, findings, edits.
import { STYLE_MARKS } from '../checks/dataset/styleMarks.ts';
import type { Facts } from '../facts/facts.ts';
import { PART_SHIFT } from '../facts/facts.ts';
import { ADDED, EDITED, FLIPPED, MOVED, PART_NAMES } from '../history/differences.ts';
import type { Finding, Severity } from '../model/finding.ts';
import { WHOLE_FILE } from '../model/finding.ts';

/** What is known of a file's records and pairs. */
export interface KnownFacts {
  readonly facts: Facts;
  /** Without those that somebody decided to keep. */
  readonly findings: readonly Finding[];
  readonly kept: readonly Finding[];
  /** Ids of the schemas that read the file, by part. */
  readonly schemas: readonly string[];
  isEdited(record: number): boolean;
  isDropped(record: number): boolean;
  /** What happened to each record since an earlier version; absent if none is compared. */
  readonly changes?: Uint16Array | undefined;
}

/** A pair: its record, and its number among all pairs of the file; −1 for a record without pairs. */
export type TestPair = (record: number, pair: number) => boolean;

export interface NumberFact {
  readonly detail: string;
  readonly of: (known: KnownFacts) => (record: number, pair: number) => number;
}

const ofPair =
  (value: (facts: Facts, pair: number) => number): NumberFact['of'] =>
  ({ facts }) =>
  (_, pair) =>
    pair < 0 ? Number.NaN : value(facts, pair);

const ofRecord =
  (value: (facts: Facts, record: number) => number): NumberFact['of'] =>
  ({ facts }) =>
  (record) =>
    record < 0 ? Number.NaN : value(facts, record);

/** For each record, how many of the findings it has. */
function findingCounts({ facts, findings }: KnownFacts): Uint32Array {
  const counts = new Uint32Array(facts.recordCount);
  for (const { record } of findings) if (record >= 0) counts[record] = (counts[record] ?? 0) + 1;
  return counts;
}

export const NUMBER_FACTS: Readonly<Record<string, NumberFact>> = {
  margin: {
    detail: 'reward of the chosen answer minus that of the rejected one',
    of: ofPair((facts, pair) => facts.margin(pair)),
  },
  length: {
    detail: 'characters of both answers',
    of: ofPair((facts, pair) => facts.answerLength(pair)),
  },
  prompt_length: {
    detail: 'characters of the prompt, all its turns together',
    of: ofPair(({ pairs }, pair) => pairs.promptLength[pair] ?? 0),
  },
  chosen_length: {
    detail: 'characters of the chosen answer',
    of: ofPair(({ pairs }, pair) => pairs.chosenLength[pair] ?? 0),
  },
  rejected_length: {
    detail: 'characters of the rejected answer',
    of: ofPair(({ pairs }, pair) => pairs.rejectedLength[pair] ?? 0),
  },
  length_difference: {
    detail: 'chosen_length − rejected_length',
    of: ofPair(({ pairs }, pair) => (pairs.chosenLength[pair] ?? 0) - (pairs.rejectedLength[pair] ?? 0)),
  },
  record: { detail: 'number of the record, from 1', of: ofRecord((_, record) => record + 1) },
  line: {
    detail: 'number of its line, from 1',
    of: ofRecord(({ records }, record) => (records.line[record] ?? 0) + 1),
  },
  pairs: {
    detail: 'pairs in the record',
    of: ofRecord((facts, record) => facts.firstPairOf(record + 1) - facts.firstPairOf(record)),
  },
  findings: {
    detail: 'findings of the record',
    of: (known) => {
      const counts = findingCounts(known);
      const ofFile = known.findings.filter(({ record }) => record === WHOLE_FILE).length;
      return (record) => (record < 0 ? ofFile : (counts[record] ?? 0));
    },
  },
};

const NONE = 0;
const ALL_PAIRS = 1;
const SOME_PAIRS = 2;

/** True for pairs with one of these findings. One about a whole record is about each of its pairs. */
export function withFinding(facts: Facts, findings: Iterable<Finding>): TestPair {
  const records = new Uint8Array(facts.recordCount);
  const pairs = new Set<number>();
  let ofFile = false;
  for (const { record, pair } of findings) {
    if (record < 0) ofFile = true;
    else if (pair === undefined) records[record] = ALL_PAIRS;
    else {
      if (records[record] === NONE) records[record] = SOME_PAIRS;
      pairs.add(facts.firstPairOf(record) + pair);
    }
  }
  return (record, pair) => {
    if (record < 0) return ofFile;
    const state = records[record] ?? NONE;
    return state === ALL_PAIRS || (state === SOME_PAIRS && pairs.has(pair));
  };
}

/** A fact with named values. */
export interface NamedFact {
  readonly detail: string;
  /** Its values with what they mean; undefined if any word is one. */
  readonly values: Readonly<Record<string, string>> | undefined;
  readonly of: (known: KnownFacts, isWanted: (value: string) => boolean) => TestPair;
}

interface State {
  readonly detail: string;
  readonly of: (known: KnownFacts) => TestPair;
}

const STATES: Readonly<Record<string, State>> = {
  edited: {
    detail: 'changed and not yet saved',
    of: (known) => (record) => record >= 0 && known.isEdited(record),
  },
  dropped: {
    detail: 'dropped and not yet saved',
    of: (known) => (record) => record >= 0 && known.isDropped(record),
  },
  finding: {
    detail: 'has a finding',
    of: ({ facts, findings }) => withFinding(facts, findings),
  },
  kept: {
    detail: 'has a finding that somebody decided to keep',
    of: ({ facts, kept }) => withFinding(facts, kept),
  },
  tie: {
    detail: 'both answers are equally good',
    of:
      ({ facts }) =>
      (_, pair) =>
        pair >= 0 && facts.isTie(pair),
  },
  scored: {
    detail: 'has a margin',
    of:
      ({ facts }) =>
      (_, pair) =>
        pair >= 0 && !Number.isNaN(facts.margin(pair)),
  },
  unscored: {
    detail: 'a pair that is no tie and has no margin',
    of:
      ({ facts }) =>
      (_, pair) =>
        pair >= 0 && !facts.isTie(pair) && Number.isNaN(facts.margin(pair)),
  },
  pair: { detail: 'has two answers', of: () => (_, pair) => pair >= 0 },
  good: {
    detail: 'holds a single answer that is called good',
    of:
      ({ facts }) =>
      (record) =>
        (facts.records.good[record] ?? 0) > 0,
  },
  bad: {
    detail: 'holds a single answer that is called bad',
    of:
      ({ facts }) =>
      (record) =>
        (facts.records.bad[record] ?? 0) > 0,
  },
};

function stateTest(known: KnownFacts, isWanted: (value: string) => boolean): TestPair {
  const tests = Object.entries(STATES).flatMap(([name, { of }]) => (isWanted(name) ? [of(known)] : []));
  return (record, pair) => tests.some((test) => test(record, pair));
}

const SEVERITIES: Readonly<Record<Severity, string>> = {
  error: 'the record is broken',
  warning: 'very likely a fault',
  information: 'worth a look',
};

/** The number of the schema that reads a record; −1 if none does. */
function partOf({ facts }: KnownFacts, record: number, pair: number): number {
  if (pair >= 0) return (facts.pairs.flags[pair] ?? 0) >> PART_SHIFT;
  return (facts.records.judgements[record] ?? 0) > 0 ? 0 : -1;
}

const STYLES = Object.fromEntries(
  STYLE_MARKS.map(({ name }) => [name, `the answer has ${name}, and the other one has not`]),
);

/** True for pairs in which only one answer has a style: the chosen one, whose bits are the lower half, or the rejected one. */
const onlyOn =
  (side: 'chosen' | 'rejected'): NamedFact['of'] =>
  ({ facts }, isWanted) => {
    const bits = STYLE_MARKS.reduce((all, { name }, i) => all | (isWanted(name) ? 1 << i : 0), 0);
    const [own, other] = side === 'chosen' ? [0, 16] : [16, 0];
    return (_, pair) => {
      const style = pair < 0 || facts.isTie(pair) ? 0 : (facts.pairs.style[pair] ?? 0);
      return ((style >>> own) & ~(style >>> other) & bits) !== 0;
    };
  };

const PART_DETAILS: Readonly<Record<string, string>> = {
  prompt: 'the prompt',
  chosen: 'the chosen answer',
  rejected: 'the rejected answer',
  answers: 'the answers of a record that holds several pairs, or one answer',
  label: 'the verdict: a tie, a rank, a rating',
  fields: 'other fields',
};

/** What can have happened to a record since the version that the file is compared with. */
const CHANGES: Readonly<Record<string, { readonly detail: string; readonly bits: number }>> = {
  added: { detail: 'the earlier version has no such record', bits: ADDED },
  flipped: { detail: 'the other answer is the better one now', bits: FLIPPED },
  edited: { detail: 'a text, the label or a field is another one', bits: EDITED },
  moved: { detail: 'it stands elsewhere among the records of both versions', bits: MOVED },
  ...Object.fromEntries(
    PART_NAMES.map(([bits, name]) => [name, { detail: `edited: ${PART_DETAILS[name] ?? name}`, bits }]),
  ),
};

function changeTest({ changes }: KnownFacts, isWanted: (value: string) => boolean): TestPair {
  const bits = Object.entries(CHANGES).reduce((all, [name, own]) => all | (isWanted(name) ? own.bits : 0), 0);
  return (record) => record >= 0 && ((changes?.[record] ?? 0) & bits) !== 0;
}

export const NAMED_FACTS: Readonly<Record<string, NamedFact>> = {
  rule: {
    detail: 'the rule of a finding',
    values: undefined,
    of: ({ facts, findings }, isWanted) => {
      const wanted = new Map<string, boolean>();
      const has = (rule: string): boolean => {
        const before = wanted.get(rule);
        if (before !== undefined) return before;
        wanted.set(rule, isWanted(rule));
        return has(rule);
      };
      return withFinding(
        facts,
        findings.filter(({ rule }) => has(rule)),
      );
    },
  },
  severity: {
    detail: 'how bad a finding is',
    values: SEVERITIES,
    of: ({ facts, findings }, isWanted) =>
      withFinding(
        facts,
        findings.filter(({ severity }) => isWanted(severity)),
      ),
  },
  schema: {
    detail: 'the schema that reads the record',
    values: undefined,
    of: (known, isWanted) => {
      const parts = known.schemas.map(isWanted);
      return (record, pair) => parts[partOf(known, record, pair)] ?? false;
    },
  },
  chosen_style: {
    detail: 'a style that the chosen answer has and the rejected one has not',
    values: STYLES,
    of: onlyOn('chosen'),
  },
  rejected_style: {
    detail: 'a style that the rejected answer has and the chosen one has not',
    values: STYLES,
    of: onlyOn('rejected'),
  },
  change: {
    detail: 'what happened to the record since the version that the file is compared with',
    values: Object.fromEntries(Object.entries(CHANGES).map(([name, { detail }]) => [name, detail])),
    of: changeTest,
  },
  is: {
    detail: 'a state of the pair',
    values: Object.fromEntries(Object.entries(STATES).map(([name, { detail }]) => [name, detail])),
    of: stateTest,
  },
};

/** Parts of a pair whose text can be searched. */
export const TEXT_PARTS = {
  text: 'the prompt and both answers',
  prompt: 'the prompt',
  chosen: 'the chosen answer',
  rejected: 'the rejected answer',
} as const;
export type TextPart = keyof typeof TEXT_PARTS;

export function isTextPart(name: string): name is TextPart {
  return Object.hasOwn(TEXT_PARTS, name);
}

/** All names that mean a fact or a text, not a field of the record. */
export const RESERVED: readonly string[] = [NUMBER_FACTS, NAMED_FACTS, TEXT_PARTS].flatMap((table) =>
  Object.keys(table),
);
