// client ↔ server: what goes beyond the standard protocol. An editor that knows none of this still gets diagnostics,
// hovers, code actions and code lenses.
import type {
  EditMade,
  EditRef,
  FlipResult,
  HeldAnswer,
  HeldText,
  KeepRequest,
  RecordEdit,
} from './edits.ts';
import type { FindingsRequest, FindingsResult } from './findings.ts';
import type { ModelCheck, SaveResult, TextResult } from './models.ts';
import type { RecordRef, Refusal } from './place.ts';
import type { PairRequest, RowsRequest, RowsResult } from './rows.ts';
import type { DatasetStatus } from './status.ts';
import type { RecordView } from './views.ts';

export interface EditorRequests {
  'preflens/findings': { params: FindingsRequest; result: FindingsResult };
  /** Checks all datasets of the workspace's folders; how many there were. */
  'preflens/checkWorkspace': {
    params: null;
    result: { readonly files: number; readonly errors: readonly string[] };
  };
  /** Checks a file again, where that waits to be asked for. */
  'preflens/checkFile': { params: { readonly uri: string }; result: Refusal | null };
  /** Writes a decision down. */
  'preflens/keep': {
    /** `by`: who decides; git's user.name, else the name of the account, where it is not said. */
    params: KeepRequest & { readonly reason: string; readonly by?: string };
    result: SaveResult;
  };
  /** The pair of a record, or the next or previous place with a finding; where there is none, why. */
  'preflens/pair': { params: PairRequest; result: RecordView };
  /** Opens a file that no editor holds, because it is too large or packed. */
  'preflens/openFile': { params: { readonly uri: string; readonly backup?: string }; result: SaveResult };
  /** Rows of a file that is open from disk, from its first moment on. */
  'preflens/rows': { params: RowsRequest; result: RowsResult };
  /** Edits a record of such a file. Null when nothing was edited; what stands in the way is shown. */
  'preflens/edit': { params: RecordRef & { readonly edit: RecordEdit }; result: FlipResult };
  /** Takes an edit back, or makes it again. */
  'preflens/undoEdit': { params: EditRef; result: SaveResult };
  'preflens/redoEdit': { params: EditRef; result: SaveResult };
  /** Saves such a file with its edits in another place. */
  'preflens/saveFileAs': { params: { readonly uri: string; readonly path: string }; result: SaveResult };
  /** Writes the edits that wait to a file of their own, from which `openFile` takes them again. */
  'preflens/backup': { params: { readonly uri: string; readonly path: string }; result: SaveResult };
  /** Saves the edits of such a file. */
  'preflens/saveFile': { params: { readonly uri: string }; result: SaveResult };
  /** A table as lines of JSON. */
  'preflens/readText': { params: { readonly uri: string }; result: TextResult };
  /** Writes such a text back: cells that differ are saved. */
  'preflens/writeText': { params: { readonly uri: string; readonly text: string }; result: SaveResult };
  /** What a model folder holds and whether it works, a sentence each. */
  'preflens/checkModel': { params: { readonly folder: string }; result: ModelCheck };
  /** Writes a preflens.json, whole or not at all. */
  'preflens/writeConfig': {
    params: { readonly path: string; readonly text: string };
    result: { readonly error?: string };
  };
  /** What can compute on this machine, a line each. */
  'preflens/providers': { params: null; result: readonly string[] };
  /** The record on a line of an open file; where there is none, why. */
  'preflens/recordAt': {
    params: { readonly uri: string; readonly line: number };
    result: RecordRef | Refusal;
  };
}

/** What the server asks the client. */
export interface ClientRequests {
  /** The value of a secret that is kept for one server, by its name and the server's origin; null where there is none. */
  'preflens/secret': { params: { readonly name: string; readonly origin: string }; result: string | null };
  /** Whether the document is as the server thinks, where an edit would touch it. */
  'preflens/holds': { params: HeldText; result: HeldAnswer };
}

export interface EditorNotifications {
  /** client → server. Lines from 0, the end exclusive. */
  'preflens/visible': { readonly uri: string; readonly lineStart: number; readonly lineEnd: number };
  /** client → server. A file that was opened from disk is no longer shown. */
  'preflens/closeFile': { readonly uri: string };
  /** client → server. The person trusts this workspace from now on. */
  'preflens/trusted': null;
  /** client → server. Forget the unsaved edits of such a file. */
  'preflens/discardEdits': { readonly uri: string };
  /** server → client. A record of a file that is open from disk was edited. */
  'preflens/edited': EditMade;
  /** server → client. */
  'preflens/status': DatasetStatus;
}
