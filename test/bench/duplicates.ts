// npm run bench:duplicates: recall of near duplicates on planted copies, by the share they have in common
// with the original.
import { plantNearDuplicates } from './plant.ts';

console.log(
  'Near duplicates planted among 20,000 made-up pairs: 4,000 copies with words changed, half with the answers exchanged',
);
for (const seed of [1, 2, 3]) {
  const { near, edge, far } = plantNearDuplicates(20_000, 4000, seed);
  const share = ({ found, planted }: { found: number; planted: number }): string =>
    `${found} of ${planted} (${((100 * found) / planted).toFixed(1)} %)`;
  console.log(
    `  seed ${seed}: sharing 0.85 and more ${share(near)} found; 0.75 to 0.85 ${share(edge)}; below 0.65, or not planted ${share(far)}`,
  );
}
