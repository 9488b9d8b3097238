// Scores on disk: one folder for each fingerprint, one file in it for each process that wrote. So nobody waits for
// anybody, a torn end is never written on, and two windows on one file share their work.
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import type { Key } from '#core/hash.ts';
import type { ScoreRow } from '#core/reward/table.ts';
import { REFUSED, ScoreTable } from '#core/reward/table.ts';
import type { Provenance } from '#formats/scoreArrow.ts';
import { readScores, scoreStream, sumEntry, wholePart } from '#formats/scoreArrow.ts';

import { isAlive } from '../alive.ts';
import { EXPENDABLE } from '../cacheEntry.ts';
import type { Tell } from '../cacheFolder.ts';
import { doWithout } from '../cacheFolder.ts';
import { PRIVATE_FOLDER } from '../cachePlace.ts';
import { codeOf } from '../stored.ts';
import { writeWhole } from '../write.ts';

const ENDING = '.arrows';

/** Beside each file: how far it is whole. */
const SUMS = '.sums';

/** With more files than this in a folder those of ended processes are joined. */
const MAX_FILES = 8;

/** A file that is longer is not continued, and larger files together are not joined: each is read in one piece. */
const MAX_BYTES = 512 * 2 ** 20;

/** Rows of one record batch in a joined file. */
const JOINED_ROWS = 1 << 16;

const HOST = hostname().replaceAll(/[^\w]/g, '_').slice(0, 40);

const newName = (): string => `${HOST}-${process.pid}-${randomBytes(4).toString('hex')}${ENDING}`;

/** Empty for a process that was killed before its first batch was whole. */
async function sumsOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(`${path}${SUMS}`);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Uint8Array();
    throw error;
  }
}

/** Files that nobody writes on: joined ones, and those of processes of this machine that have ended. */
function isLeft(name: string): boolean {
  const [host, pid] = name.split('-');
  return host === 'joined' || (host === HOST && !isAlive(Number(pid)));
}

export class ScoreCache {
  readonly table: ScoreTable;
  #folder: string | undefined;
  /** What the sums of all its files begin with: scores of another model are not read. */
  readonly #key: string;
  readonly #tell: Tell;
  #name = newName();
  /** The names of all files that this process wrote. */
  readonly #own = new Set<string>();
  readonly #width: number;
  readonly #provenance: Provenance;
  #bytesOf: (rows: readonly ScoreRow[]) => Uint8Array;
  /** Bytes in the file that this process writes. */
  #written = 0;
  /** Bytes of others' files that were read. */
  readonly #seen = new Map<string, number>();

  /** @param folder of this fingerprint; undefined when nothing is to be kept */
  constructor(
    folder: string | undefined,
    width: number,
    provenance: Provenance,
    tell: Tell = () => undefined,
  ) {
    this.#folder = folder;
    this.#key = `${width} ${provenance['fingerprint'] ?? ''}`;
    this.#tell = tell;
    this.#width = width;
    this.#provenance = provenance;
    this.table = new ScoreTable(width);
    this.#bytesOf = scoreStream(width, provenance);
  }

  /** Rows of other keys stay on disk: embeddings of all files would not fit into memory. */
  wants: (key: Key) => boolean = () => true;

  /** Takes over what other processes wrote since the last time. */
  async refresh(): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return;
    for (const name of await this.#names(folder)) {
      if (this.#own.has(name)) continue;
      try {
        const { size } = await stat(join(folder, name));
        if (this.#seen.get(name) === size) continue;
        for (const row of await this.#rowsOf(join(folder, name)))
          if (this.wants(row.key)) this.table.set(row);
        this.#seen.set(name, size);
      } catch {
        // Joined with others by another process meanwhile: its rows are in the joined file.
      }
    }
  }

  /** Reads everything; joins what ended processes left. */
  async load(): Promise<void> {
    await this.refresh();
    const folder = this.#folder;
    if (folder === undefined) return;
    const left = (await this.#names(folder)).filter(isLeft);
    if (left.length <= MAX_FILES) return;
    const rows: ScoreRow[] = [];
    try {
      const sizes = await Promise.all(left.map(async (name) => (await stat(join(folder, name))).size));
      if (sizes.reduce((sum, size) => sum + size, 0) > MAX_BYTES) return;
      for (const name of left) for (const row of await this.#rowsOf(join(folder, name))) rows.push(row);
    } catch {
      // Another process joins them at this moment.
      return;
    }
    const bytesOf = scoreStream(this.#width, this.#provenance);
    const parts: Uint8Array[] = [];
    const sums: Uint8Array[] = [];
    let end = 0;
    for (let at = 0; at < rows.length; at += JOINED_ROWS) {
      const part = bytesOf(rows.slice(at, at + JOINED_ROWS));
      end += part.length;
      parts.push(part);
      sums.push(sumEntry(part, end, this.#key));
    }
    const joined = join(folder, `joined-${randomBytes(4).toString('hex')}${ENDING}`);
    try {
      await writeWhole(`${joined}${SUMS}`, Buffer.concat(sums), EXPENDABLE);
      await writeWhole(joined, Buffer.concat(parts), EXPENDABLE);
      for (const name of left.flatMap((data) => [data, `${data}${SUMS}`]))
        await rm(join(folder, name), { force: true });
    } catch (error) {
      // They are read all the same, file by file.
      doWithout(folder, error, this.#tell);
    }
  }

  /** Keeps rows: on disk before this returns. What was refused is tried again by the next process. */
  add(added: readonly ScoreRow[]): void {
    for (const row of added) this.table.set(row);
    const rows = added.filter(({ flags }) => (flags & REFUSED) === 0);
    if (this.#folder === undefined || rows.length === 0) return;
    if (this.#written > MAX_BYTES) this.#startFile();
    const bytes = this.#bytesOf(rows);
    this.#written += bytes.length;
    this.#own.add(this.#name);
    const path = join(this.#folder, this.#name);
    try {
      mkdirSync(this.#folder, PRIVATE_FOLDER);
      appendFileSync(path, bytes, { mode: 0o600 });
      appendFileSync(`${path}${SUMS}`, sumEntry(bytes, this.#written, this.#key), { mode: 0o600 });
    } catch (error) {
      doWithout(this.#folder, error, this.#tell);
      // Behind a torn end nothing is read any more.
      this.#folder = undefined;
    }
  }

  #startFile(): void {
    this.#name = newName();
    this.#bytesOf = scoreStream(this.#width, this.#provenance);
    this.#written = 0;
  }

  /** The rows of a file, as far as it is whole. */
  async #rowsOf(path: string): Promise<Iterable<ScoreRow>> {
    const stream = await readFile(path);
    return readScores(wholePart(stream, await sumsOf(path), this.#key), this.#width);
  }

  async #names(folder: string): Promise<string[]> {
    try {
      return (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
    } catch {
      return [];
    }
  }
}
