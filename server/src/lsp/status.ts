// What an editor is told of an open file.
import { unreadMessage } from '#core/checks/dataset/promptNotRead.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import { DiskSource } from '#session/sources/disk.ts';

import type { OpenFile } from './openFiles.ts';
import { whyNoPairs } from './reasons.ts';

export function statusOf({ dataset, phase, revision, reason, progress }: OpenFile): DatasetStatus {
  const { survey, trust, source } = dataset;
  const { recordCount, pairCount, tieCount, judgementCount } = survey.facts;
  const unread = unreadMessage(survey.recognition?.unread ?? []);
  // Edits may make a text readable, or unreadable, at any time.
  const isSettled = phase === 'unscored' || phase === 'unrecognised';
  const shown = isSettled ? (survey.recognition ? 'unscored' : 'unrecognised') : phase;
  const { uri } = source;
  const why = reason ?? (shown === 'unrecognised' ? whyNoPairs(dataset, shown, reason) : undefined);
  return {
    uri,
    phase: shown,
    revision,
    recordCount,
    pairCount,
    tieCount,
    judgementCount,
    findingCount: dataset.findingCount,
    isOnDisk: source instanceof DiskSource,
    unsavedCount: source instanceof DiskSource ? source.unsavedCount : 0,
    ...(survey.recognition && {
      mapping: survey.recognition.mapping.title,
      polarity: survey.recognition.mapping.polarity,
    }),
    ...(unread !== undefined && { unread }),
    ...(progress !== undefined && { progress }),
    ...(why !== undefined && { reason: why }),
    ...(trust !== undefined && { trust }),
  };
}
