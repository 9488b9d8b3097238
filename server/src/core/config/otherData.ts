// What records are that hold no preference, as far as their fields tell: people should learn that nothing is wrong with
// the file, and that no mapping can make a preference of it.
import { wordsOf } from '../model/fieldNames.ts';
import type { FieldSeen, FieldType } from './fieldsSeen.ts';

/** The fields of most records, by their names in lower case. */
interface Seen {
  readonly fields: readonly FieldSeen[];
  /** The fields with one of these names, and with a type if it is given. */
  readonly named: (names: string, types?: readonly FieldType[]) => readonly FieldSeen[];
  /** Whether there is a field of that name, or a field in it. */
  readonly has: (names: string) => boolean;
}

const TEXTS: readonly FieldType[] = ['text', 'JSON text'];

const QUESTION =
  'question|prompt|instruction|query|input|problem|goal|ctx|context|sentence|stem|premise|definition';
const OPTIONS = 'choices|options|endings|alternatives';
const RIGHT =
  'answer|answers|answerkey|answer_key|answer_idx|answer_index|correct|correct_answer|correct_option|gold|target|label';
const CLASS = 'label|labels|class|category|sentiment|intent|emotion|topic|rating|stars|score|toxicity|target';
const TEXT =
  'text|sentence|review|content|tweet|document|title|comment|utterance|abstract|body|headline|input|prompt|question|query|caption';
const ANSWER = 'output|response|completion|answer|solution|ground_truth|target|targets|generation|reply';
const ANSWER_LISTS = 'output|outputs|targets|references|reference|answers|responses|completions|gold|aliases';

/** The last word in the names of options: "option_a", "answer3", "D". */
const NUMBERED = /^(?:[a-e]|[0-9])$/;

/** Texts whose names differ in a letter or a number alone: how many there are. */
function numberedTexts({ fields }: Seen): number {
  const counts = new Map<string, number>();
  for (const { name, types } of fields) {
    const words = wordsOf(name);
    if (!TEXTS.includes(types[0] ?? 'object') || !NUMBERED.test(words.at(-1) ?? '')) continue;
    const stem = words.slice(0, -1).join(' ');
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

const countsAnswers = (see: Seen): number => see.named(ANSWER, TEXTS).length;

/** True if no text is an answer to another, by the words in its name. */
const isAlone = (see: Seen): boolean =>
  numberedTexts(see) < 2 &&
  !see.fields.some(
    ({ name, types: [type] }) =>
      TEXTS.includes(type ?? 'object') && wordsOf(name).some((word) => ANSWER.split('|').includes(word)),
  );

interface Kind {
  /** What the file looks like, in the plural. */
  readonly title: string;
  readonly is: (see: Seen) => boolean;
}

/** The first that fits is meant. */
const KINDS: readonly Kind[] = [
  {
    title: 'multiple-choice questions: a question, its options and the right one',
    is: (see) => see.has(RIGHT) && ((see.has(OPTIONS) && see.has(QUESTION)) || numberedTexts(see) > 2),
  },
  {
    title: 'multiple-choice questions: a question, two options and the right one',
    is: (see) =>
      see.has(RIGHT) &&
      see.named('option1|option_1|sol1|choice1|ending1|option_a|choice_a', TEXTS).length > 0,
  },
  {
    title: 'natural language inference: two sentences and how they are related',
    is: (see) => see.has('premise') && see.has('hypothesis'),
  },
  {
    title: 'pairs of texts and how similar they are',
    is: (see) =>
      see.named('sentence1|text1|question1|sentence_1|sentence_a|text_a', TEXTS).length > 0 &&
      see.named('sentence2|text2|question2|sentence_2|sentence_b|text_b', TEXTS).length > 0,
  },
  {
    title: 'triplets for retrieval: a query, a relevant text and one that is not',
    is: (see) =>
      (see.has('anchor') && see.has('positive') && see.has('negative')) ||
      (see.has('query') && see.has('positive_passages|pos') && see.has('negative_passages|neg')),
  },
  {
    title: 'texts with a class (sequence classification): a label says what each text is',
    is: (see) =>
      see.has(CLASS) &&
      isAlone(see) &&
      (see.named(TEXT, TEXTS).length > 0 || see.named('messages|conversations', ['messages']).length > 0),
  },
  {
    title: 'answers with a class: a label says what each answer is',
    // A label of two values may be a verdict under a name of its own.
    is: (see) =>
      countsAnswers(see) === 1 &&
      see.has(QUESTION) &&
      see.named('label|class|category').some(({ values }) => values?.length !== 2),
  },
  {
    title: 'question answering: a passage, a question and the answers in it',
    is: (see) => see.has('context|passage|document') && see.has('question') && see.has('answer|answers'),
  },
  {
    title: 'questions with several answers, none of them called better (references)',
    is: (see) => see.has(`${QUESTION}|inputs`) && see.named(ANSWER_LISTS, ['list of texts']).length > 0,
  },
  { title: 'translations', is: (see) => see.has('translation') || (see.has('source') && see.has('target')) },
  {
    title: 'summaries: a text and its summary',
    is: (see) => see.has('article|document|dialogue|text') && see.has('summary|highlights|abstract'),
  },
  {
    title: 'instruction data: one answer to each prompt, without a second one to compare it with',
    is: (see) =>
      (countsAnswers(see) === 1 && see.has(QUESTION) && !see.has('label')) ||
      (see.fields.some(({ types: [type] }) => type === 'messages') &&
        !see.fields.some(({ name }) => /reject|chosen|prefer|candidate/i.test(name))),
  },
  {
    title: 'plain texts',
    is: (see) => see.fields.filter(({ types: [type] }) => type === 'text').length === 1 && see.has('text'),
  },
];

/** Fields that fewer of the records have are left out of the question. */
const MIN_SHARE = 0.5;

/** What records with these fields look like; undefined if they may hold a preference or look like nothing known. */
export function otherKind(all: readonly FieldSeen[]): string | undefined {
  const fields = all.filter(({ share }) => share >= MIN_SHARE);
  const isOneOf = (names: string, name: string | undefined): boolean =>
    name !== undefined && names.split('|').includes(name.toLowerCase());
  const see: Seen = {
    fields: fields.filter(({ ref }) => !ref.includes('.')),
    named: (names, types) =>
      fields.filter(
        ({ ref, types: [type] }) => isOneOf(names, ref) && (!types || types.includes(type ?? 'object')),
      ),
    has: (names) => fields.some(({ ref }) => isOneOf(names, ref.split('.')[0])),
  };
  return KINDS.find(({ is }) => is(see))?.title;
}
