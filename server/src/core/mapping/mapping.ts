// The data types of the mapping table. `forms` gives the kinds of answers their meaning.
import type { Json } from '../model/json.ts';
import type { FieldRef } from './field.ts';
import type { Shape } from './shape.ts';

/** A field and the shape of its value. */
export interface Field {
  readonly at: FieldRef;
  readonly as: Shape;
  /** Only texts with this in them suggest the mapping. */
  readonly contains?: string;
}

/** One part of a prompt; parts are joined in order. */
export interface PromptPart extends Field {
  /** Role of a plain text; default `user`. */
  readonly role?: string;
  /** A list with the assistant's replies to the texts of this one. */
  readonly replies?: FieldRef;
  /** The text continues the turn before, like the `input` of an instruction. */
  readonly isMore?: true;
  /** The answers take the place of its last message, if that is the assistant's. */
  readonly isReplaced?: true;
  readonly optional?: boolean;
}

/** Values that name the better answer. `first[i]` and `second[i]` are opposites: a flip swaps them. */
export interface Verdicts {
  readonly first: readonly Json[];
  readonly second: readonly Json[];
  readonly ties?: readonly Json[];
}

/** How a record labels one of two answers as better. */
export type Label =
  | ({
      readonly kind: 'value';
      readonly at: FieldRef;
      /** All labels of the file are 1: the other value may be 0 or 2, so a flip exchanges the answers instead. */
      readonly lacksOpposite?: true;
    } & Verdicts)
  /**
   * A number: its sign names the better answer, 0 is a tie. `positive` is the answer that a number above 0
   * prefers.
   */
  | {
      readonly kind: 'strength';
      readonly at: FieldRef;
      readonly positive: 'first' | 'second';
      readonly max: number;
    }
  /**
   * A number from `min`, one answer alone, to `max`, the other alone. The middle is a tie, and so are the
   * values in `ties`.
   */
  | {
      readonly kind: 'between';
      readonly at: FieldRef;
      readonly min: number;
      readonly max: number;
      /** The answer for which `min` stands; default: `first`. */
      readonly low?: 'first' | 'second';
      readonly ties?: readonly number[];
    }
  /** Repeats what stands at `first` or at `second`, like the name of the better model. */
  | {
      readonly kind: 'named';
      readonly at: FieldRef;
      readonly first: FieldRef;
      readonly second: FieldRef;
      readonly ties?: readonly Json[];
    }
  /** One score per answer; the higher one wins, equal ones tie. */
  | { readonly kind: 'scores'; readonly first: FieldRef; readonly second: FieldRef; readonly tie?: number }
  /** One of three fields is 1 or true. */
  | { readonly kind: 'one-hot'; readonly first: FieldRef; readonly second: FieldRef; readonly tie: FieldRef }
  /**
   * Values of several annotators. The majority wins; equal numbers tie. Each field of `votes` holds a value, or a
   * list of values, or of objects with the value at `each`. `status` is a list beside that of the values, or a field
   * of each object: only votes with the status "submitted" count, or without one.
   */
  | ({
      readonly kind: 'votes';
      readonly votes: readonly FieldRef[];
      readonly each?: FieldRef;
      readonly status?: FieldRef;
    } & Verdicts);

/** Where a record stores its candidates. */
export type CandidateSource =
  | { readonly kind: 'list'; readonly at: FieldRef }
  /** The values of an object, each under a name of its own, such as that of its model. */
  | { readonly kind: 'values'; readonly at: FieldRef }
  /** A list in the last message of a conversation; the messages before it are the prompt. */
  | { readonly kind: 'last-message'; readonly at: FieldRef; readonly list: string }
  /** Fields of the record; those in `more` may be missing. */
  | { readonly kind: 'fields'; readonly at: readonly FieldRef[]; readonly more?: readonly FieldRef[] }
  /** A tree of answers: siblings are candidates, the texts above them the prompt. */
  | {
      readonly kind: 'tree';
      readonly at: FieldRef;
      readonly children: string;
      readonly role: string;
      readonly answers: string;
    }
  /** A dialogue with several answers per turn; it continues from the chosen one. */
  | {
      readonly kind: 'dialogue';
      readonly at: FieldRef;
      readonly turn: string;
      readonly role: string;
      readonly answers: string;
      /** The field that is true for the answer with which the dialogue goes on. */
      readonly chosen: string;
    };

/**
 * How candidates are ordered. Fields are relative to the candidate, for `index` and `list` relative to the record.
 */
export type Order =
  /**
   * A number, or the mean of several. Numeric strings count; other strings, such as "N/A", exclude the candidate.
   */
  | { readonly kind: 'number'; readonly at: readonly FieldRef[]; readonly best: 'high' | 'low' }
  /**
   * A list parallel to that of the candidates: of numbers, or of objects with a number at each of `each`, whose mean
   * counts. `same` is a field that an item of both lists repeats, such as the name of a model. Beside the values of an
   * object, an object with the same names.
   */
  | {
      readonly kind: 'list';
      readonly at: FieldRef;
      readonly best: 'high' | 'low';
      readonly each?: readonly FieldRef[];
      readonly same?: FieldRef;
    }
  /**
   * Rankings by several annotators, which name the candidates' fields. Of two candidates, the one that most submitted
   * rankings put first is better. `status` is a list beside them: only those with the status "submitted" count.
   */
  | { readonly kind: 'rankings'; readonly at: FieldRef; readonly status?: FieldRef }
  /** A word for each quality, best first. */
  | { readonly kind: 'words'; readonly at: FieldRef; readonly words: readonly Json[] }
  /** A ranking of the candidates' fields by their letters or numbers, the best first: "A > B = C", or ["A", "B"]. */
  | { readonly kind: 'letters'; readonly at: FieldRef }
  /**
   * Repeats what stands at `name` in the best candidate, or the name under which it stands; the others are not ranked. An
   * empty `name` means the candidate itself.
   */
  | { readonly kind: 'named'; readonly at: FieldRef; readonly name?: FieldRef }
  /**
   * Names the best candidate; the others are not ranked. `values[i]` means candidate i; without them, its position
   * counted from `start`, by default 0.
   */
  | {
      readonly kind: 'index';
      readonly at: FieldRef;
      readonly values?: readonly Json[];
      readonly start?: 0 | 1;
    };

/** How a record stores answers. */
export type Answers =
  /**
   * The better and the worse answer, each in its own field. `ties`: values of `status` that turn the label into a
   * tie.
   */
  | {
      readonly kind: 'pair';
      readonly chosen: Field;
      readonly rejected: Field;
      /** `chosen` is a conversation; `rejected` takes the place of what follows its last user message. */
      readonly isEnding?: true;
      /** A word that only the worse side's names have: `rejected` for `images` and `rejected_images`. */
      readonly mark?: string;
      readonly ties?: { readonly at: FieldRef; readonly values: readonly Json[] };
      /** Other fields that say which answer is better. A flip changes them if they have a value that they know. */
      readonly also?: readonly Label[];
      /** Field of the dataset's own margin; also used to set one. */
      readonly margin?: FieldRef;
    }
  /** Two answers and a label. `axis` names the label; a mapping can have several to choose from. */
  | {
      readonly kind: 'choice';
      readonly first: Field;
      readonly second: Field;
      /** Prompt and answers are lists: each text of an answer replies to the prompt's text of the same number. */
      readonly isWoven?: true;
      readonly label: Label;
      readonly axis?: string;
      readonly axes?: Readonly<Record<string, Label>>;
    }
  /** Several ranked answers. Every two of different rank form a pair. */
  | {
      readonly kind: 'candidates';
      readonly from: CandidateSource;
      readonly text: Field;
      readonly order: Order;
    }
  /**
   * Several good and several bad answers: each good one forms a pair with each bad one. Either field may hold one
   * answer without a list. `text` is the field of an answer with its text, if answers are objects.
   */
  | {
      readonly kind: 'lists';
      readonly chosen: FieldRef;
      readonly rejected: FieldRef;
      readonly text?: FieldRef;
      /** `chosen` is a conversation; the bad answers take the place of its last message. */
      readonly isEnding?: true;
    }
  /** One answer with its own verdict, so the record has no pair. */
  | {
      readonly kind: 'unpaired';
      readonly response: Field;
      readonly verdict: { readonly at: FieldRef } & Partial<Verdicts>;
    }
  /** Steps of one solution, each with a verdict. */
  | {
      readonly kind: 'steps';
      readonly steps: FieldRef;
      readonly labels?: FieldRef;
      /** The number of the first wrong step, from 0; −1 if all are right. Nothing is said of steps after it. */
      readonly firstError?: FieldRef;
    }
  /** A known schema without a pair or verdict that PrefLens supports. */
  | { readonly kind: 'none'; readonly fields: readonly Field[]; readonly why: string };

/** A schema: how the fields of a record become pairs. */
export interface Mapping {
  readonly id: string;
  readonly title: string;
  /** Other datasets and trainer formats with the same fields. */
  readonly also?: readonly string[];
  readonly prompt: readonly PromptPart[];
  readonly answers: Answers;
  /** Fields that distinguish this schema from similar ones; they only need to exist. */
  readonly marks?: readonly FieldRef[];
  /**
   * The schemas of a file that mixes several, itself first and the others by their fields, most first. The file's
   * records that don't fit this one are read by the first other that they fit.
   */
  readonly others?: readonly Mapping[];
  /** Fields that show that the record is of another schema, if they have a value. */
  readonly unless?: readonly FieldRef[];
  /** Why files of other kinds have the same fields. Such a mapping is only used if preflens.json names it. */
  readonly onlyNamed?: string;
  /** Says which answer is better. */
  readonly polarity: string;
  /**
   * `open`: the fields don't fix the meaning of the label, such as 0 and 1, or a sign. The table then holds one of
   * its readings, and `polarity` decides by evidence. Default: `fixed`, by names such as "chosen" or a known dataset.
   */
  readonly convention?: 'fixed' | 'open';
  /** The evidence for this reading of an open convention is too weak: no check may rely on which answer is better. */
  readonly isUnsure?: true;
  /** Why the answers can't be scored; absent if they can. */
  readonly unscorable?: string;
}
