// The words of the pages that are not of the dataset page alone.
import { plural } from '#core/words/numbers.ts';
import type { RecordView } from '#protocol/editor/views.ts';

/** Longer texts are not cut into words: that takes about a second for ten million characters. */
const MAX_COUNTED = 1_000_000;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * "38 words". Words are those of Unicode, with a dictionary for scripts that put no spaces between them (Chinese, Japanese,
 * Thai). A very long text is measured in characters.
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
  const [count, first] = [findingCount.toLocaleString('en'), findingNumber.toLocaleString('en')];
  if (findingCount === 0) return 'No findings in this file';
  if (findingNumber === 0) return `No finding here, ${count} elsewhere`;
  if (findingsHere === 1) return `Finding ${first} of ${count}`;
  const last = (findingNumber + findingsHere - 1).toLocaleString('en');
  return `Findings ${first}–${last} of ${count}`;
}

/** Where a view stands in its file: "line 3, pair 2 of 4"; `unit` is "line" or "row". */
export function recordPlace(view: RecordView, unit: string): string {
  if (view.record < 0) return 'the whole file';
  const which =
    view.kind === 'pair' && view.pairCount > 1 ? `, pair ${view.pair + 1} of ${view.pairCount}` : '';
  return `${unit} ${(view.line + 1).toLocaleString('en')}${which}`;
}
