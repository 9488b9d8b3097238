// What the name of a field reveals about its content. Datasets have no other way to say that a column is a
// picture.

/** A word in a name: `imagePaths` and `image_paths` have the same two. */
export const NAME_WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;

/**
 * `media` and `tools` belong to a prompt or an answer, `thought` to an answer; `prompt` is text that the user wrote. `about` is
 * metadata of the record. `source` may be metadata or a text that the question is about; its length decides. `label` says which
 * answer is better.
 */
export type FieldKind = 'media' | 'tools' | 'thought' | 'prompt' | 'source' | 'about' | 'label' | 'other';

/** True if such a field can be part of an answer. */
export function isPartKind(kind: FieldKind): boolean {
  return kind === 'media' || kind === 'tools' || kind === 'thought';
}

/** Names that only a prompt has, or a part of one. Others, such as "text" and "messages", may repeat the answer. */
const OWN_PROMPT: ReadonlySet<string> = new Set([
  'prompt',
  'instruction',
  'question',
  'query',
  'system',
  'system_prompt',
  'system_message',
  'user_prompt',
  'persona',
  'criterion',
  'principle',
]);

/** True for a field that is one answer's own prompt if it belongs to a side, by its name without the side. */
export function isOwnPrompt(name: string): boolean {
  return OWN_PROMPT.has(name.toLowerCase());
}

/**
 * Fields with the prompt, the clearest name first: a record with several has its prompt in the first. Only names
 * that always hold what the answers answer: "text" and "user" may be something else.
 */
export const PROMPT_NAMES = [
  'prompt',
  'instruction',
  'question',
  'query',
  'problem',
  'user_input',
  'user_prompt',
  'user_query',
  'user_question',
  'user_message',
  'user_request',
  'prompt_text',
  'question_text',
  'problem_statement',
  'input_text',
  'conversation_input',
  'trajectory',
  'conversations',
  'conversation',
  'messages',
  'prompt_messages',
  'input_messages',
  'dialogue',
  'dialog',
  'chat',
  'turns',
  'context',
  'chat_history',
  'history',
  'input',
  'inputs',
  'request',
  'post',
  'article',
  'Prompt',
  'Question',
  'Instruction',
] as const;

/** Fields with a system message. */
export const SYSTEM_NAMES = [
  'system',
  'system_prompt',
  'system_message',
  'system_instruction',
  'sys_prompt',
] as const;

/** The words of a name, in lower case. */
export function wordsOf(name: string): readonly string[] {
  return (name.match(NAME_WORD) ?? []).map((word) => word.toLowerCase());
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** All words are in the singular. */
const MEDIA = words(
  'image img jpg jpeg png picture photo pic figure screenshot video clip frame audio speech sound wav media pixel attachment',
);
const TOOLS = words('tool function api plugin');
const THOUGHT = words('reasoning thinking thought cot scratchpad call trajectory step');
const PROMPT = words(
  'prompt question query instruction message conversation dialog dialogue chat history turn system context document passage article background knowledge evidence request problem input post premise scenario persona hint story schema code doc snippet fact table text content body paragraph abstract email utterance statement claim hypothesis sentence excerpt case',
);
/** These say which answer is better. That changes with the label and is not part of the pair. */
const LABELS = words('best better worse worst winner loser win preferred preference selected');
/** Counts and ratings of something, not the thing itself. */
const COUNTS = words(
  'num number count n total width height size token length len score rating reward margin rank vote weight prob probability confidence label bool is has',
);
/** Origin or kind of the record. */
const ABOUT = words(
  'id idx index uuid guid uid hash sha md key name url uri link type kind category tag split subset set origin dataset ds model engine generator version date time timestamp created updated lang language locale status quality difficulty level metadata meta info annotator author user worker rater judge evaluator comment note feedback critique review explanation justification reason rationale license config provider state country gender age toxic moderation row batch seed temperature',
);
/** Where an answer comes from, and how it was made. */
const ORIGINS = words(
  'model engine generator generated source origin policy checkpoint provider author writer agent bot llm system backend sampler sampling decoding strategy temperature temp top penalty persona principle',
);
/** They judge an answer: an origin with such a word in its name is a verdict on it. */
const VERDICTS = words(
  'quality grade elo logit helpful preference accept acceptable safe correct good bad valid pass feedback critique review comment judge judgement judgment annotation annotator rater evaluator evaluation explanation',
);
/** As the last word of a name: the field holds a text. */
const TEXTS = words('text content output response answer completion prompt message');
/** The kind of a record: what its pairs may have in common. */
const KINDS = words(
  'source subset category task type kind domain topic language lang dataset origin collection corpus subject genre field group section',
);
/** May hold a class or the text itself. */
const SOURCES = words('source task topic domain title subreddit');
/** Names of answers, which are not part of the prompt. */
const ANSWERS = words(
  'answer response output completion generation chosen rejected choose reject dispreferred unpreferred accepted accept winning losing good bad y yw yl reference ground truth target gold solution candidate continuation reply summary translation assistant sample original',
);

const WHOLE_NAMES: ReadonlySet<string> = new Set([...PROMPT_NAMES, ...SYSTEM_NAMES]);

/** The words of a name, in lower case and singular. */
function nameWords(name: string): readonly string[] {
  return wordsOf(name).flatMap((lower) => {
    if (lower.length <= 2 || !lower.endsWith('s')) return [lower];
    return [lower, lower.slice(0, -1), lower.replace(/ies$/, 'y')];
  });
}

const known = new Map<string, FieldKind>();

/** Limit for the cache: names come from files and may be hostile. */
const MAX_KNOWN = 10_000;

function classify(name: string): FieldKind {
  const own = nameWords(name);
  const has = (set: ReadonlySet<string>): boolean => own.some((word) => set.has(word));
  // A name of a prompt may have a word of something else, like "user_input".
  if (WHOLE_NAMES.has(name.toLowerCase()) && !has(THOUGHT)) return 'prompt';
  if (has(LABELS)) return 'label';
  if (has(COUNTS)) return 'about';
  if (has(MEDIA)) return 'media';
  if (has(TOOLS)) return 'tools';
  if (has(THOUGHT)) return 'thought';
  if (has(ABOUT) || has(ANSWERS)) return 'about';
  if (has(SOURCES)) return 'source';
  return has(PROMPT) ? 'prompt' : 'other';
}

/** A test of names that remembers its answers: the records of a file repeat their names. */
export function remembered(test: (name: string) => boolean): (name: string) => boolean {
  const answers = new Map<string, boolean>();
  return (name) => {
    const before = answers.get(name);
    if (before !== undefined) return before;
    const answer = test(name);
    if (answers.size >= MAX_KNOWN) answers.clear();
    answers.set(name, answer);
    return answer;
  };
}

const about = (wanted: ReadonlySet<string>): ((name: string) => boolean) =>
  remembered((name) => {
    const own = nameWords(name);
    const has = (set: ReadonlySet<string>): boolean => own.some((word) => set.has(word));
    const isText = TEXTS.has(own.at(-1) ?? '');
    return has(wanted) && !isText && !has(LABELS) && !has(COUNTS) && !has(VERDICTS);
  });

/** True for a field that says where an answer comes from, by its name without the side: "model", "generator_version". Scores, verdicts and texts are none. */
export const saysOrigin = about(ORIGINS);

/** True for a field that says of which kind a record is: "category", "source". */
export const saysKind = about(KINDS);

export function kindOfField(name: string): FieldKind {
  const before = known.get(name);
  if (before !== undefined) return before;
  const kind = classify(name);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, kind);
  return kind;
}

/** True for the name of a prompt, an answer or a source: its values are text, even where they look like numbers. */
export function mayHoldText(name: string): boolean {
  if (WHOLE_NAMES.has(name.toLowerCase())) return true;
  const own = nameWords(name);
  const has = (set: ReadonlySet<string>): boolean => own.some((word) => set.has(word));
  return !has(LABELS) && !has(COUNTS) && !has(ABOUT) && (has(ANSWERS) || has(PROMPT) || has(SOURCES));
}

/** Keys of lists of records. */
const SPLIT_KEY =
  /^(?:train(?:ing)?|test(?:ing)?|valid(?:ation)?|val|dev|eval(?:uation)?|held[-_]?out)(?:[-_ ]?(?:set|split|data|sft|dpo|pref(?:erence)?s?|pairs|\d+))*$/i;

/** Whether the key of a list of records names a split of a dataset. */
export function isSplitKey(key: string): boolean {
  return SPLIT_KEY.test(key);
}

/** The split that the path of a list says: its last name of a split, or else the whole path. */
export function splitAt(path: readonly string[]): string {
  return path.findLast(isSplitKey) ?? path.join('.');
}
