// Sessions without a client: what they tell is recorded, and edits of a document are made in it.
import { join } from 'node:path';

import { openDisk } from '#node/diskTools.ts';
import { modelBudget } from '#node/models/memory.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { RangeRunner } from '#node/threads.ts';
import type { EditMade } from '#protocol/editor/edits.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { Found } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { Host } from '#session/host.ts';
import { Sessions } from '#session/sessions.ts';
import { DEFAULTS } from '#session/settings.ts';
import { statusOf } from '#session/views/status.ts';

import { toWorkspaceEdit } from '../../server/src/lsp/toLsp.ts';
import { lastOwner } from './owners.ts';
import { HERE } from './threads.ts';

export interface MemoryHost {
  readonly sessions: Sessions;
  readonly statuses: DatasetStatus[];
  readonly edited: EditMade[];
  readonly found: Found[];
  /** Messages and lines of the log. */
  readonly said: string[];
  /** How often findings were shown, by uri. */
  readonly shown: Map<string, number>;
  /** What queries had read, in order. */
  readonly work: readonly ReadForQuery[];
  /** Resolves when a search went on. */
  foundMore(): Promise<void>;
  /** Resolves at the next status of the file that satisfies `enough`, or at once. */
  until(uri: string, enough: (status: DatasetStatus) => boolean): Promise<DatasetStatus>;
}

/** What a query had read. */
interface ReadForQuery {
  readonly work: string;
  /** Edited records, and records of the text. */
  readonly edited: readonly number[];
  readonly records: readonly number[];
}

function noteWork(ranges: RangeRunner, work: ReadForQuery[]): RangeRunner {
  return {
    width: ranges.width,
    async run(name, task, onBytes, signal) {
      if ('edited' in task) {
        const { edited, text } = task;
        const records = text.kind === 'spans' ? [...text.records] : [];
        work.push({ work: name, edited: edited.map(([record]) => record), records });
      }
      return ranges.run(name, task, onBytes, signal);
    },
  };
}

export function memoryHost(
  folder: string,
  settings: Partial<Settings> = {},
  ranges: RangeRunner = HERE,
  start?: StartScorer,
): MemoryHost {
  const work: ReadForQuery[] = [];
  const disk = openDisk(join(folder, 'cache'), noteWork(ranges, work), lastOwner());
  const statuses: DatasetStatus[] = [];
  const edited: EditMade[] = [];
  const found: Found[] = [];
  const said: string[] = [];
  const shown = new Map<string, number>();
  const waiting: (() => void)[] = [];
  const waitingForFound: (() => void)[] = [];
  const host: Host = {
    disk: () => disk,
    settings: () => ({ ...DEFAULTS, scoreOnOpen: false, ...settings }),
    reloadSettings: () => undefined,
    settingsLoaded: async () => Promise.resolve(),
    isTrusted: () => true,
    machineFor: () => {
      if (!start) throw new Error('nothing is scored here');
      return {
        start,
        cacheFolder: undefined,
        budget: modelBudget(),
        log: (line) => said.push(line),
        isTrusted: true,
        secret: async () => Promise.resolve(undefined),
        maySend: async () => Promise.resolve(),
        mayRun: async () => Promise.resolve(),
      };
    },
    async applyEdit(dataset, edits) {
      const { document, uri } = dataset.source;
      const [made] = toWorkspaceEdit(dataset, edits).documentChanges ?? [];
      const changes = made && 'edits' in made ? made.edits : [];
      // From the last to the first, as editors send them.
      const changed = changes.flatMap((one) =>
        'range' in one ? [{ range: one.range, text: 'newText' in one ? one.newText : '' }] : [],
      );
      sessions.changeDocument(uri, changed.toReversed(), document!.version + 1);
      return Promise.resolve({ ok: true, value: null });
    },
    changed: ({ source: { uri } }) => {
      shown.set(uri, (shown.get(uri) ?? 0) + 1);
    },
    closed: (uri) => {
      shown.delete(uri);
    },
    status: (file) => {
      statuses.push(statusOf(file));
      for (const wake of waiting.splice(0)) wake();
    },
    edited: (made) => {
      edited.push(made);
    },
    found: (one) => {
      found.push(one);
      for (const wake of waitingForFound.splice(0)) wake();
    },
    message: (_, text) => {
      said.push(text);
    },
    log: (_, text) => {
      said.push(text);
    },
    progress: () => ({ report: () => undefined, end: () => undefined }),
  };
  const sessions = new Sessions(host);
  return {
    sessions,
    statuses,
    edited,
    found,
    said,
    shown,
    work,
    foundMore: async () => new Promise<void>((resolve) => waitingForFound.push(resolve)),
    async until(uri, enough) {
      for (;;) {
        const last = statuses.findLast((one) => one.uri === uri);
        if (last && enough(last)) return last;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}
