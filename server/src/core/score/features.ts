import { FEATURE_BITS } from '../model/tokens.ts';
import type { GroupColumn } from './groups.ts';
import { GroupBuilder } from './groups.ts';
import type { OriginTable } from './origins.ts';
import { OriginBuilder } from './origins.ts';
import type { PairInput, PairNumbers } from './readPairs.ts';
import { CONTINUED_AT, STYLE_COUNT } from './style.ts';
import type { WordMemory } from './wordLoops.ts';
import { wordMemory } from './wordLoops.ts';

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
  readonly memory: WordMemory;
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

/** Collects pairs. Memory grows with the words that differ: about 3 kB for a pair of 200-word answers. */
export class FeatureBuilder {
  count = 0;
  readonly #batches: PairNumbers[] = [];
  /** Conversations, up to and including an answer, that some prompt of the file continues. */
  readonly #answered = new Set<number>();
  readonly #origins = new OriginBuilder();
  readonly groups = new GroupBuilder();

  /** @param numbers what `readPairs` gives for them */
  add(pairs: readonly PairInput[], numbers: PairNumbers): void {
    for (const { origins, kinds } of pairs) {
      this.#origins.add(origins);
      this.groups.add(kinds);
    }
    for (const conversation of numbers.answered) this.#answered.add(conversation);
    this.#batches.push(numbers);
    this.count += pairs.length;
  }

  /** Conversations that continue in other records. Stored with a model, to explain single pairs later. */
  get answered(): ReadonlySet<number> {
    return this.#answered;
  }

  /** Call it once, after all pairs. */
  build(): { readonly features: PairFeatures; readonly origins: OriginTable } {
    const { count } = this;
    const vocabulary = byFrequency(this.#batches);
    const { starts, words, memory, style } = this.#join(vocabulary);
    const { table, numbers, pairs, width } = this.#origins.build();
    const features = {
      count,
      starts,
      words,
      memory,
      vocabulary,
      style: widened(style, count, numbers),
      width: STYLE_COUNT + numbers.length,
      origins: pairs,
      originWidth: width,
      categoryCount: table.categories.length,
      group: new Int32Array(count).fill(-1),
      groupCount: 0,
    };
    return { features, origins: table };
  }

  /** All batches as one, with places in the vocabulary. Lets go of the batches. */
  #join(vocabulary: Int32Array): Pick<PairFeatures, 'starts' | 'words' | 'memory' | 'style'> {
    const places = new Int32Array(1 << FEATURE_BITS);
    for (let place = 0; place < vocabulary.length; place++) places[vocabulary[place] as number] = place;
    const starts = new Float64Array(this.count + 1);
    const style = new Float32Array(this.count * STYLE_COUNT);
    const length = this.#batches.reduce((sum, batch) => sum + batch.words.length, 0);
    const { memory, words } = wordMemory(length, vocabulary.length);
    let [row, end] = [0, 0];
    for (const batch of this.#batches.splice(0)) {
      style.set(batch.style, row * STYLE_COUNT);
      for (let at = 0; at < batch.words.length; at++) {
        const word = batch.words[at] as number;
        words[end + at] = word < 0 ? ~(places[~word] as number) : (places[word] as number);
      }
      for (let pair = 0; pair < batch.ends.length; pair++, row++) {
        starts[row + 1] = end + (batch.ends[pair] as number);
        style[row * STYLE_COUNT + CONTINUED_AT] =
          Number(this.#answered.has(batch.made[2 * pair] as number)) -
          Number(this.#answered.has(batch.made[2 * pair + 1] as number));
      }
      end += batch.words.length;
    }
    return { starts, words, memory, style };
  }
}

/** The features that occur, the most frequent first. */
function byFrequency(batches: readonly PairNumbers[]): Int32Array {
  const counts = new Int32Array(1 << FEATURE_BITS);
  for (const { words } of batches) for (const word of words) (counts[word < 0 ? ~word : word] as number)++;
  const seen: number[] = [];
  for (let feature = 0; feature < counts.length; feature++)
    if ((counts[feature] as number) > 0) seen.push(feature);
  return Int32Array.from(seen).sort((a, b) => (counts[b] as number) - (counts[a] as number));
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
