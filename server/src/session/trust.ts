import type { SelfTest, Share, Trust } from '#core/score/quality.ts';
import { t } from '#core/words/translate.ts';
import { SELF_TEST_SHARE } from '#node/scoring/fit.ts';

function percent(value: number): string {
  return t('{0} %', Math.round(100 * value));
}

function range({ low, high }: Share): string {
  return t('{0} %', `${Math.round(100 * low)}–${Math.round(100 * high)}`);
}

/** How far the scorer can be trusted on this file, for hovers, the compare view and the status item. */
export function trustSentence(trust: Trust, selfTest: SelfTest | undefined, isTesting: boolean): string {
  const { accuracy, longerWins } = trust;
  const sentences = [
    t(
      'On this file it agrees with {0} of the labels ({1}); “the longer answer wins” agrees with {2}.',
      percent(accuracy.value),
      range(accuracy),
      percent(longerWins),
    ),
  ];
  if (accuracy.value < 0.55) sentences.push(t('The ranking is close to random here.'));
  if (selfTest) {
    const { precisionAt1, precisionAt5, planted } = selfTest;
    sentences.push(
      t(
        'Self-test: with {0} labels flipped on purpose ({1}), {2} of the worst 1 % and {3} of the worst 5 % were real flips.',
        planted,
        percent(SELF_TEST_SHARE),
        percent(precisionAt1.value),
        percent(precisionAt5.value),
      ),
    );
  } else if (isTesting) sentences.push(t('The self-test is still running.'));
  return sentences.join(' ');
}
