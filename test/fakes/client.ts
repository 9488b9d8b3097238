// A plain language client, like that of Neovim or Helix: standard requests, full-text or ranged changes, and
// its own copy of the document's text, to which it applies the server's edits.
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type {
  CodeAction,
  CodeLens,
  Diagnostic,
  Hover,
  InitializeResult,
  PublishDiagnosticsParams,
  Range,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

import type { HeldAnswer, HeldText } from '#protocol/editor/edits.ts';

/** Milliseconds until a wait is given up. Only for a server that hangs: a busy machine may take a minute. */
const PATIENCE_MS = 120_000;

export class PlainClient {
  readonly connection: MessageConnection;
  readonly published = new Map<string, Diagnostic[]>();
  readonly statuses: {
    unread?: string;
    uri: string;
    phase: string;
    recordCount: number;
    findingCount: number;
    unsavedCount: number;
    reason?: string;
    progress?: string;
  }[] = [];
  /** Messages that the server showed to the user. */
  readonly messages: string[] = [];
  readonly log: string[] = [];
  /** When the server last requested an edit. */
  askedAt = 0;
  capabilities: InitializeResult['capabilities'] = {};
  #document: TextDocument | undefined;
  #waiting: (() => void)[] = [];

  constructor(connection: MessageConnection) {
    this.connection = connection;
    connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: PublishDiagnosticsParams) => {
        this.published.set(uri, diagnostics);
        this.#wake();
      },
    );
    connection.onNotification('preflens/status', (status: (typeof this.statuses)[number]) => {
      this.statuses.push(status);
      this.#wake();
    });
    connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.log.push(message);
      this.#wake();
    });
    connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
      this.messages.push(message);
      this.#wake();
    });
    connection.onRequest('workspace/applyEdit', ({ edit }: { edit: WorkspaceEdit }) => {
      this.askedAt = performance.now();
      this.apply(edit);
      return { applied: true };
    });
    connection.onRequest<HeldAnswer, unknown>('preflens/holds', (held: HeldText) => this.#hold(held));
    connection.onRequest('client/registerCapability', () => null);
    connection.listen();
  }

  get text(): string {
    return this.#document?.getText() ?? '';
  }

  async initialize(initializationOptions: object = {}, more: object = {}): Promise<void> {
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions: { status: true, ...initializationOptions },
      ...more,
    });
    this.capabilities = result.capabilities;
    await this.connection.sendNotification('initialized', {});
  }

  open(uri: string, text: string): void {
    this.#document = TextDocument.create(uri, 'jsonl', 1, text);
    void this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'jsonl', version: 1, text },
    });
  }

  /** An edit that the server never receives, as when a message is lost. */
  editSilently(edit: TextEdit): void {
    const document = this.#document!;
    const { uri, version } = document;
    this.#document = TextDocument.create(uri, 'jsonl', version, TextDocument.applyEdits(document, [edit]));
  }

  close(uri: string): void {
    void this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** Edits its own text and notifies the server, as editors do. */
  edit(edits: readonly TextEdit[]): void {
    const document = this.#document!;
    // From last to first, so that positions stay valid.
    const contentChanges = [...edits]
      .sort((a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start))
      .map(({ range, newText }) => ({ range, text: newText }));
    const version = document.version + 1;
    this.#document = TextDocument.update(document, contentChanges, version);
    void this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: document.uri, version },
      contentChanges,
    });
  }

  apply(edit: WorkspaceEdit): void {
    for (const change of edit.documentChanges ?? []) {
      if ('edits' in change) this.edit(change.edits as TextEdit[]);
    }
  }

  textAt(range: Range): string {
    return this.#document!.getText(range);
  }

  /** Waits until the published diagnostics of a file satisfy `enough`. */
  async diagnostics(
    uri: string,
    enough: (found: Diagnostic[]) => boolean = () => true,
  ): Promise<Diagnostic[]> {
    return this.until(`diagnostics of ${uri}`, () => {
      const found = this.published.get(uri);
      return found && enough(found) ? found : undefined;
    });
  }

  async until<T>(what: string, look: () => T | undefined, ms = PATIENCE_MS): Promise<T> {
    const deadline = Date.now() + ms;
    for (;;) {
      const seen = look();
      if (seen !== undefined) return seen;
      if (Date.now() > deadline)
        throw new Error(`Waited in vain for ${what}. The server said: ${this.log.join(' | ')}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 200);
      });
    }
  }

  async hover(uri: string, line: number, character = 3): Promise<string> {
    const hover = await this.connection.sendRequest<Hover | null>('textDocument/hover', {
      textDocument: { uri },
      position: { line, character },
    });
    return hover ? (hover.contents as { value: string }).value : '';
  }

  async codeActions(uri: string, line: number, only?: readonly string[]): Promise<CodeAction[]> {
    const position = { line, character: 3 };
    return this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: [], ...(only && { only }) },
    });
  }

  async codeLenses(uri: string): Promise<CodeLens[]> {
    return this.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
  }

  async execute(command: string, argument: unknown): Promise<unknown> {
    return this.connection.sendRequest('workspace/executeCommand', { command, arguments: [argument] });
  }

  #hold({ version, lines }: HeldText): HeldAnswer {
    const document = this.#document!;
    if (document.version !== version) return { kind: 'other-version' };
    const all = document.getText().split(/\r?\n/);
    if (lines.every(({ line, text }) => all[line] === text)) return { kind: 'same' };
    return { kind: 'differs', version, text: document.getText() };
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
