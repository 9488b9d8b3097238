// Opens sessions for tests, and closes them after each.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { afterEach, vi } from 'vitest';

import type { StartScorer } from '#node/scoring/process.ts';
import type { RangeRunner } from '#node/threads.ts';
import type { EditDone } from '#protocol/editor/edits.ts';
import type { RowSelection, RowsResult } from '#protocol/editor/rows.ts';
import type { Session } from '#session/session.ts';
import { recordViewOf } from '#session/views/pair.ts';
import { rowsOf } from '#session/views/rows.ts';

import { goodRecord, testFolder } from './files.ts';
import { decode } from './records.ts';
import type { MemoryHost } from './sessionHost.ts';
import { memoryHost } from './sessionHost.ts';
import { HERE } from './threads.ts';

export const URI = 'untitled:pairs';
export const LINES = Array.from({ length: 20 }, (_, i) => goodRecord(i));

type HostOptions = [settings?: object, ranges?: RangeRunner, start?: StartScorer];

/** Call once in a test file. */
export function sessionsIn(folderName: string) {
  const folder = testFolder(folderName);
  let open: MemoryHost | undefined;
  afterEach(() => {
    open?.sessions.closeAll();
    open = undefined;
    vi.useRealTimers();
  });
  const newHost = (...options: HostOptions): MemoryHost => (open = memoryHost(folder.path, ...options));

  async function ofText(
    lines: readonly string[],
    ...options: HostOptions
  ): Promise<{ host: MemoryHost; session: Session; text: () => string[] }> {
    const host = newHost(...options);
    host.sessions.openDocument(URI, 1, lines.join('\n'));
    await host.until(URI, ({ phase }) => phase !== 'reading');
    const session = host.sessions.get(URI)!;
    return { host, session, text: () => decode(session.source.document!.bytes).split('\n') };
  }

  async function ofFile(name: string, content: string | Uint8Array, start?: StartScorer) {
    const host = newHost({}, HERE, start);
    const path = folder.write(name, content);
    const uri = pathToFileURL(path).toString();
    await host.sessions.openFile(uri);
    const session = host.sessions.get(uri)!;
    const read = async (): Promise<void> => {
      await host.until(uri, ({ phase }) => phase !== 'reading');
    };
    await read();
    const lines = (): string[] => {
      const bytes = readFileSync(path);
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
    };
    return { host, uri, session, read, lines };
  }
  return { folder, newHost, ofText, ofFile };
}

export async function flip(session: Session, record: number): Promise<EditDone> {
  const outcome = await session.edit({ uri: session.uri, record }, { kind: 'flip' });
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
}

/** The chosen text of a record, or why there is none. */
export function chosen(session: Session, record: number): string {
  const view = recordViewOf(session, { uri: session.uri, record, step: 'here' });
  return view.kind === 'pair' ? view.chosen.text : view.kind;
}

/** Rows of a session as they are known now. */
export function rowsIn(
  { dataset, selections }: Session,
  end: number,
  selection: Partial<RowSelection> = {},
  columns: readonly string[] = [],
): RowsResult {
  const selected = selections.select({ order: 'all', query: '', ...selection });
  return rowsOf(dataset, selected, { columns, start: 0, end });
}
