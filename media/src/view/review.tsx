// The review in the place of the rows: its start, or a pair with its verdict, and what was decided so far.
import type { ComponentChildren, JSX } from 'preact';

import { plural } from '#core/words/numbers.ts';
import type {
  DecidedView,
  Interval,
  RemainingView,
  ReviewersView,
  ReviewView,
} from '#protocol/editor/review.ts';
import type { RowSelection } from '#protocol/editor/rows.ts';

import type { DatasetEvent } from '../model/datasetEvents.ts';
import type { DatasetState } from '../model/datasetState.ts';
import type { PageState } from '../model/pageState.ts';
import type { ReviewEvent } from '../model/review.ts';
import { reviewActions, SIZES, VERDICT_WORDS } from '../model/review.ts';
import { Record } from './record.tsx';
import { Toolbar } from './toolbar.tsx';

interface Props {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** "0.62 (95 %: 0.41 to 0.83)". */
function kappaText({ value, low, high }: Interval): string {
  return `${value.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function Agreement({ rows }: { readonly rows: readonly ReviewersView[] }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <section class="agreement">
      <h3>Agreement</h3>
      <ul>
        {rows.map(({ reviewers, count, same, kappa }) => (
          <li>
            <b>{reviewers.map((name) => (name === '' ? 'someone' : name)).join(' and ')}</b>:{' '}
            {percent(same.value)} of {plural(count, 'pair')} the same
            {kappa ? `, κ ${kappaText(kappa)}` : ''}
          </li>
        ))}
      </ul>
    </section>
  );
}

function isNarrowed({ query, sort, sample }: RowSelection): boolean {
  return query !== '' || sort !== undefined || sample !== undefined;
}

interface ChoiceProps {
  readonly title: string;
  readonly detail: string;
  readonly isEnabled?: boolean;
  readonly isMain?: boolean;
  readonly choose: () => void;
}

function Choice({ title, detail, isEnabled = true, isMain = false, choose }: ChoiceProps): JSX.Element {
  return (
    <button type="button" class={isMain ? 'choice main' : 'choice'} disabled={!isEnabled} onClick={choose}>
      <strong>{title}</strong>
      <span>{detail}</span>
    </button>
  );
}

/** What can be reviewed. */
function Start({ state, dispatch }: Props): JSX.Element {
  const { review, selection } = state;
  const { choices: loaded, failure, isBusy, size, isBlind } = review;
  const tell = (event: ReviewEvent): void => {
    dispatch({ kind: 'review', event });
  };
  if (!loaded) return <p class="nothing">{failure ?? 'Reading…'}</p>;
  const { choices, kept } = loaded;
  const { labels, findings, rules, conflicts, reviewer, reviewed, agreement } = choices;
  return (
    <div class="review-start">
      {failure !== undefined && (
        <p class="notice" role="alert">
          {failure}
        </p>
      )}
      <p class="who">
        You review as <b>{reviewer === '' ? 'someone without a name' : reviewer}</b>, the name that git has.{' '}
        {plural(reviewed, 'pair')} of this file {reviewed === 1 ? 'has' : 'have'} your verdict.
      </p>
      <div class="wishes">
        <label>
          Pairs{' '}
          <select
            value={size}
            onChange={({ currentTarget }) => {
              tell({ kind: 'sizeChosen', size: Number(currentTarget.value) });
            }}
          >
            {SIZES.map((count) => (
              <option value={count}>{count}</option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={isBlind}
            onChange={() => {
              tell({ kind: 'blindToggled' });
            }}
          />{' '}
          Blind: hide label, scores and models, and shuffle the answers
        </label>
      </div>
      <div class="choices">
        {kept && (
          <Choice
            isMain
            title={`Continue: ${kept.title}`}
            detail={`The review of ${plural(kept.count, 'pair')} that you began`}
            choose={() => {
              tell({ kind: 'resumed' });
            }}
          />
        )}
        <Choice
          isMain={!kept}
          title="Doubtful labels"
          detail={
            labels > 0
              ? `Of ${plural(labels, 'scored pair')}, those that speak most against their label first`
              : 'The file is not scored yet'
          }
          isEnabled={labels > 0 && !isBusy}
          choose={() => {
            tell({ kind: 'sourceChosen', source: { kind: 'labels' } });
          }}
        />
        <Choice
          title="Findings"
          detail={`${plural(findings, 'pair')} with findings: labels first, then contradictions, then the rest`}
          isEnabled={findings > 0 && !isBusy}
          choose={() => {
            tell({ kind: 'sourceChosen', source: { kind: 'findings' } });
          }}
        />
        {isNarrowed(selection) && (
          <Choice
            title="Rows of the list"
            detail={
              selection.query === ''
                ? 'The rows that are shown now'
                : `The rows that ${selection.query} finds, the lowest margin first`
            }
            isEnabled={!isBusy}
            choose={() => {
              tell({ kind: 'sourceChosen', source: { kind: 'rows', selection } });
            }}
          />
        )}
        {conflicts > 0 && (
          <Choice
            title="Disagreements"
            detail={`${plural(conflicts, 'pair')} on which reviewers disagree`}
            isEnabled={!isBusy}
            choose={() => {
              tell({ kind: 'sourceChosen', source: { kind: 'conflicts' } });
            }}
          />
        )}
      </div>
      {rules.length > 0 && (
        <section>
          <h3>One rule</h3>
          <div class="rules" role="group" aria-label="Review the findings of one rule">
            {rules.map(({ rule, severity, count }) => (
              <button
                key={rule}
                type="button"
                class={`pill ${severity}`}
                disabled={isBusy}
                onClick={() => {
                  tell({ kind: 'sourceChosen', source: { kind: 'rule', rule } });
                }}
              >
                {rule} <b>{count.toLocaleString('en')}</b>
              </button>
            ))}
          </div>
        </section>
      )}
      <Agreement rows={agreement} />
    </div>
  );
}

/** Reasons that a key gives. */
function Reasons({
  view,
  tell,
}: {
  readonly view: ReviewView;
  readonly tell: (event: ReviewEvent) => void;
}): JSX.Element {
  const { reasons, reason, tags, item } = view;
  const isOwn = reason !== '' && !reasons.includes(reason);
  return (
    <div class="reasons-bar" role="toolbar" aria-label="Reason and tags">
      {reasons.map((text, i) => (
        <button
          key={text}
          type="button"
          class="switch"
          aria-pressed={text === reason}
          disabled={item.kind !== 'pair'}
          title={`Reason: ${text} (${i + 1})`}
          onClick={() => {
            tell({ kind: 'commanded', command: `reason${(i + 1) as 1}` });
          }}
        >
          {text}
          <kbd>{i + 1}</kbd>
        </button>
      ))}
      {isOwn && <span class="own">{reason}</span>}
      {tags.map((tag) => (
        <span class="tag">{tag}</span>
      ))}
    </div>
  );
}

function Decided({
  one,
  isShown,
  go,
}: {
  readonly one: DecidedView;
  readonly isShown: boolean;
  readonly go: () => void;
}): JSX.Element {
  const { index, prompt, verdict, reason, tags } = one;
  return (
    <li class={verdict}>
      <button type="button" aria-current={isShown} onClick={go}>
        <b>{VERDICT_WORDS[verdict]}</b>
        <span class="asked">{prompt ?? `pair ${index + 1}`}</span>
        {(reason !== '' || tags.length > 0) && (
          <span class="why">{[reason, ...tags.map((tag) => `#${tag}`)].join(' ').trim()}</span>
        )}
      </button>
    </li>
  );
}

function foundText({ found, counts, decidedCount, queue }: ReviewView): string {
  const judged = decidedCount - counts.skip;
  if (judged === 0) return 'Nothing is decided yet.';
  const rest = queue.keys.length - decidedCount;
  return `Labels called wrong: ${found.toLocaleString('en')} of ${judged.toLocaleString('en')}.${rest > 0 ? '' : ' The queue is done.'}`;
}

const rangeText = ({ low, high }: Pick<RemainingView, 'low' | 'high'>): string =>
  low === high ? low.toLocaleString('en') : `${low.toLocaleString('en')} to ${high.toLocaleString('en')}`;

/** What verdicts let expect: of the labels, else of the rest of the queue. */
function remainingText({ remaining, lesson, queue, decidedCount }: ReviewView): readonly string[] {
  const rest = queue.keys.length - decidedCount;
  if (lesson) {
    const { next, left, judged } = lesson;
    const ahead = `Of the next ${plural(next.of, 'pair')}, about ${next.likely.toLocaleString('en')} ${next.likely === 1 ? 'label is' : 'labels are'} wrong (95 %: ${rangeText(next)}).`;
    return [
      ...(next.of > 0 ? [ahead] : []),
      `Among all pairs that nobody judged, about ${left.likely.toLocaleString('en')} (95 %: ${rangeText(left)}).`,
      `Learned from ${plural(judged, 'reviewed label')}. It judges the ranking and is no error rate.`,
    ];
  }
  if (rest === 0) return [];
  if (!remaining) return ['What the rest holds is estimated after ten decisions.'];
  const range = rangeText(remaining);
  return [`The other ${plural(rest, 'pair')} likely hold about ${remaining.likely} more (95 %: ${range}).`];
}

function Side({
  view,
  tell,
}: {
  readonly view: ReviewView;
  readonly tell: (event: ReviewEvent) => void;
}): JSX.Element {
  const { decided, blind, agreement, queue, others } = view;
  const remaining = remainingText(view);
  return (
    <aside aria-label="What was decided">
      {others.length > 0 && (
        <section class="reviewers">
          <h3>Other reviewers</h3>
          <ul>
            {others.map(({ by, words, reason }) => (
              <li>
                <b>{by === '' ? 'Someone' : by}</b>: {words}
                {reason !== '' && <span class="why">{reason}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Found so far</h3>
        <p>{foundText(view)}</p>
        {remaining.map((line) => (
          <p class="quiet">{line}</p>
        ))}
        {blind && (
          <p>
            You agreed with the hidden label in {Math.round(blind.same.value * blind.count)} of{' '}
            {plural(blind.count, 'pair')} ({percent(blind.same.low)} to {percent(blind.same.high)}).
          </p>
        )}
      </section>
      <Agreement rows={agreement} />
      {decided.length > 0 && (
        <section>
          <h3>Decided</h3>
          <ol class="decided">
            {decided.map((one) => (
              <Decided
                key={one.index}
                one={one}
                isShown={one.index === queue.index}
                go={() => {
                  tell({ kind: 'goneTo', index: one.index });
                }}
              />
            ))}
          </ol>
        </section>
      )}
    </aside>
  );
}

function Progress({ view }: { readonly view: ReviewView }): JSX.Element {
  const { decidedCount, queue } = view;
  const total = queue.keys.length;
  return (
    <div class="progress">
      <progress max={total} value={decidedCount} aria-label={`${decidedCount} of ${total} decided`} />
      <span>
        {decidedCount.toLocaleString('en')} of {total.toLocaleString('en')} decided
      </span>
    </div>
  );
}

/** What the person said of the shown pair. */
function verdictText({ verdict, isHidden, isReadOnly, queue, others }: ReviewView): string {
  if (isHidden) return 'The label is hidden. Which answer is better?';
  if (queue.source.kind === 'conflicts' && verdict === undefined)
    return `${plural(others.length, 'reviewer')} said something else. Your verdict settles it.`;
  if (verdict !== undefined) return `Your verdict: ${VERDICT_WORDS[verdict]}.`;
  return isReadOnly ? 'This file cannot be changed: verdicts are noted only.' : '';
}

function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="review" role="tabpanel" aria-label="Review">
      {children}
    </div>
  );
}

export function ReviewPane({ state, dispatch }: Props): JSX.Element {
  const { review, options } = state;
  const { view, isPaused, failure } = review;
  const tell = (event: ReviewEvent): void => {
    dispatch({ kind: 'review', event });
  };
  if (isPaused)
    return (
      <Frame>
        <Start state={state} dispatch={dispatch} />
      </Frame>
    );
  if (!view)
    return (
      <Frame>
        <p class="nothing">{failure ?? 'Reading…'}</p>
      </Frame>
    );
  const { item, queue } = view;
  const page: PageState = { view: item, undoCount: view.canUndo ? 1 : 0, isReadOnly: view.isReadOnly };
  const words = verdictText(view);
  return (
    <Frame>
      <Toolbar
        place={[`${queue.index + 1} of ${queue.keys.length}`, queue.title]}
        actions={reviewActions(view)}
        state={page}
        act={(command) => {
          tell({ kind: 'commanded', command });
        }}
      />
      <div class="review-panes">
        <div class="pair" key={view.key} tabindex={-1}>
          <Progress view={view} />
          <Reasons view={view} tell={tell} />
          {words !== '' && <p class="verdict">{words}</p>}
          <Record view={item} options={options} dispatch={dispatch} />
        </div>
        <Side view={view} tell={tell} />
      </div>
    </Frame>
  );
}
