// Edits that are not saved yet, on disk: what survives a crash of the editor. Each process has a file of its own for
// each dataset. A head, the state when the file was begun, then a line for each change. What a process that is gone
// left behind is taken over by the next one that opens the dataset.
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
import { PRIVATE_FOLDER } from './cacheFolder.ts';
import { stemOf } from './leftovers.ts';
import type { Owner } from './owner.ts';
import { readRegularTextSync } from './regularFile.ts';
import type { Stamp } from './stored.ts';
import { codeOf } from './stored.ts';

const KIND = 'preflens unsaved edits 2';

/** What a save writes is known by these: the rename that ends it changes neither. */
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
  /** All that is pending so far is about to be in a file with this stamp. */
  | { readonly kind: 'saving'; readonly stamp: SavedStamp };

export interface JournalHead {
  readonly path: string;
  /** The same for a journal, its backups, and the sessions that went on from them. */
  readonly session: string;
  /** How many changes there were in the session before this file was begun. */
  readonly revision: number;
  /** SHA-256 of the dataset that the edits are of, where it is known. */
  readonly digest?: string | undefined;
}

/** What a journal says. */
export interface LeftEdits extends JournalHead {
  readonly edits: PendingEdits;
  /** A save that had begun when it ends. */
  readonly saving?: { readonly stamp: SavedStamp; readonly taken: Taken };
}

/** For JSON.stringify: bytes as base64. */
export function packJson(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array
    ? { base64: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') }
    : value;
}

/** For JSON.parse: the way back. */
export function unpackJson(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
    ? new Uint8Array(Buffer.from(value.base64, 'base64'))
    : value;
}

/** A line as it was written; undefined for the last one of a process that was killed while it wrote. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line, unpackJson);
  } catch {
    return undefined;
  }
}

function beginningOf({ path, session, revision, digest }: JournalHead, state: EditState): string {
  return `${JSON.stringify({ kind: KIND, path, session, revision, digest })}\n${JSON.stringify(state, packJson)}\n`;
}

/** Reads a journal. Undefined where there is none, or nothing in it can be read. */
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

/** Writes a whole journal in the place of what stands there. */
export function writeJournal(file: string, head: JournalHead, state: EditState): void {
  mkdirSync(dirname(file), PRIVATE_FOLDER);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  writeFileSync(partial, beginningOf(head, state), { flag: 'wx', mode: 0o600 });
  renameSync(partial, file);
}

/** The journals of one process. */
export interface Journals {
  /** A journal for a dataset. Its file is there from its first change on. */
  open(path: string): Journal;
}

export interface Journal {
  /** Takes over what earlier sessions left, until `dropTaken` removes it. */
  takeLeft(): readonly LeftEdits[];
  dropTaken(): void;
  /** Adds a change; `begin` gives head and state before it, where the file is not begun yet. */
  append(event: JournalEvent, begin: () => readonly [JournalHead, EditState]): void;
  /** Puts a state in the place of everything. */
  rewrite(head: JournalHead, state: EditState): void;
  remove(): void;
  /** Lets go of it: what it holds is left behind. */
  close(): void;
  /** Writes edits that fit nowhere where a person finds them; the path. */
  setAside(edits: readonly SetAside[]): string;
}

const decoder = new TextDecoder();

const textOf = (bytes: Bytes): string | null => bytes && decoder.decode(bytes);

/** @param canAdopt false where others can write to the folder: what they put there is not taken for edits */
export function openJournals(folder: string, owner: Owner, canAdopt = true): Journals {
  const home = join(folder, 'unsaved');
  const { inUse } = owner;

  /** A name of this process that stands for nothing yet. */
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

  /** Half a journal that a process was writing when it was killed: the whole one stands beside it. */
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
              // Of two processes that want it one succeeds.
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
          appendFileSync(file, `${JSON.stringify(event, packJson)}\n`);
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
