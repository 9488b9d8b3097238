// The figures of a self-test of several scorers, from the margins that each has on the planted labels.
import { agreedMargin, fitAgreement } from '#core/reward/agreement.ts';
import { rootMeanSquare } from '#core/reward/ensemble.ts';
import { stackedMargin, stackOf } from '#core/reward/stack.ts';
import { rung } from '#core/score/ladder.ts';
import type { Rung, SelfTest } from '#core/score/quality.ts';
import { rankingFigures } from '#core/score/quality.ts';

/** A scorer beside the built-in one, with its margins of the planted labels by row; NaN where it has none. */
export interface PlantedScorer {
  readonly name: string;
  /** "probe": fitted on the planted labels; "columns": the records' own scores. */
  readonly kind: string | undefined;
  readonly margins: Float64Array;
}

const namesOf = (scorers: readonly PlantedScorer[]): readonly string[] => scorers.map(({ name }) => name);

/** Mean of margins over their root mean squares, as an ensemble ranks; NaN where nobody has one. */
function meanMargins(columns: readonly Float64Array[]): Float64Array {
  const scales = columns.map(rootMeanSquare);
  return Float64Array.from(columns[0] ?? [], (_, row) => {
    const known = columns
      .map((column, k) => (column[row] ?? Number.NaN) / (scales[k] ?? 1))
      .filter((margin) => !Number.isNaN(margin));
    return known.reduce((sum, margin) => sum + margin, 0) / known.length;
  });
}

/**
 * The self-test of an ensemble, from that of the built-in scorer.
 * Beside stored scores alone, the main figures are those without them: such scores usually made the labels.
 * @param texts of the built-in scorer, by row
 * @param sign −1 for a planted row
 */
export function ensembleTest(
  test: SelfTest,
  texts: Float64Array,
  others: readonly PlantedScorer[],
  sign: Int8Array,
): SelfTest {
  const encoders = others.filter(({ kind }) => kind === 'probe');
  const columns = others.filter(({ kind }) => kind === 'columns');
  const models = others.filter(({ kind }) => kind !== 'probe' && kind !== 'columns');
  const rungs: Rung[] = [];
  let fitted = texts;
  let figures = rankingFigures(texts, sign);
  if (encoders.length > 0) {
    const members = [texts, ...encoders.map(({ margins }) => margins)];
    const stack = stackOf(members);
    fitted = texts.map((_, row) =>
      stackedMargin(
        stack,
        members.map((member) => member[row] ?? Number.NaN),
      ),
    );
    figures = rankingFigures(fitted, sign);
    rungs.push(rung('encoder', figures, namesOf(encoders)));
  }
  const [scores] = columns;
  if (models.length > 0) {
    const rest = [...columns, ...models];
    figures = rankingFigures(meanMargins([fitted, ...rest.map(({ margins }) => margins)]), sign);
    rungs.push(rung('models', figures, namesOf(rest)));
  } else if (scores) {
    const agreement = fitAgreement(fitted, scores.margins);
    const joined = fitted.map((margin, row) =>
      agreedMargin(agreement, margin, scores.margins[row] ?? Number.NaN),
    );
    rungs.push(rung('columns', rankingFigures(joined, sign), namesOf([scores])));
  }
  const { ladder } = test;
  return { ...test, ...figures, ...(ladder && { ladder: [...ladder, ...rungs] }) };
}
