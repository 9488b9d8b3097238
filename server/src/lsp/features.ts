// What the editor asks about a place: hover, code actions, code lenses, and the pair to be drawn.
import type { CodeAction, CodeLens, Hover, Range, WorkspaceEdit } from 'vscode-languageserver/node';
import { CodeActionKind, MarkupKind } from 'vscode-languageserver/node';

import { flipEdits } from '#core/edits/flip.ts';
import type { Reason } from '#core/score/explain.ts';
import { CONSISTENCY_NAME } from '#core/score/model.ts';
import { formatMargin, formatPercentile } from '#core/score/ranking.ts';
import type { ClientOptions, PairRequest, PairView, RecordRef } from '#protocol/editor.ts';

import type { OpenDataset } from './dataset.ts';
import { readableUri } from './names.ts';
import { toDiagnostic, toTextEdits } from './toProtocol.ts';

/** Above this many records a client that does not say what is visible gets lenses for findings alone. */
const MOST_LENSES = 2000;

/** Lines above and below the visible ones that get lenses too, so that short scrolls need no new ones. */
const LENS_MARGIN = 60;

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&');
}

function describeReason({ text, side, weight }: Reason): string {
  const what = side === 'style' ? escapeMarkdown(text) : `“${escapeMarkdown(text)}” in ${side}`;
  return `${what} ${formatMargin(weight)}`;
}

/** Rewards, margin, percentile, scorer, its trust on this file, and what drove the score. */
export function hoverOf(dataset: OpenDataset, line: number): Hover | undefined {
  const record = dataset.survey.facts.recordAtLine(line);
  const read = dataset.readRecord(record);
  if (!read) return undefined;
  const explained = dataset.explain(read);
  const { scores } = dataset;
  const title = `**PrefLens** · pair ${(record + 1).toLocaleString('en')} of ${dataset.survey.facts.count.toLocaleString('en')}`;
  if (!explained || !scores) {
    return { contents: { kind: MarkupKind.Markdown, value: `${title}\n\nNot scored yet.` } };
  }
  const margin = dataset.survey.facts.margin(record);
  const percentile = scores.distribution.percentile(margin);
  const lines = [
    title,
    `**Margin ${formatMargin(margin)}** · ${formatPercentile(percentile)} percentile of this file  \n` +
      `Reward: chosen ${formatMargin(explained.chosenReward)}, rejected ${formatMargin(explained.rejectedReward)}`,
    `What drove it: ${explained.reasons.map(describeReason).join(' · ')}`,
    `*Scorer ${CONSISTENCY_NAME}* judges consistency with the rest of this file, not truth. ${dataset.trust ?? ''}`,
  ];
  return { contents: { kind: MarkupKind.Markdown, value: lines.join('\n\n') } };
}

/** The edit that flips a record, or undefined when it holds no pair or its sides are equal. */
export function flipEdit(dataset: OpenDataset, record: number): WorkspaceEdit | undefined {
  const read = dataset.readRecord(record);
  if (!read) return undefined;
  const edits = toTextEdits(dataset, read.raw, flipEdits(read.raw.bytes, read.value));
  if (edits.length === 0) return undefined;
  const { uri, version } = dataset.document;
  return { documentChanges: [{ textDocument: { uri, version }, edits }] };
}

export function codeActionsOf(dataset: OpenDataset, range: Range, options: ClientOptions): CodeAction[] {
  const record = dataset.survey.facts.recordAtLine(range.start.line);
  const edit = flipEdit(dataset, record);
  if (!edit) return [];
  const { uri } = dataset.document;
  const answered = dataset
    .findingsOf(record)
    .filter(({ rule }) => rule === 'likely-mislabeled')
    .flatMap((finding) => toDiagnostic(dataset, finding) ?? []);
  const actions: CodeAction[] = [
    { title: 'Flip chosen and rejected', kind: CodeActionKind.QuickFix, edit, diagnostics: answered },
  ];
  if (options.compare) {
    const ref: RecordRef = { uri, record };
    actions.push({
      title: 'Compare side by side',
      kind: CodeActionKind.QuickFix,
      command: { title: 'Compare', command: 'preflens.compare', arguments: [ref] },
    });
  }
  return actions;
}

/** Records that get a lens: the visible ones where the client says which, else all of a small file or those with findings. */
function lensRecords(dataset: OpenDataset, visible: readonly [number, number] | undefined): number[] {
  const { facts } = dataset.survey;
  const all = Array.from({ length: facts.count }, (_, record) => record);
  if (visible) {
    const [start, end] = [visible[0] - LENS_MARGIN, visible[1] + LENS_MARGIN];
    return all.filter((record) => {
      const line = facts.columns.line[record] ?? 0;
      return line >= start && line < end;
    });
  }
  if (facts.count <= MOST_LENSES) return all;
  return dataset.reviewOrder().slice(0, MOST_LENSES);
}

export function codeLensesOf(
  dataset: OpenDataset,
  visible: readonly [number, number] | undefined,
  options: ClientOptions,
): CodeLens[] {
  const { facts } = dataset.survey;
  const { scores } = dataset;
  if (!scores) return [];
  const { uri } = dataset.document;
  return lensRecords(dataset, visible).flatMap((record) => {
    const margin = facts.margin(record);
    if (Number.isNaN(margin)) return [];
    const line = facts.columns.line[record] ?? 0;
    const range: Range = { start: { line, character: 0 }, end: { line, character: 0 } };
    const ref: RecordRef = { uri, record };
    const percentile = formatPercentile(scores.distribution.percentile(margin));
    const title = `margin ${formatMargin(margin)} · ${percentile} percentile`;
    const compare = options.compare ? 'preflens.compare' : '';
    return [
      { range, command: { title, command: compare, arguments: [ref] } },
      ...(options.compare
        ? [{ range, command: { title: 'Compare', command: compare, arguments: [ref] } }]
        : []),
      { range, command: { title: 'Flip', command: 'preflens.flip', arguments: [ref] } },
    ];
  });
}

/** The record to show: walks the list in a circle, over records that hold no pair to draw. */
function stepFrom(dataset: OpenDataset, order: readonly number[], request: PairRequest): number | undefined {
  const { record, step, shownAs } = request;
  if (step === 'here') return record;
  const count = order.length;
  const direction = step === 'next' ? 1 : -1;
  const place = order.indexOf(record);
  // A record that left the list stood just before the one that now has its number.
  const start = place >= 0 ? place : (shownAs ?? 0) - (step === 'next' ? 2 : 1);
  for (let i = 1; i <= count; i++) {
    const next = order[(((start + direction * i) % count) + count) % count];
    if (next !== undefined && dataset.readRecord(next)) return next;
  }
  return undefined;
}

/** The pair of a record, or of the next or previous one with a finding, as the compare view draws it. */
export function pairViewOf(dataset: OpenDataset, request: PairRequest): PairView | null {
  const order = dataset.reviewOrder();
  const record = stepFrom(dataset, order, request);
  const read = record === undefined ? undefined : dataset.readRecord(record);
  if (record === undefined || !read) return null;
  const explained = dataset.explain(read, 8);
  const margin = dataset.survey.facts.margin(record);
  const { scores, trust } = dataset;
  return {
    uri: dataset.document.uri,
    fileName: readableUri(dataset.document.uri.split('/').at(-1) ?? ''),
    record,
    recordCount: dataset.survey.facts.count,
    line: read.raw.line,
    prompt: read.pair.prompt,
    chosen: { text: read.pair.chosen.text, ...(explained && { reward: explained.chosenReward }) },
    rejected: { text: read.pair.rejected.text, ...(explained && { reward: explained.rejectedReward }) },
    ...(scores && explained && { margin, percentile: scores.distribution.percentile(margin) }),
    ...(trust !== undefined && { trust }),
    reasons: explained?.reasons ?? [],
    findings: dataset.findingsOf(record).map(({ rule, severity, message }) => ({ rule, severity, message })),
    findingNumber: order.indexOf(record) + 1,
    findingCount: order.length,
  };
}
