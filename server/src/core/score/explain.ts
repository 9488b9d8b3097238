import { visitFeatures } from '../model/tokens.ts';
import type { PairText } from './features.ts';
import type { LinearModel } from './fit.ts';
import type { PromptView } from './prompt.ts';
import { continueConversation, viewPrompt } from './prompt.ts';
import { CONTINUED_AT, STYLE_COUNT, STYLE_NAMES, styleOf } from './style.ts';

/** One contribution to a margin. Positive supports the chosen answer. */
export interface Reason {
  /** Words from the answer, or the name of a style number. */
  readonly text: string;
  readonly side: 'chosen' | 'rejected' | 'style';
  readonly weight: number;
}

/** Rewards are known only up to a constant that both answers share, so only their difference has a meaning. */
export interface Explanation {
  readonly chosenReward: number;
  readonly rejectedReward: number;
  readonly margin: number;
  /** Strongest first; half of the slots are reserved for words of the answers. */
  readonly reasons: readonly Reason[];
}

/** Words per side to examine when choosing reasons. */
const CANDIDATES = 32;

interface Words {
  readonly sum: number;
  readonly found: Map<number, readonly [start: number, end: number]>;
}

function readWords(text: string, model: LinearModel): Words {
  const found = new Map<number, readonly [number, number]>();
  let sum = 0;
  if (model.words.length > 0) {
    visitFeatures(text, (feature, start, end) => {
      if (found.has(feature)) return;
      found.set(feature, [start, end]);
      sum += model.words[feature] ?? 0;
    });
  }
  return { sum, found };
}

function readStyle(text: string, prompt: PromptView, answered: ReadonlySet<number>): Float32Array {
  const out = new Float32Array(STYLE_COUNT);
  styleOf(text, prompt, out, 0);
  if (prompt.end !== 0 && answered.has(continueConversation(prompt.end, text))) out[CONTINUED_AT] = 1;
  return out;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
}

function strongest(reasons: Reason[], max: number): Reason[] {
  const bySize = (a: Reason, b: Reason): number => Math.abs(b.weight) - Math.abs(a.weight);
  const words = reasons.filter(({ side }) => side !== 'style').sort(bySize);
  const styles = reasons.filter(({ side }) => side === 'style').sort(bySize);
  const wordCount = Math.min(words.length, Math.ceil(max / 2));
  return [...words.slice(0, wordCount), ...styles.slice(0, max - wordCount)].sort(bySize);
}

/** Explains one pair with a fitted model. `answered`: conversations that continue elsewhere in the file. */
export function explain(
  pair: PairText,
  model: LinearModel,
  answered: ReadonlySet<number>,
  max = 6,
): Explanation {
  const prompt = viewPrompt(pair.prompt);
  const chosen = readWords(pair.chosen, model);
  const rejected = readWords(pair.rejected, model);
  const styles = [
    readStyle(pair.chosen, prompt, answered),
    readStyle(pair.rejected, prompt, answered),
  ] as const;
  const reasons = new Map<string, Reason>();
  const add = (reason: Reason): void => {
    const key = `${reason.side}\u0000${reason.text.toLowerCase()}`;
    const before = reasons.get(key);
    reasons.set(key, before ? { ...before, weight: before.weight + reason.weight } : reason);
  };
  const addWords = (text: string, own: Words, other: Words, side: 'chosen' | 'rejected'): void => {
    const candidates: (readonly [weight: number, range: readonly [number, number]])[] = [];
    for (const [feature, range] of own.found) {
      const weight = model.words[feature] ?? 0;
      if (weight !== 0 && !other.found.has(feature)) candidates.push([weight, range]);
    }
    candidates.sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]));
    // A word can count twice, also as part of the opening: add its weights before choosing the strongest.
    for (const [weight, range] of candidates.slice(0, CANDIDATES)) {
      const word = text
        .slice(...range)
        .replace(/\s+/g, ' ')
        .trim();
      if (word !== '') add({ text: word, side, weight: side === 'chosen' ? weight : -weight });
    }
  };
  addWords(pair.chosen, chosen, rejected, 'chosen');
  addWords(pair.rejected, rejected, chosen, 'rejected');
  for (let k = 0; k < STYLE_COUNT; k++) {
    const weight = (model.style[k] ?? 0) * ((styles[0][k] ?? 0) - (styles[1][k] ?? 0));
    if (weight !== 0) add({ text: STYLE_NAMES[k] ?? '', side: 'style', weight });
  }
  const chosenReward = chosen.sum + dot(model.style, styles[0]);
  const rejectedReward = rejected.sum + dot(model.style, styles[1]);
  return {
    chosenReward,
    rejectedReward,
    margin: chosenReward - rejectedReward,
    reasons: strongest([...reasons.values()], max),
  };
}
