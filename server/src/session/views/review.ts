// A review as plain data: the pair that is shown, what was decided, and what came of it.
import { NEXT } from '#core/learning/outlook.ts';
import { traitsOf } from '#core/learning/traits.ts';
import { labelOf, numbersOf } from '#core/memory/keys.ts';
import type { Opinion, Verdict, Verdicts } from '#core/memory/verdicts.ts';
import { opinionOf } from '#core/memory/verdicts.ts';
import { messages } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import { conflictsAmong, labelAgreement, reviewerAgreement } from '#core/review/agreement.ts';
import { numberOf } from '#core/review/queue.ts';
import { remainingFinds } from '#core/review/remaining.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type {
  DecidedView,
  Interval,
  LessonView,
  ReviewChoices,
  ReviewersView,
  ReviewSource,
  ReviewVerdict,
  ReviewView,
} from '#protocol/editor/review.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import type { OpenDataset } from '../dataset.ts';
import type { Review } from '../review/review.ts';
import { ruleCounts } from '../ruleCounts.ts';
import type { OpenFile } from '../state.ts';
import { bareView, blindView } from './blind.ts';
import { start } from './cells.ts';
import { recordViewOf } from './pair.ts';

/** Decided pairs that a page lists. */
const MAX_DECIDED = 200;

/** Reasons with a key of their own. */
const MAX_REASONS = 9;

/** Offered to reviewers who gave none yet. */
const USUAL_REASONS = [
  'more correct',
  'follows the prompt better',
  'refuses without need',
  'unsafe',
  'only longer',
  'wrong language or format',
];

export interface ReviewedFile extends OpenFile {
  readonly review: Review;
}

function intervalOf({ value, low, high }: Interval): Interval {
  return { value, low, high };
}

function agreementOf(verdicts: Verdicts, keys: Iterable<string>): readonly ReviewersView[] {
  return reviewerAgreement(verdicts, keys).map(({ reviewers, count, same, kappa }) => ({
    reviewers,
    count,
    same: intervalOf(same),
    // JSON has no NaN.
    kappa: Number.isNaN(kappa.value) ? null : intervalOf(kappa),
  }));
}

export function reviewChoices({ dataset, review }: ReviewedFile): ReviewChoices {
  const { verdicts, scores } = dataset;
  const { facts } = dataset.survey;
  const keys = [...numbersOf(facts, verdicts.keys).keys()];
  // Nobody reviews a pair where a finding is about the whole file, a broken record or a tie.
  const canReview = ({ record, pair = 0 }: Pick<Finding, 'record' | 'pair'>): boolean => {
    const number = numberOf(facts, { record, pair });
    return number >= 0 && !facts.isTie(number);
  };
  const rules = new Set(dataset.findings.filter(canReview).map(({ rule }) => rule));
  return {
    labels: scores ? facts.preferenceCount : 0,
    findings: dataset.reviewOrder().filter(canReview).length,
    rules: ruleCounts(dataset).filter(({ rule }) => rules.has(rule)),
    conflicts: conflictsAmong(verdicts, keys).length,
    reviewer: review.reviewer,
    reviewed: keys.filter((key) => verdicts.of(key, review.reviewer)).length,
    agreement: agreementOf(verdicts, keys),
  };
}

/** The pair as it is now; while it is hidden, without all that tells its label. */
function itemView(file: ReviewedFile, key: string): RecordView {
  const { dataset, review } = file;
  const { uri } = dataset.source;
  const place = review.items?.placeOf(key);
  const shown = recordViewOf(file, { uri, ...(place ?? { record: -1, pair: 0 }), step: 'here' });
  const { source } = dataset;
  const isDropped = !place || source.pending?.isDropped(place.record) === true;
  if (isDropped || shown.kind !== 'pair') {
    const why =
      review.verdictOf(key)?.verdict === 'drop'
        ? t('Dropped. U brings it back.')
        : messages.reviewPairGone().message;
    return { ...bareView(shown), kind: 'empty', why, isPending: false };
  }
  if (!review.isHidden(key)) return shown;
  const { facts } = dataset.survey;
  const label = labelOf(facts, numberOf(facts, place));
  const chosen = label === 'tie' ? 'a' : label;
  return blindView(shown, review.firstShown(key) !== chosen);
}

/** What a reviewer said of a pair with this label. */
const OPINION_WORDS = {
  skip: english('skipped it'),
  tie: english('a tie'),
  drop: english('drop it'),
  chosen: english('the chosen answer is better'),
  rejected: english('the rejected answer is better'),
  one: english('one answer is better'),
};

function opinionWords(opinion: Opinion | undefined, label: Opinion | undefined): English {
  if (opinion === undefined) return OPINION_WORDS.skip;
  if (opinion === 'tie' || opinion === 'drop') return OPINION_WORDS[opinion];
  if (label === 'tie') return OPINION_WORDS.one;
  return opinion === label ? OPINION_WORDS.chosen : OPINION_WORDS.rejected;
}

function othersWords(dataset: OpenDataset, review: Review, key: string): ReviewView['others'] {
  const label = review.items?.labelOf(key);
  return dataset.verdicts
    .all(key)
    .filter(({ by }) => by !== review.reviewer)
    .map((verdict) => ({
      by: verdict.by,
      words: t(opinionWords(opinionOf(verdict), label)),
      reason: verdict.reason,
    }));
}

function decidedView({ dataset, review }: ReviewedFile, index: number, verdict: Verdict): DecidedView {
  const prompt = review.items?.nameOf(verdict.key, ({ record, pair }) => {
    const read = dataset.readPair(record, pair);
    return read && start(read.pair.prompt.at(-1)?.text ?? '');
  });
  return {
    index,
    ...(prompt !== undefined && { prompt }),
    verdict: verdict.verdict as ReviewVerdict,
    reason: verdict.reason,
    tags: verdict.tags,
    isBlind: verdict.isBlind,
  };
}

/** The reviewer's reasons, the latest first, then usual ones. */
function reasonsOf(verdicts: Verdicts, reviewer: string): readonly string[] {
  const own = verdicts
    .by(reviewer)
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .flatMap(({ reason }) => (reason === '' ? [] : reason));
  return [...new Set([...own, ...USUAL_REASONS])].slice(0, MAX_REASONS);
}

/** True if the most suspicious pairs come first. */
function isSorted(source: ReviewSource): boolean {
  if (source.kind === 'rows') return source.selection.sort === undefined && source.selection.order === 'all';
  return source.kind === 'labels' || source.kind === 'rule';
}

/** Undefined in other queues, and while too few labels are judged. */
function lessonView({ dataset, review }: ReviewedFile): LessonView | undefined {
  const { queue, items } = review;
  const { lesson } = dataset;
  if (!lesson || !items || queue?.source.kind !== 'labels') return undefined;
  const { facts } = dataset.survey;
  const { index, keys } = queue;
  // In the order in which the person meets them: the pair that is shown first.
  const open = [...keys.slice(index), ...keys.slice(0, index)].filter(
    (key) => review.verdictOf(key) === undefined,
  );
  const ahead = open.slice(0, NEXT).flatMap((key) => {
    const place = items.placeOf(key);
    const number = place ? numberOf(facts, place) : -1;
    const margin = number < 0 ? Number.NaN : facts.margin(number);
    return Number.isNaN(margin) ? [] : { margin, traits: traitsOf(facts, number) };
  });
  const { judged, left } = lesson;
  return { judged, next: { ...lesson.expected(ahead), of: ahead.length }, left };
}

/** Undefined if there is no review. */
export function reviewViewOf(file: ReviewedFile): ReviewView | undefined {
  const { dataset, review } = file;
  const { queue } = review;
  if (!queue) return undefined;
  const { keys, index } = queue;
  const key = keys[index] ?? '';
  const decided = keys.map((one) => review.verdictOf(one));
  const counts = { keep: 0, flip: 0, tie: 0, drop: 0, skip: 0, undone: 0 };
  for (const one of decided) if (one) counts[one.verdict]++;
  const judged = decided.flatMap((one, at) =>
    one && one.verdict !== 'skip' ? [{ index: at, isFind: one.verdict !== 'keep' }] : [],
  );
  const open = decided.flatMap((one, at) => (one ? [] : at));
  const remaining = remainingFinds(judged, open, keys.length, isSorted(queue.source));
  const latest = decided
    .flatMap((verdict, at) => (verdict ? [{ verdict, at }] : []))
    .sort((a, b) => (a.verdict.at < b.verdict.at ? 1 : -1))
    .slice(0, MAX_DECIDED);
  const lesson = lessonView(file);
  const blind = labelAgreement(dataset.verdicts, review.reviewer, keys);
  const verdict = decided[index];
  const { reason, tags } = review.noteOf(key);
  const showsOthers = queue.source.kind === 'conflicts' || verdict !== undefined;
  return {
    queue,
    decidedCount: keys.length - open.length,
    counts,
    item: itemView(file, key),
    key,
    isHidden: review.isHidden(key),
    ...(verdict && { verdict: verdict.verdict as ReviewVerdict }),
    reason,
    tags,
    others: showsOthers ? othersWords(dataset, review, key) : [],
    canUndo: review.canUndo,
    isReadOnly: review.isReadOnly,
    reasons: reasonsOf(dataset.verdicts, review.reviewer),
    decided: latest.map(({ verdict: one, at }) => decidedView(file, at, one)),
    found: judged.filter(({ isFind }) => isFind).length,
    ...(remaining && open.length > 0 && { remaining }),
    ...(lesson && { lesson }),
    ...(blind.count > 0 && { blind: { count: blind.count, same: intervalOf(blind.same) } }),
    agreement: agreementOf(dataset.verdicts, keys),
    reviewer: review.reviewer,
  };
}
