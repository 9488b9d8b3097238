// The findings of open files, and of closed ones that were checked.
import { keyOfPair } from '#core/edits/pairEdit.ts';
import type { Finding } from '#core/model/finding.ts';
import type { Pair } from '#core/model/pair.ts';
import type { FindingsRequest, FindingsResult } from '#protocol/editor/findings.ts';

import type { ClosedFiles } from '../closedFiles.ts';
import type { OpenDataset } from '../dataset.ts';
import type { AboutFinding, KnownFindings } from '../knownFindings.ts';
import { ruleFixOf } from '../ruleFix.ts';
import type { Sessions } from '../sessions.ts';
import { FindingsIndex } from './findings.ts';

/** Longest start of a prompt in a list, in characters. */
const MAX_PROMPT = 80;

/** The first words of the first question, on one line. */
function firstWords({ prompt }: Pair): string {
  const { text = '' } = prompt.find(({ role }) => role === 'user') ?? prompt[0] ?? {};
  // A word of a long text can be cut in half, but no character.
  const words = text
    .slice(0, 4 * MAX_PROMPT)
    .trim()
    .replaceAll(/\s+/g, ' ');
  const characters = Array.from(words);
  return characters.length > MAX_PROMPT ? `${characters.slice(0, MAX_PROMPT).join('').trimEnd()}…` : words;
}

function aboutIn(dataset: OpenDataset, { record, pair = 0 }: Finding): AboutFinding {
  const read = dataset.readPair(record, pair);
  if (!read) return { isOpen: true };
  const [prompt, margin] = [firstWords(read.pair), dataset.margin(record, pair)];
  return {
    isOpen: true,
    pairKey: keyOfPair(read.pair),
    ...(prompt !== '' && { prompt }),
    ...(!Number.isNaN(margin) && { margin }),
  };
}

function knownOf(dataset: OpenDataset): KnownFindings {
  return {
    uri: dataset.source.uri,
    findings: dataset.findings,
    count: dataset.findingCount,
    unlisted: (rule) => dataset.unlistedCount(rule),
    lineOf: (record) => dataset.survey.facts.records.line[record] ?? 0,
    fieldOf(record, names) {
      const value = dataset.readRecord(record)?.value;
      return names.map((name) => value?.[name]).find((one) => one !== undefined);
    },
    about: (finding) => aboutIn(dataset, finding),
    fixOf: (rule) => ruleFixOf(dataset, rule),
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
