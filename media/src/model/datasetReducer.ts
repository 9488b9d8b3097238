// How each event changes the state of the dataset page. Effects are data; datasetPage.ts carries them out.
import { t } from '#core/words/translate.ts';
import type { Found } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { DatasetAction, PageMemory } from '#protocol/page/dataset.ts';

import type { DatasetEvent, Step } from './datasetEvents.ts';
import { andThen } from './datasetEvents.ts';
import { gridKey, MARKED_ACTIONS } from './datasetKeys.ts';
import type { DatasetState } from './datasetState.ts';
import { columnLayout, isSame, isShown, storeOf } from './datasetState.ts';
import { foundText } from './datasetText.ts';
import type { FilterEvent } from './filter.ts';
import { reduceFilter } from './filter.ts';
import { followShown } from './follow.ts';
import {
  changeColumns,
  checkMarks,
  clearMarks,
  mark,
  markAll,
  markedPlaces,
  openCell,
  startBatch,
  toggleMark,
  withColumns,
} from './gridSteps.ts';
import type { KeyPress } from './keys.ts';
import { jumpTo, outdate, requestVisible, showColumn, withStore } from './listSteps.ts';
import { markCount, NO_MARKS } from './marks.ts';
import { editsOf, pairOf } from './pageState.ts';
import {
  isOutdated,
  lookAhead,
  onAheadLoaded,
  onPairLoaded,
  show,
  showAhead,
  showNewest,
} from './pairSteps.ts';
import { isPortraitDue } from './portrait.ts';
import {
  followFilter,
  onPortrait,
  requestRowsPortrait,
  scrollShown,
  withRowsShown,
} from './portraitSteps.ts';
import type { ReviewEvent } from './review.ts';
import { hasKeys, isReviewing, placeText, reduceReview } from './review.ts';
import { BLOCK, invalidate, isPlain, nameOf, withFailure, withRows } from './rowStore.ts';
import {
  chooseQuery,
  onPlaced,
  requestPair,
  requestPlace,
  reveal,
  select,
  selectLoaded,
  setQuery,
  setSelection,
  sortBy,
} from './selectionSteps.ts';
import { recordEventFor } from './viewKeys.ts';
import { onRecordEvent } from './viewOptions.ts';
import { doneText } from './words.ts';

/** What a key press means; undefined if nothing. */
export function eventOf(press: KeyPress, state: DatasetState): DatasetEvent | undefined {
  const { review, portrait } = state;
  // The other keys of a review are commands of VS Code.
  if (isReviewing(review)) return recordEventFor(press);
  // Keys of the rows would act on a pair that nobody sees.
  if (review.isOpen || portrait.isOpen) {
    const kind = review.isOpen ? 'review' : 'portrait';
    if (kind === 'portrait' && press.key === '/') return { kind: 'filterWanted' };
    return press.key === 'Escape' ? { kind, event: { kind: 'closed' } } : undefined;
  }
  return gridKey(press, state) ?? recordEventFor(press);
}

function onStatus(state: DatasetState, status: DatasetStatus): Step {
  const { status: before, selection } = state;
  const next = { ...state, status };
  if (before?.revision === status.revision && before.phase === status.phase) return [next];
  const isKnown = isPlain(selection) || markedPlaces(state) !== undefined;
  const isMoved = !isKnown || before?.generation !== status.generation;
  return [outdate(isMoved ? clearMarks(next) : next), { kind: 'requestColumns' }];
}

function onFound(state: DatasetState, found: Found): Step {
  const store = storeOf(state);
  const { key, done, hits, total, isOver, fault } = found;
  if (store.list?.key !== key) return [state];
  const list = { key, ...(!isOver && { search: { done, hits } }), ...(fault && { fault }) };
  const said = isOver ? foundText(total) : state.said;
  return [withStore({ ...state, said }, nameOf(state.selection), { ...invalidate(store), total, list })];
}

function onRows(state: DatasetState, event: Extract<DatasetEvent, { kind: 'rowsLoaded' }>): Step {
  const { name, start, result } = event;
  const store = state.stores.get(name);
  if (isOutdated(event, state) || !store) return [state];
  const next = withStore(state, name, withRows(store, start, result));
  if (name !== nameOf(state.selection)) return [withStore(next, nameOf(state.selection), storeOf(next))];
  const checked = isPlain(state.selection) ? next : checkMarks(next, state, { start, end: start + BLOCK });
  // Once for each list: after an edit, what it did is said, and not how many rows are left.
  const isCounted = !isPlain(state.selection) && !result.search && store.list === undefined;
  return selectLoaded(isCounted ? { ...checked, said: foundText(result.total) } : checked);
}

/** What a screen reader says, and why something was refused. */
function onReview(state: DatasetState, event: ReviewEvent): Step {
  const [review, ...effects] = reduceReview(state.review, event);
  const next = { ...state, review };
  if (event.kind === 'opened')
    return [{ ...onPortrait(next, { kind: 'closed' }), notice: undefined }, ...effects];
  if (event.kind === 'failed' && isReviewing(review))
    return [{ ...next, notice: { text: event.reason, isError: true } }, ...effects];
  if ((event.kind === 'begun' || event.kind === 'stepped') && event.result) {
    const { view, said } = event.result;
    const isMoved = view.key !== state.review.view?.key;
    const text = [said, isMoved ? placeText(view) : ''].filter((one) => one !== '').join(' ');
    return [{ ...next, notice: undefined, said: text === '' ? state.said : text }, ...effects];
  }
  return [next, ...effects];
}

function restore(state: DatasetState, memory: PageMemory): Step {
  const { selection, place, layout, recent, isReviewing: goesOn, portraitScope: scope = 'file' } = memory;
  const filter = { ...state.filter, text: selection.query, recent };
  const next = onPortrait({ ...state, layout, filter }, { kind: 'scopeChosen', scope });
  const shown = andThen(setSelection(next, selection), (moved) => {
    if (!place) return [moved];
    const there = { ...moved, selected: place };
    return andThen(
      isPlain(selection)
        ? jumpTo({ ...there, index: place.record }, place.record)
        : requestPlace(there, place, 'jump'),
      requestPair,
    );
  });
  return goesOn ? andThen(shown, (moved) => onReview(moved, { kind: 'resumed' })) : shown;
}

function onFilter(state: DatasetState, event: FilterEvent): Step {
  const filter = reduceFilter(state.filter, event);
  const next = { ...state, filter };
  switch (event.kind) {
    case 'typed':
    case 'itemTaken': {
      const { text, caret } = filter;
      // A focus alone does not begin a search that was cancelled.
      const isSame = text === state.filter.text;
      const complete = { kind: 'complete', query: text, offset: caret } as const;
      const effects = text === '' ? [] : [complete];
      return isSame ? [next, ...effects] : [next, ...effects, { kind: 'applySoon' }];
    }
    case 'applied':
      return setQuery(next, filter.text);
    case 'completed':
    case 'itemMoved':
    case 'closed':
      return [next];
  }
}

function act(state: DatasetState, action: DatasetAction): Step {
  const forMarked = MARKED_ACTIONS.find((one) => one.action === action);
  if (markCount(state.marks) > 1 && forMarked) return startBatch(state, forMarked.action);
  const { shown } = state;
  if (!shown || !isShown(state)) return [state];
  return [
    { ...state, notice: undefined, editing: state.editing + editsOf(action) },
    { kind: 'act', action, at: pairOf(shown.view) },
  ];
}

function press(state: DatasetState, event: Extract<DatasetEvent, { kind: 'rowSelected' }>): Step {
  const { index, marking = 'none', column } = event;
  const marked = mark(column === undefined ? state : { ...state, column }, index, marking);
  return select(marked, index);
}

function handle(state: DatasetState, event: DatasetEvent): Step {
  switch (event.kind) {
    case 'started':
      return [state, { kind: 'requestColumns' }];
    case 'restored':
      return restore(state, event.memory);
    case 'status': {
      const isDue = isPortraitDue(state.status, event.status);
      const step = onStatus(state, event.status);
      const next: Step = isDue ? [...step, { kind: 'requestPortrait', query: '' }] : step;
      return isDue ? andThen(next, (known) => onReview(known, { kind: 'outdated' })) : next;
    }
    case 'portrait':
      return [onPortrait(event.event.kind === 'opened' ? withRowsShown(state) : state, event.event)];
    case 'review':
      return onReview(state, event.event);
    case 'queryChosen':
      return chooseQuery(withRowsShown(state), event.query);
    case 'outdated':
      return [outdate(clearMarks({ ...state, ahead: [] }))];
    case 'found':
      return onFound(state, event.found);
    case 'rowsLoaded':
      return onRows(state, event);
    case 'rowsFailed': {
      const store = state.stores.get(event.name);
      return store
        ? [
            {
              ...state,
              stores: new Map(state.stores).set(event.name, withFailure(store, event.start, event.reason)),
            },
          ]
        : [state];
    }
    case 'pairLoaded':
      return onPairLoaded(state, event.at, event.shown);
    case 'aheadLoaded':
      return [onAheadLoaded(state, event.at, event.shown)];
    case 'pairFailed':
      return [isSame(event.at, state.selected) ? { ...state, pairFailure: event.reason } : state];
    case 'placed':
      return onPlaced(state, event);
    case 'columnsLoaded': {
      const { fields, rules, choice } = event;
      return [withColumns(state, { fields, rules, choice: choice ?? state.choice })];
    }
    case 'cellLoaded': {
      const { open } = state;
      const isOpen = open?.index === event.index && open.column === event.column;
      return [isOpen ? { ...state, open: { ...open, text: event.text } } : state];
    }
    case 'refreshed': {
      // The person may have gone on: the editor hears of that later than the page.
      return isSame(event.at, state.selected) ? showNewest(state, event.shown) : [state];
    }
    case 'actionDone': {
      const { at, result, action } = event;
      const editing = state.editing - editsOf(action);
      // VS Code undoes its last edit, of any row, without a word about which.
      const ofAnyRow = action === 'undo' ? t('Undone: the last edit') : state.said;
      const said = result ? doneText(action, result.view, 'row') : ofAnyRow;
      const next = { ...state, editing, said };
      return result && isSame(at, state.selected) ? show(next, result) : [next];
    }
    case 'actionFailed':
      return [
        {
          ...state,
          notice: { text: event.reason, isError: true },
          editing: state.editing - editsOf(event.action),
        },
      ];
    case 'batchDone': {
      const { result } = event;
      if (result === null) return [state];
      return [{ ...state, marks: NO_MARKS, notice: { text: result, isError: false } }];
    }
    case 'revealed':
      return reveal(withRowsShown(state), event.place);
    case 'followed':
      return reveal(state, event.place);
    case 'scrolled': {
      const { scrollTop, scrollLeft, viewHeight, viewWidth } = event;
      const list = { scrollTop, scrollLeft, viewHeight, viewWidth };
      const isMoved = list.scrollTop !== state.list.scrollTop || list.scrollLeft !== state.list.scrollLeft;
      return [{ ...state, list, open: isMoved ? undefined : state.open }];
    }
    case 'rowSelected':
      return press(state, event);
    case 'columnSelected':
      return showColumn({ ...state, open: undefined }, event.id);
    case 'rowToggled':
      return [toggleMark(state)];
    case 'allMarked':
      return [markAll(state)];
    case 'marksCleared':
      return [clearMarks(state)];
    case 'selectionChosen':
      return andThen(setSelection(withRowsShown(state), event.selection), (moved) => [
        moved,
        { kind: 'focusList' },
      ]);
    case 'sorted':
      return sortBy(state, event.field);
    case 'sampled': {
      const { order, query, sort } = state.selection;
      const { sample } = event;
      return setSelection(state, { order, query, ...(sort && { sort }), ...(sample && { sample }) });
    }
    case 'searchCancelled':
      return setQuery({ ...state, said: t('Search cancelled.') }, '');
    case 'filter':
      return onFilter(state, event.event);
    case 'filterSettled':
      return setQuery(state, state.filter.text);
    case 'filterWanted':
      return [state, { kind: 'focusFilter' }];
    case 'listWanted':
      return [{ ...state, filter: reduceFilter(state.filter, { kind: 'closed' }) }, { kind: 'focusList' }];
    case 'column':
      return changeColumns(state, event.event);
    case 'pickerToggled':
      return [{ ...state, isPicking: !state.isPicking }];
    case 'layoutChosen':
      return [{ ...state, layout: event.layout }];
    case 'cellOpened':
      return openCell(state);
    case 'cellClosed':
      return [{ ...state, open: undefined }, { kind: 'focusList' }];
    case 'optionToggled':
    case 'templateChosen':
    case 'optionsReceived':
    case 'stringsReceived':
    case 'stringsRetried':
    case 'markerChosen':
    case 'tokensReceived':
    case 'tokensRetried':
    case 'linkChosen':
    case 'placeChosen':
      return onRecordEvent(state, event);
    case 'actionChosen':
      return act(state, event.action);
    case 'batchChosen':
      return startBatch(state, event.action);
    case 'mappingWanted':
      return [state, { kind: 'mapFields' }];
  }
}

function memoryOf({
  selection,
  selected,
  layout,
  filter,
  review,
  portrait: { scope },
}: DatasetState): PageMemory {
  return {
    selection,
    layout,
    recent: filter.recent,
    ...(selected && { place: selected }),
    ...(isReviewing(review) && { isReviewing: true }),
    ...(scope !== 'file' && { portraitScope: scope }),
  };
}

function isRemembered(before: DatasetState, after: DatasetState): boolean {
  return (
    before.selection === after.selection &&
    before.layout === after.layout &&
    isReviewing(before.review) === isReviewing(after.review) &&
    before.filter.recent === after.filter.recent &&
    before.portrait.scope === after.portrait.scope &&
    (!after.selected || isSame(before.selected, after.selected))
  );
}

/** Places the columns again if something changed that they depend on. */
function withGrid(before: DatasetState, after: DatasetState): DatasetState {
  const isSameGrid =
    before.fields === after.fields &&
    before.choice === after.choice &&
    before.list.viewWidth === after.list.viewWidth &&
    (before.status?.pairCount === 0) === (after.status?.pairCount === 0);
  return isSameGrid ? after : { ...after, grid: columnLayout(after) };
}

/** The filter changes because of what is typed into its box. */
function isByFilter({ kind }: DatasetEvent): boolean {
  return kind === 'filter' || kind === 'filterSettled';
}

/** Tells the client if keys of the review mean this page now. */
function tellReviewing(before: DatasetState, after: DatasetState): Step {
  const is = hasKeys(after.review);
  return hasKeys(before.review) === is ? [after] : [after, { kind: 'tellReviewing', isReviewing: is }];
}

/** The record on the screen: of the review, or of the selected row. */
function shownRecord({ review, shown }: DatasetState): RecordView | undefined {
  return isReviewing(review) ? review.view?.item : shown?.view;
}

export function reduce(state: DatasetState, event: DatasetEvent): Step {
  return andThen(handleAll(state, event), (next) => followShown(state, next, shownRecord));
}

function handleAll(state: DatasetState, event: DatasetEvent): Step {
  // Rows that failed are requested again when the person scrolls, and when something changed.
  const retries = event.kind === 'scrolled' || event.kind === 'status' || event.kind === 'outdated';
  const steps: readonly ((next: DatasetState) => Step)[] = [
    (next) => requestVisible(withGrid(state, next), retries),
    showAhead,
    lookAhead,
    (next) => requestRowsPortrait(isByFilter(event) ? followFilter(state, next) : next),
    (next) => scrollShown(state, next),
    (next) => tellReviewing(state, next),
    (next) =>
      event.kind === 'restored' || isRemembered(state, next)
        ? [next]
        : [next, { kind: 'remember', memory: memoryOf(next) }],
  ];
  return steps.reduce<Step>(andThen, handle(state, event));
}
