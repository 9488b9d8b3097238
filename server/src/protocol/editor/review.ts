// Review of a file: a queue of pairs, what a person decides about each, and what came of it.
import type { RuleCount } from './batch.ts';
import type { RowSelection } from './rows.ts';
import type { RecordView } from './views.ts';

/** Where the pairs of a queue come from. */
export type ReviewSource =
  /** All scored pairs, those that speak most against their label first. */
  | { readonly kind: 'labels' }
  /** Pairs with findings, in the order of review. */
  | { readonly kind: 'findings' }
  /** Pairs with findings of a rule, by margin. */
  | { readonly kind: 'rule'; readonly rule: string }
  /** Rows of a list: in the order that it is sorted by, else by margin. */
  | { readonly kind: 'rows'; readonly selection: RowSelection }
  /** Pairs about which reviewers disagree. */
  | { readonly kind: 'conflicts' };

/** A queue as the client keeps it, to go on after a restart. */
export interface ReviewQueue {
  /** "Doubtful labels, blind". */
  readonly title: string;
  readonly source: ReviewSource;
  /** Of the pairs, in order. */
  readonly keys: readonly string[];
  readonly isBlind: boolean;
  /** Shuffles the sides of blind review. */
  readonly seed: number;
  /** ISO 8601. Verdicts since then belong to this queue. */
  readonly startedAt: string;
  /** Of the pair that is shown, from 0. */
  readonly index: number;
}

/** `keep`: the label is right. `flip`: the other answer is better. */
export type ReviewVerdict = 'keep' | 'flip' | 'tie' | 'drop' | 'skip';

export type ReviewAction =
  | { readonly kind: 'decide'; readonly verdict: ReviewVerdict }
  /** The better answer, by its place on the screen: in blind review. */
  | { readonly kind: 'choose'; readonly side: 'first' | 'second' }
  /** Part of the verdict: of the one to come, or of the last one. */
  | { readonly kind: 'note'; readonly reason?: string; readonly tags?: readonly string[] }
  | { readonly kind: 'undo' }
  | { readonly kind: 'go'; readonly to: 'here' | 'next' | 'previous' | 'open' }
  | { readonly kind: 'goTo'; readonly index: number };

export interface ReviewRequest {
  readonly uri: string;
  readonly action: ReviewAction;
  /** Of the pair that the page showed: if another one is shown by now, nothing is decided. */
  readonly key?: string;
  /** What the client kept: used if the server has no queue of this file. */
  readonly queue?: ReviewQueue;
}

export interface StartReview {
  readonly uri: string;
  readonly source: ReviewSource;
  readonly size: number;
  readonly isBlind: boolean;
}

/** A number with its interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Two reviewers, and the pairs that both reviewed. κ is null below ten pairs, and if both always say the same. */
export interface ReviewersView {
  readonly reviewers: readonly [string, string];
  readonly count: number;
  readonly same: Interval;
  readonly kappa: Interval | null;
}

/** What can be reviewed in a file, and how far reviewers are. */
export interface ReviewChoices {
  /** Of scored pairs; 0 while the file is not scored. */
  readonly labels: number;
  /** Pairs with findings. */
  readonly findings: number;
  /** Rules whose findings are about such pairs, and how many findings each has. */
  readonly rules: readonly RuleCount[];
  readonly conflicts: number;
  /** The person's name. */
  readonly reviewer: string;
  /** Pairs of this file with a verdict of that person. */
  readonly reviewed: number;
  readonly agreement: readonly ReviewersView[];
}

/** A pair of the queue that was decided. */
export interface DecidedView {
  readonly index: number;
  /** How the prompt begins; absent if the pair is no longer in the file. */
  readonly prompt?: string;
  readonly verdict: ReviewVerdict;
  readonly reason: string;
  readonly tags: readonly string[];
  /** The reviewer did not see the label. */
  readonly isBlind: boolean;
}

/** How many faults the rest of the queue likely holds: 95 of 100 such queues are in the range. */
export interface RemainingView {
  readonly likely: number;
  readonly low: number;
  readonly high: number;
}

/** What the verdicts on labels of the file, of all reviewers, let expect of the others. */
export interface LessonView {
  readonly judged: number;
  /** Of the next open pairs of the queue: their number, and how many of their labels are wrong. */
  readonly next: RemainingView & { readonly of: number };
  /** Among all pairs that nobody judged. */
  readonly left: RemainingView;
}

/** A review that goes on. */
export interface ReviewView {
  readonly queue: ReviewQueue;
  readonly decidedCount: number;
  readonly counts: Readonly<Record<ReviewVerdict, number>>;
  /** The pair at `queue.index`. While it is hidden, it says nothing of label, scores or models. */
  readonly item: RecordView;
  /** Of the pair. */
  readonly key: string;
  /** In blind review, until the pair is decided. */
  readonly isHidden: boolean;
  readonly verdict?: ReviewVerdict;
  /** Of the verdict, or of the one to come. */
  readonly reason: string;
  readonly tags: readonly string[];
  /** What others said of the pair; once the person has decided, or to settle a disagreement. */
  readonly others: readonly { readonly by: string; readonly words: string; readonly reason: string }[];
  readonly canUndo: boolean;
  /** Edits are refused: verdicts alone are written down. */
  readonly isReadOnly: boolean;
  /** To choose from: the person's own, the latest first, then usual ones. */
  readonly reasons: readonly string[];
  /** Decided pairs, the latest first. */
  readonly decided: readonly DecidedView[];
  /** Labels called wrong, and what the rest likely holds; absent while too few pairs are decided. */
  readonly found: number;
  readonly remaining?: RemainingView;
  /** In a queue of doubtful labels, once enough labels are judged. */
  readonly lesson?: LessonView;
  /** How often the person agreed with a label that was hidden. */
  readonly blind?: { readonly count: number; readonly same: Interval };
  readonly agreement: readonly ReviewersView[];
  readonly reviewer: string;
}

export interface ReviewResult {
  readonly view: ReviewView;
  /** What was done, in a sentence; '' if nothing. */
  readonly said: string;
  /** The editor's own undo has to bring the record back. */
  readonly needsEditorUndo?: true;
}
