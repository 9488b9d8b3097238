// Tools that only read: portrait, findings, pairs, texts, rules.
import type { ToolInput, ToolOutput } from '#core/assistant/tools.ts';
import { MAX_TEXT } from '#core/assistant/tools.ts';
import { ALL_RULES, ruleById } from '#core/checks/table.ts';
import { closest } from '#core/config/closest.ts';
import { messages } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { Lengths } from '#core/portrait/lengths.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import { rulePage } from '#core/report/rulePage.ts';
import { capitalised, plural, standingText } from '#core/words/numbers.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

import type { OpenDataset } from '../dataset.ts';
import { fileNameOf } from '../names.ts';
import { ruleCounts } from '../ruleCounts.ts';
import type { Session } from '../session.ts';
import { recordViewOf } from '../views/pair.ts';
import { statusOf } from '../views/status.ts';
import { keyOfRecord, lineOf, namesOf, recordOf } from './place.ts';
import type { Part } from './texts.ts';
import { cutter, MAX_PARTS, partsOfRecord, pieceEnd, startOf, textOfPart } from './texts.ts';

/** An open file, and its name in replies. */
export interface Named {
  readonly session: Session;
  readonly file: string;
}

/** What a reader of figures or findings has to know. */
function notesOf({
  phase,
  progress,
  reason,
  unread,
  unsure,
  unsavedCount,
}: DatasetStatus): readonly string[] {
  const notes = [
    phase === 'scoring' || phase === 'reading'
      ? `${progress ?? capitalised(phase)}. Call again later.`
      : undefined,
    phase === 'scored' ? undefined : reason,
    unread,
    unsure,
    unsavedCount > 0 ? `${plural(unsavedCount, 'record')} with edits that are not saved.` : undefined,
  ];
  return notes.filter((one) => one !== undefined);
}

/** What assistants are shown of lengths. */
const quantiles = ({ mean, median, ninth, longest }: Lengths) => ({ mean, median, ninth, longest });

export function portrait({ session, file }: Named): ToolOutput<'dataset_portrait'> {
  const { dataset } = session;
  const status = statusOf(session);
  const { counts, lengths, labels } = portraitOf({
    files: [dataset.survey.facts],
    hasLabel: false,
    scorers: [],
    findings: [],
  });
  const longerChosen = labels.longerWins.value;
  return {
    file,
    phase: status.phase,
    ...(status.mapping !== undefined && { schema: status.mapping }),
    ...(status.polarity !== undefined && { polarity: status.polarity }),
    records: status.recordCount,
    pairs: status.pairCount,
    ties: status.tieCount,
    judgements: status.judgementCount,
    prompts: counts.prompts,
    chosenLength: quantiles(lengths.chosen),
    rejectedLength: quantiles(lengths.rejected),
    ...(!Number.isNaN(longerChosen) && { longerChosen }),
    findings: status.findingCount,
    rules: ruleCounts(dataset).map(({ rule, severity, count }) => ({ rule, severity, count })),
    ...(status.trust !== undefined && { trust: status.trust }),
    notes: notesOf(status),
  };
}

/** Places that a query selects. */
export interface FoundPlaces {
  readonly places: readonly { readonly record: number; readonly pair?: number }[];
  readonly notes: readonly string[];
}

/** The findings of places, each once. */
function* findingsAt(dataset: OpenDataset, places: FoundPlaces['places']): Generator<Finding> {
  const isOf = (finding: Finding, pair: number): boolean => (finding.pair ?? 0) === pair;
  for (const { record, pair = 0 } of places)
    yield* dataset.findingsOf(record).filter((finding) => isOf(finding, pair));
}

type ListedFinding = ToolOutput<'list_findings'>['findings'][number];

function listedFinding(dataset: OpenDataset, finding: Finding): ListedFinding {
  const { rule, severity, message, record, pair = 0 } = finding;
  const read = record === WHOLE_FILE ? undefined : dataset.readPair(record, pair)?.pair;
  return {
    rule,
    severity,
    ...namesOf(dataset, record, pair),
    ...(record !== WHOLE_FILE && { line: lineOf(dataset, record) }),
    fromDataset: {
      message,
      ...(read && {
        prompt: startOf(read.prompt.at(-1)?.text ?? ''),
        chosen: startOf(read.chosen.text),
        rejected: startOf(read.rejected.text),
      }),
    },
  };
}

function knownRule(rule: string): string {
  if (ruleById(rule)) return rule;
  const ids = ALL_RULES.map(({ id }) => id);
  throw messages.noRule(rule, closest(rule, ids), 'explain_rule without a name lists all rules.');
}

/** A page of a list; `start` counts from 1. */
export function pageOf<T>(
  all: readonly T[],
  { start = 1, limit = 20 }: { readonly start?: number; readonly limit?: number },
): { readonly items: readonly T[]; readonly next?: number } {
  const end = start - 1 + limit;
  return { items: all.slice(start - 1, end), ...(end < all.length && { next: end + 1 }) };
}

/** @param found undefined: all places with findings, in the order of review */
export function listFindings(
  { session, file }: Named,
  input: ToolInput<'list_findings'>,
  found?: FoundPlaces,
): ToolOutput<'list_findings'> {
  const { dataset } = session;
  const rule = input.rule === undefined ? undefined : knownRule(input.rule);
  const fitting = [...findingsAt(dataset, found?.places ?? dataset.reviewOrder())].filter(
    (one) => (rule ?? one.rule) === one.rule && (input.severity ?? one.severity) === one.severity,
  );
  const { items, next } = pageOf(fitting, input);
  const rules = new Set(rule === undefined ? ALL_RULES.map(({ id }) => id) : [rule]);
  const notListed = [...rules].reduce((sum, id) => sum + dataset.unlistedCount(id), 0);
  const status = statusOf(session);
  return {
    file,
    phase: status.phase,
    total: fitting.length,
    notListed,
    findings: items.map((one) => listedFinding(dataset, one)),
    notes: [...notesOf(status), ...(found?.notes ?? [])],
    ...(next !== undefined && { next }),
  };
}

const LEFT_OUT = (count: number): string =>
  `${plural(count, 'more text')} of this record. read_text with "part": "record" returns the whole record.`;

export function showPair({ session, file }: Named, input: ToolInput<'show_pair'>): ToolOutput<'show_pair'> {
  const { dataset } = session;
  const record = recordOf(dataset, input);
  const pair = (input.pair ?? 1) - 1;
  const view = recordViewOf(session, { uri: session.uri, record, pair, step: 'here' });
  const read = dataset.readRecord(record);
  const parts = read && partsOfRecord(dataset, read, pair);
  const cut = cutter(input.characters ?? 4000);
  const cutPart = ({ part, text }: Part) => cut(part, text);
  const { prompt = [], answers = [], fields = [], chosen, rejected } = parts ?? {};
  const leftOut = [prompt, answers, fields].reduce(
    (sum, one) => sum + Math.max(0, one.length - MAX_PARTS),
    0,
  );
  const raw = read ? undefined : dataset.rawRecord(record);
  const unread = raw ? [{ part: 'record', label: 'record', text: dataset.source.textOf(raw.bytes) }] : [];
  return {
    file,
    record: input.record,
    pair: pair + 1,
    pairs: read?.pairs.length ?? 0,
    line: lineOf(dataset, record),
    key: keyOfRecord(dataset, record) ?? '',
    ...(view.kind === 'pair' && { isTie: view.isTie }),
    ...(view.kind === 'pair' && Number.isFinite(view.margin) && { margin: view.margin }),
    ...(view.kind === 'pair' && view.standing && { standing: standingText(view.standing) }),
    ...(view.kind === 'empty' && { why: view.why }),
    ...(leftOut > 0 && { leftOut: LEFT_OUT(leftOut) }),
    findings: view.findings.map(({ rule, severity }) => ({ rule, severity })),
    fromDataset: {
      // The answers come first: if the texts of a record are very long, the others are cut to nothing.
      ...(chosen && { chosen: cutPart(chosen) }),
      ...(rejected && { rejected: cutPart(rejected) }),
      ...(answers.length > 0 && {
        answers: answers.slice(0, MAX_PARTS).map((one) => ({ verdict: one.label, content: cutPart(one) })),
      }),
      prompt: prompt.slice(-MAX_PARTS).map((one) => ({ role: one.label, content: cutPart(one) })),
      fields: [...fields.slice(0, MAX_PARTS), ...unread].map((one) => ({
        name: one.label,
        content: cutPart(one),
      })),
      messages: view.findings.map(({ message }) => message),
    },
  };
}

export function readText({ session, file }: Named, input: ToolInput<'read_text'>): ToolOutput<'read_text'> {
  const { dataset } = session;
  const record = recordOf(dataset, input);
  const raw = dataset.rawRecord(record);
  const read = dataset.readRecord(record);
  const text =
    input.part === 'record'
      ? raw && dataset.source.textOf(raw.bytes)
      : read && textOfPart(partsOfRecord(dataset, read, (input.pair ?? 1) - 1), input.part);
  if (text === undefined) throw messages.noPart(fileNameOf(session.uri), input.record, input.part);
  const start = Math.min(input.start ?? 0, text.length);
  const end = pieceEnd(text, start, input.limit ?? MAX_TEXT);
  return {
    file,
    record: input.record,
    key: keyOfRecord(dataset, record) ?? '',
    start,
    characters: text.length,
    ...(end < text.length && { next: end }),
    fromDataset: { text: text.slice(start, end) },
  };
}

export function explainRule({ rule }: ToolInput<'explain_rule'>): ToolOutput<'explain_rule'> {
  if (rule === undefined)
    return { rules: ALL_RULES.map(({ id, severity, title }) => ({ rule: id, severity, title })) };
  const known = ruleById(knownRule(rule));
  return known ? { page: rulePage(known) } : {};
}
