// Sentences and labels of both pages.
import { capitalised, inGroups, ordinal, plural } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type { CandidateView, RecordView } from '#protocol/editor/views.ts';
import type { PageAction, WalkAction } from '#protocol/page/compare.ts';
import type { DatasetAction } from '#protocol/page/dataset.ts';

/** Beyond this many characters words are not counted: ten million characters take about a second. */
const MAX_COUNTED = 1_000_000;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * "38 words". Unicode says what a word is, with a dictionary for scripts that put no spaces between words (Chinese, Japanese,
 * Thai). The length of a very long text is given in characters.
 */
export function lengthText(text: string): string {
  if (text.length > MAX_COUNTED) return plural(text.length, 'character');
  let count = 0;
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike) count++;
  return plural(count, 'word');
}

/** "Finding 12 of 208", "Findings 12–13 of 208", "No finding here, 208 elsewhere". */
export function findingPlace({
  findingNumber,
  findingsHere,
  findingCount,
}: Pick<RecordView, 'findingNumber' | 'findingsHere' | 'findingCount'>): string {
  const [count, first] = [inGroups(findingCount), inGroups(findingNumber)];
  if (findingCount === 0) return t('No findings in this file');
  if (findingNumber === 0) return t('No finding here, {0} elsewhere', count);
  if (findingsHere === 1) return t('Finding {0} of {1}', first, count);
  const last = inGroups(findingNumber + findingsHere - 1);
  return t('Findings {0}–{1} of {2}', first, last, count);
}

/** The place of a view in its file: "line 3, pair 2 of 4". */
function recordPlace(view: RecordView, unit: 'line' | 'row'): string {
  if (view.record < 0) return t('the whole file');
  const number = inGroups(view.line + 1);
  const place = unit === 'line' ? t('line {0}', number) : t('row {0}', number);
  return view.kind === 'pair' && view.pairCount > 1
    ? t('{0}, pair {1} of {2}', place, view.pair + 1, view.pairCount)
    : place;
}

/** The title of a pair that may be of any file: line, number of its finding, file. */
export function titleWithFile(view: RecordView): readonly string[] {
  return [capitalised(recordPlace(view, 'line')), findingPlace(view), view.fileName];
}

/** The title of a pair on a page of one file: row, number of its finding. */
export function titleWithRow(view: RecordView): readonly string[] {
  const place = recordPlace(view, 'row');
  const title = capitalised(place);
  return view.findingNumber > 0 ? [title, findingPlace(view)] : [title];
}

const DONE: Readonly<Record<Exclude<PageAction | DatasetAction, WalkAction>, English>> = {
  flip: english('Flipped {0}'),
  tie: english('Marked as a tie: {0}'),
  drop: english('Dropped {0}'),
  margin: english('Margin set: {0}'),
  repair: english('Repaired {0}'),
  undo: english('Undone: {0}'),
  keep: english('Finding ignored: {0}'),
  reveal: english('Shown in the file: {0}'),
  diff: english('Opened in the diff editor: {0}'),
  widen: english('Moved to a wide tab: {0}'),
};

/**
 * What a screen reader says after an action: what was done, or where a step led and what was found there.
 * @param view what the page shows after it
 */
export function doneText(action: PageAction | DatasetAction, view: RecordView, unit: 'line' | 'row'): string {
  const place = recordPlace(view, unit);
  if (action in DONE) return t(DONE[action as keyof typeof DONE], place);
  const found = view.findings.map(({ rule, message }) => `${rule}: ${message}`);
  return [`${capitalised(place)}, ${findingPlace(view).toLowerCase()}`, ...found].join('. ');
}

/** "1st", "2nd, tied": the place of a candidate by its record. */
export function candidateNote({ better, equal, isUnranked }: CandidateView): string {
  if (isUnranked) return better > 0 ? t('not the best') : '';
  const rank = ordinal(better + 1);
  return equal > 0 ? t('{0}, tied', rank) : rank;
}
