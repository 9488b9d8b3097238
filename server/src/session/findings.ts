// The findings of all files, and decisions about them.
import { dirname } from 'node:path';

import { ruleById } from '#core/checks/table.ts';
import { messages } from '#core/messages.ts';
import { decide, memoryRoot, nameIn } from '#node/memory.ts';
import { ownName } from '#node/ownName.ts';
import type { KeepRequest } from '#protocol/editor/edits.ts';
import type { FindingsRequest, FindingsResult } from '#protocol/editor/findings.ts';

import type { ClosedFiles } from './closedFiles.ts';
import type { OpenDataset } from './dataset.ts';
import { pathOf } from './names.ts';
import type { Sessions } from './sessions.ts';
import type { KnownFindings } from './views/findings.ts';
import { FindingsIndex } from './views/findings.ts';

function knownOf(dataset: OpenDataset): KnownFindings {
  return {
    uri: dataset.source.uri,
    findings: dataset.findings,
    count: dataset.findingCount,
    lineOf: (record) => dataset.survey.facts.records.line[record] ?? 0,
    fieldOf(record, names) {
      const value = dataset.readRecord(record)?.value;
      return names.map((name) => value?.[name]).find((one) => one !== undefined);
    },
  };
}

/** Pages of findings of open files and of closed ones that were checked. */
export class Findings {
  readonly #sessions: Sessions;
  readonly #closed: ClosedFiles;
  readonly #index = new FindingsIndex();

  constructor(sessions: Sessions, closed: ClosedFiles) {
    this.#sessions = sessions;
    this.#closed = closed;
  }

  page(request: FindingsRequest): FindingsResult {
    return this.#index.page([...this.updateOpen().map(knownOf), ...this.#closed.all], request);
  }

  /** Brings the open files up to date. Their findings are those of their text; what a check of the disk found is dropped. */
  updateOpen(): readonly OpenDataset[] {
    return this.#sessions.all().flatMap(({ uri }) => {
      const session = this.#sessions.update(uri);
      if (session) this.#closed.forget(uri);
      return session?.dataset ?? [];
    });
  }
}

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
