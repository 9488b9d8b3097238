// What one client said of itself, and its settings.
import type { Connection, InitializeParams } from 'vscode-languageserver/node';

import type { ClientOptions, Settings } from '#protocol/editor/options.ts';
import { errorText } from '#session/fileRules.ts';
import { DEFAULTS } from '#session/settings.ts';

import { log } from './show.ts';

export interface ClientState {
  options: ClientOptions;
  settings: Settings;
  /** Resolves when `settings` are those of the client. */
  loading: Promise<void>;
  /** The person trusts the workspace. */
  isTrusted: boolean;
  folders: readonly string[];
  canRefreshLenses: boolean;
  canRefreshTokens: boolean;
  canShowProgress: boolean;
  canConfigure: boolean;
  /** The client requests diagnostics: then none are sent unasked. */
  pulls: boolean;
  canRefreshDiagnostics: boolean;
}

export const newClientState = (): ClientState => ({
  options: {},
  settings: DEFAULTS,
  loading: Promise.resolve(),
  isTrusted: true,
  folders: [],
  canRefreshLenses: false,
  canRefreshTokens: false,
  canShowProgress: false,
  canConfigure: false,
  pulls: false,
  canRefreshDiagnostics: false,
});

export function readCapabilities(state: ClientState, params: InitializeParams): void {
  const { workspace, window, textDocument } = params.capabilities;
  state.options = (params.initializationOptions ?? {}) as ClientOptions;
  state.isTrusted = state.options.trusted ?? true;
  state.folders = (params.workspaceFolders ?? []).map(({ uri }) => uri);
  state.canRefreshLenses = workspace?.codeLens?.refreshSupport ?? false;
  state.canRefreshTokens = workspace?.semanticTokens?.refreshSupport ?? false;
  state.canShowProgress = window?.workDoneProgress ?? false;
  state.canConfigure = workspace?.configuration ?? false;
  // Our own client doesn't request them: it could not for files without a document.
  state.pulls = textDocument?.diagnostic !== undefined && !state.options.status;
  state.canRefreshDiagnostics = workspace?.diagnostics?.refreshSupport ?? false;
}

/**
 * Requests the settings from the client. Later reads of `loading` wait for them. If the client fails, the present
 * settings stay.
 */
export async function loadSettings(connection: Connection, state: ClientState): Promise<void> {
  const load = async (): Promise<void> => {
    try {
      const given = state.canConfigure
        ? ((await connection.workspace.getConfiguration('preflens')) as Partial<Settings> | null)
        : null;
      state.settings = { ...DEFAULTS, ...state.options.settings, ...given };
    } catch (error) {
      log(connection, 'warn', `The client sent no settings: ${errorText(error)}`);
    }
  };
  state.loading = load();
  return state.loading;
}
