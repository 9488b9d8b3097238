// What an editor asks of files that are open from disk: rows, edits with their undo, saving.
import { basename } from 'node:path';

import type { Connection } from 'vscode-languageserver/node';

import type { Edit } from '#core/edits/edit.ts';
import { messages, UserError } from '#core/messages.ts';
import { CONFIG_NAME } from '#node/config.ts';
import type { DataFile } from '#node/files.ts';
import { openFile } from '#node/files.ts';
import { readTableText, saveTableText } from '#node/parquet/textSave.ts';
import { hardLinksOf } from '#node/save.ts';
import { inWords } from '#node/systemErrors.ts';
import { writeWhole } from '#node/write.ts';
import type { EditRef, FlipResult, RecordEdit } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PairRequest, RowsRequest, RowsResult } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { EditorNotifications, EditorRequests } from '#protocol/editor/wire.ts';

import type { OpenDataset } from './dataset.ts';
import { DiskSource } from './diskSource.ts';
import { editOf, separateEditOf } from './edits.ts';
import type { InStep } from './inStep.ts';
import { pathOf } from './names.ts';
import type { OpenFiles } from './openFiles.ts';
import { whyNotEdited } from './reasons.ts';
import { earlyViewOf, recordViewOf } from './recordView.ts';
import { rowsOf } from './rows.ts';
import { show } from './show.ts';

const NO_ROWS: RowsResult = { rows: [], total: 0 };

const LABELS: Readonly<Record<RecordEdit['kind'], string>> = {
  flip: 'Flip chosen and rejected',
  drop: 'Drop record',
  tie: 'Mark as a tie',
  margin: 'Set margin',
  repair: 'Repair the text',
};

/** The repair of the text that the first finding of a pair has, if one has any. */
function repairOf(dataset: OpenDataset, { record, pair = 0 }: RecordRef): Edit | undefined {
  for (const finding of dataset.findingsOf(record, pair)) {
    if (finding.replace) return { kind: 'replace', replace: finding.replace };
    const separate = separateEditOf(dataset, finding);
    if (separate) return separate;
  }
  return undefined;
}

/** What a person can mend is told; the rest is a fault of ours and stays an error. */
async function orWords<Result extends object>(
  work: () => Promise<Result>,
): Promise<Result | { readonly error: string }> {
  try {
    return await work();
  } catch (failure) {
    const error = inWords(failure);
    if (error instanceof UserError) return { error: error.message };
    throw error;
  }
}

/** Answers them. The edit that it gives back works on files that an editor holds, too. */
export function serveDisk(
  connection: Connection,
  files: OpenFiles,
  inStep: InStep,
): (ref: RecordRef, edit: RecordEdit) => Promise<FlipResult> {
  const diskSource = (uri: string): DiskSource | undefined => {
    const source = files.get(uri)?.dataset.source;
    return source instanceof DiskSource ? source : undefined;
  };
  /** Throws while the file is opened again, or where it is gone: an editor must not take its edits for kept. */
  const openSource = (uri: string): DiskSource => {
    const source = diskSource(uri);
    if (!source) throw messages.stillReading(pathOf(uri) ?? uri);
    return source;
  };
  const tellEdited = (made: EditorNotifications['preflens/edited']): void => {
    void connection.sendNotification('preflens/edited', made);
  };

  const edit = async (ref: RecordRef, what: RecordEdit): Promise<FlipResult> => {
    const dataset = files.current(ref.uri);
    const wanted = what.kind === 'repair' ? dataset && repairOf(dataset, ref) : what;
    const planned = dataset && wanted && editOf(dataset, ref, wanted);
    if (!planned || 'refused' in planned) {
      show(connection, 'info', planned?.refused ?? whyNotEdited(files.get(ref.uri), ref, what));
      return null;
    }
    if (!(dataset.source instanceof DiskSource)) {
      if (!(await inStep(planned.edit))) return null;
      const { applied } = await connection.workspace.applyEdit({
        label: LABELS[what.kind],
        edit: planned.edit,
      });
      return applied ? planned.after : null;
    }
    const { source } = dataset;
    const made = await orWords(async () => {
      const id = source.edit(ref.record, planned.bytes, LABELS[what.kind]);
      return Promise.resolve({ id });
    });
    if ('error' in made) {
      show(connection, 'info', made.error);
      return null;
    }
    const { id } = made;
    files.settle(ref.uri);
    if (files.tellsStatus) tellEdited({ uri: ref.uri, id, label: LABELS[what.kind] });
    return planned.after;
  };

  const retrace =
    (direction: 'undo' | 'redo') =>
    async ({ uri, id }: EditRef) =>
      orWords(async () => {
        const source = diskSource(uri);
        if (!source?.retrace(id, direction)) throw messages.cannotUndo();
        files.settle(uri);
        return Promise.resolve({});
      });

  connection.onRequest('preflens/rows', (request: RowsRequest) => {
    files.seen(request.uri);
    // What waits is part of what is shown.
    const dataset = files.current(request.uri) ?? files.get(request.uri)?.dataset;
    try {
      return dataset ? rowsOf(dataset, request) : NO_ROWS;
    } catch (error) {
      // A file that cannot be read: its status says so, with what to do.
      if (error instanceof UserError) return NO_ROWS;
      throw error;
    }
  });
  connection.onRequest<RecordView, unknown>('preflens/pair', (request: PairRequest) => {
    files.seen(request.uri);
    const dataset = files.current(request.uri);
    const file = files.get(request.uri);
    return dataset && file ? recordViewOf(dataset, file, request) : earlyViewOf(file, request);
  });
  connection.onRequest(
    'preflens/edit',
    async ({ edit: what, ...ref }: EditorRequests['preflens/edit']['params']) => edit(ref, what),
  );
  connection.onRequest('preflens/undoEdit', retrace('undo'));
  connection.onRequest('preflens/redoEdit', retrace('redo'));

  /** Files of which it was said that a save splits their links. */
  const saidOfLinks = new Set<string>();
  const tellOfLinks = async (uri: string): Promise<void> => {
    const path = pathOf(uri);
    if (path === undefined || saidOfLinks.has(uri)) return;
    // A file that is gone has no names: the save says what is wrong.
    const names = await hardLinksOf(path).catch(() => undefined);
    if (names === undefined) return;
    saidOfLinks.add(uri);
    show(connection, 'warning', messages.splitsLinks(path, names).message);
  };

  type PathParams = EditorRequests['preflens/saveFileAs']['params'];
  connection.onRequest(
    'preflens/openFile',
    async ({ uri, backup }: EditorRequests['preflens/openFile']['params']) =>
      orWords(async () => {
        await files.openFromDisk(uri, backup);
        return {};
      }),
  );
  connection.onRequest('preflens/saveFile', async ({ uri }: EditorRequests['preflens/saveFile']['params']) =>
    orWords(async () => {
      openSource(uri);
      await tellOfLinks(uri);
      return { saved: await files.save(uri) };
    }),
  );
  connection.onRequest('preflens/saveFileAs', async ({ uri, path }: PathParams) =>
    orWords(async () => ({ saved: (await diskSource(uri)?.saveAs(path)) ?? 0 })),
  );
  connection.onRequest('preflens/backup', async ({ uri, path }: PathParams) =>
    orWords(async () => {
      openSource(uri).backup(path);
      return Promise.resolve({});
    }),
  );
  const tableAt = async (uri: string): Promise<DataFile> => openFile(pathOf(uri) ?? uri);
  connection.onRequest('preflens/readText', async ({ uri }: EditorRequests['preflens/readText']['params']) =>
    orWords(async () => ({ text: await readTableText(await tableAt(uri)) })),
  );
  connection.onRequest(
    'preflens/writeText',
    async ({ uri, text }: EditorRequests['preflens/writeText']['params']) =>
      orWords(async () => {
        // They are of the file as it is: saved from here, it would be another one.
        if ((diskSource(uri)?.unsavedCount ?? 0) > 0) throw messages.editedElsewhere(pathOf(uri) ?? uri);
        await tellOfLinks(uri);
        return { saved: await saveTableText(await tableAt(uri), text, new AbortController().signal) };
      }),
  );
  connection.onRequest(
    'preflens/writeConfig',
    async ({ path, text }: EditorRequests['preflens/writeConfig']['params']) =>
      orWords(async () => {
        if (basename(path) !== CONFIG_NAME) throw messages.badConfig(path, `this is no ${CONFIG_NAME}`);
        await writeWhole(path, text);
        return {};
      }),
  );
  connection.onNotification('preflens/closeFile', ({ uri }: EditorNotifications['preflens/closeFile']) => {
    if (diskSource(uri)) files.close(uri);
  });
  connection.onNotification(
    'preflens/discardEdits',
    ({ uri }: EditorNotifications['preflens/discardEdits']) => {
      files.discard(uri);
    },
  );
  return edit;
}
