// client ↔ server: what goes beyond the standard protocol. An editor that knows none of this still gets diagnostics,
// hovers, code actions and code lenses.
import type { BatchDone, BatchEdit, RowsRef, RuleCount } from './batch.ts';
import type { Converted } from './convert.ts';
import type { EditDone, EditMade, EditRef, HeldAnswer, HeldText, KeepRequest, RecordEdit } from './edits.ts';
import type { FindingsRequest, FindingsResult, RuleFix, RuleScope } from './findings.ts';
import type { Glance } from './glance.ts';
import type { ComparedVersions } from './history.ts';
import type { MappingFields, MappingPreview, MappingRule } from './mapping.ts';
import type { ModelCheck } from './models.ts';
import type { Outcome } from './outcome.ts';
import type { RecordRef } from './place.ts';
import type { PortraitRequest, PortraitResult } from './portrait.ts';
import type { ReviewChoices, ReviewRequest, ReviewResult, StartReview } from './review.ts';
import type {
  CompletionRequest,
  FieldColumn,
  Found,
  PairRequest,
  PlaceRequest,
  QueryCompletion,
  RowsRequest,
  RowsResult,
} from './rows.ts';
import type { DatasetStatus } from './status.ts';
import type { TokenStringsRequest, Written } from './templates.ts';
import type { PairTokens, TokensRequest } from './tokens.ts';
import type { ToolRequest } from './tools.ts';
import type { RecordView } from './views.ts';
import type { FileRequests } from './web.ts';

interface FileRef {
  readonly uri: string;
}

/** client → server. */
export interface EditorRequests {
  'preflens/findings': { params: FindingsRequest; result: FindingsResult };
  /** What a repair of all findings of a rule in an open file would do. */
  'preflens/ruleFix': { params: FileRef & { readonly rule: string }; result: Outcome<RuleFix> };
  /**
   * Repairs all findings of a rule in an open file, in one step; how many records. In a text, the editor shows the changes
   * before it makes them.
   */
  'preflens/fixRule': { params: FileRef & { readonly rule: string }; result: Outcome<number> };
  /** Turns a rule off in the preflens.json that applies to an open file; the path of that. */
  'preflens/turnOffRule': {
    params: FileRef & { readonly rule: string; readonly scope: RuleScope };
    result: Outcome<string>;
  };
  /** Checks all datasets in the workspace folders that are not open; how many there are. */
  'preflens/checkWorkspace': {
    params: null;
    result: { readonly files: number; readonly errors: readonly string[] };
  };
  /** Checks a file now, whatever its setting "run" says. */
  'preflens/checkFile': { params: FileRef; result: Outcome };
  /** Writes a decision down. */
  'preflens/keep': {
    /** `by`: who decides. Default: git's user.name, else the name of the account. */
    params: KeepRequest & { readonly reason: string; readonly by?: string };
    result: Outcome;
  };
  /** The pair of a record, or the next or previous place with a finding; if there is none, why. */
  'preflens/pair': { params: PairRequest; result: RecordView };
  /** An open file as a whole, with the margins that are known so far. */
  'preflens/portrait': { params: PortraitRequest; result: PortraitResult };
  /** What the chat template of a model makes of conversations of an open file: one string, or one fault, for each. */
  'preflens/tokenStrings': { params: FileRef & TokenStringsRequest; result: readonly Written[] };
  /** What each token of both answers of a pair adds to its implicit reward. */
  'preflens/tokens': { params: TokensRequest; result: Outcome<PairTokens> };
  /** Compares an open file with its last commit: queries know what changed from then on. */
  'preflens/compareWithHead': { params: FileRef; result: Outcome<ComparedVersions> };
  /** What the start of a file shows that is not open. */
  'preflens/glance': { params: FileRef; result: Glance };
  /** Opens a file that no editor holds, because it is too large or compressed. */
  'preflens/openFile': { params: FileRef & { readonly backup?: string }; result: Outcome };
  /** Rows of an open file, even while the server still reads it. */
  'preflens/rows': { params: RowsRequest; result: RowsResult };
  /** The fields of the records, judged by a sample. */
  'preflens/columns': { params: FileRef; result: { readonly fields: readonly FieldColumn[] } };
  /** How a query can go on at the cursor, the likeliest first. */
  'preflens/complete': { params: CompletionRequest; result: { readonly items: readonly QueryCompletion[] } };
  /** The whole text of a cell: of a column of every file, or of a field of the record after a dot. */
  'preflens/cell': {
    params: RecordRef & { readonly column: string };
    result: { readonly text: string };
  };
  /** How many findings each rule has, the most first: of an open file, or of some of its rows. */
  'preflens/ruleCounts': {
    params: FileRef & { readonly rows?: RowsRef };
    result: Outcome<readonly RuleCount[]>;
  };
  /** Edits many rows, as one step of the editor's history. */
  'preflens/editRows': { params: RowsRef & { readonly edit: BatchEdit }; result: Outcome<BatchDone> };
  /** Writes down that the findings of a rule in some rows are no faults; how many. */
  'preflens/keepRows': {
    params: RowsRef & { readonly rule: string; readonly reason: string; readonly by?: string };
    result: Outcome<number>;
  };
  /** Writes the records of some rows to a file of their own, byte for byte; how many. */
  'preflens/exportRows': { params: RowsRef & { readonly path: string }; result: Outcome<number> };
  /** What can be reviewed in a file. */
  'preflens/reviewChoices': { params: FileRef; result: Outcome<ReviewChoices> };
  /** Begins a queue; it takes the place of the one before. */
  'preflens/startReview': { params: StartReview; result: Outcome<ReviewResult> };
  /** Goes on with a queue: decides, undoes, or goes to another pair of it. */
  'preflens/review': { params: ReviewRequest; result: Outcome<ReviewResult> };
  /** Where a pair stands in a selection; −1 if it is not in it, or not found yet. */
  'preflens/place': { params: PlaceRequest; result: { readonly index: number } };
  /** Runs a tool of an assistant on an open file; the result is as its schema says. */
  'preflens/tool': { params: ToolRequest; result: Outcome<object> };
  /** Edits a record of an open file. */
  'preflens/edit': { params: RecordRef & { readonly edit: RecordEdit }; result: Outcome<EditDone> };
  /** Undo and redo of one edit that `edit` made, or that `edited` told of. */
  'preflens/undoEdit': { params: EditRef; result: Outcome };
  'preflens/redoEdit': { params: EditRef; result: Outcome };
  /** Saves a file that is open from disk, with its edits, in another place; how many records differ. */
  'preflens/saveFileAs': { params: FileRef & { readonly path: string }; result: Outcome<number> };
  /** Writes the pending edits to a file of their own, which `openFile` takes as its backup. */
  'preflens/backup': { params: FileRef & { readonly path: string }; result: Outcome };
  /** Saves the edits of such a file; how many records it changed. */
  'preflens/saveFile': { params: FileRef; result: Outcome<number> };
  /** A table as lines of JSON. */
  'preflens/readText': { params: FileRef; result: Outcome<string> };
  /** Writes such a text back to its table; how many rows differ. */
  'preflens/writeText': { params: FileRef & { readonly text: string }; result: Outcome<number> };
  /** Converts a file to JSON Lines at `path`, which is replaced if it exists; null if the person stopped it. */
  'preflens/convert': { params: FileRef & { readonly path: string }; result: Outcome<Converted | null> };
  /** What a model folder holds and whether the model works. */
  'preflens/checkModel': { params: { readonly folder: string }; result: Outcome<ModelCheck> };
  /** The fields of an open file, and entries that would read them. */
  'preflens/mappingFields': { params: FileRef; result: Outcome<MappingFields> };
  /** The first pairs as a mapping reads them. */
  'preflens/previewMapping': {
    params: FileRef & { readonly rule: MappingRule };
    result: Outcome<MappingPreview>;
  };
  /** Writes a mapping of the file into its preflens.json, reads the file with it, and returns the path of that. */
  'preflens/writeMapping': { params: FileRef & { readonly rule: MappingRule }; result: Outcome<string> };
  /** Adds a model to the scorers of the preflens.json at `path`, which is made if it does not exist. */
  'preflens/addScorer': {
    params: { readonly path: string; readonly model: string };
    result: Outcome;
  };
  /** What can compute on this machine, a line each. */
  'preflens/providers': { params: null; result: readonly string[] };
  /** The record at a place of an open file; in JSON Lines the line decides. */
  'preflens/recordAt': {
    params: FileRef & { readonly line: number; readonly character?: number };
    result: Outcome<RecordRef>;
  };
}

/** server → client. */
export interface ClientRequests extends FileRequests {
  /** The value of a secret that is kept for one server, by its name and the server's origin; null if there is none. */
  'preflens/secret': { params: { readonly name: string; readonly origin: string }; result: string | null };
  /** Compares lines of a document with the server's copy, before an edit changes them. */
  'preflens/holds': { params: HeldText; result: HeldAnswer };
}

/** client → server. */
export interface EditorNotifications {
  /** Lines from 0, the end exclusive. */
  'preflens/visible': FileRef & { readonly lineStart: number; readonly lineEnd: number };
  /** No editor shows this file any more that is open from disk. */
  'preflens/closeFile': FileRef;
  /** The person trusts this workspace from now on. */
  'preflens/trusted': null;
  /** Drops the unsaved edits of a file that is open from disk. */
  'preflens/discardEdits': FileRef;
}

/** server → client. */
export interface ClientNotifications {
  /** A record of a file that is open from disk was edited. */
  'preflens/edited': EditMade;
  'preflens/status': DatasetStatus;
  /** Sent while a search goes on, at most ten times a second, and when it ends. */
  'preflens/found': Found;
}
