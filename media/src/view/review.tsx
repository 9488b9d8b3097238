// The review in the place of the rows: its start, or a pair with its verdict, and what was decided so far.
import type { ComponentChildren, JSX } from 'preact';

import { counted, inGroups, plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
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
import { Filled } from './filled.tsx';
import { Record } from './record.tsx';
import { Toolbar } from './toolbar.tsx';

interface Props {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** "0.62 (95 %: 0.41 to 0.83)". */
function kappaText({ value, low, high }: Interval): string {
  return t('{0} (95 %: {1} to {2})', value.toFixed(2), low.toFixed(2), high.toFixed(2));
}

function reviewersText(reviewers: readonly string[]): string {
  const [one = '', other = ''] = reviewers.map((name) => (name === '' ? t('someone') : name));
  return t('{0} and {1}', one, other);
}

function Agreement({ rows }: { readonly rows: readonly ReviewersView[] }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <section class="agreement">
      <h3>{t('Agreement')}</h3>
      <ul>
        {rows.map(({ reviewers, count, same, kappa }) => (
          <li>
            <Filled
              text={t('{0}: {1} of {2} the same')}
              values={[<b>{reviewersText(reviewers)}</b>, percent(same.value), plural(count, 'pair')]}
            />
            {kappa ? t(', κ {0}', kappaText(kappa)) : ''}
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
  if (!loaded) return <p class="nothing">{failure ?? t('Reading…')}</p>;
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
        {reviewer === '' ? (
          t('You review without a name: git has none here.')
        ) : (
          <Filled text={t('You review as {0}, the name that git has.')} values={[<b>{reviewer}</b>]} />
        )}{' '}
        {counted(
          reviewed,
          '{0} pair of this file has your verdict.',
          '{0} pairs of this file have your verdict.',
        )}
      </p>
      <div class="wishes">
        <label>
          {t('Pairs')}{' '}
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
          {t('Blind: hide label, scores and models, and shuffle the answers')}
        </label>
      </div>
      <div class="choices">
        {kept && (
          <Choice
            isMain
            title={t('Continue: {0}', kept.title)}
            detail={t('The review of {0} that you began', plural(kept.count, 'pair'))}
            choose={() => {
              tell({ kind: 'resumed' });
            }}
          />
        )}
        <Choice
          isMain={!kept}
          title={t('Doubtful labels')}
          detail={
            labels > 0
              ? t('Of {0}, those that speak most against their label first', plural(labels, 'scored pair'))
              : t('The file is not scored yet')
          }
          isEnabled={labels > 0 && !isBusy}
          choose={() => {
            tell({ kind: 'sourceChosen', source: { kind: 'labels' } });
          }}
        />
        <Choice
          title={t('Findings')}
          detail={t(
            '{0} with findings: labels first, then contradictions, then the rest',
            plural(findings, 'pair'),
          )}
          isEnabled={findings > 0 && !isBusy}
          choose={() => {
            tell({ kind: 'sourceChosen', source: { kind: 'findings' } });
          }}
        />
        {isNarrowed(selection) && (
          <Choice
            title={t('Rows of the list')}
            detail={
              selection.query === ''
                ? t('The rows that are shown now')
                : t('The rows that {0} finds, the lowest margin first', selection.query)
            }
            isEnabled={!isBusy}
            choose={() => {
              tell({ kind: 'sourceChosen', source: { kind: 'rows', selection } });
            }}
          />
        )}
        {conflicts > 0 && (
          <Choice
            title={t('Disagreements')}
            detail={t('{0} on which reviewers disagree', plural(conflicts, 'pair'))}
            isEnabled={!isBusy}
            choose={() => {
              tell({ kind: 'sourceChosen', source: { kind: 'conflicts' } });
            }}
          />
        )}
      </div>
      {rules.length > 0 && (
        <section>
          <h3>{t('One rule')}</h3>
          <div class="rules" role="group" aria-label={t('Review the findings of one rule')}>
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
                {rule} <b>{inGroups(count)}</b>
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
    <div class="reasons-bar" role="toolbar" aria-label={t('Reason and tags')}>
      {reasons.map((text, i) => (
        <button
          key={text}
          type="button"
          class="switch"
          aria-pressed={text === reason}
          disabled={item.kind !== 'pair'}
          title={t('Reason: {0} ({1})', text, i + 1)}
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
        <b>{t(VERDICT_WORDS[verdict])}</b>
        <span class="asked">{prompt ?? t('pair {0}', index + 1)}</span>
        {(reason !== '' || tags.length > 0) && (
          <span class="why">{[reason, ...tags.map((tag) => `#${tag}`)].join(' ').trim()}</span>
        )}
      </button>
    </li>
  );
}

function foundText({ found, counts, decidedCount, queue }: ReviewView): string {
  const judged = decidedCount - counts.skip;
  if (judged === 0) return t('Nothing is decided yet.');
  const rest = queue.keys.length - decidedCount;
  const wrong = t('Labels called wrong: {0} of {1}.', inGroups(found), inGroups(judged));
  return rest > 0 ? wrong : `${wrong} ${t('The queue is done.')}`;
}

const rangeText = ({ low, high }: Pick<RemainingView, 'low' | 'high'>): string =>
  low === high ? inGroups(low) : t('{0} to {1}', inGroups(low), inGroups(high));

/** What verdicts let expect: of the labels, else of the rest of the queue. */
function remainingText({ remaining, lesson, queue, decidedCount }: ReviewView): readonly string[] {
  const rest = queue.keys.length - decidedCount;
  if (lesson) {
    const { next, left, judged } = lesson;
    const [pairs, likely, range] = [plural(next.of, 'pair'), inGroups(next.likely), rangeText(next)];
    const ahead =
      next.likely === 1
        ? t('Of the next {0}, about 1 label is wrong (95 %: {1}).', pairs, range)
        : t('Of the next {0}, about {1} labels are wrong (95 %: {2}).', pairs, likely, range);
    return [
      ...(next.of > 0 ? [ahead] : []),
      t('Among all pairs that nobody judged, about {0} (95 %: {1}).', inGroups(left.likely), rangeText(left)),
      t('Learned from {0}. It judges the ranking and is no error rate.', plural(judged, 'reviewed label')),
    ];
  }
  if (rest === 0) return [];
  if (!remaining) return [t('What the rest holds is estimated after ten decisions.')];
  return [
    t(
      'The other {0} likely hold about {1} more (95 %: {2}).',
      plural(rest, 'pair'),
      remaining.likely,
      rangeText(remaining),
    ),
  ];
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
    <aside aria-label={t('What was decided')}>
      {others.length > 0 && (
        <section class="reviewers">
          <h3>{t('Other reviewers')}</h3>
          <ul>
            {others.map(({ by, words, reason }) => (
              <li>
                <Filled text={t('{0}: {1}')} values={[<b>{by === '' ? t('Someone') : by}</b>, words]} />
                {reason !== '' && <span class="why">{reason}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t('Found so far')}</h3>
        <p>{foundText(view)}</p>
        {remaining.map((line) => (
          <p class="quiet">{line}</p>
        ))}
        {blind && (
          <p>
            {t(
              'You agreed with the hidden label in {0} of {1} ({2} to {3}).',
              Math.round(blind.same.value * blind.count),
              plural(blind.count, 'pair'),
              percent(blind.same.low),
              percent(blind.same.high),
            )}
          </p>
        )}
      </section>
      <Agreement rows={agreement} />
      {decided.length > 0 && (
        <section>
          <h3>{t('Decided')}</h3>
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
      <progress max={total} value={decidedCount} aria-label={t('{0} of {1} decided', decidedCount, total)} />
      <span>{t('{0} of {1} decided', inGroups(decidedCount), inGroups(total))}</span>
    </div>
  );
}

/** What the person said of the shown pair. */
function verdictText({ verdict, isHidden, isReadOnly, queue, others }: ReviewView): string {
  if (isHidden) return t('The label is hidden. Which answer is better?');
  if (queue.source.kind === 'conflicts' && verdict === undefined)
    return t('{0} said something else. Your verdict settles it.', plural(others.length, 'reviewer'));
  if (verdict !== undefined) return t('Your verdict: {0}.', t(VERDICT_WORDS[verdict]));
  return isReadOnly ? t('This file cannot be changed: verdicts are noted only.') : '';
}

function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="review" role="tabpanel" aria-label={t('Review')}>
      {children}
    </div>
  );
}

export function ReviewPane({ state, dispatch }: Props): JSX.Element {
  const { review, options, strings, tokens } = state;
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
        <p class="nothing">{failure ?? t('Reading…')}</p>
      </Frame>
    );
  const { item, queue } = view;
  const page: PageState = { view: item, undoCount: view.canUndo ? 1 : 0, isReadOnly: view.isReadOnly };
  const words = verdictText(view);
  return (
    <Frame>
      <Toolbar
        place={[t('{0} of {1}', queue.index + 1, queue.keys.length), queue.title]}
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
          <Record view={item} options={options} strings={strings} tokens={tokens} dispatch={dispatch} />
        </div>
        <Side view={view} tell={tell} />
      </div>
    </Frame>
  );
}
