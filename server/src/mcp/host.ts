// The server of assistants as a host of sessions. Nobody looks at an editor: messages go to the log.
import { messages } from '#core/messages.ts';
import type { Disk } from '#node/diskTools.ts';
import { EditSession } from '#node/editSession.ts';
import { NO_JOURNAL } from '#node/journal.ts';
import type { MemoryBudget } from '#node/models/memory.ts';
import { commandText } from '#node/scorers/command.ts';
import { sendingOf } from '#node/scorers/endpoint.ts';
import { environmentSecret } from '#node/scorers/secrets.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { McpOptions } from '#protocol/mcp.ts';
import type { Host } from '#session/host.ts';
import { fileNameOf } from '#session/names.ts';
import { refused } from '#session/outcome.ts';
import { DEFAULTS } from '#session/settings.ts';

/** What the server needs of the machine. */
export interface McpMachine {
  readonly start: StartScorer;
  readonly disk: Disk;
  readonly budget: MemoryBudget;
  /** A line of the log. */
  readonly log: (line: string) => void;
}

export function mcpHost(
  { trust, send, run, cacheFolder, memoryMb, modelMemoryMb }: McpOptions,
  { start, disk, budget, log }: McpMachine,
): Host {
  const settings = { ...DEFAULTS, memoryMb, modelMemoryMb: modelMemoryMb ?? DEFAULTS.modelMemoryMb };
  const nothing = (): void => undefined;
  // An edit of an assistant is saved at once. Unsaved edits of an editor that crashed are not ours to save.
  const ownDisk: Disk = { ...disk, session: ({ path }) => new EditSession(path, NO_JOURNAL) };
  return {
    disk: () => ownDisk,
    settings: () => settings,
    reloadSettings: nothing,
    settingsLoaded: async () => Promise.resolve(),
    isTrusted: () => trust,
    machineFor: (uri) => ({
      start,
      cacheFolder,
      budget,
      log,
      isTrusted: trust,
      secret: async (name) => Promise.resolve(environmentSecret(name)),
      async maySend(rule) {
        const { what, where } = sendingOf(rule, fileNameOf(uri));
        if (!send) throw messages.notAllowedToSend(what, where);
        log(`Sending ${what} to ${where}.`);
        return Promise.resolve();
      },
      async mayRun(rule) {
        if (!run) throw messages.notAllowedToRun(commandText(rule));
        return Promise.resolve();
      },
    }),
    applyEdit: async () => Promise.resolve(refused(messages.textMoved().message)),
    changed: nothing,
    closed: nothing,
    status: nothing,
    edited: nothing,
    found: nothing,
    message: (_, text) => {
      log(text);
    },
    log: (level, text) => {
      if (level !== 'info') log(text);
    },
    progress: () => ({ report: nothing, end: nothing }),
  };
}
