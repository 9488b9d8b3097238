// Where the evidence of a finding is in the texts that a page shows.
import type { Finding } from '#core/model/finding.ts';
import type { Path } from '#core/model/json.ts';
import type { Pair, Side } from '#core/model/pair.ts';
import type { FindingView } from '#protocol/editor/views.ts';

function isSamePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}

/** A range of a string value as a range of the answer; undefined if the answer does not read it. */
function rangeIn(
  { path, textStart, text, pieces }: Side,
  at: Path,
  [from, to]: readonly [number, number],
): readonly [start: number, end: number] | undefined {
  const piece = pieces?.find((one) => isSamePath(one.path, at));
  if (pieces ? !piece : !isSamePath(path, at)) return undefined;
  const shift = piece ? piece.start : -textStart;
  const max = piece ? piece.end : text.length;
  const [start, end] = [Math.max(piece?.start ?? 0, from + shift), Math.min(max, to + shift)];
  return start < end ? [start, end] : undefined;
}

/** The part of an answer that shows the finding; nothing for one about a whole value. */
export function evidenceIn({ place }: Finding, pair: Pair): Pick<FindingView, 'at'> {
  const { path, part, within } = place;
  if (part !== 'value' || !within) return {};
  for (const side of ['chosen', 'rejected'] as const) {
    const range = rangeIn(pair[side], path, within);
    if (range) return { at: { side, start: range[0], end: range[1] } };
  }
  return {};
}
