// What the names and values of fields say: which hold answers, which the prompt.
import { kindOfField } from '../model/fieldNames.ts';
import type { Json } from '../model/json.ts';
import type { MappingRule } from './config.ts';
import { SYSTEM } from './config.ts';
import type { FieldSeen } from './fieldsSeen.ts';
import { isTextual } from './fieldsSeen.ts';

/** One way to read the records. Plain data. */
export interface SuggestedReading {
  /** An entry of "mappings", without its files. */
  readonly rule: MappingRule;
  /** Which answer this reading calls better, as a sentence without its full stop. */
  readonly words: string;
  /** What `--better` takes to choose this reading. */
  readonly better: string;
}

export const word = (words: string): RegExp => new RegExp(`(?:^|[^a-z])(?:${words})(?:$|[^a-z])`, 'i');
/** Splits camel case: "goodAnswer" becomes "good_Answer". */
export const spread = (name: string): string => name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2');
export const says = (pattern: RegExp, { name }: FieldSeen): boolean => pattern.test(spread(name));

/** "not preferred", "unaccepted" and the like mean the opposite. */
export const NEGATED = word(
  '(?:non|not|un|dis|in)[^a-z]*(?:chosen|preferred|accepted|correct|liked|good|selected)',
);
export const BETTER = word(
  'chosen|choose|preferred|prefer|accepted|accept|better|best|good|win|winner|winning',
);
export const WORSE = word(
  'rejected|reject|dispreferred|refused|declined|worse|worst|bad|lose|loser|losing|unaccepted|unpreferred|nonpreferred',
);
/** These words often mean something else: a class, a reference answer, a side. */
export const PERHAPS_BETTER = word(
  'positive|pos|gold|correct|right|like|liked|safe|target|preferable|upvoted',
);
export const PERHAPS_WORSE = word(
  'negative|neg|wrong|incorrect|dislike|disliked|unsafe|hard_negative|other|alternative|downvoted',
);

/**
 * The same in other languages. They stand for the better and the worse answer as often as for a sentiment, so a person
 * confirms them. No boundaries: some of these alphabets have none.
 */
export const FOREIGN_BETTER =
  /\u597d|\u4f18|选中|接受|偏好|良い|選択|採用|좋은|선택|хорош|лучш|выбран|предпоч|принят|^(?:gut|gute|guter|besser|bessere|beste|bevorzugt|gewählt|akzeptiert|buena|bueno|mejor|elegid[ao]|preferid[ao]|aceptad[ao]|bonne|bon|meilleure?|choisie?|préférée?|acceptée?|boa|bom|melhor|escolhid[ao]|aceit[ao]|buona|buono|migliore|scelta|scelto|preferita|preferito)$/iu;
export const FOREIGN_WORSE =
  /\u5dee|\u574f|拒绝|不好|落选|悪い|拒否|却下|나쁜|거부|거절|плох|худш|отверг|отклон|^(?:schlecht|schlechte|schlechter|schlechtere|abgelehnt|verworfen|mala|malo|peor|rechazad[ao]|mauvaise?|pire|rejetée?|rejete|refusée?|ruim|pior|rejeitad[ao]|cattiva|cattivo|peggiore|rifiutat[ao]|scartat[ao])$/iu;

/** True for a field one of whose words, in any alphabet, fits. */
export const saysForeign = (pattern: RegExp, { name }: FieldSeen): boolean =>
  spread(name)
    .split(/[^\p{L}]+/u)
    .some((one) => pattern.test(one));

/** In order of likelihood. */
const PROMPTS = [
  word('prompt'),
  word('question|query|instruction'),
  word('messages?|conversations?|dialogs?|dialogues?|history|chat'),
  word('input|user|problem|request|task|post|q|ask|human|context|title|topic|subject|source|text|src|x'),
  /frage|anweisung|aufgabe|eingabe|pregunta|instrucci|consigna|pergunta|instru[cç]|domanda|istruzione|consigne|вопрос|запрос|инструкц|问|提示|指令|問|質|指示|질문|지시/iu,
];

export const spelt = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
export const quoted = ({ ref }: FieldSeen): string => `"${ref}"`;

/** A letter, a number or a side instead of an answer. */
const LETTER =
  /^\s*(?:\[*[a-f]\]*|[xy]|\d{1,2}|left|right|first|second|both|neither|tie|(?:model|response|answer|assistant|option)[ _-]?[a-f\d])\s*$/i;

/** Words for facts about a record, a model or a text. */
export const ABOUT = word(
  'id|ids|uid|uuid|idx|index|hash|key|url|uri|link|path|name|model|generator|type|kind|category|tag|source|subset|split|lang|language|length|len|count|num|tokens?|date|time|timestamp|author|annotator|labeler|worker|rater|judge|reason|rationale|explanation|comment|feedback|critique',
);

/** True for a field with answers: text that is no letter or name of an answer. */
export function isAnswer(field: FieldSeen, all: readonly FieldSeen[]): boolean {
  if (!isTextual(field) || field.share < 0.5 || says(ABOUT, field)) return false;
  const { values } = field;
  if (field.types[0] !== 'text' || !values) return true;
  if (values.every((value) => LETTER.test(spelt(value)))) return false;
  // The name of a field, or of a model that another field names.
  const names = new Set(
    all.flatMap((one) =>
      one === field ? [] : [one.name, ...(one.values ?? []).filter((value) => !/\s/.test(spelt(value)))],
    ),
  );
  return !values.every((value) => names.has(value as string));
}

export interface Ask {
  readonly prompt?: string | readonly string[];
}

/** The prompt among the fields that are not taken. */
export function promptOf(fields: readonly FieldSeen[], taken: readonly FieldSeen[]): Ask {
  const left = fields.filter(
    (field) => isTextual(field) && field.share >= 0.5 && !says(ABOUT, field) && !taken.includes(field),
  );
  const free = left.filter(
    (field) => !says(BETTER, field) && !says(WORSE, field) && !SYSTEM.test(field.name),
  );
  const named = PROMPTS.map((pattern) => free.find((field) => says(pattern, field))).find(
    (field) => field !== undefined,
  );
  const likely = free.filter(
    ({ name, values }) => !values && ['prompt', 'other', 'source'].includes(kindOfField(name)),
  );
  const prompt = named ?? (likely.length === 1 ? likely[0] : undefined);
  const system = left.find(({ name }) => SYSTEM.test(name));
  if (!prompt) return system ? { prompt: system.ref } : {};
  return { prompt: system ? [system.ref, prompt.ref] : prompt.ref };
}
