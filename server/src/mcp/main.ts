// The server of assistants as a program: `preflens mcp` loads this bundle. Standard output belongs to the protocol.
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

import { terminalLine } from '#core/escape/escape.ts';
import { UserError } from '#core/messages.ts';
import { openDisk } from '#node/diskTools.ts';
import { endForSure } from '#node/ending.ts';
import { modelBudget } from '#node/models/memory.ts';
import { pooled, poolWidth } from '#node/scoring/pool.ts';
import { startScorer } from '#node/scoring/process.ts';
import { threads, widthFor } from '#node/threads.ts';
import type { McpOptions } from '#protocol/mcp.ts';

import { serveAssistant } from './server.ts';

const bundle = (name: string): string => join(import.meta.dirname, name);

/** Standard error may be closed: the log is not worth ending for. */
function log(text: string): void {
  try {
    writeSync(2, `${text.split('\n').map(terminalLine).join('\n')}\n`);
  } catch {
    // Nobody reads the log.
  }
}

/** A folder that is deleted at the end, for `--no-cache`: compressed files still need a place for their text. */
function passingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-mcp-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A closed input ends the server; an edit that is being saved ends first, or takes nothing along. */
const CLOSE_MS = 2000;

/** Serves until the client closes its end, then ends the process. Resolves with a reason if it cannot begin. */
export async function serve(options: McpOptions): Promise<string> {
  const { cacheFolder, memoryMb, modelMemoryMb } = options;
  const ranges = threads(bundle('thread.js'), widthFor(memoryMb), (message) => new UserError(message));
  const transport = new StdioServerTransport();
  const opening = serveAssistant(
    transport,
    options,
    {
      start: pooled(
        async (wishes) => startScorer(bundle('scorer.js'), wishes),
        () => poolWidth(memoryMb),
      ),
      disk: openDisk(cacheFolder ?? passingFolder(), ranges, undefined, memoryMb, log),
      budget: modelBudget(modelMemoryMb),
      log,
    },
    process.env['PREFLENS_VERSION'] ?? '',
  );
  const server = await opening.catch((error: unknown) => {
    if (error instanceof UserError) return error.message;
    throw error;
  });
  if (typeof server === 'string') return server;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      resolve();
    };
    process.stdin.on('end', end).on('close', end);
    // The transport closes when a message is too long to be one.
    const { onclose } = transport;
    transport.onclose = () => {
      onclose?.();
      end();
    };
  });
  process.on('exit', endForSure);
  setTimeout(() => process.exit(0), CLOSE_MS).unref();
  await server.close();
  return process.exit(0);
}
