// Holds each message back until what its files need is in memory: settings, decisions and the texts that describe them,
// which the server reads at once.
import { basename, dirname, extname, join, resolve } from 'path-browserify';
import type { Disposable, Message, MessageReader } from 'vscode-languageserver/browser';

import { parseConfigText } from '#core/config/entry.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import { pathOf } from '#session/names.ts';

import { home, setHome } from './home.ts';
import { entries, makeFolders } from './memoryFiles.ts';
import { hold, namesIn, noteFolder, refresh } from './mirror.ts';

/** Files that are read with the datasets of their folder. */
const READ_WITH = /^(?:preflens\.json|readme(?:\.md|\.txt)?|dataset_card\.md)$/i;

/** Folders whose presence decides what belongs together. */
const MARKS = new Set(['.git', '.preflens']);

/** Folders above a file that are looked at. */
const MAX_DEEP = 32;

/** Settings that extend one another. */
const MAX_EXTENDED = 32;

/** A folder is looked at again when a file in it is opened, if this is long ago. */
const FRESH_MS = 2000;

const SETTINGS = 'preflens.json';

/** When each folder was last looked at. */
const looked = new Map<string, { readonly at: number; readonly done: Promise<void> }>();

const kept = new Set<string>();

/** Reads a file that the session reads at once, at any time. It stays in memory. */
async function keep(path: string): Promise<void> {
  if (!kept.has(path)) hold(path);
  kept.add(path);
  await refresh(path);
}

/** Reads the settings that a preflens.json extends. */
async function readExtended(path: string, seen: Set<string>): Promise<void> {
  if (seen.has(path) || seen.size > MAX_EXTENDED) return;
  seen.add(path);
  await keep(path);
  const { readRegularTextSync } = await import('#node/regularFile.ts');
  let config: { readonly extends?: unknown; readonly benchmarks?: unknown };
  try {
    config = parseConfigText(readRegularTextSync(path)) as typeof config;
  } catch {
    // The session says what is wrong with them.
    return;
  }
  const namedIn = (value: unknown): readonly string[] =>
    [value].flat().flatMap((name) => (typeof name === 'string' ? resolve(dirname(path), name) : []));
  for (const base of namedIn(config.extends)) await readExtended(base, seen);
  for (const benchmark of namedIn(config.benchmarks)) await refresh(benchmark);
}

async function lookAt(folder: string): Promise<void> {
  for (const [name, isFolder] of await namesIn(folder)) {
    const path = join(folder, name);
    if (isFolder && MARKS.has(name)) {
      noteFolder(folder, name);
      if (name === '.preflens') for (const [inner] of await namesIn(path)) await keep(join(path, inner));
    } else if (!isFolder && name === SETTINGS) await readExtended(path, new Set());
    else if (!isFolder && READ_WITH.test(name)) await keep(path);
  }
}

async function look(folder: string, isNew: boolean): Promise<void> {
  const known = looked.get(folder);
  if (known && !(isNew && Date.now() - known.at > FRESH_MS)) return known.done;
  const done = lookAt(folder);
  looked.set(folder, { at: Date.now(), done });
  done.catch(() => looked.delete(folder));
  return done;
}

/** The folders of a file, up to that of the workspace. */
function foldersOf(path: string): readonly string[] {
  const tops = new Set(home().folders);
  const own = dirname(path);
  const folders: string[] = [];
  for (let at = own; folders.length < MAX_DEEP; at = dirname(at)) {
    folders.push(at);
    if (tops.has(at) || dirname(at) === at) break;
  }
  // Of a file outside the workspace, its own folder alone.
  return tops.size > 0 && !folders.some((at) => tops.has(at)) ? [own] : folders;
}

/** Paths of texts that the editor holds: they are not read from its file system. */
const documents = new Set<string>();

type Log = (line: string) => void;

const logged = (log: Log) => (error: unknown) => {
  log(errorMessage(error));
};

async function prepare(path: string, isNew: boolean, log: Log): Promise<void> {
  // The file opens without what can't be listed beside it.
  for (const folder of foldersOf(path)) await look(folder, isNew).catch(logged(log));
  if (!documents.has(path) && (isNew || !entries.get(path)?.bytes)) await refresh(path);
  if (!isNew) return;
  // A text with the name of the file may describe it.
  const stem = basename(path, extname(path));
  const names = new Set((await namesIn(dirname(path))).map(([name]) => name));
  for (const end of ['.md', '.yaml', '.yml'])
    if (names.has(stem + end)) await keep(join(dirname(path), stem + end));
}

/** Every path that a message names, in whatever it holds. */
function pathsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > 4) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'uri' && typeof inner === 'string') return pathOf(inner) ?? [];
    if (key === 'path' && typeof inner === 'string') return inner;
    return pathsIn(inner, depth + 1);
  });
}

const OPENING = new Set(['textDocument/didOpen', 'preflens/openFile', 'preflens/glance']);

interface Told extends Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
}

/** Attempts to read a backup: right after a window opens, its file systems may not be there yet. */
const ATTEMPTS = 5;
const PAUSE_MS = 1000;

/** Reads the backup of unsaved edits with which a file is to be opened. Rejects if it is there and can't be read. */
async function readBackup({ method, params }: Told): Promise<void> {
  if (method !== 'preflens/openFile') return;
  const { backup } = params as { readonly backup?: string };
  if (backup === undefined) return;
  for (let attempt = 1; ; attempt++)
    try {
      await refresh(backup);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
}

async function before({ method, params }: Told, log: Log): Promise<void> {
  if (method === 'initialize') {
    const { initializationOptions } = params as { initializationOptions?: ClientOptions };
    if (initializationOptions?.home) setHome(initializationOptions.home);
    makeFolders(home().elsewhere);
    return;
  }
  const paths = new Set(pathsIn(params));
  if (method === 'textDocument/didOpen') for (const path of paths) documents.add(path);
  if (method === 'textDocument/didClose') for (const path of paths) documents.delete(path);
  if (method === 'workspace/didChangeWatchedFiles')
    for (const path of paths) {
      looked.delete(dirname(path));
      looked.delete(dirname(dirname(path)));
      await refresh(path);
    }
  // What can't be read is missing; the request itself says so where it matters.
  else for (const path of paths) await prepare(path, OPENING.has(method ?? ''), log).catch(logged(log));
}

/**
 * A reader whose messages come in order, each once its files are ready. Answers to the server's own requests come at once.
 * @param refuse answers a request that must not reach the server
 */
export function gated(
  inner: MessageReader,
  log: Log,
  refuse: (id: number | string, outcome: Outcome<never>) => void,
): MessageReader {
  let last: Promise<void> = Promise.resolve();
  const pass = async (message: Told, take: (message: Message) => void): Promise<void> => {
    try {
      await readBackup(message);
    } catch (error) {
      // Without it, the file would open as if there were no edits.
      const why = `The backup of the unsaved edits can’t be read: ${errorMessage(error)} It is still there: reload the window.`;
      if (message.id !== undefined) refuse(message.id, { ok: false, why });
      return;
    }
    await before(message, log).catch(logged(log));
    take(message);
  };
  return {
    onError: inner.onError,
    onClose: inner.onClose,
    onPartialMessage: inner.onPartialMessage,
    dispose: () => {
      inner.dispose();
    },
    listen: (take): Disposable =>
      inner.listen((message: Told) => {
        if (message.method === undefined) take(message);
        else last = last.then(async () => pass(message, take));
      }),
  };
}
