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

/** Findings or groups of one reply. */
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
    ...file.about(finding),
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
  /** Findings of all groups, also those that are not kept. */
  readonly fitting: number;
  readonly notKept: number;
}

/** Findings of a group that are counted and not kept; nobody knows their sources. */
const NOT_KEPT: Record<FindingGrouping, (files: readonly KnownFindings[], key: string) => number> = {
  rule: (files, rule) => files.reduce((sum, file) => sum + file.unlisted(rule), 0),
  file: (files, uri) => notKeptOf(files.filter((file) => file.uri === uri)),
  source: () => 0,
};

function notKeptOf(files: readonly KnownFindings[]): number {
  return files.reduce((sum, { count, findings }) => sum + Math.max(0, count - findings.length), 0);
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
  // Findings that are not kept have no text that a filter could match.
  const isWhole = wanted === '';
  const groupOf = (key: string, own: readonly Row[]): Group => {
    const count = own.length + (isWhole ? NOT_KEPT[by](files, key) : 0);
    return { view: { key, label: LABELS[by](key), count, severity: worst(own) }, rows: own };
  };
  const groups = new Map([...groupBy(rows, KEYS[by])].map(([key, own]) => [key, groupOf(key, own)] as const));
  const notKept = notKeptOf(files);
  return {
    groups,
    order: [...groups.values()].map(({ view }) => view).sort(inOrder),
    fitting: rows.length + (isWhole ? notKept : 0),
    notKept,
  };
}

/** Pages of findings. Groups are made once for each state of the findings, grouping and filter. */
export class FindingsIndex {
  #made: { readonly of: readonly unknown[]; readonly index: Index } | undefined;

  page(files: readonly KnownFindings[], { by, filter, group, start, end }: FindingsRequest): FindingsResult {
    const { groups, order, fitting, notKept } = this.#indexOf(files, by, filter.trim().toLowerCase());
    const found = files.filter(({ count }) => count > 0);
    const counts = {
      notKept,
      fitting,
      findingCount: found.reduce((sum, { count }) => sum + count, 0),
      fileCount: found.length,
    };
    const last = Math.min(end, start + MAX_ITEMS);
    if (group === undefined)
      return { groups: order.slice(start, last), items: [], fixes: [], total: order.length, ...counts };
    const rows = groups.get(group)?.rows ?? [];
    const fixes = by === 'rule' ? files.flatMap((file) => file.fixOf(group) ?? []) : [];
    return { groups: [], items: rows.slice(start, last).map(itemOf), fixes, total: rows.length, ...counts };
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
