// Files of clean records with a known number of each fault. Words are random, so that no two plants are the
// same.
import type { RulesConfig } from '#core/checks/settings.ts';
import type { Json } from '#core/model/json.ts';

import type { Plant } from '../fakes/fixtures.ts';
import type { Random } from './faultWords.ts';
import { answer, code, han, MIXED, pick, question, sentence, UPPER, VERBS, WORDS } from './faultWords.ts';
import { SLIPPED } from './slips.ts';
import { fillLines } from './template.ts';

export interface FaultyFile {
  readonly lines: readonly string[];
  /** Rule → the records that hold its fault. */
  readonly planted: ReadonlyMap<string, ReadonlySet<number>>;
  readonly rules?: RulesConfig;
}

/** Clean records in a file, and faults of one kind. */
const CLEAN = 1500;
const EACH = 40;
/** Clean records at the start, enough to recognise the schema. */
const HEAD = 300;

export interface Pair {
  prompt: string;
  chosen: string;
  rejected: string;
}
export const pair = (random: Random): Pair => ({
  prompt: question(random),
  chosen: answer(random),
  rejected: answer(random),
});

/** The UTF-8 of a text read as Windows-1252; only for characters that it can show. */
const garbled = (char: string): string =>
  ({ é: 'Ã©', ü: 'Ã¼', ñ: 'Ã±', '’': 'â€™', '“': 'â€œ', '–': 'â€“' })[char] ?? char;

/** Faults of plain pairs; each gives the record, and the settings that the rule needs. */
const PAIR_FAULTS: Readonly<Record<string, (random: Random, clean: Pair) => unknown>> = {
  'invalid-json': (random, clean) => JSON.stringify(clean).slice(0, -1 - Math.floor(random() * 40)),
  'not-an-object': (_random, { prompt, chosen }) => [prompt, chosen],
  'missing-field': (_random, { prompt, chosen }) => ({ prompt, chosen }),
  'wrong-type': (random, clean) => ({ ...clean, rejected: pick<unknown>(random, [true, 7, { text: 'x' }]) }),
  'empty-response': (random, clean) => ({
    ...clean,
    [pick(random, ['chosen', 'rejected'])]: pick(random, ['', ' ', '\n\n']),
  }),
  'identical-pair': (random, clean) => ({ ...clean, rejected: clean.chosen + pick(random, ['', ' ', '\n']) }),
  'whitespace-only-difference': (random, clean) => ({
    ...clean,
    rejected: clean.chosen.replace(pick(random, [' the ', '. ']), (found) => `${found} \n`),
  }),
  'near-identical-pair': (random, { prompt }) => {
    const chosen = answer(random, 6, 9);
    const at = Math.floor(chosen.length / 2);
    return {
      prompt,
      chosen,
      rejected: `${chosen.slice(0, at)}${pick(random, ['x', 'QQ', '77'])}${chosen.slice(at + 2)}`,
    };
  },
  'prefix-pair': (random, clean) => {
    const stop = clean.chosen.indexOf('.', Math.floor(random() * 60)) + 1;
    return { ...clean, rejected: clean.chosen.slice(0, stop) };
  },
  'turn-marker-in-response': (random, clean) => ({
    ...clean,
    chosen: `${clean.chosen}\n\n${pick(random, ['Human', 'User', '### Instruction', 'Assistant'])}: ${sentence(random)}`,
  }),
  'prompt-repeated-in-response': (random, clean) => ({
    ...clean,
    chosen: `${clean.prompt}${pick(random, [' ', '\n', '\n\n'])}${clean.chosen}`,
  }),
  'template-token-in-text': (random, clean) => ({
    ...clean,
    rejected: `${clean.rejected}${pick(random, ['<|im_end|>', '<|eot_id|>', '</s>', '<end_of_turn>', '<|endoftext|>\n'])}`,
  }),
  'prompt-missing': (random, clean) => ({ ...clean, prompt: pick(random, ['', ' ', '\n']) }),
  'cut-off-ending': (random, clean) => ({
    ...clean,
    chosen: `${answer(random, 4, 7)} The ${pick(random, WORDS)} of the ${pick(random, WORDS)} ${pick(random, VERBS)} every ${pick(random, WORDS)} ${pick(random, ['that was in the', 'because', 'and then the other', 'with', 'near the old'])}`,
  }),
  mojibake: (random, clean) => ({
    ...clean,
    chosen: clean.chosen.replace(' ', ` caf${garbled(pick(random, ['é', 'ü', 'ñ', '’', '“', '–']))} `),
  }),
  'lone-surrogate': (random, clean) => ({
    ...clean,
    chosen: `${clean.chosen.slice(0, 20)}${pick(random, ['\ud83d', '\ude00'])}${clean.chosen.slice(20)}`,
  }),
  'model-name-leak': (random, clean) => ({
    ...clean,
    rejected: `${pick(random, ['I am ChatGPT.', 'As an AI developed by Google, I will try.', 'I’m Claude.', 'I was trained by OpenAI.', 'My name is Vicuna.'])} ${clean.rejected}`,
  }),
  'personal-data': (random, clean) => ({
    ...clean,
    chosen: `${clean.chosen} ${pick(random, [
      `Write to ${pick(random, WORDS)}.${pick(random, WORDS)}@${pick(random, ['gmail.com', 'orange.fr', 'web.de'])}.`,
      `Call (${200 + Math.floor(random() * 300)}) ${600 + Math.floor(random() * 300)}-${2000 + Math.floor(random() * 7000)}.`,
    ])}`,
  }),
  secret: (random, clean) => ({
    ...clean,
    chosen: `${clean.chosen} ${pick(random, [`AKIA${code(random, UPPER, 16)}`, `ghp_${code(random, MIXED, 36)}`, `hf_${code(random, MIXED.slice(0, 52), 34)}`, `AIza${code(random, MIXED, 35)}`])}`,
  }),
  'language-mismatch': (random, clean) => ({ ...clean, prompt: `${han(random, 40)}？` }),
  'refusal-chosen': (random, clean) => ({
    ...clean,
    chosen: `${pick(random, ["I'm sorry, but I can't help with that.", 'I cannot assist with this request.', 'Sorry, I am not able to do that.', 'As an AI language model, I cannot provide that.'])} Please ask someone else.`,
  }),
  'benchmark-overlap': (random, clean) => ({ ...clean, prompt: pick(random, BENCHMARK) }),
  'over-context-window': (random, clean) => ({ ...clean, chosen: answer(random, 300, 320) }),
  'openrlhf-drops': (random, clean) => ({ ...clean, prompt: `${answer(random, 40, 60)} ${clean.prompt}` }),
  'duplicate-pair': (_random, clean) => clean,
  'opposite-duplicate': (_random, clean) => ({ ...clean, chosen: clean.rejected, rejected: clean.chosen }),
  'near-duplicate-pair': (random, clean) => ({
    ...clean,
    prompt: clean.prompt.replace('the', 'a'),
    chosen: clean.chosen.replace(/\d+/, String(Math.floor(random() * 1e5))),
  }),
};

export const BENCHMARK: readonly string[] = Array.from(
  { length: 60 },
  (_, i) =>
    `In the exam of spring number ${i} the ${WORDS[i % WORDS.length] ?? ''} had to give its weight in grams, please give it.`,
);

/** Faults made from the preceding clean record. */
const OF_NEIGHBOUR = new Set(['duplicate-pair', 'opposite-duplicate', 'near-duplicate-pair']);

function plantAmong(
  clean: () => object,
  faults: Readonly<Record<string, (before: object) => unknown>>,
  random: Random,
): FaultyFile {
  const kinds = Object.keys(faults).flatMap((rule) => Array.from({ length: EACH }, () => rule));
  const order = [...Array.from({ length: CLEAN }, () => ''), ...kinds]
    .map((rule) => ({ rule, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ rule }) => rule);
  const lines: string[] = [];
  const planted = new Map<string, Set<number>>(Object.keys(faults).map((rule) => [rule, new Set()]));
  let before = clean();
  for (let i = 0; i < HEAD; i++) lines.push(JSON.stringify(clean()));
  for (const rule of order) {
    const make = faults[rule];
    if (!make) {
      before = clean();
      lines.push(JSON.stringify(before));
      continue;
    }
    // Each plant uses its own record; a copy uses an earlier one.
    const base = clean();
    if (OF_NEIGHBOUR.has(rule)) lines.push(JSON.stringify(base));
    if (rule === 'opposite-duplicate') planted.get(rule)?.add(lines.length - 1);
    planted.get(rule)?.add(lines.length);
    const made = make(base);
    lines.push(typeof made === 'string' ? made : JSON.stringify(made));
  }
  return { lines, planted };
}

const CLEAN_PAIR = { prompt: '{question}', chosen: '{answer}', rejected: '{answer}' };

/** Clean records between two plants of a template. */
const BETWEEN = 5;

/** A file with the fault of a fixture template: several records, some of which are reported. */
export function plantTemplate(
  rule: string,
  { plant, clean = CLEAN_PAIR, reported }: Plant,
  random: Random,
): FaultyFile {
  const cleanLines = (count: number): string[] =>
    Array.from({ length: count }, () => fillLines([clean], random)).flat();
  const lines = cleanLines(HEAD);
  const planted = new Set<number>();
  for (let i = 0; i < EACH; i++) {
    const made = fillLines(plant as readonly Json[], random);
    for (const record of reported ?? made.keys()) planted.add(lines.length + record);
    lines.push(...made, ...cleanLines(BETWEEN));
  }
  return { lines, planted: new Map([[rule, planted]]) };
}

const bound = <T extends object>(
  random: Random,
  faults: Readonly<Record<string, (random: Random, clean: T) => unknown>>,
): Readonly<Record<string, (before: object) => unknown>> =>
  Object.fromEntries(
    Object.entries(faults).map(([rule, make]) => [rule, (one: object) => make(random, one as T)]),
  );

const user = (content: string): object => ({ role: 'user', content });
const bot = (content: string): object => ({ role: 'assistant', content });

interface Talk {
  chosen: object[];
  rejected: object[];
}

const talk = (random: Random): Talk => {
  const asked = user(question(random));
  return { chosen: [asked, bot(answer(random))], rejected: [asked, bot(answer(random))] };
};

const TALK_FAULTS: Readonly<Record<string, (random: Random, clean: Talk) => unknown>> = {
  'role-order': (random, { chosen, rejected }) => {
    const more = pick(random, [user(question(random)), { role: 'system', content: 'Be kind.' }]);
    const into = ([first, ...rest]: object[]): object[] => [first as object, more, ...rest];
    return { chosen: into(chosen), rejected: into(rejected) };
  },
  'unknown-role': (random, { chosen, rejected }) => ({
    chosen: [chosen[0], { role: pick(random, ['asistant', 'moderator', 'helper']), content: answer(random) }],
    rejected,
  }),
  'missing-assistant-turn': (random, { chosen, rejected }) => ({
    chosen,
    rejected: [rejected[0], user(question(random))],
  }),
  'history-differs': (random, { chosen, rejected }) => ({
    chosen: [...chosen, user(question(random)), bot(answer(random))],
    rejected: [...rejected, user(question(random)), bot(answer(random))],
  }),
  'axolotl-loses-turns': (random, { chosen }) => {
    const head = [...chosen, user(question(random))];
    return { chosen: [...head, bot(answer(random))], rejected: [...head, bot(answer(random))] };
  },
};

const REPEATED: Readonly<Record<string, (random: Random, clean: Talk & { prompt: object[] }) => unknown>> = {
  'trl-prompt-repeated': (_random, { prompt, chosen, rejected }) => ({
    prompt,
    chosen: [...prompt, ...chosen],
    rejected: [...prompt, ...rejected],
  }),
};

const TRANSCRIPT: Readonly<
  Record<string, (random: Random, clean: { chosen: string; rejected: string }) => unknown>
> = {
  'trl-prefix-split': (random) => {
    const head = `\n\nHuman: ${question(random)}\n\nAssistant: `;
    const word = pick(random, WORDS);
    return {
      chosen: `${head}${word}s are old. ${answer(random)}`,
      rejected: `${head}${word}ing is new. ${answer(random)}`,
    };
  },
};

const SCORED: Readonly<Record<string, (random: Random, clean: object) => unknown>> = {
  'score-contradicts-label': (random, clean) => ({
    ...clean,
    score_chosen: 2,
    score_rejected: 3 + Math.floor(random() * 6),
  }),
  'tie-as-preference': (_random, clean) => ({ ...clean, score_chosen: 7, score_rejected: 7 }),
  'score-out-of-scale': (random, clean) => ({ ...clean, score_chosen: 11 + Math.floor(random() * 90) }),
};

const VOTED: Readonly<Record<string, (random: Random, clean: object) => unknown>> = {
  'annotators-split': (random, clean) => ({
    ...clean,
    annotator1: 1,
    annotator2: 0,
    annotator3: pick(random, [0]),
  }),
};

const AXES: Readonly<Record<string, (random: Random, clean: object) => unknown>> = {
  'labels-conflict': (_random, clean) => ({ ...clean, better_response_id: 0, safer_response_id: 1 }),
};

const SHARE_GPT: Readonly<Record<string, (random: Random, clean: { conversations: object[] }) => unknown>> = {
  'llamafactory-drops': (random, { conversations, ...clean }) => ({
    ...clean,
    conversations: [...conversations, { from: 'gpt', value: answer(random) }],
  }),
};

const CYCLE_PROMPTS = EACH / 2;

/** Three answers that each beat the next: a circle of three pairs under each prompt. */
function cycles(random: Random): FaultyFile {
  const lines = Array.from({ length: HEAD }, () => JSON.stringify(pair(random)));
  const planted = new Set<number>();
  for (let i = 0; i < CYCLE_PROMPTS; i++) {
    const prompt = question(random);
    const [a, b, c] = [answer(random), answer(random), answer(random)];
    for (const [chosen, rejected] of [
      [a, b],
      [b, c],
      [c, a],
    ]) {
      planted.add(lines.length);
      lines.push(JSON.stringify({ prompt, chosen, rejected }));
    }
  }
  return { lines, planted: new Map([['preference-cycle', planted]]) };
}

/** A file to make, and the rules whose faults it holds. */
export interface FaultyFileMaker {
  readonly planted: readonly string[];
  readonly make: (random: Random) => FaultyFile;
}

const fileOf = <T extends object>(
  clean: (random: Random) => T,
  faults: Readonly<Record<string, (random: Random, clean: T) => unknown>>,
  rules?: RulesConfig,
): FaultyFileMaker => ({
  planted: Object.keys(faults),
  make: (random) => ({
    ...plantAmong(() => clean(random), bound(random, faults), random),
    ...(rules && { rules }),
  }),
});

/** One file for each schema that some fault needs. */
export const FAULTY_FILES: readonly FaultyFileMaker[] = [
  SLIPPED,
  fileOf(pair, PAIR_FAULTS, { 'over-context-window': ['warning', { tokens: 4096 }] }),
  fileOf(talk, TALK_FAULTS),
  fileOf(
    (random) => ({
      prompt: [user(question(random))],
      chosen: [bot(answer(random))],
      rejected: [bot(answer(random))],
    }),
    REPEATED,
  ),
  fileOf((random) => {
    const head = `\n\nHuman: ${question(random)}\n\nAssistant: `;
    return { chosen: `${head}Yes. ${answer(random)}`, rejected: `${head}No. ${answer(random)}` };
  }, TRANSCRIPT),
  fileOf(
    (random) => ({ ...pair(random), score_chosen: 8 + 2 * random(), score_rejected: 4 * random() }),
    SCORED,
    { 'score-out-of-scale': ['warning', { scales: { score_chosen: [0, 10] } }] },
  ),
  fileOf((random) => {
    const voted = pick(random, [1, 2]);
    return {
      instruction: question(random),
      input: '',
      response1: answer(random),
      response2: answer(random),
      annotator1: voted,
      annotator2: voted,
      annotator3: pick(random, [0, 1, 2]),
    };
  }, VOTED),
  fileOf((random) => {
    const better = pick(random, [0, 1]);
    return {
      prompt: question(random),
      response_0: answer(random),
      response_1: answer(random),
      is_response_0_safe: true,
      is_response_1_safe: true,
      better_response_id: better,
      safer_response_id: better,
    };
  }, AXES),
  fileOf(
    (random) => ({
      conversations: [{ from: 'human', value: question(random) }],
      chosen: { from: 'gpt', value: answer(random) },
      rejected: { from: 'gpt', value: answer(random) },
    }),
    SHARE_GPT,
  ),
  { planted: ['preference-cycle'], make: cycles },
];
