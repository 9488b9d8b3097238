// A place of a dataset as pages draw it: a pair, answers with verdicts of their own, or why there is neither.
import { readRaw } from '#core/dataset/survey.ts';
import { keyOfPair } from '#core/edits/pairEdit.ts';
import type { Judgement } from '#core/mapping/forms/form.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair, Side } from '#core/model/pair.ts';
import { english, t } from '#core/words/translate.ts';
import type { PairRequest, Step } from '#protocol/editor/rows.ts';
import type {
  AnswerView,
  EmptyView,
  FindingView,
  ImageView,
  JudgedView,
  PairView,
  PartView,
  RecordView,
  TurnView,
  VerdictView,
} from '#protocol/editor/views.ts';

import type { OpenDataset, ReadPair, ReadRecord } from '../dataset.ts';
import type { PairPlace, ReviewPlace } from '../findingLists.ts';
import { fileNameOf } from '../names.ts';
import { neighboursOf } from '../neighbours.ts';
import { editOf } from '../planEdit.ts';
import type { FileFacts } from '../reasons.ts';
import { whyNoPairAt, whyNoPairs, whyNotOpen, whyReading, whyUnreadable } from '../reasons.ts';
import { reviewedLines } from '../reviewedWords.ts';
import { tokenScorers } from '../tokens.ts';
import { candidatesOf } from './candidates.ts';
import { evidenceIn } from './evidence.ts';
import { otherFields } from './fields.ts';
import { imagesOf } from './images.ts';
import { answerParts, partsOf, turnView } from './parts.ts';

/** Reasons of a score that a page lists. */
const MAX_REASONS = 8;

/** A finding as pages draw it. */
export function findingView({ rule, severity, message, replace, separate }: Finding): FindingView {
  return { rule, severity, message, ...((replace ?? separate) && { canRepair: true }) };
}

/**
 * Where `next` and `previous` lead, in a circle. A pair that left the list stood just before the one that has its number now;
 * a place that was never on the list enters it at its end.
 */
function stepIn(
  order: readonly ReviewPlace[],
  at: number,
  { step, shownAs = 0 }: Pick<PairRequest, 'step' | 'shownAs'>,
): ReviewPlace | undefined {
  const count = order.length;
  if (count === 0) return undefined;
  // The list is in the order of its numbers.
  const gap = at >= 0 || shownAs === 0 ? 0 : order.findIndex(({ first }) => first >= shownAs);
  const before = at >= 0 ? at - 1 : (gap < 0 ? count : gap) - 1;
  const after = at >= 0 ? at + 1 : gap < 0 ? count : gap;
  return order[((step === 'next' ? after : before) + count) % count];
}

/** Where a step to another pair of the record or of the file leads, in a circle. A record without a pair is one place. */
function stepFrom({ survey: { facts } }: OpenDataset, { record, pair }: PairPlace, step: Step): PairPlace {
  const placesOf = (one: number): number => {
    const [from, to] = facts.pairsOf(one);
    return Math.max(1, to - from);
  };
  const [way, own] = [step.startsWith('next') ? 1 : -1, placesOf(record)];
  const next = pair + way;
  if (step.endsWith('InRecord')) return { record, pair: (next + own) % own };
  if (next >= 0 && next < own) return { record, pair: next };
  const count = Math.max(1, facts.recordCount);
  const other = (record + way + count) % count;
  return { record: other, pair: way > 0 ? 0 : placesOf(other) - 1 };
}

type Base = Omit<EmptyView, 'kind' | 'why' | 'isPending'>;

function baseOf(dataset: OpenDataset, { record, pair }: PairPlace): Base {
  const { facts } = dataset.survey;
  const { uri } = dataset.source;
  const reviewIndex = dataset.reviewIndex(record, pair);
  const own = dataset.reviewOrder()[reviewIndex];
  return {
    uri,
    fileName: fileNameOf(uri),
    record,
    recordCount: facts.recordCount,
    pair,
    line: record === WHOLE_FILE ? 0 : (facts.records.line[record] ?? 0),
    images: [],
    fields: [],
    findings: dataset.findingsOf(record, pair).map(findingView),
    findingNumber: own?.first ?? 0,
    findingsHere: own?.count ?? 0,
    reviewIndex,
    findingCount: dataset.findingCount,
  };
}

/** The messages of an answer, each with its place in the text of the answer. */
function answerTurns({ text, turns }: Side): readonly TurnView[] {
  let at = 0;
  return turns.map((turn) => {
    const start = text.indexOf(turn.text, at);
    if (start >= 0) at = start + turn.text.length;
    return { role: turn.role, text: turn.text, ...(start >= 0 && { start }) };
  });
}

/** An answer without its reward. */
export function sideView(side: Side): AnswerView {
  const parts = answerParts(side);
  return {
    text: side.text,
    ...(side.turns.length > 1 && { turns: answerTurns(side) }),
    ...(parts.length > 0 && { parts }),
  };
}

/** The pictures of a record that no part of its answers or of its prompt shows. */
function otherImages(
  value: JsonObject,
  shown: readonly (readonly PartView[] | undefined)[],
): readonly ImageView[] {
  const sources = new Set(shown.flatMap((parts = []) => parts.map(({ image }) => image)));
  return imagesOf(value).filter(({ source }) => !sources.has(source));
}

function textsOf({ prompt, chosen, rejected }: Pair): string[] {
  const turns = [...prompt, ...chosen.turns, ...rejected.turns].map(({ text }) => text);
  return [...turns, chosen.text, rejected.text];
}

/** The texts and parts of a pair. */
function saidIn(
  pair: Pair,
  value: JsonObject,
): Pick<PairView, 'isTie' | 'prompt' | 'context' | 'images' | 'fields' | 'chosen' | 'rejected'> {
  const prompt = pair.prompt.map(turnView);
  // Its pictures are shown with those of the record.
  const context = partsOf(pair.context).filter(({ image }) => image === undefined);
  const [chosen, rejected] = [sideView(pair.chosen), sideView(pair.rejected)];
  const shown = [chosen.parts, rejected.parts, ...prompt.map(({ parts }) => parts)];
  return {
    isTie: pair.isTie,
    prompt,
    context,
    images: otherImages(value, shown),
    fields: otherFields(value, textsOf(pair)),
    chosen,
    rejected,
  };
}

function pairView({ dataset, state: { reason }, templates = [] }: FileFacts, read: ReadPair): PairView {
  const { pair, index, raw } = read;
  const { record } = raw;
  const explained = pair.isTie ? undefined : dataset.explain(read, MAX_REASONS);
  const known = dataset.margin(record, index);
  const margin = explained && Number.isNaN(known) ? explained.margin : known;
  const { scores, trust } = dataset;
  const said = saidIn(pair, read.value);
  const candidates = candidatesOf(read, index);
  const neighbours = explained ? neighboursOf(dataset, pair) : [];
  const tokens = pair.isTie ? [] : tokenScorers(dataset);
  const standing = explained && scores?.distribution.place(margin);
  return {
    ...baseOf(dataset, { record, pair: index }),
    kind: 'pair',
    pairKey: keyOfPair(pair),
    pairCount: read.pairs.length,
    ...said,
    ...(templates.length > 0 && { templates: templates.map(({ id, title }) => ({ id, title })) }),
    ...(tokens.length > 0 && { tokenScorers: tokens }),
    ...(candidates && {
      candidates,
      fields: otherFields(read.value, candidates.map(({ text }) => text).concat(textsOf(pair))),
    }),
    findings: dataset
      .findingsOf(record, index)
      .map((one) => ({ ...findingView(one), ...evidenceIn(one, pair) })),
    chosen: {
      ...said.chosen,
      ...(explained?.chosenReward !== undefined && { reward: explained.chosenReward }),
    },
    rejected: {
      ...said.rejected,
      ...(explained?.rejectedReward !== undefined && { reward: explained.rejectedReward }),
    },
    details: explained ? [...reviewedLines(dataset, record, index), ...explained.details] : [],
    ...(neighbours.length > 0 && { neighbours }),
    ...(scores && explained && { margin }),
    ...(standing && { standing }),
    ...(scores && { scorer: scores.about() }),
    ...(trust !== undefined && { trust }),
    ...(!scores && reason !== undefined && { whyUnscored: reason }),
    reasons: explained?.reasons ?? [],
  };
}

/** The verdict on a single answer. */
export function verdictView({ verdict }: Judgement): VerdictView {
  if (verdict === undefined) return { kind: 'unrated', words: t('not rated') };
  if (typeof verdict === 'number') return { kind: 'rated', words: t('rated {0}', verdict) };
  return verdict ? { kind: 'good', words: t('called good') } : { kind: 'bad', words: t('called bad') };
}

function judgedView(dataset: OpenDataset, { raw, value, judgements }: ReadRecord): JudgedView {
  const { record } = raw;
  const flip = editOf(dataset, { record }, { kind: 'flip' });
  const prompt = (judgements[0]?.prompt ?? []).map(turnView);
  const answers = judgements.map((one) => ({ ...sideView(one.response), verdict: verdictView(one) }));
  return {
    ...baseOf(dataset, { record, pair: 0 }),
    kind: 'judged',
    prompt,
    images: otherImages(value, [...prompt.map(({ parts }) => parts), ...answers.map(({ parts }) => parts)]),
    fields: otherFields(
      value,
      [...prompt, ...answers].map(({ text }) => text),
    ),
    judgements: answers,
    canFlip: flip !== undefined && !('refused' in flip),
  };
}

/** A file with records of no known schema can be mapped. */
function canMap({ state, dataset }: FileFacts): { canMap?: true } {
  const { suggestion } = dataset.survey;
  return state.phase === 'unrecognised' && suggestion && suggestion.fields.length > 0 ? { canMap: true } : {};
}

function viewAt(file: FileFacts, place: PairPlace): RecordView {
  const { dataset } = file;
  const { record, pair } = place;
  const read = dataset.readRecord(record);
  // The record may have fewer pairs now: then show its first.
  const index = read?.pairs[pair] ? pair : 0;
  const shown = read?.pairs[index];
  if (read && shown) return pairView(file, { ...read, pair: shown, index });
  if (read && read.judgements.length > 0) return judgedView(dataset, read);
  const ofFile = record === WHOLE_FILE ? undefined : whyNoPairs(file);
  return {
    ...baseOf(dataset, place),
    kind: 'empty',
    why: ofFile ?? whyNoPairAt(dataset, record),
    ...canMap(file),
    isPending: false,
  };
}

const NO_FINDINGS = english('There are no findings in this file. Choose a record and compare it to read it.');

/** The place that a request is about, of a file that is read. */
export function recordViewOf(file: FileFacts, request: PairRequest): RecordView {
  const { dataset } = file;
  const { record, pair = 0, step } = request;
  if (step === 'here') return viewAt(file, { record, pair });
  if (step !== 'next' && step !== 'previous') return viewAt(file, stepFrom(dataset, { record, pair }, step));
  const place = stepIn(dataset.reviewOrder(), dataset.reviewIndex(record, pair), request);
  if (place) return viewAt(file, place);
  const why = whyNoPairs(file) ?? t(NO_FINDINGS);
  const base = baseOf(dataset, { record: WHOLE_FILE, pair: 0 });
  return { ...base, kind: 'empty', why, ...canMap(file), isPending: false };
}

/** What a place says where nothing is known, or may be said, of its record. */
export const NOTHING_SAID = {
  images: [],
  fields: [],
  findings: [],
  findingNumber: 0,
  findingsHere: 0,
  reviewIndex: -1,
} satisfies Partial<Base>;

function earlyBase({ uri, record, pair = 0 }: PairRequest): Base {
  return {
    uri,
    fileName: fileNameOf(uri),
    record,
    recordCount: 0,
    pair,
    line: Math.max(0, record),
    findingCount: 0,
    ...NOTHING_SAID,
  };
}

/** The pair of a row before the survey of its table; for other files, why there is nothing to show yet. */
export function earlyViewOf(file: FileFacts | undefined, request: PairRequest): RecordView {
  const { uri, record, pair: index = 0, step } = request;
  const waiting = (why: string): EmptyView => ({
    ...earlyBase(request),
    kind: 'empty',
    why,
    isPending: true,
  });
  if (!file) return waiting(whyNotOpen(uri));
  const { source } = file.dataset;
  const { phase, reason } = file.state;
  if (phase === 'failed') return waiting(reason ?? whyUnreadable(uri));
  const early = step === 'here' ? source.early() : undefined;
  if (!early?.recognition || record < 0 || record >= early.rowCount) return waiting(whyReading(uri));
  const raw = early.rawAt(record);
  const read = readRaw(raw, early.recognition);
  const pair = read?.pairs[index];
  if (!read || !pair) return waiting(whyReading(uri));
  return {
    ...earlyBase(request),
    kind: 'pair',
    recordCount: early.rowCount,
    pairCount: read.pairs.length,
    line: raw.line,
    ...saidIn(pair, read.value),
    reasons: [],
    details: [],
  };
}
