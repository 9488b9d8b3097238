// What a record holds: a pair, answers that stand alone, or why there is neither.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';

import { formatMargin, marginSign } from '#core/words/numbers.ts';
import { english, t } from '#core/words/translate.ts';
import type { FindingView, JudgedView, PairView, ReasonView, RecordView } from '#protocol/editor/views.ts';
import type { ViewOptions } from '#protocol/page/options.ts';

import { answerMarks } from '../model/answerMarks.ts';
import { chatTemplate } from '../model/chatTemplates.ts';
import { showsAllCandidates } from '../model/pageState.ts';
import { markedTokens } from '../model/tokenMarks.ts';
import type { TokenRewards } from '../model/tokenRewards.ts';
import { chosenMarker, foundTokens } from '../model/tokenRewards.ts';
import type { TokenStrings } from '../model/tokenStrings.ts';
import { ownTemplate } from '../model/tokenStrings.ts';
import type { RecordEvent } from '../model/viewOptions.ts';
import type { Reading } from './answers.tsx';
import { Answer, Candidate, Judgement } from './answers.tsx';
import { useDifferences } from './differences.ts';
import { Fields } from './fields.tsx';
import { memo } from './memo.ts';
import { Pictures, Prompt } from './prompt.tsx';
import { useScrolling } from './scrollTogether.ts';
import { Tokens } from './tokens.tsx';
import { OurStrings, OwnStrings } from './tokenStrings.tsx';
import { ViewBar } from './viewBar.tsx';

const UNMARKED = {
  unrelated: english('Differences are not marked: the answers have too few words in common.'),
  'too-long': english('Differences are not marked: the answers are too long.'),
};

const STANDINGS = {
  lowest: english('lowest {0} % of this file'),
  highest: english('highest {0} % of this file'),
};

interface Drawing {
  readonly follows: boolean;
  readonly options: ViewOptions;
  readonly strings: TokenStrings | undefined;
  readonly tokens: TokenRewards | undefined;
  readonly dispatch: (event: RecordEvent) => void;
  readonly reading: Reading;
}

export function Nothing({ text }: { readonly text: string }): JSX.Element {
  return <p class="nothing">{text}</p>;
}

function Reason({ text, side, weight }: ReasonView): JSX.Element {
  const isWord = side === 'chosen' || side === 'rejected';
  return (
    <li class={marginSign(weight) < 0 ? 'against' : 'for'}>
      <span class="what">{isWord ? `“${text}”` : text}</span>
      {isWord && <span class="where">{side === 'chosen' ? t('chosen') : t('rejected')}</span>}
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
      {view.kind === 'pair' && view.margin !== undefined && (
        <p class="margin">
          <strong>{t('Margin {0}', formatMargin(view.margin))}</strong>
          {view.standing && ` · ${t(STANDINGS[view.standing.end], view.standing.percent)}`}
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
  whyUnscored = t('This file is not scored yet.'),
}: PairView): string {
  if (isTie) return t('The label says that both answers are equal, so there is no margin.');
  return trust === undefined ? whyUnscored : `${scorer} ${trust}`;
}

interface EvidenceProps {
  readonly view: PairView;
  readonly dispatch: (event: RecordEvent) => void;
}

/** Pairs like this one that are labelled the other way, each a button that leads to it. */
function Neighbours({ view: { neighbours = [] }, dispatch }: EvidenceProps): JSX.Element {
  return (
    <>
      {neighbours.length > 0 && <h3>{t('Pairs like this one')}</h3>}
      {neighbours.map(({ text, places }) => (
        <div class="neighbours">
          <p>{text}</p>
          {places.map((place) => (
            <button
              class="place"
              onClick={() => {
                dispatch({ kind: 'placeChosen', place });
              }}
            >
              {t('Record {0}', (place.record + 1).toLocaleString('en'))}
            </button>
          ))}
        </div>
      ))}
    </>
  );
}

function Evidence({ view, dispatch }: EvidenceProps): JSX.Element {
  const { reasons, details } = view;
  return (
    <footer>
      {reasons.length > 0 && (
        <>
          <h3>{t('What drove the score')}</h3>
          <ul class="reasons">{reasons.map(Reason)}</ul>
        </>
      )}
      <Neighbours view={view} dispatch={dispatch} />
      {details.length > 0 && (
        <>
          <h3>{t('What the scorers say')}</h3>
          <ul class="details">
            {details.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
        </>
      )}
      {!view.isBlind && <p class="trust">{trustText(view)}</p>}
    </footer>
  );
}

interface PairProps extends Drawing {
  readonly view: PairView;
}

function TwoAnswers({ view, options, tokens, reading, dispatch }: PairProps): JSX.Element {
  const { showsDifferences, showsWords, onlyDifferences } = options;
  const found = foundTokens(tokens);
  const isRestricted = onlyDifferences && found !== undefined;
  const isCompared = showsDifferences || isRestricted;
  const differences = useDifferences(view.chosen.text, view.rejected.text, isCompared);
  const marked = useMemo(
    () => found && markedTokens(found, isRestricted ? differences : undefined),
    [found, isRestricted, differences],
  );
  const isByWords = showsWords && chosenMarker(view, options) === 'words';
  const marks = useMemo(() => {
    const marker = isByWords ? 'words' : marked;
    return {
      chosen: answerMarks(view, 'chosen', differences?.chosen, options, marker),
      rejected: answerMarks(view, 'rejected', differences?.rejected, options, marker),
    };
  }, [view, differences, options, isByWords, marked]);
  const { main, onScrollCapture } = useScrolling(options.scrollsTogether);
  return (
    <>
      <main ref={main} onScrollCapture={onScrollCapture}>
        <Answer pair={view} side="chosen" marks={marks.chosen} reading={reading} />
        <Answer pair={view} side="rejected" marks={marks.rejected} reading={reading} />
      </main>
      {isCompared && differences?.unmarked && <p class="unmarked">{t(UNMARKED[differences.unmarked])}</p>}
      {tokens && <Tokens view={view} tokens={tokens} marked={marked} dispatch={dispatch} />}
    </>
  );
}

function Candidates({ view: { candidates = [] }, reading }: PairProps): JSX.Element {
  return (
    <main class="candidates" tabindex={0} aria-label={t('Candidates')}>
      {candidates.map((candidate) => (
        <Candidate key={candidate.number} candidate={candidate} reading={reading} />
      ))}
    </main>
  );
}

function Pair(props: PairProps): JSX.Element {
  const { view, options, reading, dispatch } = props;
  const ours = chatTemplate(options.template);
  const own = ownTemplate(view, options);
  return (
    <>
      <Prompt turns={view.prompt} context={view.context} reading={reading} />
      <Pictures images={view.images} />
      <ViewBar view={view} follows={props.follows} options={options} dispatch={dispatch} />
      {showsAllCandidates(view, options) ? (
        <Candidates {...props} />
      ) : ours ? (
        <OurStrings {...props} template={ours} />
      ) : own ? (
        <OwnStrings {...props} template={own} />
      ) : (
        <TwoAnswers {...props} />
      )}
      <Evidence view={view} dispatch={dispatch} />
    </>
  );
}

function Judged({
  view,
  follows,
  options,
  reading,
  dispatch,
}: Omit<Drawing, 'strings' | 'tokens'> & { readonly view: JudgedView }): JSX.Element {
  const { prompt, images, judgements } = view;
  const isOfSteps = judgements.length > 1;
  return (
    <>
      <Prompt turns={prompt} reading={reading} />
      <Pictures images={images} />
      <ViewBar view={view} follows={follows} options={options} dispatch={dispatch} />
      <main class="judged">
        {judgements.map((judgement, i) => (
          <Judgement
            judgement={judgement}
            title={isOfSteps ? t('Step {0}', i + 1) : t('Answer')}
            reading={reading}
          />
        ))}
      </main>
      <footer>
        <p class="trust">
          {isOfSteps
            ? t('Each step has a label of its own, so there is no pair to compare or score.')
            : t(
                'The data is unpaired: this answer has a label of its own, so there is no pair to compare or score.',
              )}
        </p>
      </footer>
    </>
  );
}

function Body(props: Drawing & { readonly view: RecordView }): JSX.Element {
  const { view } = props;
  switch (view.kind) {
    case 'pair':
      return <Pair {...props} view={view} />;
    case 'judged':
      return <Judged {...props} view={view} />;
    case 'empty':
      return <Nothing text={view.why} />;
  }
}

export interface RecordProps {
  readonly view: RecordView;
  /** The page follows the cursor of a text editor. */
  readonly follows?: boolean;
  readonly options: ViewOptions;
  readonly strings: TokenStrings | undefined;
  readonly tokens: TokenRewards | undefined;
  readonly dispatch: (event: RecordEvent) => void;
}

function Whole({ view, follows = false, options, strings, tokens, dispatch }: RecordProps): JSX.Element {
  const { isRaw } = options;
  const reading = useMemo(
    () => ({
      isRaw,
      openLink: (address: string) => {
        dispatch({ kind: 'linkChosen', address });
      },
    }),
    [isRaw, dispatch],
  );
  return (
    <div class="record">
      <Summary view={view} />
      <Body
        view={view}
        follows={follows}
        options={options}
        strings={strings}
        tokens={tokens}
        dispatch={dispatch}
        reading={reading}
      />
      <Fields
        fields={view.fields}
        isOpen={options.showsFields}
        toggle={() => {
          dispatch({ kind: 'optionToggled', option: 'showsFields' });
        }}
      />
    </div>
  );
}

const Drawn = memo(Whole);

/** Draws a view. What the person opened or scrolled stays as it is while the same pair is shown. */
export function Record(props: RecordProps): JSX.Element {
  const { uri, record, pair } = props.view;
  return <Drawn key={`${uri} ${record} ${pair}`} {...props} />;
}
