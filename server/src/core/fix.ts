// Fixes a record with its rules' repairs: examines it, applies the first repair, and repeats until no repair is
// left.
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

/** The repairs to apply: the safe ones of all or of some rules, or also those that need review. */
export interface FixScope {
  /** Undefined: all rules. */
  readonly rules?: ReadonlySet<string>;
  /** Include repairs that need a person. */
  readonly review: boolean;
}

export interface FixedRecord {
  /** The fixed record; null if it is dropped. */
  readonly bytes: Uint8Array | null;
  /** Number of repairs by rule. */
  readonly made: ReadonlyMap<string, number>;
}

/** Limit of repairs for one record. Each repair should remove a finding; this stops one that does not. */
const MAX_ROUNDS = 50;

/** True for findings that need the whole dataset, which examining one record can't produce. */
export function isOfDataset({ rule }: Pick<Finding, 'rule'>): boolean {
  const stage = stageOf(rule);
  return stage === 'relation' || stage === 'dataset';
}

/** The `recordKey` of another record of the file; undefined if there is none. */
export type KeyOfRecord = (record: number) => string | undefined;

/** The edit that repairs a finding in this scope. */
function repairOf(
  finding: Finding,
  scope: FixScope,
  hasTwin: (finding: Finding) => boolean,
  newline: Newline,
): Edit | undefined {
  if (scope.rules && !scope.rules.has(finding.rule)) return undefined;
  for (const { edit, grade } of ruleById(finding.rule)?.repairs ?? []) {
    // Only a person who has read the pair inverts a label.
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

/** Input beyond the record itself. */
export interface FixContext {
  /** Findings of the record that need the whole dataset. */
  readonly others?: readonly Finding[];
  /** Line end of the file. */
  readonly newline?: Newline;
  /** Looks up the twin of a duplicate. */
  readonly keyOf?: KeyOfRecord;
}

/** The record after its repairs; undefined if there is nothing to repair. */
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
        // From here on the line holds several records.
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
    // Findings from the dataset were about the unchanged record.
    if (isChanged) waiting = [];
    else break;
  }
  return made.size > 0 ? { bytes, made } : undefined;
}
