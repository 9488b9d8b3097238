// The language server of one client: its state, its files, and who answers what.
import type { Connection } from 'vscode-languageserver/node';

import type { Language } from '#core/words/translate.ts';
import { TemplateProcess } from '#node/models/templateProcess.ts';
import { pooled, poolWidth } from '#node/scoring/pool.ts';
import { Sessions } from '#session/sessions.ts';

import { newClientState } from './clientState.ts';
import { serveCommands } from './handlers/commands.ts';
import { serveDocuments } from './handlers/documents.ts';
import { serveFeatures } from './handlers/features.ts';
import { fileHandlers, fileListeners, linkWarner } from './handlers/files.ts';
import { serveFindings } from './handlers/findings.ts';
import { historyHandlers } from './handlers/history.ts';
import { clientListeners, serveLifecycle } from './handlers/lifecycle.ts';
import { mappingHandlers } from './handlers/mappings.ts';
import { modelHandlers } from './handlers/models.ts';
import { portraitHandlers } from './handlers/portrait.ts';
import { recordHandlers } from './handlers/records.ts';
import { reviewHandlers } from './handlers/review.ts';
import { rowHandlers } from './handlers/rows.ts';
import { tableHandlers } from './handlers/tables.ts';
import { templateHandlers } from './handlers/templates.ts';
import { tokenHandlers } from './handlers/tokens.ts';
import { toolHandlers } from './handlers/tools.ts';
import type { Machine } from './host.ts';
import { hostOf } from './host.ts';
import { inStepWith } from './inStep.ts';
import { clientOf, serveEditor } from './serveEditor.ts';

export type { Machine } from './host.ts';

/** Serves one client over `connection`. */
export function serveLanguage(connection: Connection, machine: Machine): void {
  const state = newClientState();
  const client = clientOf(connection);
  const start = pooled(machine.start, () => poolWidth(state.settings.memoryMb));
  const language = (): Language | undefined => state.options.language;
  const inStep = inStepWith(
    connection,
    client,
    () => state.options,
    (uri, text, version) => {
      sessions.changeDocument(uri, [{ text }], version);
    },
  );
  const rankOf = (uri: string): number => sessions.rank(uri);
  const host = hostOf({ connection, client, state, machine, start, inStep, rankOf });
  const sessions = new Sessions(host);
  const findings = serveFindings(connection, sessions, host, state);
  const warnOfLinks = linkWarner(connection);
  // Outside the pool: a person waits for a string, and a place in the pool may come free in an hour.
  const templates = new TemplateProcess(machine.start);

  serveLifecycle(connection, sessions, state, () => {
    findings.stop();
    templates.close();
    sessions.closeAll();
  });
  serveDocuments(connection, sessions);
  serveFeatures(connection, sessions, state, inStep);
  serveCommands(connection, sessions);
  serveEditor(
    connection,
    {
      ...recordHandlers(sessions, language),
      ...portraitHandlers(sessions),
      ...rowHandlers(sessions),
      ...reviewHandlers(sessions, language),
      ...historyHandlers(sessions, host),
      ...fileHandlers(sessions, warnOfLinks),
      ...tableHandlers(sessions, host, warnOfLinks),
      ...findings.handlers,
      ...mappingHandlers(sessions),
      ...toolHandlers(sessions),
      ...templateHandlers(sessions, templates, () => state.isTrusted),
      ...tokenHandlers(sessions, () => state.isTrusted, language),
      ...modelHandlers({ start, machine: () => host.machineFor(''), isTrusted: () => state.isTrusted }),
    },
    { ...fileListeners(sessions), ...clientListeners(connection, sessions, state) },
  );
  connection.listen();
}
