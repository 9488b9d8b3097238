import type { Kinds } from '../mapping/kinds.ts';
import type { Origin } from '../mapping/sideFields.ts';
import { FEATURE_BITS, TokenList } from '../model/tokens.ts';
import type { GroupColumn } from './groups.ts';
import { GroupBuilder } from './groups.ts';
import { OneSided } from './oneSided.ts';
import type { OriginTable } from './origins.ts';
import { OriginBuilder } from './origins.ts';
import { continueConversation, PromptView } from './prompt.ts';
import { CONTINUED_AT, STYLE_COUNT, styleOf } from './style.ts';

/** Scorer input for one pair. */
export interface PairText {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** A pair as the scorer takes it: its texts, and what else the record says. */
export interface PairInput extends PairText {
  readonly origins?: readonly Origin[];
  readonly kinds?: Kinds;
}

/**
 * Differences chosen − rejected of many pairs, compactly: for words, the features that only one side has; for
 * style, one row of numbers; for origins, the categories of both sides.
 */
export interface PairFeatures {
  readonly count: number;
  /** Pair i has words[starts[i]] up to words[starts[i + 1]], exclusive. */
  readonly starts: Float64Array;
  /**
   * Places in `vocabulary`: of the chosen side as they are, of the rejected side as bitwise complement. Those of the
   * rejected side come first in a pair.
   */
  readonly words: Int32Array;
  /** The features of all pairs, the most frequent first: so the weights that a fit visits most lie together. */
  readonly vocabulary: Int32Array;
  /** count × width: the style numbers, then the numbers of origins. */
  readonly style: Float32Array;
  readonly width: number;
  /** count × originWidth × 2: categories of the chosen and the rejected side; −1 for none. */
  readonly origins: Int32Array;
  readonly originWidth: number;
  readonly categoryCount: number;
  /** Group of each pair; −1 for none. */
  readonly group: Int32Array;
  readonly groupCount: number;
}

/** The same pairs in the groups of a column; in none without one. */
export function inGroups(features: PairFeatures, column: GroupColumn | undefined): PairFeatures {
  return {
    ...features,
    group: column?.group ?? new Int32Array(features.count).fill(-1),
    groupCount: column?.values.length ?? 0,
  };
}

/**
 * Collects pairs one by one. Memory grows with the words that differ: about 3 kB for a pair of 200-word answers.
 */
export class FeatureBuilder {
  #count = 0;
  #starts: Float64Array = new Float64Array(1025);
  /** Shared, so that threads can read them without a copy. */
  #words = sharedInt32(1 << 16);
  #wordCount = 0;
  #style: Float32Array = new Float32Array(1024 * STYLE_COUNT);
  readonly #chosen = new TokenList();
  readonly #rejected = new TokenList();
  readonly #prompt = new PromptView();
  readonly #oneSided = new OneSided();
  readonly #sides = new Float32Array(2 * STYLE_COUNT);
  /** Conversations, up to and including an answer, that some prompt of the file continues. */
  readonly #answered = new Set<number>();
  /** For each pair, the conversations that end with its chosen and its rejected answer. 0 without a prompt. */
  readonly #made: number[] = [];
  readonly #origins = new OriginBuilder();
  readonly groups = new GroupBuilder();

  get count(): number {
    return this.#count;
  }

  add(pair: PairInput): void {
    this.#chosen.read(pair.chosen);
    this.#rejected.read(pair.rejected);
    this.#addWords();
    this.#origins.add(pair.origins);
    this.groups.add(pair.kinds);
    const prompt = this.#prompt.read(pair.prompt);
    for (const conversation of prompt.answered) this.#answered.add(conversation);
    for (const { units } of [this.#chosen, this.#rejected]) {
      this.#made.push(prompt.end === 0 ? 0 : continueConversation(prompt.end, units));
    }
    styleOf(pair.chosen, this.#chosen, prompt, this.#sides, 0);
    styleOf(pair.rejected, this.#rejected, prompt, this.#sides, STYLE_COUNT);
    const row = this.#count * STYLE_COUNT;
    if (row + STYLE_COUNT > this.#style.length)
      this.#style = grow(this.#style, (length) => new Float32Array(length));
    for (let k = 0; k < STYLE_COUNT; k++) {
      this.#style[row + k] = (this.#sides[k] ?? 0) - (this.#sides[STYLE_COUNT + k] ?? 0);
    }
    this.#count++;
    if (this.#count + 1 > this.#starts.length)
      this.#starts = grow(this.#starts, (length) => new Float64Array(length));
    this.#starts[this.#count] = this.#wordCount;
  }

  /** Conversations that continue in other records. Stored with a model, to explain single pairs later. */
  get answered(): ReadonlySet<number> {
    return this.#answered;
  }

  build(): { readonly features: PairFeatures; readonly origins: OriginTable } {
    const count = this.#count;
    for (let row = 0; row < count; row++) {
      const [chosen, rejected] = [this.#made[2 * row] ?? 0, this.#made[2 * row + 1] ?? 0];
      this.#style[row * STYLE_COUNT + CONTINUED_AT] =
        Number(this.#answered.has(chosen)) - Number(this.#answered.has(rejected));
    }
    const { table, numbers, pairs, width } = this.#origins.build();
    const words = this.#words.subarray(0, this.#wordCount);
    const features = {
      count,
      starts: this.#starts.subarray(0, count + 1),
      words,
      vocabulary: byFrequency(words),
      style: widened(this.#style.subarray(0, count * STYLE_COUNT), count, numbers),
      width: STYLE_COUNT + numbers.length,
      origins: pairs,
      originWidth: width,
      categoryCount: table.categories.length,
      group: new Int32Array(count).fill(-1),
      groupCount: 0,
    };
    return { features, origins: table };
  }

  /** Adds the features that only one side has. */
  #addWords(): void {
    const { words, count } = this.#oneSided.read(this.#chosen, this.#rejected);
    while (this.#wordCount + count > this.#words.length) this.#words = grow(this.#words, sharedInt32);
    this.#words.set(words.subarray(0, count), this.#wordCount);
    this.#wordCount += count;
  }
}

/** Puts places in the returned vocabulary into the place of features. */
function byFrequency(words: Int32Array): Int32Array {
  const counts = new Int32Array(1 << FEATURE_BITS);
  for (const word of words) (counts[word < 0 ? ~word : word] as number)++;
  const vocabulary = Int32Array.from(counts.keys())
    .filter((feature) => (counts[feature] as number) > 0)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number));
  const places = counts;
  for (let place = 0; place < vocabulary.length; place++) places[vocabulary[place] as number] = place;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as number;
    words[at] = word < 0 ? ~(places[~word] as number) : (places[word] as number);
  }
  return vocabulary;
}

/** Rows of style numbers, each followed by its numbers of origins. */
function widened(style: Float32Array, count: number, numbers: readonly Float32Array[]): Float32Array {
  if (numbers.length === 0) return style;
  const width = STYLE_COUNT + numbers.length;
  const rows = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    rows.set(style.subarray(row * STYLE_COUNT, (row + 1) * STYLE_COUNT), row * width);
    numbers.forEach((column, k) => {
      rows[row * width + STYLE_COUNT + k] = column[row] ?? 0;
    });
  }
  return rows;
}

function sharedInt32(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * length));
}

function grow<T extends Float32Array | Float64Array | Int32Array>(old: T, make: (length: number) => T): T {
  const next = make(Math.ceil(old.length * 1.5));
  next.set(old);
  return next;
}
