// Requests about tables: their text, and their conversion.
import { basename } from 'node:path';

import { messages } from '#core/messages.ts';
import { plural } from '#core/words/numbers.ts';
import { convertDataset, writeTo } from '#node/convertFile.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openFile } from '#node/files.ts';
import { readTableText, saveTableText } from '#node/parquet/textSave.ts';
import type { Converted } from '#protocol/editor/convert.ts';
import type { Host } from '#session/host.ts';
import { pathOf } from '#session/names.ts';
import { outcomeOf } from '#session/outcome.ts';
import type { Sessions } from '#session/sessions.ts';

import type { EditorHandlers } from '../serveEditor.ts';
import type { WarnOfLinks } from './files.ts';

const tableAt = async (uri: string): Promise<DataFile> => openFile(pathOf(uri) ?? uri);

/** Undefined if the person stopped it. */
async function convertToLines(
  { progress }: Pick<Host, 'progress'>,
  path: string,
  out: string,
  signal: AbortSignal,
): Promise<Converted | undefined> {
  const stopped = new AbortController();
  const ended = AbortSignal.any([signal, stopped.signal]);
  const shown = progress(`PrefLens: converting ${basename(path)}`, () => {
    stopped.abort();
  });
  const notes: string[] = [];
  try {
    const task = { path, out, target: undefined, codec: 'snappy' } as const;
    const { read, written, lost } = await convertDataset(task, {
      signal: ended,
      write: writeTo(out, ended),
      note: (text) => notes.push(text),
      onProgress: (done, records) => {
        shown.report(done, plural(records, 'record'));
      },
    });
    return { read, written, lost, notes };
  } catch (error) {
    if (ended.aborted) return undefined;
    throw error;
  } finally {
    shown.end();
  }
}

export function tableHandlers(
  sessions: Sessions,
  host: Pick<Host, 'progress'>,
  warnOfLinks: WarnOfLinks,
): EditorHandlers<'preflens/readText' | 'preflens/writeText' | 'preflens/convert'> {
  return {
    'preflens/convert': async ({ uri, path }, signal) =>
      outcomeOf(async () => (await convertToLines(host, pathOf(uri) ?? uri, path, signal)) ?? null),
    'preflens/readText': async ({ uri }) => outcomeOf(async () => readTableText(await tableAt(uri))),
    'preflens/writeText': async ({ uri, text }, signal) =>
      outcomeOf(async () => {
        const unsavedCount = sessions.get(uri)?.source.pending?.unsavedCount ?? 0;
        // Pending edits belong to the file as it is: this save would replace it under them.
        if (unsavedCount > 0) throw messages.editedElsewhere(pathOf(uri) ?? uri);
        await warnOfLinks(uri);
        return saveTableText(await tableAt(uri), text, signal);
      }),
  };
}
