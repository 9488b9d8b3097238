// Edits that are not saved yet, on disk: what survives a crash of the editor. One line for each edit, the last one of a
// record counts; the first line names the state of the file that they are for.
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { digestOfText, PRIVATE_FOLDER } from './cache.ts';
import type { Stamp } from './files.ts';

/** What a record is to become; null bytes drop it. */
export interface Waiting {
  readonly bytes: Uint8Array | null;
}

export interface Journal {
  /** What an earlier session left. Undefined when it left nothing. */
  read(): { readonly edits: ReadonlyMap<number, Waiting>; readonly isStale: boolean } | undefined;
  /** Adds an edit; undefined takes the record's edit back. */
  append(record: number, waiting: Waiting | undefined): void;
  clear(): void;
}

interface Line {
  readonly record: number;
  /** Base64; null drops the record; absent takes the edit back. */
  readonly bytes?: string | null;
}

function parseLines(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Line];
    } catch {
      // The last line of a process that was killed while it wrote.
      return [];
    }
  });
}

/** Where the edits of a file wait. */
export function journalPath(folder: string, path: string): string {
  return join(folder, 'unsaved', `${digestOfText(resolve(path)).slice(0, 32)}.jsonl`);
}

/** The journal `file` of the dataset at `path` in this state. Edits for another state are kept beside it, as .stale. */
export function journalIn(file: string, path: string, { size, mtimeMs, inode }: Stamp): Journal {
  const head = JSON.stringify({ path: resolve(path), size, mtimeMs, inode });
  let isStarted = false;
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch {
        return undefined;
      }
      const [first = '', ...rest] = text.split('\n');
      const edits = new Map<number, Waiting>();
      for (const { record, bytes } of parseLines(rest.join('\n'))) {
        if (bytes === undefined) edits.delete(record);
        else
          edits.set(record, { bytes: bytes === null ? null : new Uint8Array(Buffer.from(bytes, 'base64')) });
      }
      if (edits.size === 0) return undefined;
      const isStale = first !== head;
      if (isStale) renameSync(file, `${file}.stale`);
      else isStarted = true;
      return { edits, isStale };
    },
    append(record, waiting) {
      if (!isStarted) {
        mkdirSync(dirname(file), PRIVATE_FOLDER);
        writeFileSync(file, `${head}\n`);
        isStarted = true;
      }
      const bytes =
        waiting && (waiting.bytes === null ? null : Buffer.from(waiting.bytes).toString('base64'));
      appendFileSync(file, `${JSON.stringify({ record, ...(bytes !== undefined && { bytes }) })}\n`);
    },
    clear() {
      rmSync(file, { force: true });
      isStarted = false;
    },
  };
}
