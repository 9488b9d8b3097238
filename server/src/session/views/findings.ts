// Pages of the findings of all known files, grouped and filtered.
import { SOURCE_FIELDS } from '#core/facts/sources.ts';
import { groupBy } from '#core/group.ts';
import type { Finding, Severity } from '#core/model/finding.ts';
import { SEVERITY_RANK, WHOLE_FILE } from '#core/model/finding.ts';
import { jsonText } from '#core/model/json.ts';
import type {
  FindingGroup,
  FindingGrouping,
  FindingItem,
  FindingsRequest,
  FindingsResult,
} from '#protocol/editor/findings.ts';

import type { KnownFindings } from '../knownFindings.ts';
import { fileNameOf } from '../names.ts';

/** Findings of one reply. */
const MAX_ITEMS = 500;

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
    (gravest, { finding }) =>
      SEVERITY_RANK[finding.severity] < SEVERITY_RANK[gravest] ? finding.severity : gravest,
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

interface Group {
  readonly view: FindingGroup;
  readonly rows: readonly Row[];
}

/** What pages are cut from. */
interface Index {
  readonly groups: ReadonlyMap<string, Group>;
  /** The groups, the gravest first. */
  readonly order: readonly FindingGroup[];
  /** Rows of all groups. */
  readonly total: number;
  readonly notKept: number;
}

function groupOf(by: FindingGrouping, key: string, rows: readonly Row[]): Group {
  const view = { key, label: LABELS[by](key), count: rows.length, severity: worst(rows) };
  return { view, rows };
}

function inOrder(a: FindingGroup, b: FindingGroup): number {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || b.count - a.count || (a.label < b.label ? -1 : 1)
  );
}

function indexOf(files: readonly KnownFindings[], by: FindingGrouping, wanted: string): Index {
  const fits = ({ file, finding }: Row): boolean =>
    wanted === '' ||
    [finding.rule, finding.message, fileNameOf(file.uri)].some((text) => text.toLowerCase().includes(wanted));
  const rows = files.flatMap((file) => file.findings.map((finding): Row => ({ file, finding }))).filter(fits);
  const groups = new Map(
    [...groupBy(rows, KEYS[by])].map(([key, own]) => [key, groupOf(by, key, own)] as const),
  );
  return {
    groups,
    order: [...groups.values()].map(({ view }) => view).sort(inOrder),
    total: rows.length,
    notKept: files.reduce((sum, { count, findings }) => sum + Math.max(0, count - findings.length), 0),
  };
}

/** Pages of findings. Groups are made once for each state of the findings, grouping and filter. */
export class FindingsIndex {
  #made: { readonly of: readonly unknown[]; readonly index: Index } | undefined;

  page(files: readonly KnownFindings[], { by, filter, group, start, end }: FindingsRequest): FindingsResult {
    const wanted = filter.trim().toLowerCase();
    const { groups, order, total, notKept } = this.#indexOf(files, by, wanted);
    // Findings that are not kept have no text that a filter could match.
    if (group === undefined)
      return { groups: order, items: [], total: total + (wanted === '' ? notKept : 0), notKept };
    const rows = groups.get(group)?.rows ?? [];
    const last = Math.min(end, start + MAX_ITEMS);
    return { groups: [], items: rows.slice(start, last).map(itemOf), total: rows.length, notKept };
  }

  #indexOf(files: readonly KnownFindings[], by: FindingGrouping, wanted: string): Index {
    const of = [by, wanted, ...files.map(({ findings }) => findings)];
    const made = this.#made;
    if (made?.of.length === of.length && of.every((one, i) => one === made.of[i])) return made.index;
    const index = indexOf(files, by, wanted);
    this.#made = { of, index };
    return index;
  }
}
