// What a record holds: a pair, answers that stand alone, or why there is neither.
import type { JSX } from 'preact';

import { wordDiff } from '#core/compare/wordDiff.ts';
import { formatMargin, marginSign } from '#core/words/numbers.ts';
import type { FindingView, JudgedView, PairView, ReasonView, RecordView } from '#protocol/editor/views.ts';

import { Answer, Judgement } from './answers.tsx';
import { memo } from './memo.ts';
import { Pictures, Prompt } from './prompt.tsx';

const UNMARKED = {
  unrelated: 'Differences are not marked: the answers have too few words in common.',
  'too-long': 'Differences are not marked: the answers are too long.',
};

export function Nothing({ text }: { readonly text: string }): JSX.Element {
  return <p class="nothing">{text}</p>;
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
