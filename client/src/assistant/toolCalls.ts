// Calls of tools by language models and other extensions.
import type * as vscode from 'vscode';

import type { ToolInput, ToolName, ToolOutput } from '#core/assistant/tools.ts';
import { toolOf } from '#core/assistant/tools.ts';

import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';
import type { ShowRecord } from '../views/showRecord.ts';
import type { OpenFiles } from './openFiles.ts';

export interface ToolCalls {
  /** Runs a tool on a file of VS Code. Rejects with what, where and the next step. */
  run<Name extends ToolName>(
    name: Name,
    input: ToolInput<Name>,
    uri: vscode.Uri | undefined,
    signal?: AbortSignal,
  ): Promise<ToolOutput<Name>>;
}

/** Shows the record that an edit changed, where Undo takes the edit back. The edit is made, whatever becomes of this. */
async function showEdited(
  server: Server,
  showRecord: ShowRecord,
  uri: string,
  { record: number }: { readonly record?: number },
): Promise<void> {
  if (number === undefined) return;
  const record = number - 1;
  const { line } = await server.request('preflens/pair', { uri, record, step: 'here' });
  await showRecord({ uri, record }, line, true);
}

export function toolCallsWith(server: Server, files: OpenFiles, showRecord: ShowRecord): ToolCalls {
  return {
    async run<Name extends ToolName>(
      name: Name,
      input: ToolInput<Name>,
      file: vscode.Uri | undefined,
      signal?: AbortSignal,
    ) {
      const uri = file?.toString();
      const call = async (): Promise<ToolOutput<Name>> => {
        const request = { name, input, ...(uri !== undefined && { uri }) };
        // The server answers as the schema of the tool says.
        return valueOf(await server.request('preflens/tool', request, signal)) as ToolOutput<Name>;
      };
      if (!file || uri === undefined) return call();
      if (toolOf(name).kind === 'read' || name === 'keep_finding') return files.whileOpen(file, call);
      await files.openToEdit(file);
      const edited = await call();
      await showEdited(server, showRecord, uri, edited as { readonly record?: number });
      return edited;
    },
  };
}
