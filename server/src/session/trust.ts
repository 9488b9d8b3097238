import type { SelfTest, Share, Trust } from '#core/score/quality.ts';
import { SELF_TEST_SHARE } from '#node/scoring/fit.ts';

function percent(value: number): string {
  return `${Math.round(100 * value)} %`;
}

function range({ low, high }: Share): string {
  return `${Math.round(100 * low)}–${Math.round(100 * high)} %`;
}

/** How far the scorer can be trusted on this file, for hovers, the compare view and the status item. */
export function trustSentence(trust: Trust, selfTest: SelfTest | undefined, isTesting: boolean): string {
  const { accuracy, longerWins } = trust;
  const lead =
    `On this file it agrees with ${percent(accuracy.value)} of the labels (${range(accuracy)}); ` +
    `“the longer answer wins” agrees with ${percent(longerWins)}.`;
  const warning = accuracy.value < 0.55 ? ' The ranking is close to random here.' : '';
  if (!selfTest) return `${lead}${warning}${isTesting ? ' The self-test is still running.' : ''}`;
  const { precisionAt1, precisionAt5, planted } = selfTest;
  return (
    `${lead}${warning} Self-test: with ${planted} labels flipped on purpose (${percent(SELF_TEST_SHARE)}), ${percent(precisionAt1.value)} ` +
    `of the worst 1 % and ${percent(precisionAt5.value)} of the worst 5 % were real flips.`
  );
}
