// What all commands but `check` run, loaded as a whole when one of them does: many small parts would take longer to find.
export { apply } from './apply.ts';
export { baseline } from './baseline.ts';
export { build } from './build.ts';
export { convert } from './convert.ts';
export { diff, gitDriver } from './diff.ts';
export { explainRule } from './explain.ts';
export { filter } from './filter.ts';
export { fix } from './fix.ts';
export { index, schema } from './inspect.ts';
export { keep } from './keep.ts';
export { merge } from './merge.ts';
export { model, providers } from './models.ts';
export { review } from './review.ts';
export { rows } from './rows.ts';
export { writeScores } from './score.ts';
export { selfTest } from './selftest.ts';
export { stats } from './stats.ts';
