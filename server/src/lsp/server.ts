// Wires the handlers to a connection. State lives in one map: the open datasets.
import type {
  Connection,
  InitializeParams,
  WorkDoneProgressServerReporter,
} from 'vscode-languageserver/node';
import { CodeActionKind, TextDocumentSyncKind } from 'vscode-languageserver/node';

import type { StartScorer } from '#node/scoringProcess.ts';
import type {
  ClientOptions,
  DatasetStatus,
  EditorNotifications,
  EditorRequests,
  FlipResult,
  PairRequest,
  Phase,
  RecordRef,
  Settings,
} from '#protocol/editor.ts';

import { OpenDataset } from './dataset.ts';
import { OpenDocument } from './document.ts';
import { editOf } from './edits.ts';
import { codeActionsOf, codeLensesOf, hoverOf, pairViewOf } from './features.ts';
import { readableUri } from './names.ts';
import type { RunningJob } from './scoringJobs.ts';
import { startJob } from './scoringJobs.ts';
import { DEFAULTS } from './settings.ts';
import { toDiagnostics } from './toProtocol.ts';

/** Typing is over when nothing changed for so long: then diagnostics are brought up to date. */
const SETTLE_MS = 150;

/** Work shorter than this shows no progress window. */
const PROGRESS_AFTER_MS = 700;

/** How often the status of a running job is told. */
const STATUS_EVERY_MS = 200;

const COMMANDS = ['preflens.flip', 'preflens.score', 'preflens.cancelScoring'] as const;

interface Open {
  readonly dataset: OpenDataset;
  readonly closed: AbortController;
  phase: Phase;
  reason?: string;
  progress?: string;
  visible?: readonly [number, number];
  job?: RunningJob;
  settle?: NodeJS.Timeout;
  toldAt: number;
  /** Number of the newest scoring job: what older ones still have to say is not heard. */
  turn: number;
  /** See DatasetStatus. */
  revision: number;
}

/** Serves one client over `connection`. */
export function serveLanguage(connection: Connection, start: StartScorer): void {
  const open = new Map<string, Open>();
  let options: ClientOptions = {};
  let settings = DEFAULTS;
  let canRefreshLenses = false;
  let canShowProgress = false;
  let canConfigure = false;

  const statusOf = ({ dataset, phase, revision, reason, progress }: Open): DatasetStatus => {
    const { survey, trust } = dataset;
    return {
      uri: dataset.document.uri,
      phase,
      revision,
      recordCount: survey.facts.recordCount,
      pairCount: survey.facts.pairCount,
      tieCount: survey.facts.tieCount,
      judgementCount: survey.facts.judgementCount,
      findingCount: dataset.findingCount,
      ...(survey.recognition && {
        mapping: survey.recognition.mapping.title,
        polarity: survey.recognition.mapping.polarity,
      }),
      ...(progress !== undefined && { progress }),
      ...(reason !== undefined && { reason }),
      ...(trust !== undefined && { trust }),
    };
  };

  const tell = (entry: Open): void => {
    entry.toldAt = Date.now();
    if (!options.status) return;
    void connection.sendNotification(
      'preflens/status',
      statusOf(entry) satisfies EditorNotifications['preflens/status'],
    );
  };

  const publish = (entry: Open): void => {
    if (entry.closed.signal.aborted) return;
    entry.revision++;
    const { uri, version } = entry.dataset.document;
    void connection.sendDiagnostics({ uri, version, diagnostics: toDiagnostics(entry.dataset) });
    tell(entry);
  };

  const refreshLenses = (): void => {
    if (canRefreshLenses) void connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined);
  };

  const startScoring = (entry: Open): void => {
    entry.job?.cancel();
    const turn = ++entry.turn;
    const { dataset } = entry;
    let reporter: WorkDoneProgressServerReporter | undefined;
    let ended = false;
    const timer = setTimeout(() => {
      if (!canShowProgress || ended) return;
      void connection.window.createWorkDoneProgress().then((created) => {
        if (ended) return;
        reporter = created;
        created.begin('PrefLens: scoring', 0, '', true);
        created.token.onCancellationRequested(() => {
          job.cancel();
        });
      });
    }, PROGRESS_AFTER_MS);
    const end = (): void => {
      ended = true;
      clearTimeout(timer);
      reporter?.done();
    };
    const job = startJob(dataset, settings, start, {
      onPhase(phase, reason) {
        if (entry.turn !== turn) return;
        entry.phase = phase;
        delete entry.reason;
        delete entry.progress;
        if (reason !== undefined) entry.reason = reason;
        tell(entry);
      },
      onProgress(title, done, words) {
        if (entry.turn !== turn) return;
        entry.progress = `${title} ${words}`;
        reporter?.report(Math.floor(done * 100), entry.progress);
        if (Date.now() - entry.toldAt > STATUS_EVERY_MS) tell(entry);
      },
      onScored() {
        publish(entry);
        refreshLenses();
      },
      onSelfTest() {
        entry.revision++;
        tell(entry);
      },
      log: (line) => {
        connection.console.info(line);
      },
    });
    entry.job = job;
    void job.finished.then(end);
  };

  const survey = async (entry: Open): Promise<void> => {
    const { dataset, closed } = entry;
    await dataset.surveyAll(closed.signal);
    if (closed.signal.aborted) return;
    dataset.refresh();
    const { recognition, facts } = dataset.survey;
    entry.phase = recognition ? 'unscored' : 'unrecognised';
    publish(entry);
    if (!recognition) return;
    const name = readableUri(dataset.document.uri);
    connection.console.info(
      `${name}: ${facts.pairCount} pairs in ${facts.recordCount} records, ${recognition.mapping.title} ` +
        `(${Math.round(100 * recognition.confidence)} % of the sampled records fit; ${recognition.mapping.polarity}).`,
    );
    if (settings.scoreOnOpen) startScoring(entry);
  };

  /** The dataset as the document is now, or undefined when it is not open or not read yet. */
  const current = (uri: string): OpenDataset | undefined => {
    const entry = open.get(uri);
    if (!entry?.dataset.isReady) return undefined;
    entry.dataset.refresh();
    return entry.dataset;
  };

  const loadSettings = async (): Promise<void> => {
    const given = canConfigure
      ? ((await connection.workspace.getConfiguration('preflens')) as Partial<Settings> | null)
      : null;
    settings = { ...DEFAULTS, ...options.settings, ...given };
  };

  connection.onInitialize((params: InitializeParams) => {
    options = (params.initializationOptions ?? {}) as ClientOptions;
    const { workspace, window } = params.capabilities;
    canRefreshLenses = workspace?.codeLens?.refreshSupport ?? false;
    canShowProgress = window?.workDoneProgress ?? false;
    canConfigure = workspace?.configuration ?? false;
    return {
      serverInfo: { name: 'PrefLens', version: process.env['PREFLENS_VERSION'] ?? '' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        codeLensProvider: { resolveProvider: false },
        executeCommandProvider: { commands: [...COMMANDS] },
      },
    };
  });

  connection.onInitialized(() => {
    void loadSettings();
  });
  connection.onDidChangeConfiguration(() => {
    void loadSettings().then(() => {
      for (const entry of open.values()) {
        entry.dataset.setBudget(settings.reviewPercent);
        if (entry.dataset.scores) publish(entry);
      }
    });
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    const dataset = new OpenDataset(new OpenDocument(uri, version, text));
    const entry: Open = {
      dataset,
      closed: new AbortController(),
      phase: 'reading',
      toldAt: 0,
      turn: 0,
      revision: 0,
    };
    open.set(uri, entry);
    void loadSettings()
      .then(async () => survey(entry))
      .catch((error: unknown) => {
        connection.console.error(
          `${uri}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      });
  });

  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    const entry = open.get(uri);
    if (!entry) return;
    entry.dataset.document.change(contentChanges, version);
    clearTimeout(entry.settle);
    entry.settle = setTimeout(() => {
      if (!entry.dataset.isReady) return;
      current(uri);
      publish(entry);
      refreshLenses();
    }, SETTLE_MS);
  });

  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const entry = open.get(uri);
    if (!entry) return;
    entry.closed.abort();
    entry.job?.cancel();
    clearTimeout(entry.settle);
    open.delete(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  connection.onHover(({ textDocument, position }) => {
    const dataset = current(textDocument.uri);
    return dataset && hoverOf(dataset, position.line);
  });

  connection.onCodeAction(({ textDocument, range }) => {
    const dataset = current(textDocument.uri);
    return dataset ? codeActionsOf(dataset, range, options) : [];
  });

  connection.onCodeLens(({ textDocument }) => {
    const dataset = current(textDocument.uri);
    const visible = options.visibleLines
      ? (open.get(textDocument.uri)?.visible ?? ([0, 0] as const))
      : undefined;
    return dataset ? codeLensesOf(dataset, visible, options) : [];
  });

  connection.onExecuteCommand(async ({ command, arguments: args }) => {
    const argument: unknown = args?.[0];
    if (command === 'preflens.flip') {
      const ref = argument as RecordRef;
      const dataset = current(ref.uri);
      const flip = dataset && editOf(dataset, ref, { kind: 'flip' });
      if (!flip) return null;
      if ('refused' in flip) {
        connection.window.showInformationMessage(`PrefLens: ${flip.refused}`);
        return null;
      }
      await connection.workspace.applyEdit({ label: 'Flip chosen and rejected', edit: flip.edit });
      return flip.after satisfies FlipResult;
    }
    const entry = open.get(String(argument));
    if (command === 'preflens.score' && entry?.dataset.isReady) startScoring(entry);
    if (command === 'preflens.cancelScoring') entry?.job?.cancel();
    return entry !== undefined;
  });

  connection.onNotification(
    'preflens/visible',
    ({ uri, lineStart, lineEnd }: EditorNotifications['preflens/visible']) => {
      const entry = open.get(uri);
      if (!entry) return;
      entry.visible = [lineStart, lineEnd];
      if (entry.dataset.scores) refreshLenses();
    },
  );

  connection.onRequest('preflens/pair', (request: PairRequest) => {
    const dataset = current(request.uri);
    return dataset ? pairViewOf(dataset, request) : null;
  });

  connection.onRequest(
    'preflens/recordAt',
    ({ uri, line }: EditorRequests['preflens/recordAt']['params']) => {
      const record = current(uri)?.survey.facts.recordAtLine(line) ?? -1;
      return record < 0 ? null : ({ uri, record } satisfies RecordRef);
    },
  );

  connection.onShutdown(() => {
    for (const entry of open.values()) entry.job?.cancel();
  });

  connection.listen();
}
