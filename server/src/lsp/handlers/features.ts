// What the editor requests at a place: hovers, code lenses, code actions.
import type { CodeAction, Connection, WorkspaceEdit } from 'vscode-languageserver/node';

import type { OpenDataset } from '#session/dataset.ts';
import type { Sessions } from '#session/sessions.ts';

import { codeActionsOf, datasetUriOf, resolveAction } from '../actions.ts';
import type { ClientState } from '../clientState.ts';
import { codeLensesOf, hoverOf } from '../features.ts';
import type { InStep } from '../inStep.ts';
import { keyTokensOf } from '../keyTokens.ts';
import { show } from '../show.ts';

export function serveFeatures(
  connection: Connection,
  sessions: Sessions,
  state: ClientState,
  inStep: InStep,
): void {
  /**
   * True if the editor has the text that the edit is for. A fault is shown. That the person edits meanwhile is shown only if
   * they chose this edit: editors list actions while people type.
   */
  const canMake = async (
    { source }: OpenDataset,
    edit: WorkspaceEdit,
    isChosen: boolean,
  ): Promise<boolean> => {
    const step = await inStep(source, edit);
    if (step.kind === 'fault') show(connection, 'error', step.why);
    if (step.kind === 'moved' && isChosen) show(connection, 'info', step.why);
    return step.kind === 'same';
  };

  connection.onHover(({ textDocument: { uri }, position }) => {
    const session = sessions.update(uri);
    return session && hoverOf(session, position);
  });
  connection.onCodeLens(({ textDocument: { uri } }) => {
    sessions.see(uri);
    const session = sessions.update(uri);
    if (!session) return [];
    const visible = state.options.visibleLines ? (session.visible ?? ([0, 0] as const)) : undefined;
    return codeLensesOf(session.dataset, visible, state.options, state.settings.codeLens);
  });
  connection.languages.semanticTokens.onRange(({ textDocument: { uri }, range }) => {
    const session = sessions.update(uri);
    return session ? keyTokensOf(session.dataset, range) : { data: [] };
  });
  connection.onCodeAction(async (params): Promise<CodeAction[]> => {
    const dataset = sessions.update(params.textDocument.uri)?.dataset;
    if (!dataset) return [];
    const actions = codeActionsOf(dataset, params, state.options);
    const documentChanges = actions.flatMap(({ edit }) => edit?.documentChanges ?? []);
    if (documentChanges.length === 0 || (await canMake(dataset, { documentChanges }, false))) return actions;
    return actions.filter((action) => !action.edit);
  });
  connection.onCodeActionResolve(async (action) => {
    const dataset = sessions.update(datasetUriOf(action))?.dataset;
    if (!dataset) return action;
    const resolved = resolveAction(action, dataset);
    return !resolved.edit || (await canMake(dataset, resolved.edit, true)) ? resolved : action;
  });
}
