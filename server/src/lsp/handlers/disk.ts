// Requests about records, their edits, and files that are open from disk.
import type { Connection } from 'vscode-languageserver/node';

import type { Edit } from '#core/edits/edit.ts';
import { messages, UserError } from '#core/messages.ts';
import { hardLinksOf } from '#node/save.ts';
import type { RecordEdit } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';
import type { OpenDataset } from '#session/dataset.ts';
import { pathOf } from '#session/names.ts';
import { DiskSource } from '#session/sources/disk.ts';

import { editOf, separateEditOf } from '../edits.ts';
import type { InStep } from '../inStep.ts';
import type { OpenFiles } from '../openFiles.ts';
import { whyNoRecordAt, whyNotEdited } from '../reasons.ts';
import { earlyViewOf, recordViewOf } from '../recordView.ts';
import { rowsOf } from '../rows.ts';
import type { Client, EditorHandlers, EditorListeners } from '../serveEditor.ts';
import { outcomeOf } from '../serveEditor.ts';
import { show } from '../show.ts';

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

export function diskSourceOf(files: OpenFiles, uri: string): DiskSource | undefined {
  const source = files.get(uri)?.dataset.source;
  return source instanceof DiskSource ? source : undefined;
}

/** Warns once for each file that a save splits its hard links. */
export function linkWarner(connection: Connection): (uri: string) => Promise<void> {
  const warned = new Set<string>();
  return async (uri) => {
    const path = pathOf(uri);
    if (path === undefined || warned.has(uri)) return;
    // A missing file has no links: the save reports it.
    const names = await hardLinksOf(path).catch(() => undefined);
    if (names === undefined) return;
    warned.add(uri);
    show(connection, 'warning', messages.splitsLinks(path, names).message);
  };
}

/** Edits one record. */
export type EditRecord = (ref: RecordRef, edit: RecordEdit) => Promise<Outcome<RecordRef>>;

/** Edits a record, in the editor that holds its text or in the server. */
export function recordEditor(
  connection: Connection,
  client: Client,
  files: OpenFiles,
  inStep: InStep,
): EditRecord {
  const refuse = (why: string): Outcome<never> => ({ ok: false, why });
  return async (ref, what) => {
    const dataset = files.current(ref.uri);
    const wanted = what.kind === 'repair' ? dataset && repairOf(dataset, ref) : what;
    const planned = dataset && wanted && editOf(dataset, ref, wanted);
    if (!planned || 'refused' in planned)
      return refuse(planned?.refused ?? whyNotEdited(files.get(ref.uri), ref, what));
    const { source } = dataset;
    const label = LABELS[what.kind];
    if (!(source instanceof DiskSource)) {
      const state = await inStep(planned.edit);
      if (state.kind !== 'same') return refuse(state.why);
      const { applied } = await connection.workspace.applyEdit({ label, edit: planned.edit });
      return applied ? { ok: true, value: planned.after } : refuse(messages.textMoved().message);
    }
    return outcomeOf(() => {
      const id = source.edit(ref.record, planned.bytes, label);
      files.settle(ref.uri);
      if (files.tellsStatus) client.notify('preflens/edited', { uri: ref.uri, id, label });
      return planned.after;
    });
  };
}

export function diskHandlers(
  files: OpenFiles,
  edit: EditRecord,
  warnOfLinks: (uri: string) => Promise<void>,
): EditorHandlers<
  | 'preflens/rows'
  | 'preflens/pair'
  | 'preflens/recordAt'
  | 'preflens/edit'
  | 'preflens/undoEdit'
  | 'preflens/redoEdit'
  | 'preflens/openFile'
  | 'preflens/saveFile'
  | 'preflens/saveFileAs'
  | 'preflens/backup'
> {
  /** Throws while the file is reopened, or if it is gone: an editor must not treat its edits as saved. */
  const openSource = (uri: string): DiskSource => {
    const source = diskSourceOf(files, uri);
    if (!source) throw messages.stillReading(pathOf(uri) ?? uri);
    return source;
  };
  const retrace = async (uri: string, id: number, direction: 'undo' | 'redo'): Promise<Outcome> =>
    outcomeOf(() => {
      if (diskSourceOf(files, uri)?.retrace(id, direction) !== true) throw messages.cannotUndo();
      files.settle(uri);
      return null;
    });
  return {
    'preflens/rows': (request) => {
      files.seen(request.uri);
      // Pending edits are part of what is shown.
      const dataset = files.current(request.uri) ?? files.get(request.uri)?.dataset;
      try {
        return dataset ? rowsOf(dataset, request) : NO_ROWS;
      } catch (error) {
        // The file cannot be read: its status says so, and what to do.
        if (error instanceof UserError) return NO_ROWS;
        throw error;
      }
    },
    'preflens/pair': (request) => {
      files.seen(request.uri);
      const dataset = files.current(request.uri);
      const file = files.get(request.uri);
      return dataset && file ? recordViewOf(dataset, file, request) : earlyViewOf(file, request);
    },
    'preflens/recordAt': ({ uri, line }) => {
      const record = files.current(uri)?.survey.facts.recordAtLine(line) ?? -1;
      return record < 0
        ? { ok: false, why: whyNoRecordAt(files.get(uri), uri, line) }
        : { ok: true, value: { uri, record } };
    },
    'preflens/edit': async ({ edit: what, ...ref }) => edit(ref, what),
    'preflens/undoEdit': async ({ uri, id }) => retrace(uri, id, 'undo'),
    'preflens/redoEdit': async ({ uri, id }) => retrace(uri, id, 'redo'),
    'preflens/openFile': async ({ uri, backup }) =>
      outcomeOf(async () => {
        await files.openFromDisk(uri, backup);
        return null;
      }),
    'preflens/saveFile': async ({ uri }, signal) =>
      outcomeOf(async () => {
        openSource(uri);
        await warnOfLinks(uri);
        return files.save(uri, signal);
      }),
    'preflens/saveFileAs': async ({ uri, path }, signal) =>
      outcomeOf(async () => openSource(uri).saveAs(path, signal)),
    'preflens/backup': async ({ uri, path }) =>
      outcomeOf(() => {
        openSource(uri).backup(path);
        return null;
      }),
  };
}

export function diskListeners(
  files: OpenFiles,
): EditorListeners<'preflens/closeFile' | 'preflens/discardEdits'> {
  return {
    'preflens/closeFile': ({ uri }) => {
      if (diskSourceOf(files, uri)) files.close(uri);
    },
    'preflens/discardEdits': ({ uri }) => {
      files.discard(uri);
    },
  };
}
