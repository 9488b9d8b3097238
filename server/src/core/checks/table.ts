import type { AnswerCheck, PairCheck, RecordCheck, Rule } from './check.ts';
import { historyDiffers } from './conversation/historyDiffers.ts';
import { missingAssistantTurn } from './conversation/missingAssistantTurn.ts';
import { promptMissing } from './conversation/promptMissing.ts';
import { promptRepeatedInResponse } from './conversation/promptRepeated.ts';
import { promptsDifferCheck } from './conversation/promptsDiffer.ts';
import { roleOrder } from './conversation/roleOrder.ts';
import { templateTokenInText } from './conversation/templateToken.ts';
import { turnMarkerInResponse } from './conversation/turnMarker.ts';
import { unknownRole } from './conversation/unknownRole.ts';
import type { DatasetCheck } from './dataset/datasetCheck.ts';
import { labelFollowsSource } from './dataset/labelFollowsSource.ts';
import { labelImbalance } from './dataset/labelImbalance.ts';
import { lengthBias } from './dataset/lengthBias.ts';
import { polarityUnsure } from './dataset/polarityUnsure.ts';
import { promptNotRead } from './dataset/promptNotRead.ts';
import { rowGroupTooLarge } from './dataset/rowGroups.ts';
import { styleBias } from './dataset/styleBias.ts';
import { annotatorsSplit } from './labels/annotatorsSplit.ts';
import { answerKeyContradictsLabel } from './labels/answerKeyContradictsLabel.ts';
import { callContradictsLabel } from './labels/callContradictsLabel.ts';
import { constraintContradictsLabel } from './labels/constraintContradictsLabel.ts';
import { labelsConflict } from './labels/labelsConflict.ts';
import { ratingsContradictLabel } from './labels/ratingsContradictLabel.ts';
import { reviewContradictsLabel } from './labels/reviewContradictsLabel.ts';
import { scoreContradictsLabel } from './labels/scoreContradictsLabel.ts';
import { scoreOutOfScale } from './labels/scoreOutOfScale.ts';
import {
  likelyMislabeled,
  lowMargin,
  scorersDisagree,
  verifierContradictsLabel,
} from './labels/scoreRules.ts';
import { scoresAgainstOrder } from './labels/scoresAgainstOrder.ts';
import { tieAsPreference } from './labels/tieAsPreference.ts';
import { decisionConflict, unusedSuppression } from './memory/memoryRules.ts';
import { benchmarkOverlap } from './relations/benchmarkOverlap.ts';
import { preferenceCycles } from './relations/cycles.ts';
import { duplicates } from './relations/duplicates.ts';
import { splitLeaks } from './relations/leaks.ts';
import { nearDuplicates } from './relations/nearPairs.ts';
import { otherPrompts } from './relations/otherPrompt.ts';
import type { RelationCheck, SimilarityCheck } from './relations/relation.ts';
import { emptyResponse } from './structure/emptyResponse.ts';
import { identicalPair } from './structure/identicalPair.ts';
import { invalidJson } from './structure/invalidJson.ts';
import { missingField } from './structure/missingField.ts';
import { nearIdenticalPair } from './structure/nearIdenticalPair.ts';
import { notAnObject } from './structure/notAnObject.ts';
import { prefixPair } from './structure/prefixPair.ts';
import { whitespaceOnlyDifference } from './structure/whitespaceOnlyDifference.ts';
import { wrongType } from './structure/wrongType.ts';
import { cutOffEnding } from './text/cutOff.ts';
import { languageMismatch } from './text/languageMismatch.ts';
import { loneSurrogate } from './text/loneSurrogate.ts';
import { modelNameLeak } from './text/modelName.ts';
import { mojibake } from './text/mojibake.ts';
import { personalData } from './text/personalData.ts';
import { refusalChosen } from './text/refusalChosen.ts';
import { refusalRejected } from './text/refusalRejected.ts';
import { secret } from './text/secret.ts';
import { axolotlLosesTurns } from './trainers/axolotlLosesTurns.ts';
import { llamafactoryDrops } from './trainers/llamafactoryDrops.ts';
import { openrlhfDrops } from './trainers/openrlhfDrops.ts';
import { overContextWindow } from './trainers/overContextWindow.ts';
import { trlPrefixSplit } from './trainers/trlPrefixSplit.ts';
import { trlPromptRepeated } from './trainers/trlPromptRepeated.ts';

/** Reported while a record is read, before its pairs exist. */
export const RECORD_RULES = {
  'invalid-json': invalidJson,
  'not-an-object': notAnObject,
  'missing-field': missingField,
  'wrong-type': wrongType,
} as const satisfies Record<string, Rule>;

/** Checks of a single answer, in report order. */
export const ANSWER_CHECKS: readonly AnswerCheck[] = [
  emptyResponse,
  turnMarkerInResponse,
  promptRepeatedInResponse,
  templateTokenInText,
  cutOffEnding,
  mojibake,
  loneSurrogate,
  modelNameLeak,
  personalData,
  secret,
];

/** Checks of a pair. */
export const PAIR_CHECKS: readonly PairCheck[] = [
  identicalPair,
  whitespaceOnlyDifference,
  nearIdenticalPair,
  prefixPair,
  promptsDifferCheck,
  languageMismatch,
  refusalChosen,
  benchmarkOverlap,
  trlPrefixSplit,
  overContextWindow,
  refusalRejected,
];

/** Checks of a whole record. */
export const RECORD_CHECKS: readonly RecordCheck[] = [
  promptMissing,
  roleOrder,
  unknownRole,
  missingAssistantTurn,
  historyDiffers,
  scoreContradictsLabel,
  labelsConflict,
  tieAsPreference,
  annotatorsSplit,
  scoreOutOfScale,
  trlPromptRepeated,
  axolotlLosesTurns,
  openrlhfDrops,
  llamafactoryDrops,
  reviewContradictsLabel,
  answerKeyContradictsLabel,
  callContradictsLabel,
  constraintContradictsLabel,
  ratingsContradictLabel,
  scoresAgainstOrder,
];

/** Checks across records by the keys of their pairs. */
export const RELATION_CHECKS: readonly RelationCheck[] = [duplicates, preferenceCycles, splitLeaks];

/** Checks across records by signatures of their texts. */
export const SIMILARITY_CHECKS: readonly SimilarityCheck[] = [nearDuplicates, otherPrompts];

/** The rules of the similarity checks. */
export const SIMILARITY_RULES: ReadonlySet<string> = new Set(
  SIMILARITY_CHECKS.flatMap(({ rules }) => rules.map(({ id }) => id)),
);

/** Checks of a whole file. */
export const DATASET_CHECKS: readonly DatasetCheck[] = [
  lengthBias,
  styleBias,
  labelImbalance,
  rowGroupTooLarge,
  promptNotRead,
  polarityUnsure,
  labelFollowsSource,
];

/** Findings from scores. */
export const SCORE_RULES = {
  'verifier-contradicts-label': verifierContradictsLabel,
  'likely-mislabeled': likelyMislabeled,
  'scorers-disagree': scorersDisagree,
  'low-margin': lowMargin,
} as const satisfies Record<string, Rule>;

/** Rules that doubt which answer is better: a reviewer who says that the label is right answers them. */
export const LABEL_RULES: ReadonlySet<string> = new Set([
  ...Object.keys(SCORE_RULES),
  ...[
    scoreContradictsLabel,
    ratingsContradictLabel,
    reviewContradictsLabel,
    answerKeyContradictsLabel,
    callContradictsLabel,
    constraintContradictsLabel,
    annotatorsSplit,
    refusalChosen,
    refusalRejected,
  ].map(({ id }) => id),
]);

/** Findings about the decisions file itself. */
export const MEMORY_RULES: readonly Rule[] = [unusedSuppression, decisionConflict];

/** The data a rule needs before it can report: one record, all pairs, the whole file, scores, or decisions. */
export type CheckStage = 'record' | 'relation' | 'dataset' | 'score' | 'memory';

/** Every rule by stage. All other facts about a rule's kind are derived from this table. */
const STAGES: Readonly<Record<CheckStage, readonly Rule[]>> = {
  record: [...Object.values(RECORD_RULES), ...ANSWER_CHECKS, ...PAIR_CHECKS, ...RECORD_CHECKS],
  relation: [...RELATION_CHECKS, ...SIMILARITY_CHECKS].flatMap(({ rules }) => rules),
  dataset: DATASET_CHECKS,
  score: Object.values(SCORE_RULES),
  memory: MEMORY_RULES,
};

export const ALL_RULES: readonly Rule[] = Object.values(STAGES).flat();

const BY_ID: ReadonlyMap<string, Rule> = new Map(ALL_RULES.map((rule) => [rule.id, rule]));

const STAGE_BY_ID: ReadonlyMap<string, CheckStage> = new Map(
  Object.entries(STAGES).flatMap(([stage, rules]) =>
    rules.map(({ id }) => [id, stage as CheckStage] as const),
  ),
);

/** Undefined for an unknown rule. */
export function stageOf(rule: string): CheckStage | undefined {
  return STAGE_BY_ID.get(rule);
}

/** What a run looked for. */
export interface Search {
  readonly stages: ReadonlySet<CheckStage>;
  /** Rules with possibly missing findings: they did not run everywhere, or did not list each finding. */
  readonly partial: ReadonlySet<string>;
}

/** Whether all findings of a rule are known. Only then can a decision or baseline entry be unused. */
export function isSearched(rule: string, { stages, partial }: Search): boolean {
  const stage = stageOf(rule);
  return stage !== undefined && stages.has(stage) && !partial.has(rule);
}

export function ruleById(id: string): Rule | undefined {
  return BY_ID.get(id);
}
