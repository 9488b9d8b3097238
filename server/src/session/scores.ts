// Scores of an open file: from the built-in scorer, which reads texts, or from an ensemble, which looks scores up.
import type { Facts } from '#core/facts/facts.ts';
import type { Identity } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { promptsDiffer } from '#core/model/pair.ts';
import type { WrongLabels } from '#core/reward/calibrate.ts';
import { lengthEffect, sigmoid, wrongLabels } from '#core/reward/calibrate.ts';
import type { Ensemble, Member, MemberReason } from '#core/reward/ensemble.ts';
import { aboutEnsemble, withParts } from '#core/reward/ensemble.ts';
import type { Account } from '#core/reward/reading.ts';
import { PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import { ANSWER_CUT, PROMPT_CUT } from '#core/reward/table.ts';
import { aboutFit } from '#core/score/about.ts';
import { groupingOf, inputOf, readerOf } from '#core/score/model.ts';
import type { SelfTest, Trust } from '#core/score/quality.ts';
import type { Ranking } from '#core/score/ranking.ts';
import { CONSISTENCY_LABEL, rankingOf } from '#core/score/ranking.ts';
import { counted, formatMargin, plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { Scored } from '#node/scoring/fit.ts';
import { ensembleQuality } from '#node/scoring/quality.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { ConsistencyResult } from '#protocol/scorer.ts';

/** A pair as a scorer looks at it. */
export interface ScoredPair {
  readonly pair: Pair;
  readonly value: JsonObject;
  readonly identity: Identity;
}

/** What a hover or the compare view says of a pair. */
export interface PairScore {
  readonly margin: number;
  readonly chosenReward?: number;
  readonly rejectedReward?: number;
  readonly reasons: readonly MemberReason[];
  /** A line each, plain text. */
  readonly details: readonly string[];
}

/** A scored file: the numbers that stay as they were when it was scored. */
export interface Scores extends Ranking {
  /** What the scorer is, in a sentence or two. */
  readonly about: () => string;
  /** What the ranking took into account on this file, a sentence each; shown after the trust. */
  readonly notes: () => readonly string[];
  /** What rankings are cut from. */
  readonly ranked: Float32Array;
  readonly trust: Trust;
  readonly selfTest?: SelfTest;
  /** A self-test is on its way. */
  readonly isTesting: boolean;
  /** Undefined where the pair has no score. */
  read(scored: ScoredPair, max?: number): PairScore | undefined;
}

export function consistencyScores(result: ConsistencyResult, settings: Settings): Scores {
  const reader = readerOf(result);
  const grouping = groupingOf(settings.groupBy);
  return {
    ...rankingOf(CONSISTENCY_LABEL, result.margins, result.margins, settings.reviewPercent),
    about: () => t('The consistency scorer judges consistency with the rest of this file, not truth.'),
    notes: () => aboutFit(result),
    ranked: result.margins,
    trust: result.trust,
    isTesting: true,
    read: ({ pair, value }, max) => ({
      ...reader(inputOf(pair, value, grouping), max),
      details: cautionOn(pair),
    }),
  };
}

/** What a margin does not say where the answers have prompts of their own. */
function cautionOn(pair: Pair): readonly string[] {
  return promptsDiffer(pair)
    ? [
        t(
          'The answers have different prompts: what a scorer gives to a prompt does not cancel, so the margin also compares the prompts.',
        ),
      ]
    : [];
}

/** Where a score comes from: "cpu, 2026-11-21 12:30". */
function originOf({ provider, time }: Account): string {
  const when = time === 0 ? '' : `${new Date(1000 * time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [time === 0 ? '' : (PROVIDER_NAMES[provider] ?? 'server'), when]
    .filter((part) => part !== '')
    .join(', ');
}

function cutWords({ flags }: Account): string {
  if ((flags & ANSWER_CUT) !== 0) return t('an answer did not fit and lost its end: the pair is not ranked');
  return (flags & PROMPT_CUT) === 0 ? '' : t('the prompt did not fit and lost its beginning');
}

function verifierLine(name: string, chosen: boolean, rejected: boolean): string {
  if (chosen && rejected) return t('{0} passes both answers', name);
  if (chosen) return t('{0} passes the chosen answer and fails the rejected one', name);
  return rejected
    ? t('{0} fails the chosen answer and passes the rejected one', name)
    : t('{0} fails both answers', name);
}

/** What one member says: its margin and rewards where it is not alone, where they come from, and what was cut. */
function memberLine(member: Member, identity: Identity, isAlone: boolean): string {
  const found = member.account(identity);
  if (!found || Number.isNaN(found.margin)) {
    const reason = member.refusal(identity);
    return reason === undefined
      ? t('{0}: not scored yet', member.name)
      : t('{0}: not scored, {1}', member.name, reason);
  }
  const { margin, chosenReward, rejectedReward } = found;
  if (member.kind === 'command') return verifierLine(member.name, chosenReward === 1, rejectedReward === 1);
  const rewards =
    chosenReward === undefined || rejectedReward === undefined
      ? ''
      : ` ${t('(chosen {0}, rejected {1})', formatMargin(chosenReward), formatMargin(rejectedReward))}`;
  const origin = originOf(found);
  const parts = [
    isAlone ? '' : `${t('{0}: {1}', member.name, formatMargin(margin))}${rewards}`,
    origin === '' ? '' : t('scored on {0}', origin),
    cutWords(found),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** What the margins of a file say together. */
interface Calibration {
  readonly wrong: WrongLabels;
  /** Of one character. */
  readonly length: number;
}

/** What a margin means that is the log-odds of a label. */
function calibrated(margin: number, pair: Pair, { wrong, length }: Calibration): string[] {
  const lines = [
    ...cautionOn(pair),
    t(
      'σ {0} at temperature {1} · posterior of a wrong label {2}: for ranking, no error rate',
      sigmoid(margin / wrong.temperature).toFixed(2),
      Number(wrong.temperature.toPrecision(2)),
      wrong.posterior(margin).toFixed(2),
    ),
  ];
  const difference = pair.chosen.text.length - pair.rejected.text.length;
  if (length !== 0)
    lines.push(t('Without the effect of length: {0}', formatMargin(margin - length * difference)));
  return lines;
}

function detailsOf(
  ensemble: Ensemble,
  { identity, pair, value }: ScoredPair,
  calibration: Calibration,
): string[] {
  const { margin, spread, votes, votesFor, isVerified } = ensemble.verdict(identity);
  const lines = isVerified ? [] : calibrated(margin, pair, calibration);
  if (ensemble.members.length > 1) {
    lines.push(
      counted(
        votesFor,
        '{0} of {1} sides with the label, spread {2}',
        '{0} of {1} side with the label, spread {2}',
        plural(votes, 'scorer'),
        spread.toFixed(2),
      ),
    );
  }
  const all = withParts(ensemble.members);
  return [
    ...lines,
    ...all.map((member) => memberLine(member, identity, all.length === 1)),
    ...all.flatMap((member) => member.details?.(identity, value) ?? []),
  ].filter((line) => line !== '');
}

function aboutOf(ensemble: Ensemble): string {
  const { name, members } = ensemble;
  const [only] = members;
  if (members.length === 1 && only) return `${name}. ${only.about.join(' ')}`;
  if (ensemble.agreement)
    return t(
      '{0}: what the texts suggest and what the records’ own scores say, added as log-odds of the label. Neither is the truth.',
      name,
    );
  return ensemble.isMean
    ? t('{0}: the mean of their margins, each over its root mean square on this file.', name)
    : `${name}.`;
}

/** Ranks the scores that an ensemble has so far. `margins` by pair, NaN if there is none yet. */
export function ensembleScores(
  ensemble: Ensemble,
  facts: Facts,
  settings: Settings,
  fitted?: Scored,
): Scores {
  const margins = facts.margins.slice();
  const { chosenLength, rejectedLength } = facts.pairs;
  const differences = Float64Array.from(margins, (_, i) => (chosenLength[i] ?? 0) - (rejectedLength[i] ?? 0));
  const ranked = margins.map((_, pair) => facts.rankedMargin(pair));
  const calibration = { wrong: wrongLabels(sampled(ranked)), length: lengthEffect(ranked, differences) };
  const { trust, selfTest } = ensembleQuality(ensemble, fitted, margins, differences, settings.seed);
  return {
    ...rankingOf(
      ensemble.name,
      margins,
      ranked,
      settings.reviewPercent,
      ensemble.agreement ? 1 : calibration.wrong.temperature,
    ),
    about: () => aboutOf(ensemble),
    notes: () => [...aboutEnsemble(ensemble), ...(fitted ? aboutFit(fitted.result) : [])],
    ranked,
    trust,
    ...(selfTest && { selfTest }),
    isTesting: false,
    read(scored, max) {
      const { pair, value, identity } = scored;
      const { margin } = ensemble.verdict(identity);
      if (Number.isNaN(margin)) return undefined;
      const [only] = ensemble.members;
      const isRated = ensemble.members.length === 1 && !ensemble.hasVerifier;
      const account = isRated ? only?.account(identity) : undefined;
      return {
        margin,
        ...(account?.chosenReward !== undefined && { chosenReward: account.chosenReward }),
        ...(account?.rejectedReward !== undefined && { rejectedReward: account.rejectedReward }),
        reasons: ensemble.members.flatMap((member) => member.explain?.(pair, value, max) ?? []),
        details: detailsOf(ensemble, scored, calibration),
      };
    },
  };
}

/** Pairs that a calibration is taken from. */
const MAX_CALIBRATED = 20_000;

function sampled(margins: Float32Array): Float32Array {
  const known = margins.filter((margin) => !Number.isNaN(margin));
  const step = Math.max(1, Math.floor(known.length / MAX_CALIBRATED));
  return known.filter((_, i) => i % step === 0);
}
