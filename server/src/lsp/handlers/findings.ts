// Requests about findings: pages of all findings, checks of files, decisions, and pulled diagnostics.
import type { Connection, Diagnostic } from 'vscode-languageserver/node';

import { ruleById } from '#core/checks/table.ts';
import { messages, UserError } from '#core/messages.ts';
import { turnOffRule } from '#node/addEntry.ts';
import { withSignal } from '#node/rpc.ts';
import { ClosedFiles } from '#session/closedFiles.ts';
import { keepFinding } from '#session/decisions.ts';
import type { Host } from '#session/host.ts';
import { pathOf } from '#session/names.ts';
import { DONE, outcomeOf, refused } from '#session/outcome.ts';
import { whyNothing } from '#session/reasons.ts';
import { ruleFixOf } from '#session/ruleFix.ts';
import type { Session } from '#session/session.ts';
import type { Sessions } from '#session/sessions.ts';
import { AllFindings } from '#session/views/allFindings.ts';

import type { ClientState } from '../clientState.ts';
import type { EditorHandlers } from '../serveEditor.ts';
import { ruleLinkOf, toDiagnostics } from '../toLsp.ts';

export interface FindingsServer {
  readonly handlers: EditorHandlers<
    | 'preflens/findings'
    | 'preflens/ruleFix'
    | 'preflens/fixRule'
    | 'preflens/turnOffRule'
    | 'preflens/checkWorkspace'
    | 'preflens/checkFile'
    | 'preflens/keep'
  >;
  /** Ends a check of the workspace that still runs. */
  readonly stop: () => void;
}

/** Also answers clients that pull diagnostics. */
export function serveFindings(
  connection: Connection,
  sessions: Sessions,
  host: Host,
  state: ClientState,
): FindingsServer {
  const link = (): ReturnType<typeof ruleLinkOf> => ruleLinkOf(state.options);
  const ofClosed = new Map<string, readonly Diagnostic[]>();
  const closed = new ClosedFiles({
    host,
    isOpen: (uri) => sessions.get(uri) !== undefined,
    onChecked(dataset) {
      const { uri } = dataset.source;
      const diagnostics = toDiagnostics(dataset, link());
      ofClosed.set(uri, diagnostics);
      if (!state.pulls) void connection.sendDiagnostics({ uri, diagnostics });
    },
    onGone(uri) {
      ofClosed.delete(uri);
      // An open file has sent its own.
      if (!state.pulls && !sessions.get(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    },
  });
  const findings = new AllFindings(sessions, closed);

  /** The session of a file that is read. */
  const readOf = (uri: string): Session => {
    const session = sessions.update(uri);
    if (!session) throw new UserError(whyNothing(sessions.get(uri), uri) ?? '');
    return session;
  };

  connection.languages.diagnostics.on(async ({ textDocument: { uri } }) => {
    await sessions.get(uri)?.whenRead();
    const session = sessions.update(uri);
    return { kind: 'full', items: session ? toDiagnostics(session.dataset, link()) : [] };
  });
  connection.languages.diagnostics.onWorkspace(async (_, token) => {
    await withSignal(token, async (signal) => closed.run(state.folders, () => undefined, signal));
    const open = findings.updateOpen().map((dataset) => ({
      uri: dataset.source.uri,
      version: dataset.source.version,
      items: toDiagnostics(dataset, link()),
    }));
    const others = [...closed.all].map(({ uri }) => ({
      uri,
      version: null,
      items: [...(ofClosed.get(uri) ?? [])],
    }));
    return { items: [...open, ...others].map((one) => ({ kind: 'full', ...one })) };
  });

  return {
    handlers: {
      'preflens/findings': (request) => findings.page(request),
      'preflens/ruleFix': async ({ uri, rule }) =>
        outcomeOf(() => {
          const fix = ruleFixOf(readOf(uri).dataset, rule);
          if (!fix) throw messages.nothingToRepair(rule);
          return fix;
        }),
      'preflens/fixRule': async ({ uri, rule }) =>
        sessions.update(uri)?.fixRule(rule) ?? refused(whyNothing(sessions.get(uri), uri) ?? ''),
      'preflens/turnOffRule': async ({ uri, rule, scope }) =>
        outcomeOf(async () => {
          const path = pathOf(uri);
          if (path === undefined) throw messages.notOnDisk(uri);
          if (!ruleById(rule)) throw messages.notKept();
          const written = await turnOffRule(path, rule, scope);
          await sessions.readAgain();
          return written;
        }),
      'preflens/checkWorkspace': async (_, signal) => {
        const cancelled = new AbortController();
        const progress = host.progress('PrefLens: checking the workspace', () => {
          cancelled.abort();
        });
        const onFile = (name: string, done: number): void => {
          progress.report(done, name);
        };
        try {
          return await closed.run(state.folders, onFile, AbortSignal.any([signal, cancelled.signal]));
        } finally {
          progress.end();
        }
      },
      'preflens/checkFile': ({ uri }) => {
        const session = sessions.get(uri);
        session?.check();
        const why = whyNothing(session, uri);
        return why === undefined ? DONE : refused(why);
      },
      'preflens/keep': async (params) =>
        outcomeOf(async () => {
          await keepFinding(sessions, params);
          return null;
        }),
    },
    stop: () => {
      closed.stop();
    },
  };
}
