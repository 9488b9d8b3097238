// The context of a command, with output that a test can read.
import { settingsOnce } from '#node/fileSettings.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';

import type { Command } from '../../server/src/cli/command.ts';
import { never } from './files.ts';
import type { Kept } from './printer.ts';
import { keptPrinter } from './printer.ts';
import { HERE } from './threads.ts';

/** A command in this process that stores nothing and starts nothing. */
export function testCommand(memoryMb = 256): Command & { readonly out: Kept; readonly err: Kept } {
  const refuse = async (): Promise<never> => Promise.reject(new Error('Nothing is started here.'));
  const machine: ScorerMachine = {
    start: refuse,
    cacheFolder: undefined,
    budget: undefined as never,
    log: () => undefined,
    isTrusted: true,
    secret: async () => Promise.resolve(undefined),
    maySend: refuse,
    mayRun: refuse,
  };
  const refuseFile = (error: Error): never => {
    throw error;
  };
  return {
    ...keptPrinter(),
    signal: never,
    fail: refuseFile,
    ranges: HERE,
    settingsOf: settingsOnce(),
    cache: undefined,
    memoryMb,
    machine,
  };
}
