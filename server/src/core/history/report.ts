// Reports of a comparison: lines for a terminal, Markdown for a pull request, JSON for programs.
import { jsonLine, markdownCell, markdownCode, markdownCodeCell } from '../escape/escape.ts';
import { inGroups, plural } from '../words/numbers.ts';
import type { PartChange } from './describe.ts';
import type { ChangeKind } from './differences.ts';
import { CHANGE_KINDS } from './differences.ts';
import type { ChangeEntry } from './listing.ts';
import { LISTED_KINDS } from './listing.ts';

export interface ComparisonHead {
  /** Names of both versions, as places show them. */
  readonly oldName: string;
  readonly newName: string;
  readonly oldCount: number;
  readonly newCount: number;
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** What a person should know about the comparison. */
  readonly notes: readonly string[];
}

export interface Comparison extends ComparisonHead {
  readonly entries: AsyncIterable<ChangeEntry>;
}

const total = ({ counts }: ComparisonHead): number =>
  CHANGE_KINDS.reduce((sum, kind) => sum + counts[kind], 0);

/** Records of the new version that are as they were, and where they were. */
function sameCount({ counts, newCount }: ComparisonHead): number {
  return newCount - counts.added - counts.flipped - counts.edited - counts.moved;
}

/** "1 flipped, 2 edited; 997 the same". */
export function countsText(head: ComparisonHead): string {
  const changed = LISTED_KINDS.filter((kind) => head.counts[kind] > 0).map(
    (kind) => `${inGroups(head.counts[kind])} ${kind}`,
  );
  const same = `${inGroups(sameCount(head))} the same`;
  return changed.length === 0
    ? `no differences in ${plural(head.newCount, 'record')}`
    : `${changed.join(', ')}; ${same}`;
}

/** "chosen: a → b"; a field that only one version has is new or gone. */
function changeText({ part, before, after }: PartChange, shown: (text: string) => string): string {
  if (before === undefined) return `${part}: new: ${shown(after ?? '')}`;
  if (after === undefined) return `${part}: gone: ${shown(before)}`;
  return `${part}: ${shown(before)} → ${shown(after)}`;
}

/** Where the record was, unless the new place says it. */
function fromText({ kind, isMoved, old, now }: ChangeEntry): string {
  if (!old || !now || (old.line === now.line && !isMoved)) return '';
  if (kind === 'moved') return ` from line ${old.line}`;
  return isMoved ? ` and moved from line ${old.line}` : ` (was line ${old.line})`;
}

/** Changes that are counted and not listed, as the end of a report; '' for none. */
function restText(head: ComparisonHead, listed: number): string {
  const rest = total(head) - listed;
  return rest > 0 ? `${plural(rest, 'more change')} not listed (--limit)` : '';
}

export async function* textReport(comparison: Comparison): AsyncGenerator<string> {
  const { oldName, newName, entries, notes } = comparison;
  yield `${oldName} → ${newName}: ${countsText(comparison)}`;
  for (const note of notes) yield note;
  let listed = 0;
  for await (const entry of entries) {
    listed++;
    const place = entry.now ? `${newName}:${entry.now.line}` : `${oldName}:${entry.old?.line ?? 0}`;
    yield `${place}: ${entry.kind}${fromText(entry)}: ${entry.about}`;
    for (const part of entry.parts) yield `    ${changeText(part, (text) => text)}`;
  }
  const rest = restText(comparison, listed);
  if (rest !== '') yield rest;
}

export async function* markdownReport(comparison: Comparison): AsyncGenerator<string> {
  const { oldName, newName, entries, notes } = comparison;
  const names =
    oldName === newName ? markdownCode(newName) : `${markdownCode(oldName)} → ${markdownCode(newName)}`;
  yield `### ${names}: ${countsText(comparison)}`;
  for (const note of notes) {
    yield '';
    yield markdownCell(note);
  }
  let listed = 0;
  for await (const entry of entries) {
    if (listed++ === 0) {
      yield '';
      yield '| line | change | record |';
      yield '|---|---|---|';
    }
    const line = entry.now?.line ?? entry.old?.line ?? 0;
    const place = entry.now ? String(line) : `${line} of the old file`;
    const parts = entry.parts.map((part) =>
      changeText({ ...part, part: `<br>${markdownCell(part.part)}` }, markdownCodeCell),
    );
    yield `| ${place} | ${entry.kind}${fromText(entry)} | ${markdownCell(entry.about)}${parts.join('')} |`;
  }
  const rest = restText(comparison, listed);
  if (rest !== '') {
    yield '';
    yield rest;
  }
}

/** One JSON object, a line for each change. */
export async function* jsonReport(comparison: Comparison): AsyncGenerator<string> {
  const { oldName, newName, oldCount, newCount, counts, notes, entries } = comparison;
  const head = {
    old: { name: oldName, records: oldCount },
    new: { name: newName, records: newCount },
    counts: { ...counts, same: sameCount(comparison) },
    notes,
  };
  yield `${jsonLine(head).slice(0, -1)},"changes":[`;
  let before: string | undefined;
  for await (const { kind, isMoved, old, now, about, parts } of entries) {
    if (before !== undefined) yield `${before},`;
    before = jsonLine({ change: kind, moved: isMoved, old: old ?? null, new: now ?? null, about, parts });
  }
  if (before !== undefined) yield before;
  yield ']}';
}
