// Requests about findings: pages of all findings, checks of closed files, decisions, and pulled diagnostics.
import { dirname } from 'node:path';

import type { Connection } from 'vscode-languageserver/node';

import { ruleById } from '#core/checks/table.ts';
import { messages } from '#core/messages.ts';
import type { Disk } from '#node/diskTools.ts';
import { decide, memoryRoot, nameIn } from '#node/memory.ts';
import { ownName } from '#node/ownName.ts';
import { withSignal } from '#node/rpc.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { EditorRequests } from '#protocol/editor/wire.ts';
import type { OpenDataset } from '#session/dataset.ts';
import { pathOf } from '#session/names.ts';
import type { KnownFindings } from '#session/views/findings.ts';
import { findingsPage } from '#session/views/findings.ts';

import type { OpenFiles } from '../openFiles.ts';
import { reportProgress } from '../progress.ts';
import { whyNothing } from '../reasons.ts';
import type { EditorHandlers } from '../serveEditor.ts';
import { DONE, outcomeOf } from '../serveEditor.ts';
import { toDiagnostics } from '../toProtocol.ts';
import { WorkspaceChecks } from '../workspaceChecks.ts';

export interface FindingsContext {
  readonly disk: () => Disk;
  readonly settings: () => Settings;
  /** The person trusts the workspace. */
  readonly isTrusted: () => boolean;
  readonly showsProgress: () => boolean;
  readonly folders: () => readonly string[];
}

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

type KeepParams = EditorRequests['preflens/keep']['params'];

/** The finding that is meant: of the pair where it is said, else of the record. */
async function keep(
  files: OpenFiles,
  { uri, record, pair = 0, rule, reason, by = '' }: KeepParams,
): Promise<null> {
  const dataset = files.current(uri);
  const path = pathOf(uri);
  if (!dataset || path === undefined || !ruleById(rule)) throw messages.notKept();
  const root = memoryRoot(path);
  const finding = dataset
    .findingsOf(record)
    .find((one) => one.rule === rule && (one.pair === undefined || one.pair === pair));
  if (!finding) throw messages.notKept();
  const at = new Date().toISOString().slice(0, 10);
  await decide(root, {
    key: dataset.keyOf(finding),
    rule,
    decision: 'keep',
    reason,
    by: by || (await ownName(dirname(path))),
    at,
    file: nameIn(root, path),
  });
  await files.readDecisions();
  return null;
}

export interface FindingsServer {
  readonly handlers: EditorHandlers<
    'preflens/findings' | 'preflens/checkWorkspace' | 'preflens/checkFile' | 'preflens/keep'
  >;
  /** Ends a check of the workspace that still runs. */
  readonly stop: () => void;
}

/** Also answers clients that pull diagnostics. */
export function serveFindings(
  connection: Connection,
  files: OpenFiles,
  context: FindingsContext,
): FindingsServer {
  const closed = new WorkspaceChecks({
    connection,
    disk: context.disk,
    settings: context.settings,
    isTrusted: context.isTrusted,
    isOpen: (uri) => files.get(uri) !== undefined,
  });
  const open = (): OpenDataset[] =>
    [...files.all()].flatMap(({ dataset }) => files.current(dataset.source.uri) ?? []);
  const known = (): KnownFindings[] => {
    const own = open().map(knownOf);
    // What was found in a file that is open now is said of its text.
    for (const { uri } of own) closed.forget(uri);
    return [...own, ...closed.all];
  };

  connection.languages.diagnostics.on(({ textDocument: { uri } }) => {
    const dataset = files.current(uri);
    return { kind: 'full', items: dataset ? toDiagnostics(dataset) : [] };
  });
  connection.languages.diagnostics.onWorkspace(async (_, token) => {
    await withSignal(token, async (signal) => closed.run(context.folders(), () => undefined, signal));
    const items = [
      ...open().map((dataset) => ({
        uri: dataset.source.uri,
        version: dataset.source.version,
        diagnostics: toDiagnostics(dataset),
      })),
      ...[...closed.all].map(({ uri, diagnostics }) => ({ uri, version: null, diagnostics })),
    ];
    return {
      items: items.map(({ uri, version, diagnostics }) => ({
        kind: 'full',
        uri,
        version,
        items: [...diagnostics],
      })),
    };
  });
  return {
    handlers: {
      'preflens/findings': (request) => findingsPage(known(), request),
      'preflens/checkWorkspace': async (_, signal) => {
        const cancelled = new AbortController();
        const progress = reportProgress(
          connection,
          'PrefLens: checking the workspace',
          context.showsProgress(),
          () => {
            cancelled.abort();
          },
        );
        const ended = AbortSignal.any([signal, cancelled.signal]);
        try {
          return await closed.run(
            context.folders(),
            (name, done) => {
              progress.report(done, name);
            },
            ended,
          );
        } finally {
          progress.end();
        }
      },
      'preflens/checkFile': ({ uri }) => {
        files.checkNow(uri);
        const why = whyNothing(files.get(uri), uri);
        return why === undefined ? DONE : { ok: false, why };
      },
      'preflens/keep': async (params) => outcomeOf(async () => keep(files, params)),
    },
    stop: () => {
      closed.stop();
    },
  };
}
