// What one client said of itself, and its settings.
import type { Connection, InitializeParams } from 'vscode-languageserver/node';

import type { ClientOptions, Settings } from '#protocol/editor/options.ts';
import { DEFAULTS } from '#session/settings.ts';

export interface ClientState {
  options: ClientOptions;
  settings: Settings;
  /** Resolves when `settings` are those of the client. */
  loading: Promise<void>;
  /** The person trusts the workspace. */
  isTrusted: boolean;
  folders: readonly string[];
  canRefreshLenses: boolean;
  canShowProgress: boolean;
  canConfigure: boolean;
}

export const newClientState = (): ClientState => ({
  options: {},
  settings: DEFAULTS,
  loading: Promise.resolve(),
  isTrusted: true,
  folders: [],
  canRefreshLenses: false,
  canShowProgress: false,
  canConfigure: false,
});

export function readCapabilities(state: ClientState, params: InitializeParams): void {
  const { workspace, window } = params.capabilities;
  state.options = (params.initializationOptions ?? {}) as ClientOptions;
  state.isTrusted = state.options.trusted ?? true;
  state.folders = (params.workspaceFolders ?? []).map(({ uri }) => uri);
  state.canRefreshLenses = workspace?.codeLens?.refreshSupport ?? false;
  state.canShowProgress = window?.workDoneProgress ?? false;
  state.canConfigure = workspace?.configuration ?? false;
}

/** Requests the settings from the client. Later reads of `loading` wait for them. */
export async function loadSettings(connection: Connection, state: ClientState): Promise<void> {
  const load = async (): Promise<void> => {
    const given = state.canConfigure
      ? ((await connection.workspace.getConfiguration('preflens')) as Partial<Settings> | null)
      : null;
    state.settings = { ...DEFAULTS, ...state.options.settings, ...given };
  };
  state.loading = load();
  return state.loading;
}
