import { messages } from '#core/messages.ts';
import type { Evidence, Rung, Share } from '#core/score/quality.ts';
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

/** What a rung adds to those above it. */
const EVIDENCE: Readonly<Record<Evidence, string>> = {
  length: 'length alone',
  words: 'words and style',
  sides: 'what belongs to an answer',
  groups: 'groups',
  encoder: 'encoder',
  columns: 'stored scores',
  models: 'other scorers',
};

function printLadder(print: (line: string) => void, ladder: readonly Rung[]): void {
  const rows = ladder.map(({ evidence, names, auroc, precisionAt1 }, i) => {
    // Length joins nothing.
    const what = `${i < 2 ? '' : '+ '}${EVIDENCE[evidence]}`;
    return [
      names.length > 0 ? `${what}: ${names.join(', ')}` : what,
      auroc.toFixed(3),
      interval(precisionAt1),
    ] as const;
  });
  const width = Math.max(...rows.map(([what]) => what.length), 30);
  print('');
  print(`  ${'The same flips, by evidence'.padEnd(width)}  AUROC  flips among the worst 1 %`);
  for (const [what, auroc, share] of rows) print(`  ${what.padEnd(width)}  ${auroc}  ${share}`);
  if (ladder.some(({ evidence }) => evidence === 'columns')) {
    print('');
    print(
      '  A planted flip exchanges the answers with everything that belongs to them, stored scores included.',
    );
    print('  A mistake of the judge behind the scores can’t be planted, and is harder to find.');
  }
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
    ladder: true,
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
  if (test.accuracy.low < 0.55) {
    command.print(
      '  The ranking is close to random on this file. Look only at its very top, or use a reward model.',
    );
  }
  if (test.ladder)
    printLadder((line) => {
      command.print(line);
    }, test.ladder);
}
