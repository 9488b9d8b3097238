// Which pair a page shows, and what actions on it do. Independent of VS Code; both pages use it.
import { t } from '#core/words/translate.ts';
import type { RecordEdit } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PairRequest } from '#protocol/editor/rows.ts';
import type { FindingView, RecordView } from '#protocol/editor/views.ts';
import type { DatasetAction } from '#protocol/page/dataset.ts';
import type { ActionResult, ShownPair, ShownView } from '#protocol/page/pair.ts';

import type { EditHistory } from './editHistory.ts';
import type { ReviewPlace } from './reviewPlace.ts';
import { placeAfter, placeEdited, stepFrom } from './reviewPlace.ts';

export interface PairPorts {
  readonly pair: (request: PairRequest, signal?: AbortSignal) => Promise<RecordView>;
  /** The pair as it is named after the edit; throws the reason if nothing was edited. */
  readonly edit: (ref: RecordRef, edit: RecordEdit) => Promise<RecordRef>;
  /** Asks the person for a reason and ignores one of the findings. */
  readonly keep: (ref: RecordRef, findings: readonly FindingView[]) => Promise<void>;
  /** Asks the person for a margin. */
  readonly askMargin: () => Promise<number | undefined>;
  /** The latest revision of a file. */
  readonly revision: (uri: string) => number;
  readonly history: EditHistory;
}

/** A newer state of what was shown. */
export interface Refreshed {
  /** What was requested; the view may be of another place, if it is no longer there. */
  readonly at: PairRequest;
  readonly shown: ShownView;
}

const tooLate = (): Error =>
  new Error(t('Another pair was shown before this action arrived. Nothing was changed: choose it again.'));

function isSamePlace(a: RecordRef | undefined, b: RecordRef): boolean {
  return a?.uri === b.uri && a.record === b.record && (a.pair ?? 0) === (b.pair ?? 0);
}

export class PairController {
  readonly #ports: PairPorts;
  /** Ends when all work before it has ended: actions take effect in the order in which they were chosen. */
  #last: Promise<unknown> = Promise.resolve();
  #view: RecordView | undefined;
  /** What a refresh requests: the pair that is shown, or the request that the server could not answer yet. */
  #wanted: PairRequest | undefined;
  #place: ReviewPlace | undefined;
  #willRefresh = false;

  constructor(ports: PairPorts) {
    this.#ports = ports;
  }

  get view(): RecordView | undefined {
    return this.#view;
  }

  /** The pair that the person selected, even before it is shown. */
  get selected(): RecordRef | undefined {
    if (!this.#wanted) return undefined;
    const { uri, record, pair } = this.#wanted;
    return { uri, record, ...(pair !== undefined && { pair }) };
  }

  get shown(): ShownView | undefined {
    return this.#view && this.#shownView(this.#view);
  }

  async open({ uri, record, pair }: RecordRef, signal?: AbortSignal): Promise<ShownView> {
    const request: PairRequest = { uri, record, pair: pair ?? 0, step: 'here' };
    return this.#queue(async () => {
      signal?.throwIfAborted();
      this.#wanted = request;
      return this.#show(request, signal);
    });
  }

  /** A pair that is not selected: nothing changes, and it waits for nothing. */
  async peek({ uri, record, pair }: RecordRef, signal?: AbortSignal): Promise<ShownView> {
    const revision = this.#ports.revision(uri);
    const view = await this.#ports.pair({ uri, record, pair: pair ?? 0, step: 'here' }, signal);
    return { ...this.#shownView(view), revision };
  }

  /** Shows the next finding of a file, or its first one if no finding of it was shown before. */
  async review(uri: string): Promise<ShownView> {
    return this.#queue(async () => {
      const request = stepFrom(undefined, uri, 'next');
      this.#wanted = request;
      return this.#show(request);
    });
  }

  /** Requests the shown pair again; undefined if nothing is shown, or if another refresh is about to start. */
  async refresh(): Promise<Refreshed | undefined> {
    if (this.#willRefresh) return undefined;
    this.#willRefresh = true;
    return this.#queue(async () => {
      this.#willRefresh = false;
      const at = this.#wanted;
      return at && { at, shown: await this.#show(at) };
    });
  }

  /** @param at the pair that the page showed when the person chose the action */
  async act(action: DatasetAction, at: ShownPair): Promise<ActionResult> {
    switch (action) {
      case 'next':
      case 'previous':
        return this.#queue(async () => this.#show(stepFrom(this.#place, at.uri, action)));
      case 'nextPair':
      case 'previousPair':
      case 'nextInRecord':
      case 'previousInRecord': {
        const { uri, record, pair } = at;
        return this.#queue(async () => this.#show({ uri, record, pair, step: action }));
      }
      case 'undo':
        return this.#queue(async () => this.#undo());
      case 'keep':
        await this.#keep(at);
        return null;
      case 'margin': {
        const margin = await this.#ports.askMargin();
        return margin === undefined
          ? null
          : this.#queue(async () => this.#edit(at, { kind: action, margin }));
      }
      case 'flip':
      case 'tie':
      case 'drop':
      case 'repair':
        return this.#queue(async () => this.#edit(at, { kind: action }));
    }
  }

  /** The view of a pair that the page showed, perhaps a moment ago. */
  async viewOf(at: ShownPair): Promise<RecordView> {
    const view = this.#view;
    const isShown = view && isSamePlace(view, at) && view.pairKey === at.pairKey;
    return isShown ? view : this.#ports.pair({ ...at, step: 'here' });
  }

  async #queue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    // The caller gets the error; the next work starts anyway.
    this.#last = result.catch(() => undefined);
    return result;
  }

  #shownView(view: RecordView): ShownView {
    const { history, revision } = this.#ports;
    return { view, revision: revision(view.uri), undoCount: history.count };
  }

  async #show(request: PairRequest, signal?: AbortSignal): Promise<ShownView> {
    const revision = this.#ports.revision(request.uri);
    const view = await this.#ports.pair(request, signal);
    const { uri, record, pair } = view;
    this.#view = view;
    this.#place = placeAfter(this.#place, view);
    this.#wanted = view.kind === 'empty' && view.isPending ? request : { uri, record, pair, step: 'here' };
    return { ...this.#shownView(view), revision };
  }

  async #edit(at: ShownPair, edit: RecordEdit): Promise<ActionResult> {
    const isShown = isSamePlace(this.#view, at);
    // Its key names the pair wherever it is shown; without one, the place must still be the same.
    if (!isShown && at.pairKey === undefined) throw tooLate();
    const result = await this.#ports.edit(at, edit);
    // A flip keeps the key.
    const after: RecordRef = edit.kind === 'flip' ? { ...at, ...result } : result;
    this.#ports.history.add(after, edit);
    this.#place = placeEdited(this.#place, at, after);
    return isShown ? this.#show({ ...after, step: 'here' }) : null;
  }

  async #undo(): Promise<ActionResult> {
    const undone = await this.#ports.history.undo();
    if (!undone) return null;
    this.#place = placeEdited(this.#place, undone.edited, undone.after);
    return this.#show({ ...undone.after, step: 'here' });
  }

  async #keep(at: ShownPair): Promise<void> {
    const { pairKey, findings } = await this.viewOf(at);
    if (pairKey !== at.pairKey || findings.length === 0) throw tooLate();
    await this.#ports.keep(at, findings);
  }
}
