// The only place where bytes and records become positions and diagnostics.
import type { Diagnostic, Range, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { DiagnosticSeverity } from 'vscode-languageserver/node';

import { visible } from '#core/escape/escape.ts';
import { groupBy } from '#core/group.ts';
import type { ByteRange } from '#core/json/place.ts';
import { positionsIn, resolvePlaces } from '#core/json/place.ts';
import type { Finding, Place, Severity } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { Path } from '#core/model/json.ts';
import type { RawRecord } from '#core/model/record.ts';
import { plural } from '#core/words/numbers.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { OpenDataset } from '#session/dataset.ts';
import type { RecordEdits } from '#session/planEdit.ts';

const SEVERITIES: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** VS Code keeps so many diagnostics of a file. */
const MAX_DIAGNOSTICS = 1000;

/** Where findings about a whole file stand. */
const FILE_START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

/** Byte ranges within a record, as editors count; all in one pass over it. */
function toRanges({ source }: OpenDataset, raw: RawRecord, ranges: readonly ByteRange[]): Range[] {
  const positions = positionsIn(
    raw.bytes,
    ranges.flatMap(({ byteStart, byteEnd }) => [byteStart, byteEnd]),
  );
  const before = source.textLengthBefore(raw);
  const at = (byte: number): Range['start'] => {
    const { line, character } = positions.get(byte) ?? { line: 0, character: 0 };
    return { line: raw.line + line, character: line === 0 ? before + character : character };
  };
  return ranges.map(({ byteStart, byteEnd }) => ({ start: at(byteStart), end: at(byteEnd) }));
}

/** Where the keys of fields of a record stand, with their quotes. */
export function keyRangesOf(dataset: OpenDataset, raw: RawRecord, paths: readonly Path[]): readonly Range[] {
  const places = paths.map((path): Place => ({ path, part: 'key' }));
  return toRanges(dataset, raw, resolvePlaces(raw.bytes, places));
}

/** The address of a rule's page. */
export type RuleLink = (rule: string) => string;

/** In VS Code a command shows the page of a rule. */
const ruleCommand: RuleLink = (rule) =>
  `command:preflens.showRule?${encodeURIComponent(JSON.stringify([rule]))}`;

/** Undefined if the client cannot show pages of rules. */
export function ruleLinkOf({ ruleLinks }: ClientOptions): RuleLink | undefined {
  return ruleLinks ? ruleCommand : undefined;
}

function diagnosticAt(finding: Finding, range: Range, link: RuleLink | undefined): Diagnostic {
  return {
    range,
    severity: SEVERITIES[finding.severity],
    code: finding.rule,
    ...(link !== undefined && { codeDescription: { href: link(finding.rule) } }),
    source: 'PrefLens',
    message: visible(finding.message),
    data: { record: finding.record },
  };
}

/** The diagnostics of findings, in their order. Those of records that went are left out. */
export function diagnosticsOf(
  dataset: OpenDataset,
  findings: readonly Finding[],
  link: RuleLink | undefined,
): Diagnostic[] {
  const rangeOf = new Map<Finding, Range>();
  for (const [record, own] of groupBy(findings, (finding) => finding.record)) {
    const raw = record === WHOLE_FILE ? undefined : dataset.rawRecord(record);
    const places =
      raw &&
      resolvePlaces(
        raw.bytes,
        own.map(({ place }) => place),
      );
    const ranges = raw && places ? toRanges(dataset, raw, places) : [];
    own.forEach((finding, i) => {
      const range = record === WHOLE_FILE ? FILE_START : ranges[i];
      if (range) rangeOf.set(finding, range);
    });
  }
  return findings.flatMap((finding) => {
    const range = rangeOf.get(finding);
    return range ? diagnosticAt(finding, range, link) : [];
  });
}

/** The diagnostics of a file: as many as editors keep, and one more that says how many there are in all. */
export function toDiagnostics(dataset: OpenDataset, link: RuleLink | undefined): Diagnostic[] {
  const { findings, findingCount } = dataset;
  const shown = findingCount > MAX_DIAGNOSTICS ? pickMost(findings) : findings;
  const diagnostics = diagnosticsOf(dataset, shown, link);
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
  const max = MAX_DIAGNOSTICS - 1;
  const lists = [...groupBy(findings, ({ rule }) => rule).values()].sort((a, b) => a.length - b.length);
  const picked: Finding[] = [];
  lists.forEach((list, i) => {
    picked.push(...list.slice(0, Math.floor((max - picked.length) / (lists.length - i))));
  });
  return picked;
}

type TextEdits = TextDocumentEdit['edits'];

/** The edit that drops a record of a JSON document, with its comma. */
function dropFromDocument(
  dataset: OpenDataset,
  record: number,
  isDropped: (record: number) => boolean,
): TextEdits {
  const { document } = dataset.source;
  const removed = dataset.removedWith(record, isDropped);
  if (!document || !removed) return [];
  const range = { start: document.positionOf(removed.start), end: document.positionOf(removed.end) };
  return [{ range, newText: '' }];
}

function toTextEdits(
  dataset: OpenDataset,
  { raw, edits }: RecordEdits,
  isDropped: (record: number) => boolean,
): TextEdits {
  if (!edits && dataset.source.isDocument) return dropFromDocument(dataset, raw.record, isDropped);
  // The end of the last line is past the text: editors take it for the end of the text.
  if (!edits)
    return [
      {
        range: { start: { line: raw.line, character: 0 }, end: { line: raw.line + 1, character: 0 } },
        newText: '',
      },
    ];
  const ranges = toRanges(dataset, raw, edits);
  return edits.flatMap((edit, i) => {
    const range = ranges[i];
    return range ? { range, newText: dataset.source.textOf(edit.bytes) } : [];
  });
}

/**
 * Edits of records as one edit of their document.
 * @param confirmAs what the editor's preview calls the edits, which the person confirms one by one there
 */
export function toWorkspaceEdit(
  dataset: OpenDataset,
  records: readonly RecordEdits[],
  confirmAs?: { readonly id: string; readonly label: string },
): WorkspaceEdit {
  const { uri, version } = dataset.source;
  const dropped = new Set(records.flatMap(({ raw, edits }) => (edits ? [] : [raw.record])));
  const plain = records.flatMap((one) => toTextEdits(dataset, one, (record) => dropped.has(record)));
  const edits = confirmAs ? plain.map((edit) => ({ ...edit, annotationId: confirmAs.id })) : plain;
  return {
    documentChanges: [{ textDocument: { uri, version }, edits }],
    ...(confirmAs && {
      changeAnnotations: { [confirmAs.id]: { label: confirmAs.label, needsConfirmation: true } },
    }),
  };
}
