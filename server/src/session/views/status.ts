// The status of an open file, for the status item and the pages.
import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { unreadMessage } from '#core/checks/dataset/promptNotRead.ts';
import { readAs } from '#core/dataset/readAs.ts';
import { containerOf } from '#node/containers/containers.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

import { whyNoPairs } from '../reasons.ts';
import type { OpenFile } from '../state.ts';

export function statusOf({ dataset, state, isRelating }: OpenFile): DatasetStatus {
  const { phase, reason, progress } = state;
  const { survey, trust, source, revision, generation } = dataset;
  const { recordCount, pairCount, tieCount, judgementCount } = survey.facts;
  const unread = unreadMessage(survey.recognition?.unread ?? []);
  const unsure = unsureQuestion(survey.recognition?.polarity);
  // Edits may make a text readable, or unreadable, at any time.
  const isSettled = phase === 'unscored' || phase === 'unrecognised';
  const shown = isSettled ? (survey.recognition ? 'unscored' : 'unrecognised') : phase;
  const { uri } = source;
  const why =
    reason ??
    (shown === 'unrecognised' ? whyNoPairs({ dataset, state: { ...state, phase: shown } }) : undefined);
  return {
    uri,
    phase: shown,
    revision,
    generation,
    recordCount,
    pairCount,
    tieCount,
    judgementCount,
    findingCount: dataset.findingCount,
    ...(isRelating && { isRelating }),
    isOnDisk: source.document === undefined,
    ...(source.file && containerOf(source.file).isReadOnly && { isReadOnly: true }),
    unsavedCount: source.pending?.unsavedCount ?? 0,
    ...(survey.recognition && {
      mapping: readAs(survey.recognition.mapping, survey.facts),
      ...(survey.recognition.mapping.others && {
        schemaCount: 1 + survey.recognition.mapping.others.length,
      }),
      polarity: survey.recognition.mapping.polarity,
    }),
    ...(unread !== undefined && { unread }),
    ...(unsure !== undefined && { unsure: `${unsure}.` }),
    ...(progress !== undefined && { progress }),
    ...(why !== undefined && { reason: why }),
    ...(trust !== undefined && { trust }),
  };
}
