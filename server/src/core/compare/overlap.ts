// How much of one text stands in another: by words in their order (ROUGE-L), or by runs of characters (chrF).
import { UNSPACED } from './wordDiff.ts';

/** Longer texts are not compared: the time grows with the product of both lengths. */
export const MAX_WORDS = 20_000;

/** The same for runs of characters, of which each is kept in memory. */
export const MAX_CHARACTERS = 50_000;

const WORD = new RegExp(String.raw`${UNSPACED}|(?:(?!${UNSPACED})[\p{L}\p{N}\p{M}_'’])+`, 'gu');

/** Lower-case words without punctuation. Of scripts that write no spaces, each letter is a word. */
export function comparedWords(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

function bitCount(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Length of the longest common subsequence of two number lists without shared ends, 32 columns of the table at a time (H. Hyyrö,
 * 2004): a bit is 0 where the length grows. Between blocks, only the carry of each row is kept.
 * @param kinds the numbers are below it
 */
function longestCommonOf(a: Int32Array, b: Int32Array, kinds: number): number {
  const masks = new Int32Array(kinds);
  const carries = new Uint8Array(b.length);
  let common = 0;
  for (let from = 0; from < a.length; from += 32) {
    const size = Math.min(32, a.length - from);
    for (let i = 0; i < size; i++)
      masks[a[from + i] as number] = (masks[a[from + i] as number] as number) | (1 << i);
    let rows = -1;
    for (let j = 0; j < b.length; j++) {
      const mask = masks[b[j] as number] as number;
      const sum = (rows >>> 0) + ((rows & mask) >>> 0) + (carries[j] as number);
      carries[j] = sum > 0xffffffff ? 1 : 0;
      rows = sum | 0 | (rows & ~mask);
    }
    common += size - bitCount(size === 32 ? rows : rows & ((1 << size) - 1));
    for (let i = 0; i < size; i++) masks[a[from + i] as number] = 0;
  }
  return common;
}

/** Words that both lists have in the same order, at most: the length of their longest common subsequence. */
export function commonWords(a: readonly string[], b: readonly string[]): number {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const numbers = new Map<string, number>();
  const inner = a.slice(start, a.length - end);
  for (const word of inner) if (!numbers.has(word)) numbers.set(word, numbers.size);
  const known = b.slice(start, b.length - end).flatMap((word) => numbers.get(word) ?? []);
  const own = Int32Array.from(inner, (word) => numbers.get(word) ?? 0);
  return start + end + longestCommonOf(own, Int32Array.from(known), numbers.size);
}

/** The share of words in which two texts differ, 0 to 1: 1 − 2·LCS/(words of both). Undefined if they are too long. */
export function changedShare(before: string, after: string): number | undefined {
  const [a, b] = [comparedWords(before), comparedWords(after)];
  if (Math.max(a.length, b.length) > MAX_WORDS) return undefined;
  const words = a.length + b.length;
  // Without a word in either text, punctuation is all there is.
  return words === 0 ? Number(before !== after) : 1 - (2 * commonWords(a, b)) / words;
}

/** ROUGE-L of an answer, F with equal weights (C.-Y. Lin, 2004), over the whole text. 0 if either has no words. */
export function rougeL(answer: readonly string[], reference: readonly string[]): number {
  const words = answer.length + reference.length;
  return words === 0 ? 0 : (2 * commonWords(answer, reference)) / words;
}

/** Longest runs of chrF, and how many times as much recall weighs as precision. */
const ORDERS = 6;
const BETA = 2;

/** Where each character starts, without white space, and where the last one ends. */
function charactersOf(text: string): { readonly plain: string; readonly starts: readonly number[] } {
  const plain = text.replaceAll(/\s+/gu, '');
  const starts = [0];
  for (const one of plain) starts.push((starts.at(-1) ?? 0) + one.length);
  return { plain, starts };
}

type Characters = ReturnType<typeof charactersOf>;

const runCount = ({ starts }: Characters, order: number): number => Math.max(0, starts.length - order);

function* runsOf({ plain, starts }: Characters, order: number): Generator<string> {
  for (let i = 0; i + order < starts.length; i++) yield plain.slice(starts[i], starts[i + order]);
}

function sharedRuns(answer: Characters, reference: Characters, order: number): number {
  const left = new Map<string, number>();
  for (const run of runsOf(reference, order)) left.set(run, (left.get(run) ?? 0) + 1);
  let shared = 0;
  for (const run of runsOf(answer, order)) {
    const count = left.get(run) ?? 0;
    if (count === 0) continue;
    shared++;
    left.set(run, count - 1);
  }
  return shared;
}

/** chrF2 of an answer (M. Popović, 2015): runs of 1 to 6 characters, of the lengths that both texts have. 0 if there are none. */
export function chrF(answer: string, reference: string): number {
  const [own, right] = [charactersOf(answer), charactersOf(reference)];
  let [precision, recall, orders] = [0, 0, 0];
  for (let order = 1; order <= ORDERS; order++) {
    const [ours, theirs] = [runCount(own, order), runCount(right, order)];
    if (ours === 0 || theirs === 0) break;
    const shared = sharedRuns(own, right, order);
    precision += shared / ours;
    recall += shared / theirs;
    orders++;
  }
  if (precision + recall === 0) return 0;
  const [p, r] = [precision / orders, recall / orders];
  return ((1 + BETA ** 2) * p * r) / (BETA ** 2 * p + r);
}
