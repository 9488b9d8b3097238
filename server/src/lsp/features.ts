// What the editor asks about a place: hovers and code lenses.
import type { CodeLens, Hover, Position, Range } from 'vscode-languageserver/node';
import { MarkupKind } from 'vscode-languageserver/node';

import { markdownText } from '#core/escape/escape.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { MemberReason } from '#core/reward/ensemble.ts';
import { whyUnscorable } from '#core/score/scorable.ts';
import { formatMargin } from '#core/words/numbers.ts';
import type { ClientOptions, CodeLensSetting } from '#protocol/editor/options.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { NeighboursView } from '#protocol/editor/views.ts';
import type { OpenDataset, ReadRecord } from '#session/dataset.ts';
import { pairLabel } from '#session/names.ts';
import { neighboursOf } from '#session/neighbours.ts';
import type { FileFacts } from '#session/reasons.ts';
import { reviewedLines } from '#session/reviewedWords.ts';
import { verdictView } from '#session/views/pair.ts';
import { worstPair } from '#session/worstPair.ts';

/** Above this many records a client that does not say what is visible gets lenses for findings alone. */
const MAX_LENSES = 2000;

/** Lines above and below the visible ones that get lenses too, so that short scrolls need no new ones. */
const LENS_MARGIN = 60;

function describeReason({ text, side, weight }: MemberReason): string {
  const isWord = side === 'chosen' || side === 'rejected';
  const what = isWord ? `“${markdownText(text)}” in ${side}` : markdownText(text);
  return `${what} ${formatMargin(weight)}`;
}

/** Links lead to the lines of the file; a table has none. */
function neighbourLine({ source, survey: { facts } }: OpenDataset, { text, places }: NeighboursView): string {
  const links = places.map(({ record }) => {
    const name = (record + 1).toLocaleString('en');
    const line = (facts.records.line[record] ?? 0) + 1;
    return source.document ? `[${name}](<${source.uri}#L${line}>)` : name;
  });
  return `*Pairs like it:* ${markdownText(text)} Records ${links.join(', ')}.`;
}

/** Above this many pairs of one record a hover lists the first ones. */
const MAX_LISTED = 12;

function markdown(lines: readonly string[]): Hover {
  return { contents: { kind: MarkupKind.Markdown, value: lines.join('\n\n') } };
}

/** One line for each pair of a record that holds several. */
function pairList(dataset: OpenDataset, { raw, pairs }: ReadRecord): string {
  const items = pairs.slice(0, MAX_LISTED).map((pair, i) => {
    const margin = dataset.margin(raw.record, i);
    if (pair.isTie) return `- ${pairLabel(pair)}: a tie`;
    return `- ${pairLabel(pair)}${Number.isNaN(margin) ? '' : `: margin ${formatMargin(margin)}`}`;
  });
  const more = pairs.length - items.length;
  return [
    `${pairs.length} pairs in this record:`,
    '',
    ...items,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
}

function unpairedMessage({ judgements }: ReadRecord): string {
  const [first] = judgements;
  if (!first || judgements.length > 1)
    return `${judgements.length} steps, each with a verdict; there is no pair to score.`;
  return `One answer, ${verdictView(first).words}; there is no pair to score.`;
}

/** Rewards, margin and its place in the file, scorer, its trust on this file, and what drove the score. */
export function hoverOf({ dataset, state }: FileFacts, position: Position): Hover | undefined {
  const record = dataset.recordAt(position);
  const read = dataset.readRecord(record);
  if (!read) return undefined;
  const { recordCount } = dataset.survey.facts;
  const title = `**PrefLens** · record ${(record + 1).toLocaleString('en')} of ${recordCount.toLocaleString('en')}`;
  if (read.pairs.length === 0)
    return read.judgements.length > 0 ? markdown([title, unpairedMessage(read)]) : undefined;
  const index = worstPair(dataset, read);
  const pair = read.pairs[index];
  if (!pair) return undefined;
  const list = read.pairs.length > 1 ? [pairList(dataset, read)] : [];
  if (pair.isTie)
    return markdown([title, ...list, 'The label calls both answers equal: there is no margin.']);
  const explained = dataset.explain({ pair, value: read.value });
  const { scores } = dataset;
  if (!explained || !scores) {
    const { recognition } = dataset.survey;
    const reason = (recognition && whyUnscorable(recognition.mapping)) ?? state.reason;
    return markdown([title, ...list, reason === undefined ? 'Not scored yet.' : markdownText(reason)]);
  }
  const known = dataset.margin(record, index);
  // Scored out of turn, it may be known before it is ranked.
  const margin = Number.isNaN(known) ? explained.margin : known;
  const standing = scores.distribution.standing(margin);
  const place = standing === '' ? '' : ` · ${standing} of this file`;
  const { chosenReward, rejectedReward, reasons } = explained;
  const details = [...reviewedLines(dataset, record, index), ...explained.details];
  const rewards =
    chosenReward === undefined || rejectedReward === undefined
      ? ''
      : `  \nReward: chosen ${formatMargin(chosenReward)}, rejected ${formatMargin(rejectedReward)}`;
  const which =
    read.pairs.length > 1 ? `Answer ${pair.candidates[0] + 1} over answer ${pair.candidates[1] + 1}: ` : '';
  return markdown([
    title,
    ...list,
    `${which}**Margin ${formatMargin(margin)}**${place}${rewards}`,
    ...(reasons.length > 0 ? [`What drove it: ${reasons.map(describeReason).join(' · ')}`] : []),
    ...neighboursOf(dataset, pair).map((one) => neighbourLine(dataset, one)),
    ...(details.length > 0 ? [details.map((line) => `- ${markdownText(line)}`).join('\n')] : []),
    `*Scorer:* ${markdownText(scores.about())} ${markdownText(dataset.trust ?? '')}`,
  ]);
}

/** Records that get a lens: the visible ones where the client says which, else all of a small file or those with findings. */
function lensRecords(dataset: OpenDataset, visible: readonly [number, number] | undefined): number[] {
  const { facts } = dataset.survey;
  const range = (from: number, to: number): number[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  if (visible)
    return range(
      facts.firstRecordFrom(visible[0] - LENS_MARGIN),
      facts.firstRecordFrom(visible[1] + LENS_MARGIN),
    );
  if (facts.recordCount <= MAX_LENSES) return range(0, facts.recordCount);
  const found = new Set(dataset.reviewOrder().map(({ record }) => record));
  found.delete(WHOLE_FILE);
  return [...found].slice(0, MAX_LENSES);
}

/** Records of one line that get a lens: in a list on one line all records are visible. */
const MAX_LENSES_OF_A_LINE = 20;

function fewOfEachLine(dataset: OpenDataset, records: readonly number[]): readonly number[] {
  if (!dataset.source.isDocument) return records;
  const { line } = dataset.survey.facts.records;
  const seen = new Map<number, number>();
  return records.filter((record) => {
    const own = line[record] ?? 0;
    const count = (seen.get(own) ?? 0) + 1;
    seen.set(own, count);
    return count <= MAX_LENSES_OF_A_LINE;
  });
}

/** A lens is a line of its own: by themselves, lenses take at most one line for so many lines of the file. */
const LINES_FOR_A_LENS = 10;

/** Which records get lenses: of `auto`, all if they are few among the lines, else those with findings if those are few. */
function lensesFor(dataset: OpenDataset, setting: CodeLensSetting): Exclude<CodeLensSetting, 'auto'> {
  if (setting !== 'auto') return setting;
  const { facts, lineCount } = dataset.survey;
  const isFew = (lenses: number): boolean => lenses * LINES_FOR_A_LENS <= lineCount;
  if (isFew(facts.recordCount)) return 'all';
  const found = new Set(dataset.reviewOrder().map(({ record }) => record));
  return isFew(found.size) ? 'findings' : 'off';
}

export function codeLensesOf(
  dataset: OpenDataset,
  visible: readonly [number, number] | undefined,
  options: ClientOptions,
  setting: CodeLensSetting,
): CodeLens[] {
  const { facts } = dataset.survey;
  const { scores } = dataset;
  const lenses = scores ? lensesFor(dataset, setting) : 'off';
  if (!scores || lenses === 'off') return [];
  const { uri } = dataset.source;
  const records = lensRecords(dataset, visible).filter(
    (record) => lenses === 'all' || dataset.findingsOf(record).length > 0,
  );
  return fewOfEachLine(dataset, records).flatMap((record) => {
    // Of several pairs the lens shows the one that speaks most against its label.
    const [from, to] = facts.pairsOf(record);
    let worst = from;
    for (let pair = from; pair < to; pair++) if (facts.margin(pair) < facts.margin(worst)) worst = pair;
    const margin = to > from ? facts.margin(worst) : Number.NaN;
    if (Number.isNaN(margin)) return [];
    const line = facts.records.line[record] ?? 0;
    const range: Range = { start: { line, character: 0 }, end: { line, character: 0 } };
    const ref: RecordRef = { uri, record, pair: worst - from };
    const title = `margin ${formatMargin(margin)} · ${scores.distribution.standing(margin)}`;
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
