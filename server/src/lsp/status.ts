// What an editor is told of an open file.
import { unreadWords } from '#core/checks/dataset/promptNotRead.ts';
import type { DatasetStatus } from '#protocol/editor.ts';

import { DiskSource } from './diskSource.ts';
import type { OpenFile } from './openFiles.ts';
import { whyNoPairs } from './reasons.ts';

export function statusOf({ dataset, phase, revision, reason, progress }: OpenFile): DatasetStatus {
  const { survey, trust, source } = dataset;
  const { recordCount, pairCount, tieCount, judgementCount } = survey.facts;
  const unread = unreadWords(survey.recognition?.unread ?? []);
  const why = reason ?? (phase === 'unrecognised' ? whyNoPairs(dataset, phase, reason) : undefined);
  return {
    uri: source.uri,
    phase,
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
