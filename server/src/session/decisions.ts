// Decisions of people about findings.
import { dirname } from 'node:path';

import { ruleById } from '#core/checks/table.ts';
import { messages } from '#core/messages.ts';
import { decide, memoryRoot, nameIn } from '#node/memory.ts';
import { ownName } from '#node/ownName.ts';
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
    rule,
    reason,
    by = '',
  }: KeepRequest & { readonly reason: string; readonly by?: string },
): Promise<null> {
  const dataset = sessions.update(uri)?.dataset;
  const path = pathOf(uri);
  if (!dataset || path === undefined || !ruleById(rule)) throw messages.notKept();
  const root = memoryRoot(path);
  const finding = dataset
    .findingsOf(record)
    .find((one) => one.rule === rule && (one.pair === undefined || one.pair === pair));
  if (!finding) throw messages.notKept();
  const key = dataset.keyOf(finding);
  const at = new Date().toISOString().slice(0, 10);
  const name = by || (await ownName(dirname(path)));
  await decide(root, { key, rule, decision: 'keep', reason, by: name, at, file: nameIn(root, path) });
  await sessions.readDecisions();
  return null;
}
