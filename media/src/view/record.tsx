// What a record holds: a pair, answers that stand alone, or why there is neither.
import type { ComponentChildren, JSX } from 'preact';

import type { Stretch } from '#core/compare/wordDiff.ts';
import { wordDiff } from '#core/compare/wordDiff.ts';
import { formatMargin, marginSign, plural } from '#core/words/numbers.ts';
import type {
  AnswerView,
  FindingView,
  ImageView,
  JudgedView,
  JudgementView,
  PairView,
  PartView,
  ReasonView,
  RecordView,
  TurnView,
} from '#protocol/editor/views.ts';

import type { AnswerTone } from '../model/columns.ts';
import { TONE_OF_VERDICT } from '../model/columns.ts';
import { lengthText } from '../model/words.ts';
import { memo } from './memo.ts';
import { FoldedParts, Marked, OpenParts } from './parts.tsx';

/** Of the prompt; the turns before these are folded. */
const OPEN_TURNS = 1;

const UNMARKED = {
  unrelated: 'Differences are not marked: the answers have too few words in common.',
  'too-long': 'Differences are not marked: the answers are too long.',
};

export function Nothing({ text }: { readonly text: string }): JSX.Element {
  return <p class="nothing">{text}</p>;
}

function Pictures({ images }: { readonly images: readonly ImageView[] }): JSX.Element | null {
  if (images.length === 0) return null;
  return (
    <section class="pictures">
      {images.map(({ name, source }) => (
        <figure>
          <img src={source} alt={name} />
          <figcaption>{name}</figcaption>
        </figure>
      ))}
    </section>
  );
}

function Turn({ role, text, parts = [] }: TurnView): JSX.Element {
  return (
    <div class="turn">
      <span class="role">{role}</span>
      {(text !== '' || parts.length === 0) && <p>{text}</p>}
      <FoldedParts parts={parts} />
    </div>
  );
}

interface PromptProps {
  readonly turns: readonly TurnView[];
  /** What belongs to the prompt and to none of its turns. */
  readonly context?: readonly PartView[];
}

function Prompt({ turns, context }: PromptProps): JSX.Element {
  const folded = turns.slice(0, -OPEN_TURNS);
  return (
    <section class={turns.length === 0 ? 'prompt empty' : 'prompt'}>
      {turns.length === 0 && 'This record has no prompt.'}
      {folded.length > 0 && (
        <details>
          <summary>{plural(folded.length, 'earlier turn')}</summary>
          {folded.map(Turn)}
        </details>
      )}
      {turns.slice(-OPEN_TURNS).map(Turn)}
      <FoldedParts parts={context} />
    </section>
  );
}

/** Transcripts put a space before an answer, which would indent its first line. */
function trimStart([first, ...rest]: readonly Stretch[]): readonly Stretch[] {
  return first ? [{ ...first, text: first.text.trimStart() }, ...rest] : [];
}

/** "38 words, 2 parts". */
function sizeText({ text, parts = [] }: Pick<AnswerView, 'text' | 'parts'>): string {
  const words = text.trim() === '' && parts.length > 0 ? [] : [lengthText(text)];
  return [...words, ...(parts.length > 0 ? [plural(parts.length, 'part')] : [])].join(', ');
}

interface ArticleProps {
  readonly tone: AnswerTone;
  readonly title: string;
  /** A reward or a verdict. */
  readonly note: string;
  /** Names the text for screen readers. */
  readonly label: string;
  readonly answer: Pick<AnswerView, 'text' | 'parts'>;
  /** Of the answer it is compared with. */
  readonly otherParts?: readonly PartView[];
  /** The text, marked. */
  readonly children: ComponentChildren;
}

const isThought = ({ kind }: PartView): boolean => kind === 'thought';

/** An answer in its frame. Its thoughts stand above its text, other parts below. */
function Article({ tone, title, note, label, answer, otherParts = [], children }: ArticleProps): JSX.Element {
  const { text, parts = [] } = answer;
  const isEmpty = text.trim() === '';
  return (
    <article class={tone}>
      <header>
        <h2>{title}</h2>
        {note !== '' && <span class="reward">{note}</span>}
        <span class="count">{sizeText(answer)}</span>
      </header>
      <div class="body">
        <OpenParts parts={parts} others={otherParts} isWanted={isThought} />
        {!(isEmpty && parts.length > 0) && (
          <div class={isEmpty ? 'text empty' : 'text'} tabindex={0} aria-label={label}>
            {isEmpty ? 'The answer is empty.' : children}
          </div>
        )}
        <OpenParts parts={parts} others={otherParts} isWanted={(part) => !isThought(part)} />
      </div>
    </article>
  );
}

const TITLES = {
  preference: { chosen: 'Chosen', rejected: 'Rejected' },
  tie: { chosen: 'First, tied', rejected: 'Second, tied' },
};

interface AnswerProps {
  readonly pair: PairView;
  readonly side: 'chosen' | 'rejected';
  readonly stretches: readonly Stretch[];
}

function Answer({ pair, side, stretches }: AnswerProps): JSX.Element {
  const { isTie, margin } = pair;
  const answer = pair[side];
  // A tie has no reward, and some scorers compare answers without giving one.
  const unscored = isTie || margin !== undefined ? '' : 'not scored';
  return (
    <Article
      tone={isTie ? 'tie' : side}
      title={TITLES[isTie ? 'tie' : 'preference'][side]}
      note={answer.reward === undefined ? unscored : `reward ${formatMargin(answer.reward)}`}
      label={`${side} answer`}
      answer={answer}
      otherParts={pair[side === 'chosen' ? 'rejected' : 'chosen'].parts ?? []}
    >
      <Marked stretches={trimStart(stretches)} />
    </Article>
  );
}

function Judgement({
  judgement,
  title,
}: {
  readonly judgement: JudgementView;
  readonly title: string;
}): JSX.Element {
  const { text, verdict } = judgement;
  return (
    <Article
      tone={TONE_OF_VERDICT[verdict.kind]}
      title={title}
      note={verdict.words}
      label={title}
      answer={judgement}
    >
      {text.trimStart()}
    </Article>
  );
}

function Reason({ text, side, weight }: ReasonView): JSX.Element {
  return (
    <li class={marginSign(weight) < 0 ? 'against' : 'for'}>
      <span class="what">{side === 'style' ? text : `“${text}”`}</span>
      {side !== 'style' && <span class="where">{side}</span>}
      <span class="weight">{formatMargin(weight)}</span>
    </li>
  );
}

function Finding({ rule, severity, message }: FindingView): JSX.Element {
  return (
    <li class={severity}>
      <code>{rule}</code> {message}
    </li>
  );
}

function Summary({ view }: { readonly view: RecordView }): JSX.Element {
  const { findings } = view;
  return (
    <section class="summary">
      {view.kind === 'pair' && view.margin !== undefined && view.standing !== undefined && (
        <p class="margin">
          <strong>Margin {formatMargin(view.margin)}</strong>
          {view.standing !== '' && ` · ${view.standing} of this file`}
        </p>
      )}
      {findings.length > 0 && <ul class="findings">{findings.map(Finding)}</ul>}
    </section>
  );
}

function trustText({
  isTie,
  trust,
  scorer = '',
  whyUnscored = 'This file is not scored yet.',
}: PairView): string {
  if (isTie) return 'The label says that both answers are equal, so there is no margin.';
  return trust === undefined ? whyUnscored : `${scorer} ${trust}`;
}

function Evidence({ view }: { readonly view: PairView }): JSX.Element {
  const { reasons, details } = view;
  return (
    <footer>
      {reasons.length > 0 && (
        <>
          <h3>What drove the score</h3>
          <ul class="reasons">{reasons.map(Reason)}</ul>
        </>
      )}
      {details.length > 0 && (
        <>
          <h3>What the scorers say</h3>
          <ul class="details">
            {details.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
        </>
      )}
      <p class="trust">{trustText(view)}</p>
    </footer>
  );
}

function Pair({ view }: { readonly view: PairView }): JSX.Element {
  const diff = wordDiff(view.chosen.text, view.rejected.text);
  return (
    <>
      <Prompt turns={view.prompt} context={view.context} />
      <Pictures images={view.images} />
      <main>
        <Answer pair={view} side="chosen" stretches={diff.chosen} />
        <Answer pair={view} side="rejected" stretches={diff.rejected} />
      </main>
      {diff.unmarked && <p class="unmarked">{UNMARKED[diff.unmarked]}</p>}
      <Evidence view={view} />
    </>
  );
}

function Judged({ view }: { readonly view: JudgedView }): JSX.Element {
  const { prompt, images, judgements } = view;
  const isOfSteps = judgements.length > 1;
  return (
    <>
      <Prompt turns={prompt} />
      <Pictures images={images} />
      <main class="judged">
        {judgements.map((judgement, i) => (
          <Judgement judgement={judgement} title={isOfSteps ? `Step ${i + 1}` : 'Answer'} />
        ))}
      </main>
      <footer>
        <p class="trust">
          {isOfSteps
            ? 'Each step has a label of its own, so there is no pair to compare or score.'
            : 'The data is unpaired: this answer has a label of its own, so there is no pair to compare or score.'}
        </p>
      </footer>
    </>
  );
}

function Body({ view }: { readonly view: RecordView }): JSX.Element {
  switch (view.kind) {
    case 'pair':
      return <Pair view={view} />;
    case 'judged':
      return <Judged view={view} />;
    case 'empty':
      return <Nothing text={view.why} />;
  }
}

const Drawn = memo(({ view }: { readonly view: RecordView }) => (
  <>
    <Summary view={view} />
    <Body view={view} />
  </>
));

/** Draws a view. What the person opened or scrolled stays as it is while the same pair is shown. */
export function Record({ view }: { readonly view: RecordView }): JSX.Element {
  return <Drawn key={`${view.uri} ${view.record} ${view.pair}`} view={view} />;
}
