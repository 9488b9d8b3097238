// npm run bench:polarity [-- ROUNDS SEED]: how files are read whose labels don't say which answer they prefer. The
// weights were chosen on the first half of the files; the second half counts.
import type { Outcome } from './polarityFiles.ts';
import { polarityFiles } from './polarityFiles.ts';
import { outcomeOf } from './polarityOutcome.ts';

const [rounds = 10, seed = 2] = process.argv.slice(2).map(Number);
const outcomes = polarityFiles(rounds, seed).map((file) => ({ ...file, outcome: outcomeOf(file) }));
const counted = (isForTuning: boolean): string => {
  const own = outcomes.filter((one) => one.isForTuning === isForTuning);
  const count = (outcome: Outcome): number => own.filter((one) => one.outcome === outcome).length;
  return `${own.length} files: ${count('right')} right and sure, ${count('unsure')} unsure, ${count('not recognised')} not recognised, ${count('wrong')} confidently wrong`;
};
console.log(`for tuning  ${counted(true)}`);
console.log(`to report   ${counted(false)}`);
const kinds = Map.groupBy(outcomes, ({ name }) => name.replace(/ #\d+$/, ''));
for (const [kind, own] of kinds) {
  const tally = Map.groupBy(own, ({ outcome }) => outcome);
  console.log(
    `  ${kind.padEnd(34)} ${[...tally].map(([outcome, { length }]) => `${outcome} ${length}`).join(', ')}`,
  );
}
