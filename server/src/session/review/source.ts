// Which pairs of a file a review queue is made from.
import { messages } from '#core/messages.ts';
import { conflictsAmong } from '#core/review/agreement.ts';
import type { QueueItem, QueuePlace } from '#core/review/queue.ts';
import { byMargin, makeQueue, placesOf, sortedByMargin } from '#core/review/queue.ts';
import type { ReviewSource, StartReview } from '#protocol/editor/review.ts';
import type { RowSelection } from '#protocol/editor/rows.ts';

import type { OpenDataset } from '../dataset.ts';
import { foundRows } from '../selection/found.ts';
import type { Selected } from '../selection/selected.ts';
import type { Selections } from '../selection/selections.ts';
import { worstPair } from '../worstPair.ts';

/** Pairs of one queue. */
export const MAX_QUEUE = 2000;

/** What a queue is called. */
export function titleOf(source: ReviewSource, isBlind: boolean): string {
  const titles = {
    labels: 'Doubtful labels',
    findings: 'Findings',
    conflicts: 'Disagreements',
    rule: source.kind === 'rule' ? source.rule : '',
    rows: source.kind === 'rows' && source.selection.query !== '' ? source.selection.query : 'Rows',
  };
  return `${titles[source.kind]}${isBlind ? ', blind' : ''}`;
}

function* rowsOf(dataset: OpenDataset, { total, place }: Selected): Generator<QueuePlace> {
  for (let index = 0; index < total; index++) {
    const at = place(index);
    if (!at || at.record < 0) continue;
    const { record } = at;
    const read = at.pair === undefined ? dataset.readRecord(record) : undefined;
    yield { record, pair: at.pair ?? (read ? worstPair(dataset, read) : 0) };
  }
}

async function placesFrom(
  dataset: OpenDataset,
  selections: Selections,
  source: ReviewSource,
  signal: AbortSignal,
): Promise<Iterable<QueuePlace>> {
  const { facts } = dataset.survey;
  switch (source.kind) {
    case 'labels':
      if (!dataset.scores) throw messages.notScoredForReview();
      return byMargin(facts);
    case 'findings':
      return dataset.reviewOrder();
    case 'rule': {
      const selection: RowSelection = { order: 'findings', query: `rule:${source.rule}` };
      return sortedByMargin(facts, [...rowsOf(dataset, await foundRows(selections, selection, signal))]);
    }
    case 'rows': {
      const { selection } = source;
      const rows = rowsOf(dataset, await foundRows(selections, selection, signal));
      const isOrdered = selection.sort !== undefined || selection.order === 'findings';
      return isOrdered ? rows : sortedByMargin(facts, [...rows]);
    }
    case 'conflicts':
      return placesOf(facts, conflictsAmong(dataset.verdicts)).values();
  }
}

/** The pairs of a new queue, without those that the reviewer has decided before. */
export async function itemsFor(
  dataset: OpenDataset,
  selections: Selections,
  reviewer: string,
  { source, size }: Pick<StartReview, 'source' | 'size'>,
  signal: AbortSignal,
): Promise<readonly QueueItem[]> {
  const places = await placesFrom(dataset, selections, source, signal);
  const isOfConflicts = source.kind === 'conflicts';
  const isDone = (key: string): boolean => {
    const verdict = dataset.verdicts.of(key, reviewer);
    return !isOfConflicts && verdict !== undefined && verdict.verdict !== 'skip';
  };
  return makeQueue(dataset.survey.facts, places, {
    size: Math.min(size, MAX_QUEUE),
    isDone,
    withTies: isOfConflicts,
  });
}
