// Files with a label whose meaning is known here and, in part, nowhere in the file: names, values, order and
// conventions vary as they do in public datasets.
import type { Json, JsonObject } from '#core/model/json.ts';
import { seededRandom } from '#core/score/random.ts';

type Better = 'first' | 'second' | 'tie';
type Random = () => number;

export interface PolarityFile {
  readonly name: string;
  readonly records: readonly JsonObject[];
  /** Half of the files: the weights may be chosen on these. */
  readonly isForTuning: boolean;
}

interface Kind {
  readonly name: string;
  readonly sides: readonly [string, string];
  /** The fields that say which answer is better. */
  readonly label: (better: Better, random: Random) => JsonObject;
  readonly ties?: boolean;
  /** How often the better answer is the longer one; default: 0.65. */
  readonly longer?: number;
}

/** Stands in every better answer of the files, and nowhere else. */
export const MARK = 'indeed';

const WORDS =
  'a spider has eight legs water plants in the morning robin sings iron is metal tea with milk a long walk home blue sky rain falls on stone roofs and small boats drift'.split(
    ' ',
  );

function words(count: number, random: Random): string {
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
}

/** One value for each side, and one for a tie. */
const values =
  (name: string, first: Json, second: Json, tie: Json = null) =>
  (better: Better): JsonObject => ({
    [name]: better === 'first' ? first : better === 'second' ? second : tie,
  });

const between =
  (name: string, low: number, high: number, isLowFirst: boolean, isWhole: boolean) =>
  (better: Better, random: Random): JsonObject => {
    const far = 0.1 + 0.9 * random();
    const middle = (low + high) / 2;
    const isLow = (better === 'first') === isLowFirst;
    const value = better === 'tie' ? middle : middle + ((isLow ? -1 : 1) * far * (high - low)) / 2;
    const whole = isLow ? Math.floor(value) : Math.ceil(value);
    return { [name]: isWhole ? Math.max(low, Math.min(high, whole)) : Math.round(100 * value) / 100 };
  };

/** Scores beside another label; `agree` is how often they say the same. */
const withScores =
  (label: Kind['label'], a: string, b: string, isHighGood = true, agree = 0.8): Kind['label'] =>
  (better, random) => {
    const isFirst = random() < agree ? better === 'first' : better === 'second';
    const [high, low] = [5 + Math.round(40 * random()) / 10, Math.round(40 * random()) / 10];
    const isFirstHigh = isFirst === isHighGood;
    return { ...label(better, random), [a]: isFirstHigh ? high : low, [b]: isFirstHigh ? low : high };
  };

const AB = ['response_a', 'response_b'] as const;
const ONE_TWO = ['response_1', 'response_2'] as const;
const ZERO_ONE = ['response_0', 'response_1'] as const;

const KINDS: readonly Kind[] = [
  { name: 'winner A or B', sides: AB, label: values('winner', 'A', 'B', 'tie'), ties: true },
  { name: 'winner model_a or model_b', sides: AB, label: values('winner', 'model_a', 'model_b') },
  { name: 'preference 1 or 2 of 1 and 2', sides: ONE_TWO, label: values('preference', 1, 2) },
  { name: 'winner "1" or "2"', sides: ['answer_1', 'answer_2'], label: values('winner', '1', '2') },
  { name: 'winner 1 or 2 of a and b', sides: ['answer_a', 'answer_b'], label: values('winner', 1, 2) },
  { name: 'label 1 or 2 of a and b', sides: AB, label: values('label', 1, 2) },
  { name: 'label 1 or 2, turned', sides: AB, label: values('label', 2, 1), longer: 0.75 },
  { name: 'output label 1 or 2', sides: ['output_1', 'output_2'], label: values('label', 1, 2) },
  { name: 'output label 0 or 1', sides: ['output_1', 'output_2'], label: values('label', 0, 1) },
  { name: 'output label 1 or 0', sides: ['output_1', 'output_2'], label: values('label', 1, 0) },
  { name: 'label 0 or 1 of 0 and 1', sides: ZERO_ONE, label: values('label', 0, 1) },
  { name: 'label 1 or 0 of 0 and 1, turned', sides: ZERO_ONE, label: values('label', 1, 0), longer: 0.75 },
  { name: 'preference 0 or 1 of 0 and 1', sides: ZERO_ONE, label: values('preference', 0, 1) },
  { name: 'better_response_id', sides: ZERO_ONE, label: values('better_response_id', 0, 1) },
  { name: 'safer of 0 and 1', sides: ZERO_ONE, label: values('safer', 0, 1) },
  { name: 'label 0 or 1 of a and b', sides: AB, label: values('label', 0, 1) },
  { name: 'label 1 or 0 of a and b', sides: AB, label: values('label', 1, 0) },
  { name: 'label 1 or 0, short is better', sides: AB, label: values('label', 1, 0), longer: 0.3 },
  { name: 'preference 0 or 1 of a and b', sides: AB, label: values('preference', 0, 1), longer: 0.5 },
  { name: 'preference 1 or 0 of a and b', sides: AB, label: values('preference', 1, 0), longer: 0.5 },
  { name: 'labels "0" or "1"', sides: AB, label: values('labels', '0', '1') },
  { name: 'winner 0 or 1 of a and b', sides: AB, label: values('winner', 0, 1) },
  { name: 'winner_idx 0 or 1', sides: ['answer_a', 'answer_b'], label: values('winner_idx', 0, 1) },
  { name: 'choice_index 1 or 2', sides: AB, label: values('choice_index', 1, 2) },
  {
    name: 'label 0 or 1 with scores',
    sides: AB,
    label: withScores(values('label', 0, 1), 'score_a', 'score_b'),
  },
  {
    name: 'label 1 or 0 with scores',
    sides: AB,
    label: withScores(values('label', 1, 0), 'score_a', 'score_b'),
  },
  {
    name: 'label 1 or 0 with rewards',
    sides: ONE_TWO,
    label: withScores(values('label', 1, 0), 'reward_1', 'reward_2'),
  },
  {
    name: 'label 1 or 0 with ranks',
    sides: AB,
    label: withScores(values('preference', 1, 0), 'rank_a', 'rank_b', false),
  },
  {
    name: 'label 0 or 1 with toxicity',
    sides: AB,
    label: withScores(values('label', 0, 1), 'toxicity_score_a', 'toxicity_score_b', false),
    longer: 0.5,
  },
  { name: 'label −1 or 1', sides: AB, label: values('label', -1, 1) },
  { name: 'label 1 or −1', sides: AB, label: values('label', 1, -1) },
  { name: 'preference 1 or −1', sides: AB, label: values('preference', 1, -1, 0), ties: true, longer: 0.5 },
  {
    name: 'label 1 or −1 with ratings',
    sides: AB,
    label: withScores(values('preference', 1, -1), 'rating_a', 'rating_b'),
  },
  {
    name: 'preference_strength',
    sides: ONE_TWO,
    label: between('preference_strength', -3, 3, true, true),
    ties: true,
  },
  {
    name: 'preference −2 to 2, turned',
    sides: AB,
    label: between('preference', -2, 2, false, true),
    ties: true,
  },
  {
    name: 'net_utility',
    sides: ['response1', 'response2'],
    label: between('net_utility', -9, 9, false, false),
  },
  { name: 'margin', sides: AB, label: between('margin', -5, 5, false, false) },
  { name: 'a_is_better', sides: AB, label: values('a_is_better', true, false) },
  { name: 'is_b_better', sides: ['answer_a', 'answer_b'], label: values('is_b_better', false, true) },
  { name: 'is_response_1_better', sides: ONE_TWO, label: values('is_response_1_better', true, false) },
  { name: 'first_is_better', sides: ONE_TWO, label: values('first_is_better', 1, 0) },
  { name: 'prefer_b 0 or 1', sides: AB, label: values('prefer_b', 0, 1) },
  { name: 'label true or false', sides: AB, label: values('label', true, false) },
  { name: 'label false or true', sides: AB, label: values('label', false, true), longer: 0.5 },
  { name: 'prob_a', sides: AB, label: between('prob_a', 0, 1, false, false) },
  { name: 'preference 0 to 1', sides: AB, label: between('preference', 0, 1, true, false) },
  { name: 'preference 1 to 0', sides: AB, label: between('preference', 0, 1, false, false), longer: 0.5 },
  { name: 'preference 1 to 7', sides: AB, label: between('preference', 1, 7, true, true), ties: true },
  {
    name: 'preference_score 7 to 1',
    sides: AB,
    label: between('preference_score', 1, 7, false, true),
    ties: true,
    longer: 0.5,
  },
  { name: 'preference 1 to 5', sides: ONE_TWO, label: between('preference', 1, 5, true, true), ties: true },
  { name: 'preference 5 to 1', sides: AB, label: between('preference', 1, 5, false, true), longer: 0.5 },
  { name: 'loser A or B', sides: AB, label: values('loser', 'B', 'A') },
  { name: 'loser 1 or 2', sides: ONE_TWO, label: values('loser', 2, 1) },
  { name: 'worse 0 or 1', sides: ZERO_ONE, label: values('worse', 1, 0) },
  { name: 'rejected_index', sides: ZERO_ONE, label: values('rejected_index', 1, 0) },
  { name: 'label 0, 1 or 2, tie 0', sides: ONE_TWO, label: values('label', 1, 2, 0), ties: true },
  { name: 'label 0, 1 or 2, tie 2', sides: AB, label: values('label', 0, 1, 2), ties: true },
  { name: 'label 0, 1 or 2, a and b, tie 0', sides: AB, label: values('label', 1, 2, 0), ties: true },
  { name: 'left or right', sides: AB, label: values('winner', 'left', 'right') },
  { name: 'first or second', sides: ONE_TWO, label: values('preference', 'first', 'second') },
  { name: 'name of the field', sides: AB, label: values('preferred', 'response_a', 'response_b') },
  { name: 'letters as chosen', sides: AB, label: values('chosen', 'A', 'B') },
  { name: 'A>B', sides: ['response_A', 'response_B'], label: values('label', 'A>B', 'B>A') },
  { name: 'two scores', sides: ONE_TWO, label: withScores(() => ({}), 'score_1', 'score_2', true, 1) },
];

function recordOf(kind: Kind, random: Random): JsonObject {
  const at = random();
  const better: Better = kind.ties && at < 0.15 ? 'tie' : at < 0.57 ? 'first' : 'second';
  const isLonger = random() < (kind.longer ?? 0.65);
  const [long, short] = [12 + Math.floor(20 * random()), 3 + Math.floor(8 * random())];
  const good = `${words(isLonger ? long : short, random)} ${MARK}`;
  const bad = words(isLonger ? short : long, random);
  const [a, b] = kind.sides;
  return {
    prompt: `${words(6, random)}?`,
    [a]: better === 'first' ? good : bad,
    [b]: better === 'second' ? good : `${bad} so`,
    ...kind.label(better, random),
  };
}

/** Several answers with ranks or the number of the best one. */
function listRecord(
  kind: 'rank 1 is best' | 'rank 3 is best',
  asObjects: boolean,
  random: Random,
): JsonObject {
  const order = [1, 2, 3].sort(() => random() - 0.5);
  const best = kind === 'rank 1 is best' ? 1 : 3;
  const texts = order.map((rank) => {
    const place = best === 1 ? rank : 4 - rank;
    return `${words(4 + 5 * (3 - place) + Math.floor(6 * random()), random)}${place === 1 ? ` ${MARK}` : ''}`;
  });
  return asObjects
    ? { prompt: `${words(6, random)}?`, responses: texts.map((text, i) => ({ text, rank: order[i] ?? 0 })) }
    : { prompt: `${words(6, random)}?`, responses: texts, ranks: order };
}

function shuffled(record: JsonObject, random: Random): JsonObject {
  return Object.fromEntries(
    Object.entries(record)
      .map((entry) => [random(), entry] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, entry]) => entry),
  );
}

/** @param rounds files of each kind */
export function polarityFiles(rounds: number, seed = 1): readonly PolarityFile[] {
  const files: PolarityFile[] = [];
  for (let round = 0; round < rounds; round++) {
    const add = (name: string, make: (random: Random) => JsonObject): void => {
      const random = seededRandom(1000 * seed + 100 * round + files.length);
      const isShuffled = random() < 0.5;
      const count = 10 + Math.floor(60 * random());
      const records = Array.from({ length: count }, () => make(random));
      files.push({
        name: `${name} #${round}`,
        records: isShuffled ? records.map((record) => shuffled(record, random)) : records,
        isForTuning: (files.length + round) % 2 === 0,
      });
    };
    for (const kind of KINDS) add(kind.name, (random) => recordOf(kind, random));
    for (const kind of ['rank 1 is best', 'rank 3 is best'] as const)
      for (const asObjects of [false, true])
        add(`${kind}${asObjects ? ', in objects' : ''}`, (random) => listRecord(kind, asObjects, random));
  }
  return files;
}

export type Outcome = 'right' | 'wrong' | 'unsure' | 'not recognised';
