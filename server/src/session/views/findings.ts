// All findings of all files that are known, grouped, filtered and by the page: what Problems has no room for.
import { SOURCE_FIELDS } from '#core/facts/stats.ts';
import { groupBy } from '#core/group.ts';
import type { Finding, Severity } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { jsonText } from '#core/model/json.ts';
import type {
  FindingGroup,
  FindingGrouping,
  FindingItem,
  FindingsRequest,
  FindingsResult,
} from '#protocol/editor/findings.ts';

import { fileNameOf } from '../names.ts';

/** The findings of a file, however they came to be known. */
export interface KnownFindings {
  readonly uri: string;
  readonly findings: readonly Finding[];
  /** How many there really are. */
  readonly count: number;
  /** From 0. */
  readonly lineOf: (record: number) => number;
  /** A field of a record; undefined where it is not at hand. */
  readonly fieldOf: (record: number, names: readonly string[]) => unknown;
}

/** Findings that are asked for at a time, at most. */
const MAX_ITEMS = 500;

const RANK: Record<Severity, number> = { error: 0, warning: 1, information: 2 };

interface Row {
  readonly file: KnownFindings;
  readonly finding: Finding;
}

function sourceOf({ file, finding }: Row): string {
  if (finding.record === WHOLE_FILE) return '';
  const value = file.fieldOf(finding.record, SOURCE_FIELDS);
  return value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : jsonText(value as never);
}

const KEYS: Record<FindingGrouping, (row: Row) => string> = {
  rule: ({ finding }) => finding.rule,
  file: ({ file }) => file.uri,
  source: sourceOf,
};

const LABELS: Record<FindingGrouping, (key: string) => string> = {
  rule: (key) => key,
  file: fileNameOf,
  source: (key) => (key === '' ? 'no source' : key),
};

function worst(rows: readonly Row[]): Severity {
  return rows.reduce<Severity>(
    (gravest, { finding }) => (RANK[finding.severity] < RANK[gravest] ? finding.severity : gravest),
    'information',
  );
}

function itemOf({ file, finding }: Row): FindingItem {
  const { rule, severity, message, record, pair } = finding;
  return {
    uri: file.uri,
    fileName: fileNameOf(file.uri),
    record,
    ...(pair !== undefined && { pair }),
    line: record === WHOLE_FILE ? 0 : file.lineOf(record),
    rule,
    severity,
    message,
  };
}

export function findingsPage(
  files: readonly KnownFindings[],
  { by, filter, group, start, end }: FindingsRequest,
): FindingsResult {
  const wanted = filter.trim().toLowerCase();
  const fits = ({ file, finding }: Row): boolean =>
    wanted === '' ||
    [finding.rule, finding.message, fileNameOf(file.uri)].some((words) =>
      words.toLowerCase().includes(wanted),
    );
  const rows = files.flatMap((file) => file.findings.map((finding): Row => ({ file, finding }))).filter(fits);
  const notKept = files.reduce((sum, { count, findings }) => sum + Math.max(0, count - findings.length), 0);
  const keyOf = KEYS[by];
  if (group !== undefined) {
    const own = rows.filter((row) => keyOf(row) === group);
    const last = Math.min(end, start + MAX_ITEMS);
    return { groups: [], items: own.slice(start, last).map(itemOf), total: own.length, notKept };
  }
  const groups = [...groupBy(rows, keyOf)].map(([key, own]): FindingGroup => ({
    key,
    label: LABELS[by](key),
    count: own.length,
    severity: worst(own),
  }));
  groups.sort(
    (a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count || (a.label < b.label ? -1 : 1),
  );
  // What is not kept has no words that a filter could be held against.
  return { groups, items: [], total: rows.length + (wanted === '' ? notKept : 0), notKept };
}
