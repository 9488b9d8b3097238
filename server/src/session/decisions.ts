// Decisions of people about findings.
import { ruleById } from '#core/checks/table.ts';
import { keyOfPair } from '#core/edits/pairEdit.ts';
import { messages } from '#core/messages.ts';
import type { Decided } from '#node/memory.ts';
import { decideAbout } from '#node/memory.ts';
import type { KeepRequest } from '#protocol/editor/edits.ts';

import { pathOf } from './names.ts';
import type { Sessions } from './sessions.ts';

/** Writes down that a finding is no fault: of the pair, if the request names one, else of the record. */
export async function keepFinding(
  sessions: Sessions,
  {
    uri,
    record,
    pair = 0,
    pairKey,
    rule,
    reason,
    by = '',
  }: KeepRequest & { readonly reason: string; readonly by?: string },
): Promise<Decided> {
  const dataset = sessions.update(uri)?.dataset;
  const path = pathOf(uri);
  if (!dataset || path === undefined || !ruleById(rule)) throw messages.notKept();
  const finding = dataset
    .findingsOf(record)
    .find((one) => one.rule === rule && (one.pair === undefined || one.pair === pair));
  const shown = pairKey === undefined ? undefined : dataset.readPair(record, pair)?.pair;
  // A list may show a pair that is gone.
  const isOther = pairKey !== undefined && (!shown || keyOfPair(shown) !== pairKey);
  if (!finding || isOther) throw messages.notKept();
  const decided = await decideAbout(path, {
    key: dataset.keyOf(finding),
    rule,
    decision: 'keep',
    reason,
    by,
  });
  await sessions.readDecisions();
  return decided;
}
