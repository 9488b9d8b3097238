// Answers in their frames: the two of a pair, all candidates of a record, or those that stand alone.
import type { ComponentChildren, JSX } from 'preact';

import { formatMargin, plural } from '#core/words/numbers.ts';
import { english, t } from '#core/words/translate.ts';
import type { AnswerView, CandidateView, JudgementView, PairView, PartView } from '#protocol/editor/views.ts';

import type { AnswerTone } from '../model/columns.ts';
import { TONE_OF_VERDICT } from '../model/columns.ts';
import type { Mark } from '../model/textMarks.ts';
import { candidateNote, lengthText } from '../model/words.ts';
import { OpenParts } from './parts.tsx';
import { Text } from './text.tsx';

/** How the texts of a record are drawn. */
export interface Reading {
  readonly isRaw: boolean;
  readonly openLink: (address: string) => void;
}

type Said = Pick<AnswerView, 'text' | 'turns' | 'parts'>;

/** "38 words, 2 parts". */
function sizeText({ text, parts = [] }: Said): string {
  const words = text.trim() === '' && parts.length > 0 ? [] : [lengthText(text)];
  return [...words, ...(parts.length > 0 ? [plural(parts.length, 'part')] : [])].join(t(', '));
}

const isThought = ({ kind }: PartView): boolean => kind === 'thought';

interface BodyProps {
  readonly answer: Said;
  /** Of the answer it is compared with. */
  readonly others: readonly PartView[];
  readonly marks: readonly Mark[];
  readonly reading: Reading;
}

/** A text that is one message. Its thoughts stand above it, other parts below. */
function Single({ answer, others, marks, reading }: BodyProps): JSX.Element {
  const { text, parts = [] } = answer;
  const isEmpty = text.trim() === '';
  // Transcripts put a space before an answer, which would indent its first line.
  const lead = reading.isRaw ? 0 : text.length - text.trimStart().length;
  return (
    <>
      <OpenParts parts={parts} others={others} isWanted={isThought} />
      {!(isEmpty && parts.length > 0) && (
        <div class={isEmpty ? 'text empty' : 'text'}>
          {isEmpty && <p>{text === '' ? t('The answer is empty.') : t('The answer is only white space.')}</p>}
          {(!isEmpty || (reading.isRaw && text !== '')) && (
            <Text {...reading} text={text.slice(lead)} start={lead} marks={marks} />
          )}
        </div>
      )}
      <OpenParts parts={parts} others={others} isWanted={(part) => !isThought(part)} />
    </>
  );
}

/** Several messages, each with its speaker and its parts. */
function Messages({ answer, others, marks, reading }: BodyProps): JSX.Element {
  const { turns = [], parts = [] } = answer;
  return (
    <div class="text">
      {turns.map(({ role, text, start }, i) => (
        <div class="turn">
          <span class="role">{role}</span>
          {text !== '' && (
            <Text {...reading} text={text} start={start ?? -1} marks={start === undefined ? [] : marks} />
          )}
          <OpenParts parts={parts} others={others} isWanted={({ turn }) => turn === i} />
        </div>
      ))}
      <OpenParts parts={parts} others={others} isWanted={({ turn }) => turn === undefined} />
    </div>
  );
}

interface ArticleProps {
  readonly tone: AnswerTone | '';
  readonly title: string;
  /** A reward, a rank or a verdict. */
  readonly note: string;
  /** Names the text for screen readers. */
  readonly label: string;
  readonly answer: Said;
  readonly otherParts?: readonly PartView[];
  readonly marks?: readonly Mark[];
  readonly reading: Reading;
  /** Stands in the place of the text. */
  readonly instead?: ComponentChildren;
  readonly children?: ComponentChildren;
}

const NONE: readonly never[] = [];

function Article({
  tone,
  title,
  note,
  label,
  answer,
  otherParts = NONE,
  marks = NONE,
  reading,
  instead,
  children,
}: ArticleProps): JSX.Element {
  const Body = answer.turns ? Messages : Single;
  return (
    <article class={tone}>
      <header>
        <h2>{title}</h2>
        {note !== '' && <span class="reward">{note}</span>}
        {instead === undefined && <span class="count">{sizeText(answer)}</span>}
        {children}
      </header>
      <div class="body" tabindex={0} role="region" aria-label={label}>
        {instead ?? <Body answer={answer} others={otherParts} marks={marks} reading={reading} />}
      </div>
    </article>
  );
}

const TITLES = {
  blind: { chosen: english('First answer'), rejected: english('Second answer') },
  preference: { chosen: english('Chosen'), rejected: english('Rejected') },
  tie: { chosen: english('First, tied'), rejected: english('Second, tied') },
};

/** Names of the texts for screen readers. */
const LABELS = { chosen: english('chosen answer'), rejected: english('rejected answer') };

interface AnswerProps {
  readonly pair: PairView;
  readonly side: 'chosen' | 'rejected';
  readonly marks: readonly Mark[];
  readonly reading: Reading;
  /** Stands in the place of the text. */
  readonly instead?: ComponentChildren;
}

export function Answer({ pair, side, marks, reading, instead }: AnswerProps): JSX.Element {
  const { isTie, margin, isBlind } = pair;
  const answer = pair[side];
  // A tie has no reward, and some scorers compare answers without giving one.
  const unscored = isTie || isBlind || margin !== undefined ? '' : t('not scored');
  const kind = isBlind ? 'blind' : isTie ? 'tie' : 'preference';
  return (
    <Article
      tone={isBlind ? '' : isTie ? 'tie' : side}
      title={t(TITLES[kind][side])}
      note={answer.reward === undefined ? unscored : t('reward {0}', formatMargin(answer.reward))}
      label={t(isBlind ? TITLES.blind[side] : LABELS[side])}
      answer={answer}
      otherParts={pair[side === 'chosen' ? 'rejected' : 'chosen'].parts ?? NONE}
      marks={marks}
      reading={reading}
      instead={instead}
    />
  );
}

const CANDIDATE_TITLES = {
  chosen: english('Chosen'),
  rejected: english('Rejected'),
  other: english('Candidate'),
};

export function Candidate({
  candidate,
  reading,
}: {
  readonly candidate: CandidateView;
  readonly reading: Reading;
}): JSX.Element {
  const { side, number } = candidate;
  const title = `${t(CANDIDATE_TITLES[side ?? 'other'])} · ${number + 1}`;
  return (
    <Article
      tone={side ?? ''}
      title={title}
      note={candidateNote(candidate)}
      label={title}
      answer={candidate}
      reading={reading}
    >
      {candidate.about.length > 0 && (
        <dl class="about">
          {candidate.about.map(({ name, text }) => (
            <div>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </Article>
  );
}

export function Judgement({
  judgement,
  title,
  reading,
}: {
  readonly judgement: JudgementView;
  readonly title: string;
  readonly reading: Reading;
}): JSX.Element {
  const { verdict } = judgement;
  return (
    <Article
      tone={TONE_OF_VERDICT[verdict.kind]}
      title={title}
      note={verdict.words}
      label={title}
      answer={judgement}
      reading={reading}
    />
  );
}
