// Checks datasets that nobody opened, of any size: read from disk one after the other, published, and let go of.
import { stat } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { Connection, Diagnostic } from 'vscode-languageserver/node';

import { UserError } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import type { Disk } from '#node/diskTools.ts';
import { openFile } from '#node/files.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import { datasetsIn } from '#node/paths.ts';
import type { Settings } from '#protocol/editor/options.ts';
import { OpenDataset } from '#session/dataset.ts';
import { fileNameOf } from '#session/names.ts';
import { relateTask } from '#session/relateTask.ts';
import { DiskSource } from '#session/sources/disk.ts';
import type { KnownFindings } from '#session/views/findings.ts';

import { fileSettings, loadDecisions } from './fileRules.ts';
import { toDiagnostics } from './toProtocol.ts';

/** What stays of a file that was checked: its findings and their lines, not its facts. */
export interface CheckedClosed extends KnownFindings {
  readonly diagnostics: readonly Diagnostic[];
}

export interface WorkspaceContext {
  readonly connection: Connection;
  readonly disk: () => Disk;
  readonly settings: () => Settings;
  /** The person trusts the workspace. */
  readonly isTrusted: () => boolean;
  /** Files that are open are checked by themselves. */
  readonly isOpen: (uri: string) => boolean;
}

/** Without the repairs: nobody makes them in a closed file. */
function bare({ rule, severity, record, pair, place, message }: Finding): Finding {
  return { rule, severity, record, place, message, ...(pair !== undefined && { pair }) };
}

async function checkClosed(
  { connection, disk, settings, isTrusted }: WorkspaceContext,
  uri: string,
  path: string,
  signal: AbortSignal,
): Promise<CheckedClosed | undefined> {
  const tools = disk();
  const source = new DiskSource(uri, await openFile(path, recordBytesFor(settings().memoryMb)), tools, {
    isReadOnly: true,
  });
  try {
    const dataset = new OpenDataset(source);
    await dataset.surveyAll(await fileSettings(connection, uri, settings(), isTrusted()), signal);
    const task = relateTask(dataset, fileNameOf(uri));
    if (!task) return undefined;
    dataset.setRelations(await tools.ranges.run('relate', task, () => undefined, signal));
    await loadDecisions(connection, dataset);
    const { findings } = dataset;
    const { line } = dataset.survey.facts.records;
    const lines = new Map(findings.map(({ record }) => [record, line[record] ?? 0]));
    return {
      uri,
      findings: findings.map(bare),
      count: dataset.findingCount,
      diagnostics: toDiagnostics(dataset),
      lineOf: (record) => lines.get(record) ?? 0,
      fieldOf: () => undefined,
    };
  } finally {
    source.close();
  }
}

/** Knows the files of the workspace that were checked and are not open. */
export class WorkspaceChecks {
  readonly #context: WorkspaceContext;
  readonly #known = new Map<string, CheckedClosed>();
  #running: AbortController | undefined;

  constructor(context: WorkspaceContext) {
    this.#context = context;
  }

  get all(): Iterable<CheckedClosed> {
    return this.#known.values();
  }

  forget(uri: string): void {
    this.#known.delete(uri);
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Checks every dataset under the folders; what cannot be read is told with its reason, and the others go on. */
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
        for await (const path of datasetsIn(fileURLToPath(folder))) paths.push(path);
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
    let [done, files] = [0, 0];
    for (const [i, path] of paths.entries()) {
      if (isStopped()) break;
      const uri = pathToFileURL(path).toString();
      onFile(fileNameOf(uri), done / total);
      done += sizes[i] ?? 0;
      if (this.#context.isOpen(uri)) continue;
      try {
        const checked = await checkClosed(this.#context, uri, path, ended);
        if (!checked) continue;
        files++;
        this.#known.set(uri, checked);
        void this.#context.connection.sendDiagnostics({ uri, diagnostics: [...checked.diagnostics] });
      } catch (error) {
        if (isStopped()) break;
        if (!(error instanceof UserError)) throw error;
        errors.push(error.message);
      }
    }
    return { files, errors };
  }
}
