// The language server as a host of sessions: what they tell goes to the client, and what they need comes from it.
import type { Connection, PublishDiagnosticsParams } from 'vscode-languageserver/node';

import type { UserError } from '#core/messages.ts';
import { messages } from '#core/messages.ts';
import type { CommandRule, EndpointRule } from '#core/reward/scorerRule.ts';
import type { Tell } from '#node/cacheFolder.ts';
import { openCacheFolder } from '#node/cacheFolder.ts';
import type { Disk } from '#node/diskTools.ts';
import type { MemoryBudget } from '#node/models/memory.ts';
import { commandText } from '#node/scorers/command.ts';
import { sendingOf } from '#node/scorers/endpoint.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import { environmentSecret } from '#node/scorers/secrets.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { Host } from '#session/host.ts';
import { fileNameOf } from '#session/names.ts';
import { DONE, refused } from '#session/outcome.ts';
import { statusOf } from '#session/views/status.ts';

import type { ClientState } from './clientState.ts';
import { loadSettings } from './clientState.ts';
import type { InStep } from './inStep.ts';
import { reportProgress } from './progress.ts';
import type { Client } from './serveEditor.ts';
import { ask, log, show } from './show.ts';
import { ruleLinkOf, toDiagnostics, toWorkspaceEdit } from './toLsp.ts';

/** What the server needs of the machine. */
export interface Machine {
  readonly start: StartScorer;
  /** Memory for all models together, in MB; undefined for what the machine can spare. */
  readonly models: (maxMb: number | undefined) => MemoryBudget;
  /** Where scores are kept when the client names no folder. */
  readonly cacheFolder: string;
  /** Files, threads and the cache, as settings allow. Undefined folder: the machine's own cache. */
  readonly disk: (memoryMb: number, cacheFolder: string | undefined, tell: Tell) => Disk;
}

export interface HostParts {
  readonly connection: Connection;
  readonly client: Client;
  readonly state: ClientState;
  readonly machine: Machine;
  /** The machine's `start`, with a limit on processes at a time. */
  readonly start: StartScorer;
  readonly inStep: InStep;
  /** Files with a higher rank are scored first. */
  readonly rankOf: (uri: string) => number;
}

interface Question {
  /** Asked once for each of these. */
  readonly about: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly refusal: UserError;
}

/** Asks a person, and rejects if they decline. */
type Guard = (question: Question) => Promise<void>;

function guardOf(connection: Connection): Guard {
  const allowed = new Set<string>();
  return async ({ about, text, yes, no, refusal }) => {
    if (allowed.has(about)) return;
    const answer = await ask(connection, text, { title: yes }, { title: no });
    if (answer?.title !== yes) throw refusal;
    allowed.add(about);
  };
}

/** For each file and server, before texts are sent there. */
async function maySend(guard: Guard, uri: string, rule: EndpointRule): Promise<void> {
  const { what, where } = sendingOf(rule, fileNameOf(uri));
  await guard({
    about: `${uri} ${what} ${where}`,
    text: `preflens.json asks to send ${what} to ${where}.`,
    yes: 'Send',
    no: 'Do Not Send',
    refusal: messages.notSent(where),
  });
}

/** For each file and command, before it is run. */
async function mayRun(guard: Guard, uri: string, rule: CommandRule): Promise<void> {
  const command = commandText(rule);
  await guard({
    about: `${uri} ${command}`,
    text: `preflens.json asks to run "${command}" on each answer of ${fileNameOf(uri)}. If it runs code from the answers, that code can do what you can do.`,
    yes: 'Run',
    no: 'Do Not Run',
    refusal: messages.notRun(command),
  });
}

/** What scorers of preflens.json may use, for the file at a uri. */
function machineOf({ connection, client, state, machine, start, rankOf }: HostParts): Host['machineFor'] {
  const guard = guardOf(connection);
  /** One budget for all models, made for the first one. */
  let budget: MemoryBudget | undefined;
  return (uri): ScorerMachine => {
    const { modelMemoryMb } = state.settings;
    return {
      start: async (wishes) => start({ ...wishes, rank: () => rankOf(uri) }),
      cacheFolder: openCacheFolder(state.options.cacheFolder ?? machine.cacheFolder, (line) => {
        log(connection, 'warn', line);
      }),
      budget: (budget ??= machine.models(modelMemoryMb > 0 ? modelMemoryMb : undefined)),
      log: (line) => {
        log(connection, 'info', line);
      },
      isTrusted: state.isTrusted,
      async secret(name, origin) {
        const known = state.options.secrets ? await client.call('preflens/secret', { name, origin }) : null;
        return known ?? environmentSecret(name);
      },
      maySend: async (rule) => maySend(guard, uri, rule),
      mayRun: async (rule) => mayRun(guard, uri, rule),
    };
  };
}

/** Shows the diagnostics of a file: sends them, or has the client request them. */
export function sendDiagnostics(
  connection: Connection,
  { pulls, canRefreshDiagnostics }: ClientState,
  params: PublishDiagnosticsParams,
): void {
  if (!pulls) void connection.sendDiagnostics(params);
  else if (canRefreshDiagnostics)
    void connection.sendRequest('workspace/diagnostic/refresh').catch(() => undefined);
}

/** Has the client request its code lenses again. */
export function refreshLenses(connection: Connection, { canRefreshLenses }: ClientState): void {
  if (canRefreshLenses) void connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined);
}

/** Has the client request the tokens of keys again. */
export function refreshTokens(connection: Connection, { canRefreshTokens }: ClientState): void {
  if (canRefreshTokens)
    void connection.sendRequest('workspace/semanticTokens/refresh').catch(() => undefined);
}

export function hostOf(parts: HostParts): Host {
  const { connection, client, state, machine, inStep } = parts;
  return {
    // Opened at each use: a cache that could not be written before may be writable now.
    disk: () =>
      machine.disk(state.settings.memoryMb, state.options.cacheFolder, (line) => {
        log(connection, 'warn', line);
      }),
    settings: () => state.settings,
    reloadSettings: () => {
      void loadSettings(connection, state);
    },
    settingsLoaded: async () => state.loading,
    isTrusted: () => state.isTrusted,
    machineFor: machineOf(parts),
    async applyEdit(dataset, edits, label, preview) {
      const edit = toWorkspaceEdit(
        dataset,
        edits,
        preview === undefined ? undefined : { id: preview, label },
      );
      const step = await inStep(dataset.source, edit);
      if (step.kind !== 'same') return refused(step.why);
      const { applied } = await connection.workspace.applyEdit({ label, edit });
      return applied || preview !== undefined ? DONE : refused(messages.textMoved().message);
    },
    changed(dataset) {
      const { uri, version } = dataset.source;
      const diagnostics = toDiagnostics(dataset, ruleLinkOf(state.options));
      sendDiagnostics(connection, state, { uri, diagnostics, ...(version !== null && { version }) });
      refreshLenses(connection, state);
      refreshTokens(connection, state);
    },
    closed: (uri) => {
      sendDiagnostics(connection, state, { uri, diagnostics: [] });
    },
    status: (file) => {
      if (state.options.status) client.notify('preflens/status', statusOf(file));
    },
    edited: (made) => {
      if (state.options.status) client.notify('preflens/edited', made);
    },
    found: (found) => {
      if (state.options.status) client.notify('preflens/found', found);
    },
    message: (kind, text) => {
      show(connection, kind, text);
    },
    log: (level, text) => {
      log(connection, level, text);
    },
    progress: (title, onCancel) => reportProgress(connection, title, state.canShowProgress, onCancel),
  };
}
