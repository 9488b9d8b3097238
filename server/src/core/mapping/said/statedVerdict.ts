// Which of two answers a review calls the better one, in words that leave no doubt. A review that says something else, or
// several things, says nothing here.

export interface StatedVerdict {
  readonly better: 'first' | 'second';
  /** Half-open range of the words that say it. */
  readonly start: number;
  readonly end: number;
}

/** The verdict comes last; reviews are seldom longer. */
const MAX_READ = 20_000;

const ANSWER = 'assistant|response|answer|output|model|completion|candidate|chatbot|summary|reply|system';

/** "Assistant 1", "Response (B)", "the second answer". */
const NAME = String.raw`\b(?:${ANSWER})\s{0,2}\(?(?<key>[ab12])\)?(?!\w)|\b(?<ordinal>first|second)\s(?:${ANSWER})\b`;

const GOOD =
  'accurate|appropriate|coherent|compelling|complete|comprehensive|convincing|correct|detailed|effective|engaging|factual|helpful|in-depth|informative|insightful|nuanced|organized|precise|relevant|robust|satisfying|specific|structured|thorough|useful';

const BETTER = String.raw`(?<better>\bbetter\b|\bsuperior\b|\bprefer(?:able|red)\b|\bstronger\b|\bmore\s(?:well-\w{1,20}|${GOOD})\b|\bhigher\s(?:score|rating)\b|\bwins\b|\bI(?:\s\w{1,20}){0,2}\sprefer\b)`;

/** With them, a sentence may say the opposite, or what might be. */
const DOUBT = String.raw`(?<doubt>\bnot\b|n't\b|n’t\b|\bneither\b|\bequally\b|\bif\b|\bcould\b|\bwould\b|\bshould\b)`;

const WORDS = new RegExp(String.raw`${NAME}|${BETTER}|${DOUBT}|(?<than>\bthan\b)|(?<both>\bboth\b)`, 'giu');

/** Sentences that draw the conclusion. */
const CONCLUDES =
  /\b(?:overall|in conclusion|in summary|to sum up|therefore|thus|hence|which is why|final(?:ly)?)\b/iu;

const SENTENCE = /[^.!?\n]+(?:[.!?](?!\s)[^.!?\n]*)*/gu;

/** "[[A]]", as prompts of judges ask for it; "[[B>>A]]" says how much better. */
const BRACKETS = /\[\[\s*([ABC12])(?:\s*(>{1,2}|=)\s*[AB12])?\s*\]\]/gu;

/** Marks and spaces, of a limited number: the text may be hostile. */
const GAP = String.raw`[^\w\n:]{0,8}`;

/** "Winner: B", "**Preferred response:** 1", "Final verdict: Assistant A". */
const LINE = new RegExp(
  String.raw`^${GAP}(?:final\s|overall\s)?(?:verdict|winner|preference|preferred|better|judge?ment|decision)(?:\s(?:${ANSWER}))?${GAP}:${GAP}(?:(?:${ANSWER})${GAP})?(?<key>[AB12])${GAP}$`,
  'gimu',
);

const sideOf = (name: string): StatedVerdict['better'] =>
  /^(?:a|1|first)$/i.test(name) ? 'first' : 'second';

function inBrackets(text: string): readonly (StatedVerdict | undefined)[] {
  return [...text.matchAll(BRACKETS)].map(({ 0: all, 1: key = '', 2: sign, index }) =>
    key === 'C' || sign === '=' ? undefined : { better: sideOf(key), start: index, end: index + all.length },
  );
}

function onLines(text: string): readonly StatedVerdict[] {
  return [...text.matchAll(LINE)].map(({ 0: all, groups, index }) => {
    const start = index + all.length - all.trimStart().length;
    return { better: sideOf(groups?.['key'] ?? ''), start, end: index + all.trimEnd().length };
  });
}

/** All sides that a sentence calls better; undefined for one that may mean something else. */
function sidesIn(sentence: string): ReadonlySet<StatedVerdict['better']> | undefined {
  const found = new Set<StatedVerdict['better']>();
  let subject: StatedVerdict['better'] | undefined;
  // "than Assistant 2’s" leaves the subject as it is; "the better one is Assistant 2" names it late.
  let [isCompared, isAwaited] = [false, false];
  for (const { groups = {} } of sentence.matchAll(WORDS)) {
    const name = groups['key'] ?? groups['ordinal'];
    if (groups['doubt'] !== undefined) return undefined;
    if (groups['than'] !== undefined) isCompared = true;
    else if (groups['both'] !== undefined) subject = undefined;
    else if (name === undefined) {
      if (subject) found.add(subject);
      else isAwaited = true;
    } else if (isCompared) isCompared = false;
    else {
      subject = sideOf(name);
      if (isAwaited) found.add(subject);
      isAwaited = false;
    }
  }
  return found;
}

/** What the conclusion says, or the last sentence of a review without one. */
function inSentences(text: string): readonly (StatedVerdict | undefined)[] {
  const sentences = [...text.matchAll(SENTENCE)].map(({ 0: all, index }) => ({ all, index }));
  const closing = sentences.filter(({ all }) => CONCLUDES.test(all));
  const read = closing.length > 0 ? closing : sentences.filter(({ all }) => /\w/u.test(all)).slice(-1);
  return read.flatMap(({ all, index }) => {
    const sides = sidesIn(all);
    if (!sides || sides.size > 1) return [undefined];
    const start = index + all.length - all.trimStart().length;
    return [...sides].map((better) => ({ better, start, end: index + all.trimEnd().length }));
  });
}

/** Reads a review of two answers, whose names are A and B, 1 and 2, or the first and the second. */
export function statedVerdict(review: string): StatedVerdict | undefined {
  const from = Math.max(0, review.length - MAX_READ);
  const text = review.slice(from);
  // A fixed form counts more than sentences.
  let said: readonly (StatedVerdict | undefined)[] = [];
  for (const read of [inBrackets, onLines, inSentences]) if (said.length === 0) said = read(text);
  const last = said.at(-1);
  if (!last || said.some((one) => one?.better !== last.better)) return undefined;
  return { better: last.better, start: from + last.start, end: from + last.end };
}
