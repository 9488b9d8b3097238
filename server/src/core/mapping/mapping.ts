// What a row of the table of mappings can say. Data alone: `forms` holds what each kind of answers means.
import type { Json } from '../model/json.ts';
import type { FieldRef } from './field.ts';
import type { Shape } from './shape.ts';

/** A field and the shape of what it holds. */
export interface Field {
  readonly at: FieldRef;
  readonly as: Shape;
}

/** One part of a prompt; the parts are joined in order. */
export interface PromptPart extends Field {
  /** Of a plain text; `user` when it is not said. */
  readonly role?: string;
  /** The text goes on with the turn before, as the `input` of an instruction does. */
  readonly isMore?: true;
  readonly optional?: boolean;
}

/** Values that name the better answer. `first[i]` and `second[i]` say the same of the other side: a flip exchanges them. */
export interface Verdicts {
  readonly first: readonly Json[];
  readonly second: readonly Json[];
  readonly ties?: readonly Json[];
}

/** How one of two answers is named the better one. */
export type Label =
  | ({ readonly kind: 'value'; readonly at: FieldRef } & Verdicts)
  /** A number; its sign names the better answer, 0 is a tie. `positive` says which one a number above 0 means. */
  | {
      readonly kind: 'strength';
      readonly at: FieldRef;
      readonly positive: 'first' | 'second';
      readonly max: number;
    }
  /** A score for each answer; the higher one wins, equal ones tie. */
  | { readonly kind: 'scores'; readonly first: FieldRef; readonly second: FieldRef; readonly tie?: number }
  /** One of three fields is 1 or true. */
  | { readonly kind: 'one-hot'; readonly first: FieldRef; readonly second: FieldRef; readonly tie: FieldRef }
  /**
   * Several people, each with a value. The majority wins; as many for the one as for the other tie.
   * Each field of `votes` holds a value, or a list of objects with the value at `each`.
   */
  | ({ readonly kind: 'votes'; readonly votes: readonly FieldRef[]; readonly each?: FieldRef } & Verdicts);

/** Where the candidates of a record stand. */
export type CandidateSource =
  | { readonly kind: 'list'; readonly at: FieldRef }
  | { readonly kind: 'fields'; readonly at: readonly FieldRef[] }
  /** Answers below answers: the siblings of one parent are candidates, the texts above them the prompt. */
  | {
      readonly kind: 'tree';
      readonly at: FieldRef;
      readonly children: string;
      readonly role: string;
      readonly answers: string;
    }
  /** A dialogue with several answers at each turn; the chosen one goes on. */
  | {
      readonly kind: 'dialogue';
      readonly at: FieldRef;
      readonly turn: string;
      readonly role: string;
      readonly answers: string;
      /** The field that is true for the answer with which the dialogue goes on. */
      readonly chosen: string;
    };

/** What puts candidates in order. Fields are named from the candidate, but `index` and `list` from the record. */
export type Order =
  /** A number, or the mean of several. Strings that hold a number count; others, as "N/A", leave the candidate out. */
  | { readonly kind: 'number'; readonly at: readonly FieldRef[]; readonly best: 'high' | 'low' }
  /** A list of numbers beside the list of candidates. */
  | { readonly kind: 'list'; readonly at: FieldRef; readonly best: 'high' | 'low' }
  /** The position of the best candidate; the others are not ranked among each other. */
  | { readonly kind: 'index'; readonly at: FieldRef };

/** What a record says of answers. */
export type Answers =
  /** The better and the worse one, each in a field of its own. `ties`: values of `status` that take the label back. */
  | {
      readonly kind: 'pair';
      readonly chosen: Field;
      readonly rejected: Field;
      readonly ties?: { readonly at: FieldRef; readonly values: readonly Json[] };
      /** Where the dataset's own margin stands, or goes when one is set. */
      readonly margin?: FieldRef;
    }
  /** Two answers and a label that says which is better. `axis` names what the label is about; others can be asked for. */
  | {
      readonly kind: 'choice';
      readonly first: Field;
      readonly second: Field;
      readonly label: Label;
      readonly axis?: string;
      readonly axes?: Readonly<Record<string, Label>>;
    }
  /** Several answers in an order. Every two of different rank are a pair. */
  | {
      readonly kind: 'candidates';
      readonly from: CandidateSource;
      readonly text: Field;
      readonly order: Order;
    }
  /** Several good and several bad ones: every good one with every bad one. */
  | { readonly kind: 'lists'; readonly chosen: FieldRef; readonly rejected: FieldRef }
  /** One answer with a verdict of its own; there is no pair in the record. */
  | {
      readonly kind: 'unpaired';
      readonly response: Field;
      readonly verdict: { readonly at: FieldRef } & Partial<Verdicts>;
    }
  /** Steps of one solution, each with a verdict. */
  | { readonly kind: 'steps'; readonly steps: FieldRef; readonly labels?: FieldRef }
  /** Known, and holding neither pair nor verdict that PrefLens works on. */
  | { readonly kind: 'none'; readonly fields: readonly Field[]; readonly why: string };

/** One schema: how the fields of a record become pairs. */
export interface Mapping {
  readonly id: string;
  /** What people call it. */
  readonly title: string;
  /** Other datasets and trainer formats with the same fields. */
  readonly also?: readonly string[];
  readonly prompt: readonly PromptPart[];
  readonly answers: Answers;
  /** Fields that tell this schema from its cousins; they only have to be there. */
  readonly marks?: readonly FieldRef[];
  /** Which answer is the better one, in words. */
  readonly polarity: string;
  /** Why the answers cannot be scored. Absent when they can. */
  readonly unscorable?: string;
}
