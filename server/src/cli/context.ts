// The context of a command, from the global options.
import { join } from 'node:path';

import { messages, UserError } from '#core/messages.ts';
import { openCache } from '#node/cache.ts';
import { openCacheFolder } from '#node/cacheFolder.ts';
import { defaultCacheFolder } from '#node/cachePlace.ts';
import { settingsOnce } from '#node/fileSettings.ts';
import { modelBudget } from '#node/models/memory.ts';
import { environmentSecret } from '#node/scorers/secrets.ts';
import { smallWorkHere } from '#node/smallWork.ts';
import { threads, widthFor } from '#node/threads.ts';

import type { Command } from './command.ts';
import type { Printer } from './printer.ts';

export interface Global {
  readonly memory: number;
  readonly cache: boolean;
  readonly modelMemory: number | undefined;
  readonly send: boolean;
  readonly run: boolean;
}

const bundle = (name: string): string => join(import.meta.dirname, name);

/** @param onFailure called for each file that can't be read */
export function commandWith(
  { memory, cache, modelMemory, send, run }: Global,
  printer: Printer,
  signal: AbortSignal,
  onFailure: () => void,
): Command {
  const cacheFolder = cache ? openCacheFolder(defaultCacheFolder(), printer.note) : undefined;
  return {
    ...printer,
    signal,
    fail(error) {
      onFailure();
      printer.note(error.message);
    },
    ranges: smallWorkHere(
      threads(bundle('thread.js'), widthFor(memory), (message) => new UserError(message)),
    ),
    settingsOf: settingsOnce(),
    cache: cacheFolder === undefined ? undefined : openCache(cacheFolder, printer.note),
    memoryMb: memory,
    machine: {
      // Loaded when something is scored: its libraries take 20 ms to load.
      async start(options) {
        const { startScorer } = await import('#node/scoring/process.ts');
        return startScorer(bundle('scorer.js'), options);
      },
      cacheFolder,
      budget: modelBudget(modelMemory),
      log: printer.note,
      isTrusted: true,
      fitsHere: true,
      secret: async (name) => Promise.resolve(environmentSecret(name)),
      async maySend(rule) {
        const { sendingOf } = await import('#node/scorers/endpoint.ts');
        const { what, where } = sendingOf(rule, 'this dataset');
        if (!send) throw messages.notAllowedToSend(what, where);
        printer.note(`Sending ${what} to ${where}.`);
      },
      async mayRun(rule) {
        const { commandText } = await import('#node/scorers/command.ts');
        if (!run) throw messages.notAllowedToRun(commandText(rule));
      },
    },
  };
}
