// Tools for the language models of VS Code. Those that change something ask first, in VS Code's own way.
import * as vscode from 'vscode';

import type { ToolInput, ToolName } from '#core/assistant/tools.ts';
import { EDITOR_TOOLS, editorToolName } from '#core/assistant/tools.ts';
import { jsonLine, visible } from '#core/escape/escape.ts';

import { isAsked, questionFor } from './confirmation.ts';
import { fileNamed } from './openFiles.ts';
import type { ToolCalls } from './toolCalls.ts';

/** The input of any tool, as far as this file reads it. */
type AnyInput = Partial<ToolInput<'keep_finding'>>;

/** Runs `work` with a signal that aborts with a token. */
export async function withToken<T>(
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => {
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } finally {
    subscription.dispose();
  }
}

class LanguageTool implements vscode.LanguageModelTool<AnyInput> {
  readonly #name: ToolName;
  readonly #calls: ToolCalls;

  constructor(name: ToolName, calls: ToolCalls) {
    this.#name = name;
    this.#calls = calls;
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<AnyInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const file = input.file === undefined ? undefined : await fileNamed(input.file);
    // The server checks the input against the tool's schema.
    const result = await withToken(token, async (signal) =>
      this.#calls.run(this.#name, input as ToolInput<ToolName>, file, signal),
    );
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(jsonLine(result))]);
  }

  async prepareInvocation(
    { input }: vscode.LanguageModelToolInvocationPrepareOptions<AnyInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.PreparedToolInvocation | undefined> {
    const name = this.#name;
    if (!isAsked(name) || input.file === undefined) return undefined;
    const { file, record, pair } = input;
    const uri = await fileNamed(file);
    const shown =
      record === undefined
        ? undefined
        : await withToken(token, async (signal) =>
            this.#calls.run('show_pair', { file, record, ...(pair !== undefined && { pair }) }, uri, signal),
          );
    const { title, message } = questionFor(name, input, shown);
    return {
      confirmationMessages: { title: visible(title), message: new vscode.MarkdownString(message) },
    };
  }
}

export function registerLanguageTools(calls: ToolCalls): vscode.Disposable {
  return vscode.Disposable.from(
    ...EDITOR_TOOLS.map((name) =>
      vscode.lm.registerTool(editorToolName(name), new LanguageTool(name, calls)),
    ),
  );
}
