// How the answers are drawn, and what their marks mean: the switches are the legend.
import type { JSX } from 'preact';

import { plural } from '#core/words/numbers.ts';
import { english, t } from '#core/words/translate.ts';
import type { TemplateView } from '#protocol/editor/templates.ts';
import type { JudgedView, PairView } from '#protocol/editor/views.ts';
import type { ViewOption, ViewOptions } from '#protocol/page/options.ts';

import { CHAT_TEMPLATES, chatTemplate } from '../model/chatTemplates.ts';
import { showsAllCandidates } from '../model/pageState.ts';
import { chosenMarker, markers, nameOfMarker } from '../model/tokenRewards.ts';
import { ownTemplate } from '../model/tokenStrings.ts';
import { keyOfOption } from '../model/viewKeys.ts';
import type { RecordEvent } from '../model/viewOptions.ts';

interface SwitchProps {
  readonly option: ViewOption;
  readonly label: string;
  readonly title: string;
  /** Default: the value of the option. */
  readonly isOn: boolean;
  readonly isEnabled?: boolean;
  /** Classes of the marks that it shows. */
  readonly marks?: readonly string[];
  readonly dispatch: (event: RecordEvent) => void;
}

const withKey = (title: string, key: string): string => t('{0} ({1})', title, key.toUpperCase());

function Switch({
  option,
  label,
  title,
  isOn,
  isEnabled = true,
  marks = [],
  dispatch,
}: SwitchProps): JSX.Element {
  const key = keyOfOption(option);
  return (
    <button
      type="button"
      class="switch"
      aria-pressed={isOn}
      disabled={!isEnabled}
      title={key === undefined ? title : withKey(title, key)}
      onClick={() => {
        dispatch({ kind: 'optionToggled', option });
      }}
    >
      {marks.map((kind) => (
        <mark class={kind} aria-hidden="true">
          ab
        </mark>
      ))}
      {label}
    </button>
  );
}

interface ViewBarProps {
  readonly view: PairView | JudgedView;
  /** The view follows the cursor of a text editor. */
  readonly follows: boolean;
  readonly options: ViewOptions;
  readonly dispatch: (event: RecordEvent) => void;
}

/** The two ways to read a text; the chosen one is pressed. */
function Reading({ options: { isRaw }, dispatch }: Omit<ViewBarProps, 'view' | 'follows'>): JSX.Element {
  const way = (label: string, isOn: boolean, title: string): JSX.Element => (
    <button
      type="button"
      class="switch"
      aria-pressed={isOn}
      title={withKey(title, keyOfOption('isRaw') ?? '')}
      onClick={() => {
        if (!isOn) dispatch({ kind: 'optionToggled', option: 'isRaw' });
      }}
    >
      {label}
    </button>
  );
  return (
    <span class="ways" role="group" aria-label={t('How to read the texts')}>
      {way(t('Rendered'), !isRaw, t('Markdown, code and mathematics as they are meant'))}
      {way(t('Raw'), isRaw, t('Every character as it is in the record'))}
    </span>
  );
}

interface TemplatesProps {
  readonly view: PairView;
  readonly options: ViewOptions;
  readonly dispatch: (event: RecordEvent) => void;
}

const Choices = ({ of }: { readonly of: readonly TemplateView[] }): JSX.Element => (
  <>
    {of.map(({ id, title }) => (
      <option key={id} value={id}>
        {title}
      </option>
    ))}
  </>
);

const shownTemplate = (view: PairView, options: ViewOptions): TemplateView | undefined =>
  chatTemplate(options.template) ?? ownTemplate(view, options);

/** Which chat template the answers are written in. One of another file's models is remembered, and not used here. */
function Templates({ view, options, dispatch }: TemplatesProps): JSX.Element {
  const { templates = [] } = view;
  const shown = shownTemplate(view, options);
  return (
    <select
      class="templates"
      aria-label={t('Chat template')}
      title={t('Show the exact string that a chat template makes of the prompt and each answer')}
      value={shown?.id ?? ''}
      onChange={({ currentTarget: { value } }) => {
        dispatch({ kind: 'templateChosen', template: value === '' ? undefined : value });
      }}
    >
      <option value="">{t('No chat template')}</option>
      {templates.length === 0 ? (
        <Choices of={CHAT_TEMPLATES} />
      ) : (
        <>
          <optgroup label={t('Models in preflens.json')}>
            <Choices of={templates} />
          </optgroup>
          <optgroup label={t('Common templates')}>
            <Choices of={CHAT_TEMPLATES} />
          </optgroup>
        </>
      )}
    </select>
  );
}

const WORDS_TITLE = english('Mark words that raised (solid line) or lowered (dashed line) the margin');
const TOKENS_TITLE = english(
  'Mark tokens by how much they raised (solid line) or lowered (dashed line) the margin',
);

type ScoreMarksProps = TemplatesProps & { readonly isMarked: boolean };

/** What in the answers drove the score, and by whose numbers. */
function ScoreMarks({ view, options, isMarked, dispatch }: ScoreMarksProps): JSX.Element {
  const marker = chosenMarker(view, options);
  const all = markers(view);
  const isOn = options.showsWords && isMarked && marker !== undefined;
  const isOfTokens = isOn && marker !== 'words';
  const title =
    marker === undefined
      ? t('No word of these answers stands out in the score')
      : t(marker === 'words' ? WORDS_TITLE : TOKENS_TITLE);
  return (
    <>
      <Switch
        option="showsWords"
        label={marker === undefined || marker === 'words' ? t('Score words') : t('Score tokens')}
        title={title}
        isOn={isOn}
        isEnabled={isMarked && marker !== undefined}
        marks={['for', 'against']}
        dispatch={dispatch}
      />
      {isMarked && all.length > 1 && (
        <select
          class="templates"
          aria-label={t('Whose score')}
          title={t('The scorer whose numbers mark the answers')}
          value={marker && nameOfMarker(marker)}
          onChange={({ currentTarget: { value } }) => {
            dispatch({ kind: 'markerChosen', name: value });
          }}
        >
          {all.map((one) => (
            <option key={nameOfMarker(one)} value={nameOfMarker(one)}>
              {one === 'words' ? t('Words by the built-in scorer') : t('Tokens by {0}', one.title)}
            </option>
          ))}
        </select>
      )}
      {isOfTokens && (
        <Switch
          option="onlyDifferences"
          label={t('Only where they differ')}
          title={t('Mark only tokens in words that the answers do not have in common')}
          isOn={options.onlyDifferences}
          dispatch={dispatch}
        />
      )}
    </>
  );
}

export function ViewBar({ view, follows, options, dispatch }: ViewBarProps): JSX.Element {
  const { showsDifferences, scrollsTogether, showsCandidates } = options;
  const pair = view.kind === 'pair' ? view : undefined;
  const all = pair?.candidates;
  const areTwo = pair !== undefined && !showsAllCandidates(pair, options);
  // Token strings have no marks of their own.
  const isMarked = areTwo && shownTemplate(pair, options) === undefined;
  const hasEvidence = pair?.findings.some(({ at }) => at !== undefined) ?? false;
  return (
    <div class="view-bar" role="toolbar" aria-label={t('How the answers are drawn')}>
      <Reading options={options} dispatch={dispatch} />
      {areTwo && <Templates view={pair} options={options} dispatch={dispatch} />}
      {all && (
        <Switch
          option="showsCandidates"
          label={t('All {0}', plural(all.length, 'candidate'))}
          title={t('Show all answers that the record ranks or rates')}
          isOn={showsCandidates}
          dispatch={dispatch}
        />
      )}
      {areTwo && (
        <>
          <Switch
            option="showsDifferences"
            label={t('Differences')}
            title={t('Mark words that only one answer has')}
            isOn={showsDifferences && isMarked}
            isEnabled={isMarked}
            marks={['difference']}
            dispatch={dispatch}
          />
          <ScoreMarks view={pair} options={options} isMarked={isMarked} dispatch={dispatch} />
          <Switch
            option="scrollsTogether"
            label={t('Scroll together')}
            title={t('Scroll both answers together, turn by turn')}
            isOn={scrollsTogether}
            dispatch={dispatch}
          />
          {hasEvidence && (
            <span class="legend">
              <mark class="finding" aria-hidden="true">
                ab
              </mark>
              {t('Finding')}
            </span>
          )}
        </>
      )}
      {follows && (
        <Switch
          option="isPinned"
          label={t('Stay here')}
          title={t('Stay at this pair when the cursor moves to another record')}
          isOn={options.isPinned}
          dispatch={dispatch}
        />
      )}
    </div>
  );
}
