// An assistant: the client of the official SDK, connected in memory to the server of assistants.
import { join } from 'node:path';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';

import type { ToolInput, ToolName, ToolOutput } from '#core/assistant/tools.ts';
import { openDisk } from '#node/diskTools.ts';
import { modelBudget } from '#node/models/memory.ts';
import type { McpOptions } from '#protocol/mcp.ts';

import { serveAssistant } from '../../server/src/mcp/server.ts';
import { startInMemory } from './memoryScorer.ts';
import { lastOwner } from './owners.ts';
import { HERE } from './threads.ts';

export interface Assistant {
  readonly client: Client;
  readonly log: string[];
  /** The result of a tool; throws its error. */
  readonly call: <Name extends ToolName>(name: Name, input: ToolInput<Name>) => Promise<ToolOutput<Name>>;
  /** The error of a tool. */
  readonly refusal: (name: string, input: object) => Promise<string>;
  readonly close: () => Promise<void>;
}

interface TextContent {
  readonly text: string;
}

export function assistantOver(client: Client, log: string[], close: () => Promise<void>): Assistant {
  const run = async (name: string, input: object) => {
    const { content, isError, structuredContent } = await client.callTool({ name, arguments: { ...input } });
    const [{ text } = { text: '' }] = content as TextContent[];
    return { isError: isError === true, text, structuredContent };
  };
  return {
    client,
    log,
    async call(name, input) {
      const { isError, text, structuredContent } = await run(name, input);
      if (isError) throw new Error(text);
      return structuredContent as never;
    },
    async refusal(name, input) {
      const { isError, text } = await run(name, input);
      if (!isError) throw new Error(`${name} was not refused: ${text}`);
      return text;
    },
    close,
  };
}

export async function openAssistant(folder: string, options: Partial<McpOptions> = {}): Promise<Assistant> {
  const [own, other] = InMemoryTransport.createLinkedPair();
  const log: string[] = [];
  const cacheFolder = join(folder, '..', 'cache');
  const server = await serveAssistant(
    other,
    {
      folder,
      write: true,
      trust: false,
      send: false,
      run: false,
      cacheFolder,
      memoryMb: 1024,
      modelMemoryMb: undefined,
      ...options,
    },
    {
      start: async () => Promise.resolve(startInMemory()),
      disk: openDisk(cacheFolder, HERE, lastOwner()),
      budget: modelBudget(),
      log: (line) => log.push(line),
    },
    '0',
  );
  const client = new Client({ name: 'test-assistant', version: '1' });
  await client.connect(own);
  // The client checks results against their schemas once it knows the tools.
  await client.listTools();
  return assistantOver(client, log, async () => {
    await client.close();
    await server.close();
  });
}
