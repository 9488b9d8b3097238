// Reactions of users to answers, in conversations: a thumb, or what the next turn says in English. Everything here is meant to miss
// rather than to guess.
import { refusal } from '../checks/text/refusalChosen.ts';
import { changedShare, comparedWords } from '../compare/overlap.ts';
import { findField } from '../mapping/field.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { concreteShape, turnsOf } from '../mapping/shape.ts';
import { GOOD_OR_BAD_WORDS } from '../mapping/vocabulary.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import { speakerOf } from '../model/speaker.ts';
import type { ReactionsStep } from './recipe.ts';

/** Names of fields with a whole conversation; in pairs, the chosen side may hold it. */
export const CONVERSATION_NAMES = [
  'messages',
  'conversations',
  'conversation',
  'dialogue',
  'dialog',
  'chat',
  'chat_history',
  'history',
  'turns',
  'transcript',
  'chosen',
  'prompt',
] as const;

export type Signal = 'thumbs' | 'correction' | 'thanks';

/** What a user says of an answer. */
export interface Reaction {
  /** The number of the answer's turn. */
  readonly turn: number;
  readonly isGood: boolean;
  readonly signal: Signal;
  /** What was read. */
  readonly words: string;
}

export type Tell = (why: string) => void;

/** Reads the field that the step names, or the known ones. Its records have no pair yet. */
export function conversationMapping({ conversation }: ReactionsStep): Mapping {
  const at = conversation ?? CONVERSATION_NAMES.join('|');
  return {
    id: 'conversations',
    title: 'conversations without labels',
    prompt: [],
    answers: { kind: 'none', fields: [{ at, as: 'any' }], why: 'a "reactions" step reads them' },
    polarity: 'none',
  };
}

const isUser = (turn: Turn | undefined): boolean => speakerOf(turn?.role ?? '') === 'user';
const isAssistant = (turn: Turn | undefined): boolean => speakerOf(turn?.role ?? '') === 'assistant';

/** A turn of the user that follows an answer. */
function reactsAt(turns: readonly Turn[], at: number): boolean {
  return isAssistant(turns[at - 1]) && isUser(turns[at]);
}

export interface Conversation {
  /** The field that holds it. */
  readonly name: string;
  readonly turns: readonly Turn[];
}

/** The first of the fields in which a user speaks after an answer. */
export function conversationIn(
  record: JsonObject,
  { conversation }: ReactionsStep,
): Conversation | undefined {
  for (const ref of conversation === undefined ? CONVERSATION_NAMES : [conversation]) {
    const found = findField(record, ref);
    if (!found) continue;
    const turns: readonly Turn[] = turnsOf(found.value, concreteShape(found.value, 'any'), 'user');
    if (turns.some((_, at) => reactsAt(turns, at))) return { name: String(found.path[0]), turns };
  }
  return undefined;
}

/** Fields with words for good and bad, and those whose numbers can only be a thumb. */
const THUMB_WORDS =
  'thumbs|thumb|feedback|feedback.rating|feedback.type|annotation.rating|annotation.feedback|rating|vote|reaction|user_feedback|human_feedback|liked|thumbs_up';
const THUMB_NUMBERS: ReadonlySet<string> = new Set([
  ...['thumbs', 'thumb', 'vote', 'liked', 'thumbs_up', 'annotation.rating'],
]);

const GOOD: ReadonlySet<Json> = new Set([...GOOD_OR_BAD_WORDS.first, 'positive', 'thumbsup', 'upvote']);
const BAD: ReadonlySet<Json> = new Set([...GOOD_OR_BAD_WORDS.second, 'negative', 'thumbsdown', 'downvote']);

function thumbOf(value: Json, canBeNumber: boolean): boolean | undefined {
  if (typeof value === 'string') {
    const word = value.trim().toLowerCase().replaceAll(/[ -]/g, '_');
    const isGood = GOOD.has(word) || GOOD.has(word.replaceAll('_', ''));
    return isGood ? true : BAD.has(word) || BAD.has(word.replaceAll('_', '')) ? false : undefined;
  }
  if (!canBeNumber) return undefined;
  if (value === true || value === 1) return true;
  return value === false || value === 0 || value === -1 ? false : undefined;
}

interface Thumb {
  readonly isGood: boolean;
  readonly words: string;
}

function thumbIn({ more }: Turn, named: string | undefined): Thumb | undefined {
  for (const ref of more ? (named ?? THUMB_WORDS).split('|') : []) {
    const value = findField(more ?? {}, ref)?.value;
    const isGood =
      value === undefined ? undefined : thumbOf(value, named !== undefined || THUMB_NUMBERS.has(ref));
    if (isGood !== undefined)
      return { isGood, words: `${ref}: ${typeof value === 'string' ? value : JSON.stringify(value)}` };
  }
  return undefined;
}

/** Without the fields that hold a thumb: a model must not read the verdict. */
export function withoutThumbs(turn: Turn, { thumbs }: ReactionsStep): Turn {
  const { more, ...rest } = turn;
  if (!more) return turn;
  const names = new Set((thumbs ?? THUMB_WORDS).split('|').map((ref) => ref.split('.')[0]));
  const left = Object.entries(more).filter(([name]) => !names.has(name));
  return left.length === 0 ? rest : { ...rest, more: Object.fromEntries(left) };
}

/** Words that may come first without changing what follows. */
const LEAD = String.raw`^\W*(?:(?:no|nope|sorry|hm+|well|but|again|still|ok|okay|actually|yeah|yes|um+|uh|sorry to interrupt)[,.!… ]+)*(?:(?:i think|i believe|i['’]m afraid) (?:that )?)?`;
const DEGREE = String.raw`(?:(?:still|again|all|both|completely|totally|definitely|just|simply|clearly|quite|really|exactly|even|absolutely|also|not) )*`;
const ENDS = String.raw`(?=\s*(?:$|[.,;:!?)\n–—-]|again\b|and\b|but\b|because\b|answer\b))`;
const IS = String.raw`(?:['’]?s| is| was| are| were| still is)`;
const NOT = String.raw`(?:(?:['’]?s| is| was| are| were)(?: still)? not|(?: is| was| are| were)n['’]?t)`;

/** How a turn begins that rejects the answer before it. */
const CORRECTIONS: readonly RegExp[] = [
  // “That’s wrong.” “Your answer is incorrect.” “You are mistaken.”
  String.raw`(?:(?:that|this)${IS}|(?:both (?:of )?)?(?:your|those|these|the) (?:answers?|responses?|repl(?:y|ies)|information|calculations?|maths?|results?|code|output|solution)${IS}|you(?:['’]?re| are| were)) ${DEGREE}(?:wrong|incorrect|mistaken)${ENDS}`,
  // “Wrong, again.” “Incorrect.”
  String.raw`(?:wrong|incorrect)(?:,? again|,? try again| answer)?(?:$|[.,;:!\n])`,
  // “That is not correct.” “This isn’t what I asked.”
  String.raw`(?:that|this|these|those|it)${NOT} ${DEGREE}(?:(?:right|correct|accurate)(?: at all)?${ENDS}|what i(?:['’]?m| am| was| had|['’]?ve| have)? ?(?:ask|meant|mean|want|said|request|look|need|talk)\w*|relevant to my question|an answer|answering (?:my|the) question)`,
  String.raw`(?:neither|none) of (?:those|these|your|the) (?:answers?|responses?)?(?: is| are) (?:right|correct|true)`,
  // “You didn’t answer my question.” “That doesn’t answer the question.”
  String.raw`(?:you|that|this|it) (?:still )?(?:did ?n['’]?t|did not|does ?n['’]?t|does not|have ?n['’]?t|have not|are ?n['’]?t|are not|failed to|keep not) (?:even )?(?:answer|address|follow)(?:ed|ing)? (?:my|the|what) (?:actual )?(?:question|request|prompt|instructions?|i asked)`,
  String.raw`(?:you['’]?re|you are) not answering`,
  // “I didn’t ask for a list.”
  String.raw`i (?:did ?n['’]?t|did not|was ?n['’]?t|was not) ask(?:ing|ed)? (?:you )?(?:for|about|that|what|how|to|if|why|you|a|an|the)\b`,
  String.raw`(?:you(?:['’]?ve| have| are|['’]?re)? (?:still )?(?:misunderstood|misunderstanding|misread|missed (?:my|the) (?:point|question)))\b`,
  // “Please try again.”
  String.raw`(?:please |can you |could you )?(?:try|do it|check|answer|read it) (?:it |that |this |the question )?again(?:$|[.,;:!?\n])`,
].map((pattern) => new RegExp(LEAD + pattern, 'i'));

const WARM = String.raw`^\W*(?:(?:ok|okay|great|perfect|awesome|cool|wow|excellent|yes|yeah|ah|oh|nice|good|wonderful|amazing|brilliant|got it)[,.! ]+)*`;
const VERY = String.raw`(?:(?:very|really|so|super|extremely|quite|incredibly|pretty|just|exactly) )*`;

/** How a turn begins that thanks for the answer before it. */
const THANKS: readonly RegExp[] = [
  String.raw`(?:thanks|thank you|thank u|thx|many thanks|tysm)\b`,
  String.raw`(?:that|this|it)(?:['’]?s| is| was) ${VERY}(?:helpful|useful|perfect|what i (?:wanted|needed|was looking for|asked for|meant))\b`,
  String.raw`(?:perfect|excellent|great (?:answer|job|advice|list|suggestions?|explanation|information|info)|good (?:answer|job)|well done)(?:$|[.!\n])`,
].map((pattern) => new RegExp(WARM + pattern, 'i'));

/** How a turn begins that accepts a second answer. */
const ACCEPTS = new RegExp(
  String.raw`${WARM}(?:(?:much |a lot |way |far )?better\b|(?:that|this|it)(?:['’]?s| is| was) (?:right|correct|better|good|great|it)\b|(?:this |that |it )?looks? (?:good|great|right|correct|better)\b|(?:now )?(?:that|it|this) work(?:s|ed)\b)`,
  'i',
);

/** A turn with one of these takes the thanks back, or is not about the answer. */
const TURNED =
  /\b(?:but|however|although|though|wrong|incorrect|mistake|instead|nothing|sarcas\w*|useless|not|no|never|in advance|\w+n['’]t)\b/i;

/** Longer turns bring something of their own: a text, a task, a quotation. */
const MAX_REACTION = 60;

/** A shorter answer is small talk. */
const MIN_ANSWER = 8;

/** Answers that only close a conversation. */
const CLOSING =
  /\b(?:you['’]?re (?:very |most )?welcome|you are welcome|have a (?:nice|great|good|wonderful)|good ?bye|my pleasure)\b/i;
const MAX_CLOSING = 30;

const asksBack = (text: string): boolean => /[?？][\s"'”’)\]*]*$/u.test(text);

/** Why nothing that follows can be about what this turn says; undefined if it is an answer. */
function whyNoAnswer({ text, more }: Turn): string | undefined {
  if (more?.['tool_calls'] !== undefined || more?.['function_call'] !== undefined)
    return 'the turn before it calls a tool';
  if (asksBack(text)) return 'the answer ends with a question';
  const words = comparedWords(text).length;
  if (words === 0) return 'the answer has no words';
  return undefined;
}

const firstMatch = (patterns: readonly RegExp[], text: string): string | undefined => {
  for (const pattern of patterns) {
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return found.trim();
  }
  return undefined;
};

/** The words of a turn that reject the answer before it; undefined if it does not. */
export function correctionIn(text: string): string | undefined {
  return comparedWords(text).length > MAX_REACTION ? undefined : firstMatch(CORRECTIONS, text);
}

/** The words of a turn that thank for an answer; undefined if it does not. */
export function thanksIn(text: string, answer: string): string | undefined {
  if (comparedWords(text).length > MAX_REACTION || TURNED.test(text)) return undefined;
  const found = firstMatch(THANKS, text);
  if (found === undefined) return undefined;
  const words = comparedWords(answer).length;
  if (words < MIN_ANSWER || refusal(answer) || (words <= MAX_CLOSING && CLOSING.test(answer)))
    return undefined;
  return found;
}

/** The reaction to the answer before this turn of the user. */
function reactionAt(
  turns: readonly Turn[],
  at: number,
  step: ReactionsStep,
  tell: Tell,
): Reaction | undefined {
  const [answer, user] = [turns[at - 1] as Turn, turns[at] as Turn];
  const thumb = thumbIn(answer, step.thumbs) ?? thumbIn(user, step.thumbs);
  const words = thumb ? undefined : correctionIn(user.text);
  const thanks = thumb || words !== undefined ? undefined : thanksIn(user.text, answer.text);
  const said = thumb?.words ?? words ?? thanks;
  if (said === undefined) return undefined;
  // A thumb is about the turn that has it, whatever that says.
  const why = thumb ? undefined : whyNoAnswer(answer);
  if (why !== undefined) {
    tell(`a reaction is left out: ${why}`);
    return undefined;
  }
  const signal = thumb ? 'thumbs' : words === undefined ? 'thanks' : 'correction';
  return { turn: at - 1, isGood: thumb?.isGood ?? words === undefined, signal, words: said };
}

/** All reactions of a conversation, in order; a thumb counts on its last turn, too. */
export function reactionsIn(turns: readonly Turn[], step: ReactionsStep, tell: Tell): readonly Reaction[] {
  return turns.flatMap((turn, at): Reaction[] => {
    if (reactsAt(turns, at)) return [reactionAt(turns, at, step, tell) ?? []].flat();
    const isLast = at === turns.length - 1 && isAssistant(turn) && turns.slice(0, at).some(isUser);
    const thumb = isLast ? thumbIn(turn, step.thumbs) : undefined;
    return thumb ? [{ turn: at, signal: 'thumbs', ...thumb }] : [];
  });
}

/** Two answers to one request: the user rejected the first. */
export interface AnsweredAgain {
  readonly rejected: number;
  readonly chosen: number;
  readonly reaction: Reaction;
}

/** Words of a rejection that ask for nothing new. */
const PLAIN_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above again all also am an and another answer answered answering answers any are as ask asked asking at attention ' +
    'be because both but by calculation can carefully check close code completely correct correctly could did do does doing don’t done double ' +
    'each either else even exactly false first fix follow for from get give go got had has have hint how i i’m if in incorrect instead instruction instructions is it it’s its ' +
    'just know last like look looking make me mean meant mistake mistaken more my need neither no nope not now of off ok okay on one only or other out output over ' +
    'pay please point previous prompt properly provide provided question quite read really request response responses right same say said second see should so solution something sorry step steps still sure ' +
    'talking than that that’s the their them then there these they thing think this those time to told totally true try understand us use want wanted was wasn’t we well were what when where which why will with without would wrong yes yet you you’re your'
  ).split(' '),
);

/** More of them than this, and the second answer answers something else. */
const MAX_NEW = 2;

const straight = (word: string): string => word.replaceAll("'", '’');

/** Words of a turn that neither reject nor stand in what the user said before. */
function newWords(turns: readonly Turn[], at: number): number {
  const before = new Set(
    turns
      .slice(0, at)
      .flatMap((turn) => (isUser(turn) || speakerOf(turn.role) === 'system' ? comparedWords(turn.text) : [])),
  );
  return new Set(
    comparedWords(turns[at]?.text ?? '').filter(
      (word) => !before.has(word) && !PLAIN_WORDS.has(straight(word)),
    ),
  ).size;
}

/** Words at the start of an answer that speaks of the one before it. */
const OF_FIRST =
  /^\W*(?:(?:oh|ah|hm+|yes|ok|okay|of course|sure)[,.! ]+)*(?:sorry|oops|my (?:mistake|bad|apologies)|thank(?:s| you)|i (?:see|understand|get it)\b)|\bapolog|\bi(?:['’]?m| am) (?:so |very |really )?sorry|\byou(?:['’]?re| are) (?:absolutely |completely |quite )?(?:right|correct)\b|\bmy (?:previous|earlier|last|first) |\b(?:the|my|a) (?:mistake|confusion|error|misunderstanding)\b|\b(?:corrected|revised) |\bi (?:was wrong|misunderstood|misread)\b|\bcorrect(?:ing)? me\b/i;

/** Characters of an answer that are searched for them. */
const OPENING = 300;

/** A turn with one of these may reject the second answer, too. */
const COMPLAINT =
  /\b(?:wrong|incorrect|mistakes?|errors?|still|again|already|not|no|nope|fail\w*)\b|n['’]t\b/i;

/** The share of words in which a second answer must differ from the first. */
const MIN_CHANGE = 0.1;

/** Shorter ones are no answer to a request that had a longer one. */
const MIN_SECOND = 0.2;

/** Why the second answer is not one to the same request, or not a better one; undefined if nothing says so. */
function whyNoPair(
  turns: readonly Turn[],
  { turn }: Reaction,
  reactions: readonly Reaction[],
  { confirmed = true, strict = true }: ReactionsStep,
): string | undefined {
  const [first, user, second] = [turns[turn], turns[turn + 1], turns[turn + 2]];
  if (!first || !user || !second) return 'no answer follows';
  if (!isAssistant(second)) return 'no answer follows';
  const isRepeated =
    comparedWords(user.text).join(' ') === comparedWords(turns[turn - 1]?.text ?? '').join(' ');
  if (!isRepeated && correctionIn(user.text) === undefined)
    return 'the next turn does not ask for the same again';
  if (strict && newWords(turns, turn + 1) > MAX_NEW) return 'the correction says something new';
  const why = whyNoAnswer(second);
  if (why !== undefined)
    return why.replace('the answer', 'the second answer').replace('the turn before it', 'the second answer');
  if (refusal(second.text)) return 'the second answer refuses';
  if (strict && OF_FIRST.test(second.text.slice(0, OPENING))) return 'the second answer speaks of the first';
  const [own, before] = [comparedWords(second.text), comparedWords(first.text)];
  if (own.length < MIN_SECOND * before.length) return 'the second answer is much shorter';
  if ((changedShare(first.text, second.text) ?? 1) < MIN_CHANGE)
    return 'the second answer is nearly the first';
  if (second.text.includes(first.text.trim())) return 'the second answer holds the first';
  const next = reactions.find((one) => one.turn === turn + 2);
  const after = turns[turn + 3]?.text ?? '';
  const isAccepted = next?.isGood ?? ACCEPTS.test(after);
  if (next ? !next.isGood : !isAccepted && COMPLAINT.test(after.slice(0, OPENING)))
    return 'the second answer may be rejected, too';
  return confirmed && !isAccepted ? 'the user does not accept the second answer' : undefined;
}

/** The rejected answers that are followed by another one to the same request. */
export function answeredAgain(
  turns: readonly Turn[],
  reactions: readonly Reaction[],
  step: ReactionsStep,
  tell: Tell,
): readonly AnsweredAgain[] {
  return reactions.flatMap((reaction): AnsweredAgain[] => {
    if (reaction.isGood) return [];
    const why = whyNoPair(turns, reaction, reactions, step);
    if (why === undefined) return [{ rejected: reaction.turn, chosen: reaction.turn + 2, reaction }];
    tell(`a rejected answer makes no pair: ${why}`);
    return [];
  });
}
