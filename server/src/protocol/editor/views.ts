// A place of a dataset, ready to be drawn.
import type { TemplateView } from './templates.ts';
import type { TokenScorerView } from './tokens.ts';
import type { ValueKind } from './valueKind.ts';

/** What a message holds beside its words. */
export interface PartView {
  /** Number of the message of an answer that holds it, from 0, where the answer has several. */
  readonly turn?: number;
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
  /** Of a message of an answer: where its text begins in that of the answer, in UTF-16 units. */
  readonly start?: number;
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
  /** Its messages, where they are more than one text of the assistant. */
  readonly turns?: readonly TurnView[];
  readonly parts?: readonly PartView[];
  /** Undefined while the file is not scored. */
  readonly reward?: number;
}

export interface ReasonView {
  readonly text: string;
  readonly side: 'chosen' | 'rejected' | 'style' | 'origin' | 'item';
  readonly weight: number;
}

export interface FindingView {
  /** `repair` repairs its text. */
  readonly canRepair?: boolean;
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** What shows it in the text of an answer: a half-open range in UTF-16 units. */
  readonly at?: { readonly side: 'chosen' | 'rejected'; readonly start: number; readonly end: number };
}

/** A value of a record as people read it. A list or an object has children. */
export interface FieldView {
  /** Of the field, or the number of the item. */
  readonly name: string;
  readonly kind: ValueKind;
  /** '' where there are children or a picture. */
  readonly text: string;
  /** Characters of the whole text, and those that were cut off, where it is too long to be shown. */
  readonly length?: number;
  readonly cut?: number;
  readonly children?: readonly FieldView[];
  /** Children that are not listed, because there are too many. */
  readonly hidden?: number;
  /** A data URI. */
  readonly image?: string;
}

/** One of several answers that a record ranks or rates. */
export interface CandidateView extends AnswerView {
  /** From 0, in the order of the record. */
  readonly number: number;
  /** How many other candidates the record calls better, and how many equal. */
  readonly better: number;
  readonly equal: number;
  /** The record compares it with some of the others only. */
  readonly isUnranked?: true;
  /** Its place in the pair that is shown. */
  readonly side?: 'chosen' | 'rejected';
  /** Its own fields: its model, its score. */
  readonly about: readonly FieldView[];
}

/** A place of a dataset, ready to be drawn: what pairs, single answers and places without either have in common. */
export interface PlaceView {
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
  /** Fields of the record that are shown nowhere else. */
  readonly fields: readonly FieldView[];
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
  /** The label is hidden: `chosen` is the answer that stands first. */
  readonly isBlind?: true;
  readonly prompt: readonly TurnView[];
  /** What belongs to the prompt and is no turn of it: tools on offer, pictures. */
  readonly context: readonly PartView[];
  readonly chosen: AnswerView;
  readonly rejected: AnswerView;
  /** Models of preflens.json whose chat templates can write it. */
  readonly templates?: readonly TemplateView[];
  /** Scorers that can say what each token of the answers is worth. */
  readonly tokenScorers?: readonly TokenScorerView[];
  /** All answers to the same prompt, best first; absent if there are only these two. */
  readonly candidates?: readonly CandidateView[];
  readonly margin?: number;
  /** Where the margin stands in the file: the share from the nearer end to it, as printed. */
  readonly standing?: { readonly end: 'lowest' | 'highest'; readonly percent: string };
  /** What the scorer is, in a sentence or two. */
  readonly scorer?: string;
  /** What it is worth on this file, in a sentence or two. */
  readonly trust?: string;
  /** Why there is no score, where that is known. */
  readonly whyUnscored?: string;
  readonly reasons: readonly ReasonView[];
  /** What else the scorer says of the pair, a line each. */
  readonly details: readonly string[];
  /** Pairs like this one that are labelled the other way; absent if there are none. */
  readonly neighbours?: readonly NeighboursView[];
}

/** A sentence or two, and the places of the pairs that it is about, the one most like this one first. */
export interface NeighboursView {
  readonly text: string;
  readonly places: readonly { readonly record: number; readonly pair: number }[];
}

/** An answer with a verdict of its own. */
export interface JudgementView {
  readonly text: string;
  readonly turns?: readonly TurnView[];
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
  /** Nothing is recognised in the file, and its fields can be mapped. */
  readonly canMap?: true;
  /** It will be known later: the next status of the file is a reason to ask again. */
  readonly isPending: boolean;
}

export type RecordView = PairView | JudgedView | EmptyView;
