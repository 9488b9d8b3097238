// What each kind of evidence is worth on a file: the same planted flips, ranked with more and more of it. A person who
// sees that models tell more than words knows what a flag stands on.
import type { JobRows } from './consistency.ts';
import { inGroups } from './features.ts';
import type { OriginTable } from './origins.ts';
import type { Evidence, FitEvidence, RankingFigures, Rung, SelfTest } from './quality.ts';
import { STYLE_COUNT } from './style.ts';

/** The evidence in a file that the built-in scorer can be fitted on, in the order of the rungs. */
export function evidenceIn({ features }: JobRows): readonly FitEvidence[] {
  const { originWidth, width, groupCount } = features;
  return [
    'words',
    ...(originWidth > 0 || width > STYLE_COUNT ? (['sides'] as const) : []),
    ...(groupCount > 0 ? (['groups'] as const) : []),
  ];
}

/** The rows with the evidence up to this rung, and no more. */
export function rowsWith(rows: JobRows, evidence: FitEvidence): JobRows {
  // The same object where nothing is left out: threads have it already.
  if (evidence === evidenceIn(rows).at(-1)) return rows;
  const grouped = inGroups(rows.features, undefined);
  if (evidence === 'sides') return { ...rows, features: grouped };
  const { count, width, style } = grouped;
  const narrow = new Float32Array(count * STYLE_COUNT);
  for (let row = 0; row < count; row++)
    narrow.set(style.subarray(row * width, row * width + STYLE_COUNT), row * STYLE_COUNT);
  const features = {
    ...grouped,
    style: narrow,
    width: STYLE_COUNT,
    origins: new Int32Array(0),
    originWidth: 0,
    categoryCount: 0,
  };
  return { ...rows, features, scales: rows.scales.subarray(0, STYLE_COUNT) };
}

export function rung(
  evidence: Evidence,
  { auroc, precisionAt1 }: Pick<RankingFigures, 'auroc' | 'precisionAt1'>,
  names: readonly string[] = [],
): Rung {
  return { evidence, names, auroc, precisionAt1 };
}

export function lengthRung({ lengthAuroc, lengthAt1 }: SelfTest): Rung {
  return rung('length', { auroc: lengthAuroc, precisionAt1: lengthAt1 });
}

/** The fields that a rung of the built-in scorer reads. */
export function fieldsOf(
  evidence: FitEvidence,
  { origins, groups }: { readonly origins: OriginTable; readonly groups?: { readonly field: string } },
): readonly string[] {
  switch (evidence) {
    case 'words':
      return [];
    case 'sides':
      return [...new Set(origins.categories.map(({ field }) => field)), ...origins.numbers];
    case 'groups':
      return groups ? [groups.field] : [];
  }
}
