// Checks datasets that are not open, of any size, from disk. Only their findings stay in memory.
import { stat } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { ALL_RULES } from '#core/checks/table.ts';
import { UserError } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import { isDataset, openFile } from '#node/files.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import { datasetsIn } from '#node/paths.ts';

import { OpenDataset } from './dataset.ts';
import { fileSettings, loadDecisions } from './fileRules.ts';
import type { Host } from './host.ts';
import type { KnownFindings } from './knownFindings.ts';
import { fileNameOf } from './names.ts';
import { relateTask } from './relateTask.ts';
import { DiskSource } from './sources/disk.ts';

export interface ClosedFilesContext {
  readonly host: Pick<Host, 'disk' | 'settings' | 'isTrusted' | 'message' | 'log'>;
  /** Open files check themselves. */
  readonly isOpen: (uri: string) => boolean;
  /** A file was checked. Its records are gone after this call. */
  readonly onChecked: (dataset: OpenDataset) => void;
  /** What was known of a file no longer counts: it is gone, holds no pairs any more, or is open. */
  readonly onGone: (uri: string) => void;
}

/** Without the repairs: nobody makes them in a closed file. */
function bare({ rule, severity, record, pair, place, message }: Finding): Finding {
  return { rule, severity, record, place, message, ...(pair !== undefined && { pair }) };
}

async function checkClosed(
  { host, isOpen, onChecked }: ClosedFilesContext,
  uri: string,
  path: string,
  signal: AbortSignal,
): Promise<KnownFindings | undefined> {
  const tools = host.disk();
  const file = await openFile(path, recordBytesFor(host.settings().memoryMb));
  const source = new DiskSource(uri, file, tools, { isReadOnly: true });
  try {
    const dataset = new OpenDataset(source);
    await dataset.surveyAll(await fileSettings(host, uri), signal);
    const task = relateTask(dataset, fileNameOf(uri));
    if (!task) return undefined;
    dataset.setRelations(await tools.ranges.run('relate', task, () => undefined, signal));
    await loadDecisions(host, dataset);
    // Opened meanwhile: it checks itself.
    if (isOpen(uri)) return undefined;
    const { findings } = dataset;
    const unlisted = new Map(ALL_RULES.map(({ id }) => [id, dataset.unlistedCount(id)]));
    const { line } = dataset.survey.facts.records;
    const lines = new Map(findings.map(({ record }) => [record, line[record] ?? 0]));
    onChecked(dataset);
    return {
      uri,
      findings: findings.map(bare),
      count: dataset.findingCount,
      unlisted: (rule) => unlisted.get(rule) ?? 0,
      lineOf: (record) => lines.get(record) ?? 0,
      fieldOf: () => undefined,
      about: () => ({ isOpen: false }),
      fixOf: () => undefined,
    };
  } finally {
    source.close();
  }
}

/** The files of the workspace that were checked and are not open. */
export class ClosedFiles {
  readonly #context: ClosedFilesContext;
  readonly #known = new Map<string, KnownFindings>();
  #running: AbortController | undefined;

  constructor(context: ClosedFilesContext) {
    this.#context = context;
  }

  get all(): Iterable<KnownFindings> {
    return this.#known.values();
  }

  forget(uri: string): void {
    if (this.#known.delete(uri)) this.#context.onGone(uri);
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Checks every dataset under the folders. The reasons why some cannot be read are the errors. */
  async run(
    folders: readonly string[],
    onFile: (name: string, done: number) => void,
    signal: AbortSignal,
  ): Promise<{ readonly files: number; readonly errors: readonly string[] }> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const ended = AbortSignal.any([running.signal, signal]);
    const isStopped = (): boolean => ended.aborted;
    const paths: string[] = [];
    const errors: string[] = [];
    for (const folder of folders) {
      try {
        for await (const path of datasetsIn(fileURLToPath(folder), isDataset)) paths.push(path);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        errors.push(error.message);
      }
    }
    // A broken link is reported when its turn comes.
    const sizeOf = async (path: string): Promise<number> =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      );
    const sizes = await Promise.all(paths.map(sizeOf));
    const total = Math.max(
      1,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    const found = new Set(paths.map((path) => pathToFileURL(path).toString()));
    for (const uri of this.#known.keys()) if (!found.has(uri)) this.forget(uri);
    let [done, files] = [0, 0];
    for (const [i, path] of paths.entries()) {
      if (isStopped()) break;
      const uri = pathToFileURL(path).toString();
      onFile(fileNameOf(uri), done / total);
      done += sizes[i] ?? 0;
      if (this.#context.isOpen(uri)) continue;
      try {
        const checked = await checkClosed(this.#context, uri, path, ended);
        if (!checked) {
          if (!isStopped()) this.forget(uri);
          continue;
        }
        files++;
        this.#known.set(uri, checked);
      } catch (error) {
        if (isStopped()) break;
        if (!(error instanceof UserError)) throw error;
        errors.push(error.message);
      }
    }
    return { files, errors };
  }
}
