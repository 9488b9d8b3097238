import { messages } from '#core/messages.ts';
import type { Share } from '#core/score/quality.ts';
import { plural } from '#core/words/numbers.ts';
import { SELF_TEST_SHARE } from '#node/scoring/fit.ts';

import type { Command } from './command.ts';
import { openSurveyed, scoreDataset } from './job.ts';

export interface SelfTestOptions {
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly json: boolean;
  readonly model?: string | undefined;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function interval({ value, low, high }: Share): string {
  return `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

/** Plants flips in a copy of the labels and prints how well the ranking finds them. Does not change the file. */
export async function selfTest(command: Command, path: string, options: SelfTestOptions): Promise<void> {
  const dataset = await openSurveyed(command, [path]);
  const {
    selfTest: test,
    trust,
    margins,
    scorerId,
  } = await scoreDataset(command, dataset, {
    ...options,
    selfTest: true,
  });
  command.bar.clear();
  if (!test) throw messages.notScorable(path, 'Too few pairs have a score for a self-test.');
  const pairs = margins.reduce((sum, margin) => sum + Number(!Number.isNaN(margin)), 0);
  if (options.json) {
    await command.json({
      file: path,
      pairs,
      scorer: scorerId,
      seed: options.seed,
      flippedShare: SELF_TEST_SHARE,
      ...test,
      asRecorded: trust,
    });
    return;
  }
  const rows: readonly (readonly [string, string])[] = [
    ['Accuracy', interval(test.accuracy)],
    ['Longer answer wins', percent(test.longerWins)],
    ['AUROC', `${test.auroc.toFixed(3)} (length alone ${test.lengthAuroc.toFixed(3)}, chance 0.500)`],
    ['Precision at top 1 %', interval(test.precisionAt1)],
    ['Precision at top 5 %', interval(test.precisionAt5)],
    ['Precision at the number planted', interval(test.precisionAtPlanted)],
  ];
  command.print(
    `${path}: ${plural(pairs, 'pair')}, ${plural(test.planted, 'label')} flipped (seed ${options.seed}), ${scorerId}`,
  );
  for (const [name, value] of rows) command.print(`  ${name.padEnd(32)} ${value}`);
  if (test.isFavourable) {
    command.print(
      '  These figures are too favourable: the fits on the labels were not repeated with the flipped ones.',
    );
  }
  if (test.accuracy.low < 0.55) {
    command.print(
      '  The ranking is close to random on this file. Look only at its very top, or use a reward model.',
    );
  }
}
