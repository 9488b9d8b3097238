// Journals of unsaved edits, which survive a crash of the editor. Each process has its own file for each dataset:
// a header, the state when the file was started, then one line per change. The next process that opens the dataset
// adopts the journals of ended processes.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import type { Bytes, EditState, SetAside, Taken } from '#core/edits/pending.ts';
import { PendingEdits } from '#core/edits/pending.ts';

import { sha256 } from './cache.ts';
import { PRIVATE_FOLDER } from './cachePlace.ts';
import { stemOf } from './leftovers.ts';
import type { Owner } from './owner.ts';
import { readRegularTextSync } from './regularFile.ts';
import type { Stamp } from './stored.ts';
import { codeOf } from './stored.ts';

const KIND = 'preflens unsaved edits 2';

/** Identifies a saved file. The rename at the end of a save changes none of these. */
export type SavedStamp = Pick<Stamp, 'size' | 'mtimeMs' | 'inode'>;

export type JournalEvent =
  | {
      readonly kind: 'add';
      readonly record: number;
      readonly before: Bytes;
      readonly after: Bytes;
      readonly label: string;
    }
  | { readonly kind: 'undo' | 'redo'; readonly id: number; readonly base?: Uint8Array | undefined }
  /** All edits pending so far are about to be in a file with this stamp. */
  | { readonly kind: 'saving'; readonly stamp: SavedStamp };

export interface JournalHead {
  readonly path: string;
  /** Shared by a journal, its backups, and the sessions that continue them. */
  readonly session: string;
  /** Number of changes in the session before this file was started. */
  readonly revision: number;
  /** SHA-256 of the edited dataset, if known. */
  readonly digest?: string | undefined;
}

/** Content of a journal. */
export interface LeftEdits extends JournalHead {
  readonly edits: PendingEdits;
  /** Set if a save had begun. */
  readonly saving?: { readonly stamp: SavedStamp; readonly taken: Taken };
}

/** Replacer for JSON.stringify: bytes become base64. */
export function encodeBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array
    ? { base64: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') }
    : value;
}

/** Reviver for JSON.parse, the inverse. */
export function decodeBytes(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
    ? new Uint8Array(Buffer.from(value.base64, 'base64'))
    : value;
}

/** Undefined for an incomplete last line of a killed process. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line, decodeBytes);
  } catch {
    return undefined;
  }
}

/** The start of a journal, which is a whole one. */
export function beginningOf({ path, session, revision, digest }: JournalHead, state: EditState): string {
  return `${JSON.stringify({ kind: KIND, path, session, revision, digest })}\n${JSON.stringify(state, encodeBytes)}\n`;
}

/** Undefined if the journal is missing or unreadable. */
export function readJournal(file: string): LeftEdits | undefined {
  let text: string;
  try {
    text = readRegularTextSync(file);
  } catch {
    return undefined;
  }
  const [head, state, ...events] = text.split('\n').map(parseLine);
  const { kind, ...known } = (head ?? {}) as Partial<JournalHead> & { kind?: string };
  if (kind !== KIND || state === undefined) return undefined;
  const edits = PendingEdits.from(state as EditState);
  let saving: LeftEdits['saving'];
  let revision = known.revision ?? 0;
  for (const event of events as (JournalEvent | undefined)[]) {
    if (!event) continue;
    revision++;
    if (event.kind === 'saving') saving = { stamp: event.stamp, taken: edits.take() };
    else if (event.kind === 'add') edits.add(event.record, event.before, event.after, event.label);
    else edits.retrace(event.id, event.kind, event.base);
  }
  return {
    path: known.path ?? '',
    session: known.session ?? '',
    digest: known.digest,
    revision,
    edits,
    ...(saving && { saving }),
  };
}

/** Replaces a journal with a new one. */
function writeJournal(file: string, head: JournalHead, state: EditState): void {
  mkdirSync(dirname(file), PRIVATE_FOLDER);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  writeFileSync(partial, beginningOf(head, state), { flag: 'wx', mode: 0o600 });
  renameSync(partial, file);
}

/** The journals of one process. */
export interface Journals {
  /** The journal of a dataset. Its file is created by the first change. */
  open(path: string): Journal;
}

export interface Journal {
  /** Adopts what earlier sessions left. It stays on disk until `dropTaken`. */
  takeLeft(): readonly LeftEdits[];
  dropTaken(): void;
  /** Appends a change; `begin` gives header and state before it, for a new file. */
  append(event: JournalEvent, begin: () => readonly [JournalHead, EditState]): void;
  /** Replaces the whole journal with a state. */
  rewrite(head: JournalHead, state: EditState): void;
  remove(): void;
  /** Closes the journal and keeps its file. */
  close(): void;
  /** Writes edits that match nothing to a file for the user, and returns its path. */
  setAside(edits: readonly SetAside[]): string;
}

/** For programs that save each edit at once: nothing is adopted from other sessions, and nothing is left to them. */
export const NO_JOURNAL: Journal = {
  takeLeft: () => [],
  dropTaken: () => undefined,
  append: () => undefined,
  rewrite: () => undefined,
  remove: () => undefined,
  close: () => undefined,
  setAside: () => '',
};

const decoder = new TextDecoder();

const textOf = (bytes: Bytes): string | null => bytes && decoder.decode(bytes);

/** @param canAdopt false if others can write to the folder: their files are not trusted as edits */
export function openJournals(folder: string, owner: Owner, canAdopt = true): Journals {
  const home = join(folder, 'unsaved');
  const { inUse } = owner;

  /** An unused file name of this process. */
  const newFile = (prefix: string): string => {
    for (let number = 0; ; number++) {
      const file = join(home, `${prefix}.${owner.id}${number === 0 ? '' : `.${number}`}.jsonl`);
      if (inUse.has(file) || existsSync(file)) continue;
      inUse.add(file);
      return file;
    }
  };

  const isLeft = (prefix: string, name: string): boolean => {
    const [start, id, ...end] = name.split('.');
    if (start !== prefix || id === undefined || end.at(-1) !== 'jsonl') return false;
    return id === owner.id ? !inUse.has(join(home, name)) : owner.isGone(id);
  };

  /** A partial journal of a killed process; the complete one is beside it. */
  const isTornOff = (prefix: string, name: string): boolean => {
    const [start, id, ...end] = name.split('.');
    return start === prefix && id !== undefined && end.at(-1) === 'partial' && owner.isGone(id);
  };

  return {
    open(path) {
      const prefix = sha256(resolve(path)).slice(0, 32);
      const file = newFile(prefix);
      const taken: string[] = [];
      return {
        takeLeft() {
          if (!canAdopt) return [];
          const all = existsSync(home) ? readdirSync(home) : [];
          for (const name of all.filter((one) => isTornOff(prefix, one)))
            rmSync(join(home, name), { force: true });
          for (const name of all.filter((one) => isLeft(prefix, one)).sort()) {
            const own = newFile(prefix);
            try {
              renameSync(join(home, name), own);
              taken.push(own);
            } catch (error) {
              inUse.delete(own);
              // If two processes want it, only one succeeds.
              if (codeOf(error) !== 'ENOENT') throw error;
            }
          }
          return taken.flatMap((one) => readJournal(one) ?? []);
        },
        dropTaken() {
          for (const one of taken.splice(0)) {
            rmSync(one, { force: true });
            inUse.delete(one);
          }
        },
        append(event, begin) {
          if (!existsSync(file)) writeJournal(file, ...begin());
          appendFileSync(file, `${JSON.stringify(event, encodeBytes)}\n`);
        },
        rewrite(head, state) {
          writeJournal(file, head, state);
        },
        remove() {
          rmSync(file, { force: true });
        },
        close() {
          for (const one of [file, ...taken]) inUse.delete(one);
        },
        setAside(edits) {
          const place = join(home, 'set-aside');
          mkdirSync(place, PRIVATE_FOLDER);
          const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
          const kept = join(place, `${time}.${stemOf(path)}.jsonl`);
          const lines = edits.map(({ record, base, bytes }) =>
            JSON.stringify({ record, before: textOf(base), after: textOf(bytes) }),
          );
          appendFileSync(kept, `${lines.join('\n')}\n`, { mode: 0o600 });
          return kept;
        },
      };
    },
  };
}
