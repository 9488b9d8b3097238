import type { Origin } from '../mapping/sideFields.ts';
import type { TokenList } from '../model/tokens.ts';
import type { English } from '../words/translate.ts';
import { english, t } from '../words/translate.ts';
import type { LinearModel } from './fit.ts';
import type { OriginCategory, OriginTable } from './origins.ts';
import { continueConversation, PromptView } from './prompt.ts';
import type { PairInput } from './readPairs.ts';
import { SideWords } from './sideWords.ts';
import { CONTINUED_AT, STYLE_COUNT, STYLE_NAMES, styleOf } from './style.ts';

/** One contribution to a margin. Positive supports the chosen answer. */
export interface Reason {
  /** Words from the answer, the name of a style number, or where an answer comes from. */
  readonly text: string;
  readonly side: 'chosen' | 'rejected' | 'style' | 'origin';
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

/** Emptied for each pair: new ones would take longer than the rest. */
const SIDES = [new SideWords(), new SideWords()] as const;
const PROMPT = new PromptView();

function readStyle(
  text: string,
  tokens: TokenList,
  prompt: PromptView,
  answered: ReadonlySet<number>,
): Float32Array {
  const out = new Float32Array(STYLE_COUNT);
  styleOf(text, tokens, prompt, out, 0);
  if (prompt.end !== 0 && answered.has(continueConversation(prompt.end, tokens.units))) out[CONTINUED_AT] = 1;
  return out;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
}

function strongest(reasons: Reason[], max: number): Reason[] {
  const bySize = (a: Reason, b: Reason): number => Math.abs(b.weight) - Math.abs(a.weight);
  const isWord = ({ side }: Reason): boolean => side === 'chosen' || side === 'rejected';
  const words = reasons.filter(isWord).sort(bySize);
  const styles = reasons.filter((reason) => !isWord(reason)).sort(bySize);
  const wordCount = Math.min(words.length, Math.ceil(max / 2));
  return [...words.slice(0, wordCount), ...styles.slice(0, max - wordCount)].sort(bySize);
}

/** Words of names of fields whose value wrote the answer. */
const WRITER = /model|engine|generator|author|writer|llm|bot|policy|agent|checkpoint/i;

/** "written by X, whose answers lose 81 % here" */
function originText({ field, value, wins, losses }: OriginCategory): string {
  const who = WRITER.test(field)
    ? t('written by {0}', value)
    : t('{0} “{1}”', field.replaceAll('_', ' '), value);
  const count = wins + losses;
  if (count === 0) return who;
  const percent = Math.round((100 * Math.max(wins, losses)) / count);
  return losses > wins
    ? t('{0}, whose answers lose {1} % here', who, percent)
    : t('{0}, whose answers win {1} % here', who, percent);
}

const ORIGINS = {
  chosen: english('chosen answer {0}'),
  rejected: english('rejected answer {0}'),
};

/** A reason in the words of the language: style has names of ours. */
function inWords(reason: Reason): Reason {
  return reason.side === 'style' ? { ...reason, text: t(reason.text as English) } : reason;
}

/** What a fit knows beside the texts of a pair. */
export interface Known {
  readonly model: LinearModel;
  /** The pair's group; −1 for none. */
  readonly group: number;
  readonly origins: OriginTable;
  /** Conversations that continue elsewhere in the file. */
  readonly answered: ReadonlySet<number>;
}

interface OriginReward {
  readonly chosen: number;
  readonly rejected: number;
  readonly reasons: readonly Reason[];
}

/** The part of the rewards that origins give. */
function readOrigins(
  given: readonly Origin[],
  { model, origins }: Known,
  styleWeights: Float32Array,
): OriginReward {
  let [chosen, rejected] = [0, 0];
  const reasons: Reason[] = [];
  for (const origin of given) {
    if (origin.chosen === origin.rejected) continue;
    const number = origins.numbers.indexOf(origin.title);
    if (number >= 0) {
      const weight = styleWeights[STYLE_COUNT + number] ?? 0;
      if (typeof origin.chosen !== 'number' || typeof origin.rejected !== 'number') continue;
      chosen += weight * origin.chosen;
      rejected += weight * origin.rejected;
      const title = origin.title.replaceAll('_', ' ');
      const text = t('{0} {1} against {2}', title, origin.chosen, origin.rejected);
      reasons.push({ text, side: 'origin', weight: weight * (origin.chosen - origin.rejected) });
      continue;
    }
    for (const side of ['chosen', 'rejected'] as const) {
      const value = origin[side];
      const at = origins.categories.findIndex(
        (one) => one.field === origin.title && value !== undefined && one.value === String(value),
      );
      const category = origins.categories[at];
      const strength = model.origins[at] ?? 0;
      if (!category || strength === 0) continue;
      if (side === 'chosen') chosen += strength;
      else rejected += strength;
      const text = t(ORIGINS[side], originText(category));
      reasons.push({ text, side: 'origin', weight: side === 'chosen' ? strength : -strength });
    }
  }
  return { chosen, rejected, reasons };
}

/** The weights of style in a group. */
function styleIn({ style, deviations }: LinearModel, group: number): Float32Array {
  return group < 0 ? style : style.map((weight, k) => weight + (deviations[group * style.length + k] ?? 0));
}

/** Explains one pair with a fitted model. */
export function explain(pair: PairInput, known: Known, max = 6): Explanation {
  const { model, group, answered } = known;
  const styleWeights = styleIn(model, group);
  const prompt = PROMPT.read(pair.prompt);
  const [chosen, rejected] = SIDES;
  chosen.read(pair.chosen, model);
  rejected.read(pair.rejected, model);
  const styles = [
    readStyle(pair.chosen, chosen.tokens, prompt, answered),
    readStyle(pair.rejected, rejected.tokens, prompt, answered),
  ] as const;
  const reasons = new Map<string, Reason>();
  const add = (reason: Reason): void => {
    const key = `${reason.side}\u0000${reason.text.toLowerCase()}`;
    const before = reasons.get(key);
    reasons.set(key, before ? { ...before, weight: before.weight + reason.weight } : reason);
  };
  const addWords = (text: string, own: SideWords, other: SideWords, side: 'chosen' | 'rejected'): void => {
    // A word can count twice, also as part of the opening: add its weights before choosing the strongest.
    for (const { weight, start, end } of own.strongest(other, model, CANDIDATES)) {
      const word = text.slice(start, end).replace(/\s+/g, ' ').trim();
      if (word !== '') add({ text: word, side, weight: side === 'chosen' ? weight : -weight });
    }
  };
  addWords(pair.chosen, chosen, rejected, 'chosen');
  addWords(pair.rejected, rejected, chosen, 'rejected');
  for (let k = 0; k < STYLE_COUNT; k++) {
    const weight = (styleWeights[k] ?? 0) * ((styles[0][k] ?? 0) - (styles[1][k] ?? 0));
    if (weight !== 0) add({ text: STYLE_NAMES[k] ?? '', side: 'style', weight });
  }
  const origins = readOrigins(pair.origins ?? [], known, styleWeights);
  origins.reasons.forEach(add);
  const chosenReward = chosen.sum + dot(styles[0], styleWeights) + origins.chosen;
  const rejectedReward = rejected.sum + dot(styles[1], styleWeights) + origins.rejected;
  return {
    chosenReward,
    rejectedReward,
    margin: chosenReward - rejectedReward,
    reasons: strongest([...reasons.values()], max).map(inWords),
  };
}
