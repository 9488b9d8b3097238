// client ↔ server: what goes beyond the standard protocol. An editor that knows none of this still
// gets diagnostics, hovers, code actions and code lenses.

/** In `initializationOptions`. All of it is optional. */
export interface ClientOptions {
  /** The client has a `preflens.compare` command: lenses and actions may name it. */
  readonly compare?: boolean;
  /** The client sends `preflens/visible`: lenses are made for the visible lines alone. */
  readonly visibleLines?: boolean;
  /** The client listens to `preflens/status`. Others would only log that they do not know it. */
  readonly status?: boolean;
  readonly settings?: Partial<Settings>;
  /** False where models and servers that the folder names must not be used. Absent: they may. */
  readonly trusted?: boolean;
  /** The client has a `preflens.keep` command, which asks for a reason. */
  readonly decisions?: boolean;
  /** The client has a `preflens.showRule` command: codes of diagnostics lead to it. */
  readonly ruleLinks?: boolean;
  /** The client answers `preflens/secret`. */
  readonly secrets?: boolean;
  /** The client answers `preflens/holds`. */
  readonly holds?: boolean;
  /** Where the client wants indexes and unsaved edits kept. */
  readonly cacheFolder?: string;
}

/** What people can set. The same names stand in the manifest under `preflens.`; a test compares them. */
export interface Settings {
  /** Score a file as soon as it is opened. */
  readonly scoreOnOpen: boolean;
  /** Percent of the pairs to put up for review. */
  readonly reviewPercent: number;
  /** Field whose values get a model each; empty for none. */
  readonly groupBy: string;
  readonly seed: number;
  /** Memory to stay inside, in MB: threads and sketches are cut to it. */
  readonly memoryMb: number;
  /** Memory that models may take, in MB; 0 for half of the machine's. */
  readonly modelMemoryMb: number;
  /** As `rules` in preflens.json, which counts before it. */
  readonly rules: Readonly<Record<string, unknown>>;
  readonly run: 'type' | 'save' | 'demand';
  readonly timeBudgetMs: number;
}

/**
 * Commands that the server executes. `flip` takes a RecordRef and returns a FlipResult; the others take a uri and return null, or
 * why they do nothing.
 */
export type ServerCommand = 'preflens.flip' | 'preflens.score' | 'preflens.cancelScoring';

export interface RecordRef {
  readonly uri: string;
  readonly record: number;
  /** Number of the pair within the record, from 0; 0 where it is not said. */
  readonly pair?: number;
  /** Of the pair that was looked at: an edit is refused where another one stands now. */
  readonly pairKey?: string;
}

/** A finding that somebody decides about. */
export interface KeepRequest extends RecordRef {
  readonly rule: string;
}

/** What `preflens.flip` returns: the pair as it is now known, to flip it back. Null when nothing was flipped. */
export type FlipResult = RecordRef | null;

/** What a message holds beside its words. */
export interface PartView {
  readonly kind: 'call' | 'thought' | 'media' | 'other';
  /** "call get_forecast", or the name of its field. */
  readonly label: string;
  readonly text: string;
  /** A data URI, in the place of the text. */
  readonly image?: string;
}

export interface TurnView {
  readonly role: string;
  readonly text: string;
  readonly parts?: readonly PartView[];
}

export interface ImageView {
  /** Of the field that holds it. */
  readonly name: string;
  /** A data URI of a png, jpeg, gif or webp. */
  readonly source: string;
}

export interface AnswerView {
  readonly text: string;
  readonly parts?: readonly PartView[];
  /** Undefined while the file is not scored. */
  readonly reward?: number;
}

export interface ReasonView {
  readonly text: string;
  readonly side: 'chosen' | 'rejected' | 'style';
  readonly weight: number;
}

export interface FindingView {
  /** Its text can be mended by `repair`. */
  readonly canRepair?: boolean;
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
}

/** A place of a dataset, ready to be drawn: what pairs, single answers and places without either have in common. */
interface PlaceView {
  readonly uri: string;
  readonly fileName: string;
  /** WHOLE_FILE (-1) for what is said of the file. */
  readonly record: number;
  readonly recordCount: number;
  /** Number of the pair within its record, from 0. */
  readonly pair: number;
  /** As edits name it; absent until the file is read through. */
  readonly pairKey?: string;
  /** From 0. */
  readonly line: number;
  /** Pictures that the record holds. */
  readonly images: readonly ImageView[];
  readonly findings: readonly FindingView[];
  /** Number of the first finding of this place in the order of review, from 1; 0 when it has none. */
  readonly findingNumber: number;
  /** Findings that are counted here, from that number on. */
  readonly findingsHere: number;
  /** Number of this place among those with findings, from 0; -1 when it has none. */
  readonly reviewIndex: number;
  /** Of the file, as `DatasetStatus` has it. */
  readonly findingCount: number;
}

/** One pair. */
export interface PairView extends PlaceView {
  readonly kind: 'pair';
  /** Pairs of this record. */
  readonly pairCount: number;
  readonly isTie: boolean;
  readonly prompt: readonly TurnView[];
  /** What belongs to the prompt and is no turn of it: tools on offer, pictures. */
  readonly context: readonly PartView[];
  readonly chosen: AnswerView;
  readonly rejected: AnswerView;
  readonly margin?: number;
  /** Where the margin stands in the file: "lowest 0.2 %". */
  readonly standing?: string;
  /** What the scorer is, in a sentence or two. */
  readonly scorer?: string;
  /** What it is worth on this file, in a sentence or two. */
  readonly trust?: string;
  /** Why there is no score, where that is known. */
  readonly whyUnscored?: string;
  readonly reasons: readonly ReasonView[];
  /** What else the scorer says of the pair, a line each. */
  readonly details: readonly string[];
}

/** An answer with a verdict of its own. */
export interface JudgementView {
  readonly text: string;
  readonly parts?: readonly PartView[];
  readonly verdict: VerdictView;
}

export interface VerdictView {
  readonly kind: 'good' | 'bad' | 'rated' | 'unrated';
  /** "called good", "rated 3". */
  readonly words: string;
}

/** A record whose answers stand alone: there is no pair in it. */
export interface JudgedView extends PlaceView {
  readonly kind: 'judged';
  readonly prompt: readonly TurnView[];
  readonly judgements: readonly JudgementView[];
  /** The verdict can be turned. */
  readonly canFlip: boolean;
}

/** A place that shows no answers, and why. */
export interface EmptyView extends PlaceView {
  readonly kind: 'empty';
  /** Why, and what to do, a sentence or two. */
  readonly why: string;
  /** It will be known later: the next status of the file is a reason to ask again. */
  readonly isPending: boolean;
}

export type RecordView = PairView | JudgedView | EmptyView;

/** A record as a row of a list. */
export interface RowView {
  /** WHOLE_FILE (-1) for what is said of the file. */
  readonly record: number;
  /** The pair that the row is about: the one that speaks most against its label. */
  readonly pair: number;
  readonly pairCount: number;
  /** Of the first of its answers that stand alone; then `chosen` is how that answer begins. */
  readonly verdict?: VerdictView;
  readonly isTie: boolean;
  readonly margin?: number;
  /** Rules that report it. */
  readonly findings: readonly FindingView[];
  /** It waits to be saved. */
  readonly isEdited: boolean;
  /** It is to be dropped. */
  readonly isDropped: boolean;
  /** How the texts begin; of a record without a pair, how the record does. */
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** All records in their order, or those with findings in the order of review. */
export type RowOrder = 'all' | 'findings';

export interface RowsRequest {
  readonly uri: string;
  readonly order: RowOrder;
  /** Half-open, in that order. */
  readonly start: number;
  readonly end: number;
}

export interface RowsResult {
  readonly rows: readonly RowView[];
  readonly total: number;
}

/**
 * What can be done to a record of a file that is open from disk. `repair` is what the first finding of the pair that
 * knows one says.
 */
export type RecordEdit =
  | { readonly kind: 'flip' | 'drop' | 'tie' }
  | { readonly kind: 'repair' }
  | { readonly kind: 'margin'; readonly margin: number };

/** An edit that waits to be saved, as the editor's undo knows it. */
export interface EditMade {
  readonly uri: string;
  /** Its number among the edits of this file. */
  readonly id: number;
  /** What was done, in a few words. */
  readonly label: string;
}

export type Step = 'here' | 'next' | 'previous';

export interface PairRequest extends RecordRef {
  readonly step: Step;
  /**
   * The `findingNumber` under which the pair was last shown, for `next` and `previous`. A pair that was mended has left the
   * list: the one that has its number now is the next one. Without it the list is entered at its first or last finding.
   */
  readonly shownAs?: number;
}

/** How the findings of all files are grouped. */
export type FindingGrouping = 'rule' | 'file' | 'source';

export interface FindingsRequest {
  readonly by: FindingGrouping;
  /** Words that rule, message or file name hold, in any letter case; '' for all. */
  readonly filter: string;
  /** The findings of one group; the list of groups where it is not said. */
  readonly group?: string;
  readonly start: number;
  readonly end: number;
}

export interface FindingGroup {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  readonly severity: FindingView['severity'];
}

export interface FindingItem extends FindingView, RecordRef {
  readonly fileName: string;
  /** From 0. */
  readonly line: number;
}

export interface FindingsResult {
  readonly groups: readonly FindingGroup[];
  readonly items: readonly FindingItem[];
  /** Of all groups, or of the group that was asked for. */
  readonly total: number;
  /** Findings that are counted and not kept one by one, of all files. */
  readonly notKept: number;
}

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

/** Lines of a document as the server has them. */
export interface HeldText {
  readonly uri: string;
  readonly version: number;
  readonly lines: readonly HeldLine[];
}

export interface HeldLine {
  readonly line: number;
  /** Without its end. */
  readonly text: string;
}

export type HeldAnswer =
  /** The same lines. Or another version by now: the editor refuses the edit by itself. */
  | { readonly kind: 'same' | 'other-version' }
  /** The server is out of step; here is what it should have. */
  | { readonly kind: 'differs'; readonly version: number; readonly text: string };

export interface ModelCheck {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  /** Why it cannot be used. */
  readonly error?: string;
}

/** The text of a table, or why there is none. */
export interface TextResult {
  readonly text?: string;
  readonly error?: string;
}

/** Why something cannot be done, and what to do instead. */
export interface Refusal {
  readonly why: string;
}

export interface EditRef {
  readonly uri: string;
  readonly id: number;
}

/** What became of a file that is open from disk; `error` says what to do. */
export interface SaveResult {
  /** Records that were changed. */
  readonly saved?: number;
  readonly error?: string;
}

export type Phase = 'reading' | 'unrecognised' | 'unscored' | 'scoring' | 'scored' | 'cancelled' | 'failed';

/** What the status item shows. */
export interface DatasetStatus {
  readonly uri: string;
  readonly phase: Phase;
  /** Rises when text, findings, scores or trust changed, and not with mere progress. */
  readonly revision: number;
  readonly recordCount: number;
  /** Pairs, ties among them. */
  readonly pairCount: number;
  readonly tieCount: number;
  /** Answers with a verdict of their own, where there are no pairs. */
  readonly judgementCount: number;
  /** Read from disk, because no editor holds its text. */
  readonly isOnDisk: boolean;
  /** Records with edits that wait to be saved; of files on disk alone. */
  readonly unsavedCount: number;
  readonly mapping?: string;
  readonly polarity?: string;
  /** Says which fields look like the prompt and are not read. */
  readonly unread?: string;
  readonly findingCount: number;
  /** While scoring: "42 %, about 8 s left". */
  readonly progress?: string;
  /** Why scoring failed or was not tried. */
  readonly reason?: string;
  readonly trust?: string;
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
