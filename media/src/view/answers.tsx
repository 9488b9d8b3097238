// Answers in their frames: the two of a pair, or those that stand alone.
import type { ComponentChildren, JSX } from 'preact';

import type { Stretch } from '#core/compare/wordDiff.ts';
import { formatMargin, plural } from '#core/words/numbers.ts';
import type { AnswerView, JudgementView, PairView, PartView } from '#protocol/editor/views.ts';

import type { AnswerTone } from '../model/columns.ts';
import { TONE_OF_VERDICT } from '../model/columns.ts';
import { lengthText } from '../model/words.ts';
import { Marked, OpenParts } from './parts.tsx';

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

export function Answer({ pair, side, stretches }: AnswerProps): JSX.Element {
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

export function Judgement({
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
