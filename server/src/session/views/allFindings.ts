// The findings of open files, and of closed ones that were checked.
import type { FindingsRequest, FindingsResult } from '#protocol/editor/findings.ts';

import type { ClosedFiles } from '../closedFiles.ts';
import type { OpenDataset } from '../dataset.ts';
import type { KnownFindings } from '../knownFindings.ts';
import type { Sessions } from '../sessions.ts';
import { FindingsIndex } from './findings.ts';

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

export class AllFindings {
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
