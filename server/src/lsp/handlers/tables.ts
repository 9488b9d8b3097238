// Requests about the text of a table.
import { messages } from '#core/messages.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openFile } from '#node/files.ts';
import { readTableText, saveTableText } from '#node/parquet/textSave.ts';
import { pathOf } from '#session/names.ts';

import type { OpenFiles } from '../openFiles.ts';
import type { EditorHandlers } from '../serveEditor.ts';
import { outcomeOf } from '../serveEditor.ts';
import { diskSourceOf } from './disk.ts';

const tableAt = async (uri: string): Promise<DataFile> => openFile(pathOf(uri) ?? uri);

export function tableHandlers(
  files: OpenFiles,
  warnOfLinks: (uri: string) => Promise<void>,
): EditorHandlers<'preflens/readText' | 'preflens/writeText'> {
  return {
    'preflens/readText': async ({ uri }) => outcomeOf(async () => readTableText(await tableAt(uri))),
    'preflens/writeText': async ({ uri, text }, signal) =>
      outcomeOf(async () => {
        // The pending edits belong to the file as it is: saving from here would replace it under them.
        if ((diskSourceOf(files, uri)?.unsavedCount ?? 0) > 0)
          throw messages.editedElsewhere(pathOf(uri) ?? uri);
        await warnOfLinks(uri);
        return saveTableText(await tableAt(uri), text, signal);
      }),
  };
}
