// Mends a record by the rules' own repairs: examine, make the first one, examine again, until there is none.
import type { RuleSettings } from './checks/check.ts';
import { examine } from './checks/examine.ts';
import { ruleById, stageOf } from './checks/table.ts';
import { applyEdits } from './edits/bytes.ts';
import type { Edit, Newline } from './edits/edit.ts';
import { planEdit, separateEdits } from './edits/edit.ts';
import { parseRecord } from './json/parseRecord.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { Finding } from './model/finding.ts';
import { isObject } from './model/json.ts';
import type { RawRecord } from './model/record.ts';
import { recordKey } from './model/sameRecord.ts';

/** Which repairs are made: the safe ones of all rules, or those of some rules, the others of these too. */
export interface FixScope {
  /** Undefined: all. */
  readonly rules?: ReadonlySet<string>;
  /** Also repairs that need a person. */
  readonly review: boolean;
}

export interface FixedRecord {
  /** What the record becomes; null when it is dropped. */
  readonly bytes: Uint8Array | null;
  /** By rule, how many repairs were made. */
  readonly made: ReadonlyMap<string, number>;
}

/** Repairs of one record: each makes a finding go, and none is made for ever. */
const MAX_ROUNDS = 50;

/** Findings that only the whole dataset shows: a record examined by itself does not. */
export function isOfDataset({ rule }: Pick<Finding, 'rule'>): boolean {
  const stage = stageOf(rule);
  return stage === 'relation' || stage === 'dataset';
}

/** The `recordKey` of another record of the same file; undefined where there is none. */
export type KeyOfRecord = (record: number) => string | undefined;

/** The edit that a finding's rule has for it in this scope. */
function repairOf(
  finding: Finding,
  scope: FixScope,
  hasTwin: (finding: Finding) => boolean,
  newline: Newline,
): Edit | undefined {
  if (scope.rules && !scope.rules.has(finding.rule)) return undefined;
  for (const { edit, grade } of ruleById(finding.rule)?.repairs ?? []) {
    // A label is turned by a person who read the pair, one at a time.
    if (edit === 'flip') continue;
    const isSafe = grade === 'safe' || (grade === 'twin' && hasTwin(finding));
    if (!isSafe && !scope.review) continue;
    if (edit === 'separate') {
      const { separate: separators } = finding;
      if (separators) return { kind: edit, separators, newline };
      continue;
    }
    if (edit !== 'replace') return { kind: edit };
    if (finding.replace) return { kind: 'replace', replace: finding.replace };
  }
  return undefined;
}

/** What a record does not show by itself. */
export interface FixContext {
  /** Findings of the record that only the whole dataset shows. */
  readonly others?: readonly Finding[];
  /** How lines of its file end. */
  readonly newline?: Newline;
  /** For the twin of a duplicate. */
  readonly keyOf?: KeyOfRecord;
}

/** A record after its repairs; undefined when there is none to make. */
export function fixRecord(
  raw: RawRecord,
  mapping: Mapping,
  rules: RuleSettings,
  scope: FixScope,
  { others = [], newline = '\n', keyOf = () => undefined }: FixContext = {},
): FixedRecord | undefined {
  const made = new Map<string, number>();
  const count = (rule: string): void => {
    made.set(rule, (made.get(rule) ?? 0) + 1);
  };
  const hasTwin = ({ twin }: Finding): boolean => {
    const other = twin === undefined || twin === raw.record ? undefined : keyOf(twin);
    return other !== undefined && other === recordKey(raw.bytes);
  };
  let { bytes } = raw;
  let waiting = others;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const parsed = parseRecord({ ...raw, byteEnd: raw.byteStart + bytes.length, bytes });
    const { findings, pairs } = examine(parsed, mapping, raw.record, rules);
    let isChanged = false;
    for (const finding of [...waiting, ...findings]) {
      const edit = repairOf(finding, scope, hasTwin, newline);
      if (!edit) continue;
      if (edit.kind === 'drop') {
        count(finding.rule);
        return { bytes: null, made };
      }
      if (edit.kind === 'separate') {
        // From here on these are several records.
        count(finding.rule);
        return { bytes: applyEdits(bytes, separateEdits(edit.separators, edit.newline)), made };
      }
      if (!('value' in parsed) || !isObject(parsed.value)) continue;
      const target = pairs[finding.pair ?? 0]?.candidates;
      const plan = planEdit(mapping, bytes, parsed.value, target, edit);
      if (plan.kind !== 'edits' || plan.edits.length === 0) continue;
      bytes = applyEdits(bytes, plan.edits);
      count(finding.rule);
      isChanged = true;
      break;
    }
    // What the dataset said was of the record as it was.
    if (isChanged) waiting = [];
    else break;
  }
  return made.size > 0 ? { bytes, made } : undefined;
}
