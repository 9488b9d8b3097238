// Requests about the text of a table.
import { messages } from '#core/messages.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openFile } from '#node/files.ts';
import { readTableText, saveTableText } from '#node/parquet/textSave.ts';
import { pathOf } from '#session/names.ts';
import { outcomeOf } from '#session/outcome.ts';
import type { Sessions } from '#session/sessions.ts';

import type { EditorHandlers } from '../serveEditor.ts';
import type { WarnOfLinks } from './files.ts';

const tableAt = async (uri: string): Promise<DataFile> => openFile(pathOf(uri) ?? uri);

export function tableHandlers(
  sessions: Sessions,
  warnOfLinks: WarnOfLinks,
): EditorHandlers<'preflens/readText' | 'preflens/writeText'> {
  return {
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
