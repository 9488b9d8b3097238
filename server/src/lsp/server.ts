// The language server: which requests there are, and who answers them.
import type { Connection, InitializeParams } from 'vscode-languageserver/node';
import { CodeActionKind, TextDocumentSyncKind } from 'vscode-languageserver/node';

import { messages } from '#core/messages.ts';
import type { EndpointRule } from '#core/reward/scorerRule.ts';
import type { Tell } from '#node/cacheFolder.ts';
import { openCacheFolder } from '#node/cacheFolder.ts';
import { CONFIG_NAME } from '#node/config.ts';
import type { Disk } from '#node/diskTools.ts';
import type { MemoryBudget } from '#node/models/memory.ts';
import { sendingOf } from '#node/scorers/endpoint.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import { environmentSecret } from '#node/scorers/secrets.ts';
import { pooled, poolWidth } from '#node/scoring/pool.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { ClientOptions, Settings } from '#protocol/editor/options.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import { readableUri } from '#session/names.ts';
import { DEFAULTS } from '#session/settings.ts';

import { codeActionsOf, FIX_ALL, resolveAction } from './actions.ts';
import { codeLensesOf, hoverOf } from './features.ts';
import { diskHandlers, diskListeners, linkWarner, recordEditor } from './handlers/disk.ts';
import { serveFindings } from './handlers/findings.ts';
import { modelHandlers } from './handlers/models.ts';
import { tableHandlers } from './handlers/tables.ts';
import { inStepWith } from './inStep.ts';
import { OpenFiles } from './openFiles.ts';
import { whyNotScored } from './reasons.ts';
import { clientOf, serveEditor } from './serveEditor.ts';
import { ask, log, show } from './show.ts';
import { linkRules } from './toProtocol.ts';

const COMMANDS = ['preflens.flip', 'preflens.score', 'preflens.cancelScoring'] as const;

/** In VS Code the page of a rule is shown by a command. */
const ruleCommand = (rule: string): string =>
  `command:preflens.showRule?${encodeURIComponent(JSON.stringify([rule]))}`;

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

/** Serves one client over `connection`. */
export function serveLanguage(connection: Connection, machine: Machine): void {
  const { disk } = machine;
  const client = clientOf(connection);
  let options: ClientOptions = {};
  let settings = DEFAULTS;
  let canRefreshLenses = false;
  let canShowProgress = false;
  let canConfigure = false;
  let folders: readonly string[] = [];
  let loading = Promise.resolve();

  const refreshLenses = (): void => {
    if (canRefreshLenses) void connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined);
  };
  let isTrusted = true;
  const start = pooled(machine.start, () => poolWidth(settings.memoryMb));
  /** One budget for all models, made when the first one is wanted. */
  let budget: MemoryBudget | undefined;
  const allowed = new Set<string>();
  /** What is sent to a server is stated before, once for each file and server. */
  const maySend = async (uri: string, rule: EndpointRule): Promise<void> => {
    const { what, where } = sendingOf(rule, readableUri(uri.split('/').at(-1) ?? uri));
    const key = `${uri} ${what} ${where}`;
    if (allowed.has(key)) return;
    const send = { title: 'Send' };
    const answer = await ask(connection, `preflens.json asks to send ${what} to ${where}.`, send, {
      title: 'Do Not Send',
    });
    if (answer?.title !== send.title) throw messages.notSent(where);
    allowed.add(key);
  };
  /** Something is done without: for people who wonder why it is slow. */
  const tell: Tell = (line) => {
    log(connection, 'warn', line);
  };
  const machineFor = (uri: string): ScorerMachine => ({
    start: async (wishes) => start({ ...wishes, rank: () => files.get(uri)?.seen ?? 0 }),
    cacheFolder: openCacheFolder(options.cacheFolder ?? machine.cacheFolder, tell),
    budget: (budget ??= machine.models(settings.modelMemoryMb > 0 ? settings.modelMemoryMb : undefined)),
    log: (line) => {
      log(connection, 'info', line);
    },
    isTrusted,
    async secret(name, origin) {
      const known = options.secrets ? await client.call('preflens/secret', { name, origin }) : null;
      return known ?? environmentSecret(name);
    },
    maySend: async (rule) => maySend(uri, rule),
  });
  const files = new OpenFiles({
    connection,
    client,
    machineFor,
    disk: () => disk(settings.memoryMb, options.cacheFolder, tell),
    settings: () => settings,
    isTrusted: () => isTrusted,
    settled: async () => loading,
    reload: () => {
      loading = loadSettings();
    },
    tellsStatus: () => options.status ?? false,
    showsProgress: () => canShowProgress,
    refreshLenses,
  });

  const loadSettings = async (): Promise<void> => {
    const given = canConfigure
      ? ((await connection.workspace.getConfiguration('preflens')) as Partial<Settings> | null)
      : null;
    settings = { ...DEFAULTS, ...options.settings, ...given };
  };

  connection.onInitialize((params: InitializeParams) => {
    options = (params.initializationOptions ?? {}) as ClientOptions;
    isTrusted = options.trusted ?? true;
    const { workspace, window, textDocument } = params.capabilities;
    canRefreshLenses = workspace?.codeLens?.refreshSupport ?? false;
    canShowProgress = window?.workDoneProgress ?? false;
    canConfigure = workspace?.configuration ?? false;
    // Our own client is sent everything: what it would have to ask for is not there for files without a document.
    const pulls = textDocument?.diagnostic !== undefined && !options.status;
    linkRules(options.ruleLinks ? ruleCommand : undefined);
    folders = (params.workspaceFolders ?? []).map(({ uri }) => uri);
    return {
      serverInfo: { name: 'PrefLens', version: process.env['PREFLENS_VERSION'] ?? '' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL], resolveProvider: true },
        codeLensProvider: { resolveProvider: false },
        executeCommandProvider: { commands: [...COMMANDS] },
        ...(pulls && {
          diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: true },
        }),
      },
    };
  });

  connection.onInitialized(() => {
    void loadSettings();
  });
  connection.onDidChangeConfiguration(() => {
    void loadSettings().then(() => {
      for (const file of files.all()) {
        file.dataset.setBudget(settings.reviewPercent);
        if (file.dataset.scores) files.publish(file);
      }
    });
  });
  // A preflens.json came, changed or went.
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ uri }) => uri.endsWith(`/${CONFIG_NAME}`))) void files.readAnew();
    if (changes.some(({ uri }) => uri.endsWith('/decisions.jsonl'))) void files.readDecisions();
  });
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
    files.saved(uri);
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    // The editor holds it now: what it shows counts, not the disk.
    files.close(uri);
    loading = loadSettings();
    files.openDocument(uri, version, text);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    files.changeDocument(uri, contentChanges, version);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    files.close(uri);
  });

  connection.onHover(({ textDocument, position }) => {
    const dataset = files.current(textDocument.uri);
    return dataset && hoverOf(dataset, position.line);
  });

  const inStep = inStepWith(connection, client, files, () => options);
  connection.onCodeAction(async (params) => {
    const dataset = files.current(params.textDocument.uri);
    const actions = dataset ? codeActionsOf(dataset, params, options) : [];
    const edits = actions.flatMap(({ edit }) => edit?.documentChanges ?? []);
    const state = edits.length === 0 ? undefined : await inStep({ documentChanges: edits });
    if (state?.kind === 'fault') show(connection, 'error', state.why);
    return !state || state.kind === 'same' ? actions : actions.filter((action) => !action.edit);
  });
  connection.onCodeActionResolve(async (action) => {
    const resolved = resolveAction(action, (uri) => files.current(uri));
    const state = resolved.edit && (await inStep(resolved.edit));
    if (state?.kind === 'fault') show(connection, 'error', state.why);
    return !state || state.kind === 'same' ? resolved : action;
  });

  connection.onCodeLens(({ textDocument: { uri } }) => {
    files.seen(uri);
    const dataset = files.current(uri);
    const visible = options.visibleLines ? (files.get(uri)?.visible ?? ([0, 0] as const)) : undefined;
    return dataset ? codeLensesOf(dataset, visible, options) : [];
  });

  const edit = recordEditor(connection, client, files, inStep);
  const warnOfLinks = linkWarner(connection);
  const findings = serveFindings(connection, files, {
    disk: () => disk(settings.memoryMb, options.cacheFolder, tell),
    settings: () => settings,
    isTrusted: () => isTrusted,
    showsProgress: () => canShowProgress,
    folders: () => folders,
  });

  connection.onExecuteCommand(async ({ command, arguments: args }) => {
    const argument: unknown = args?.[0];
    if (command === 'preflens.flip') {
      const flipped = await edit(argument as RecordRef, { kind: 'flip' });
      if (!flipped.ok) show(connection, 'info', flipped.why);
      return flipped.ok ? flipped.value : null;
    }
    const uri = String(argument);
    const file = files.get(uri);
    if (command === 'preflens.cancelScoring') {
      if (file?.phase !== 'scoring') return 'Nothing is being scored here.';
      file.job?.cancel();
      return null;
    }
    const why = whyNotScored(file, uri);
    if (file && why === undefined) files.startScoring(file);
    return why ?? null;
  });

  serveEditor(
    connection,
    {
      ...diskHandlers(files, edit, warnOfLinks),
      ...tableHandlers(files, warnOfLinks),
      ...findings.handlers,
      ...modelHandlers({ start, machine: () => machineFor(''), isTrusted: () => isTrusted }),
    },
    {
      ...diskListeners(files),
      'preflens/visible': ({ uri, lineStart, lineEnd }) => {
        const file = files.get(uri);
        if (!file) return;
        file.visible = [lineStart, lineEnd];
        files.seen(uri);
        file.job?.prefer(file.visible);
        if (file.dataset.scores) refreshLenses();
      },
      'preflens/trusted': () => {
        isTrusted = true;
        void files.readAnew();
      },
    },
  );
  connection.onShutdown(() => {
    findings.stop();
    files.closeAll();
  });

  connection.listen();
}
