// The only place where bytes and records become positions and diagnostics.
import type { Diagnostic, Range, TextEdit } from 'vscode-languageserver/node';
import { DiagnosticSeverity } from 'vscode-languageserver/node';

import type { ByteEdit } from '#core/edits/bytes.ts';
import { visible } from '#core/escape/escape.ts';
import { groupBy } from '#core/group.ts';
import type { ByteRange } from '#core/json/place.ts';
import { resolvePlace } from '#core/json/place.ts';
import type { Finding, Severity } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { RawRecord } from '#core/model/record.ts';
import { plural } from '#core/words/numbers.ts';

import type { OpenDataset } from './dataset.ts';

const SEVERITIES: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** VS Code keeps so many diagnostics of a file. */
export const MOST_DIAGNOSTICS = 1000;

/** Where findings about a whole file stand. */
const FILE_START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

/** A byte range within a record, as editors count. */
export function toRange({ source }: OpenDataset, raw: RawRecord, range: ByteRange): Range {
  const units = (start: number, end: number): number => source.textOf(raw.bytes.subarray(start, end)).length;
  const start = source.unitsBefore(raw) + units(0, range.byteStart);
  const end = start + units(range.byteStart, range.byteEnd);
  return { start: { line: raw.line, character: start }, end: { line: raw.line, character: end } };
}

/** Where the page of a rule is; undefined where the client cannot show it. Set once, when a client comes. */
let link: ((rule: string) => string) | undefined;

/** Codes of diagnostics lead to the pages of their rules. */
export function linkRules(to: ((rule: string) => string) | undefined): void {
  link = to;
}

export function toDiagnostic(dataset: OpenDataset, finding: Finding): Diagnostic | undefined {
  const isWhole = finding.record === WHOLE_FILE;
  const raw = isWhole ? undefined : dataset.rawRecord(finding.record);
  if (!raw && !isWhole) return undefined;
  return {
    range: raw ? toRange(dataset, raw, resolvePlace(raw.bytes, finding.place)) : FILE_START,
    severity: SEVERITIES[finding.severity],
    code: finding.rule,
    ...(link !== undefined && { codeDescription: { href: link(finding.rule) } }),
    source: 'PrefLens',
    message: visible(finding.message),
    data: { record: finding.record },
  };
}

/** The diagnostics of a file: as many as editors keep, and one more that says how many there are in all. */
export function toDiagnostics(dataset: OpenDataset): Diagnostic[] {
  const { findings, findingCount } = dataset;
  const shown = findingCount > MOST_DIAGNOSTICS ? pickMost(findings) : findings;
  const diagnostics = shown.flatMap((finding) => toDiagnostic(dataset, finding) ?? []);
  if (findingCount > shown.length) {
    diagnostics.unshift({
      range: FILE_START,
      severity: DiagnosticSeverity.Information,
      code: 'more-findings',
      source: 'PrefLens',
      message: `${plural(findingCount, 'finding')} in this file; ${shown.length.toLocaleString('en')} of them are listed. Run "preflens check" for all of them.`,
    });
  }
  return diagnostics;
}

/** A fair share of the list for each rule, so that one frequent fault does not hide the others. */
function pickMost(findings: readonly Finding[]): readonly Finding[] {
  const most = MOST_DIAGNOSTICS - 1;
  const lists = [...groupBy(findings, ({ rule }) => rule).values()].sort((a, b) => a.length - b.length);
  const picked: Finding[] = [];
  lists.forEach((list, i) => {
    picked.push(...list.slice(0, Math.floor((most - picked.length) / (lists.length - i))));
  });
  return picked;
}

export function toTextEdits(dataset: OpenDataset, raw: RawRecord, edits: readonly ByteEdit[]): TextEdit[] {
  return edits.map((edit) => ({
    range: toRange(dataset, raw, edit),
    newText: dataset.source.textOf(edit.bytes),
  }));
}
