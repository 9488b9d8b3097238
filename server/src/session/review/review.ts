// The review of one open file: its queue, the pair that is shown, and what was decided. It alone changes them. A verdict is a line
// in .preflens/decisions.jsonl; F, X and T also edit the record, as anywhere else.
import { dirname } from 'node:path';

import type { Lesson } from '#core/learning/outlook.ts';
import type { Preference, Verdict } from '#core/memory/verdicts.ts';
import { messages } from '#core/messages.ts';
import { firstShown, nextOpen, reordered } from '#core/review/queue.ts';
import { containerOf } from '#node/containers/containers.ts';
import { addVerdict } from '#node/memory.ts';
import { ownName } from '#node/ownName.ts';
import type { EditDone, RecordEdit } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type {
  ReviewAction,
  ReviewQueue,
  ReviewRequest,
  ReviewVerdict,
  StartReview,
} from '#protocol/editor/review.ts';

import type { OpenDataset } from '../dataset.ts';
import { pathOf } from '../names.ts';
import type { Selections } from '../selection/selections.ts';
import type { Carried } from '../sources/resurvey.ts';
import { ReviewItems } from './items.ts';
import { itemsFor, titleOf } from './source.ts';

export interface ReviewPorts {
  readonly dataset: OpenDataset;
  readonly selections: Selections;
  edit(ref: RecordRef, what: RecordEdit): Promise<Outcome<EditDone>>;
  /** Takes over what was added to the decisions file. */
  readDecisions(): Promise<void>;
}

/** What a reviewer wants to say beside the verdict. */
export interface Note {
  readonly reason: string;
  readonly tags: readonly string[];
}

const NO_NOTE: Note = { reason: '', tags: [] };

/** A decision of this session, for undo. */
interface Step {
  readonly key: string;
  readonly verdict: Verdict;
  /** The edit that came with it. */
  readonly edit: 'flip' | 'tie' | 'drop' | undefined;
}

/** What came of an action. */
export interface ReviewStep {
  readonly said: string;
  readonly needsEditorUndo: boolean;
}

/** What a verdict does to its record. */
const EDITS: Readonly<Partial<Record<ReviewVerdict, 'flip' | 'tie' | 'drop'>>> = {
  flip: 'flip',
  tie: 'tie',
  drop: 'drop',
};

const DONE: Readonly<Record<ReviewVerdict, string>> = {
  keep: 'Kept',
  flip: 'Flipped',
  tie: 'Marked as a tie',
  drop: 'Dropped',
  skip: 'Skipped',
};

/** An editor may tell of our edit a moment after it made it. */
const TOLD_WITHIN_MS = 2000;
const LOOK_MS = 10;

/** The generation of the text once it holds an edit that was made. */
async function changedSince(dataset: OpenDataset, before: number): Promise<number> {
  const end = performance.now() + TOLD_WITHIN_MS;
  while (dataset.update() === before && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return dataset.generation;
}

interface Queue extends Omit<ReviewQueue, 'keys'> {
  readonly items: ReviewItems;
}

export class Review {
  readonly #ports: ReviewPorts;
  #queue: Queue | undefined;
  #reviewer = '';
  readonly #drafts = new Map<string, Note>();
  #steps: readonly Step[] = [];
  /** Of the text after our latest edit: another one means that somebody else edited it since. */
  #edited = -1;
  /** The order of the queue stands on it. */
  #lesson: Lesson | undefined;
  /** The editor is undoing our latest edit. */
  #isUndoing = false;
  /** Ends when all work before it has ended. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: ReviewPorts) {
    this.#ports = ports;
  }

  get reviewer(): string {
    return this.#reviewer;
  }

  /** As the client keeps it. */
  get queue(): ReviewQueue | undefined {
    if (!this.#queue) return undefined;
    const { items, ...queue } = this.#queue;
    return { ...queue, keys: items.keys };
  }

  get items(): ReviewItems | undefined {
    return this.#queue?.items;
  }

  get canUndo(): boolean {
    return this.#undoable() !== undefined;
  }

  /** PrefLens does not write such files: verdicts alone are written down. */
  get isReadOnly(): boolean {
    const { file } = this.#ports.dataset.source;
    return file !== undefined && containerOf(file).isReadOnly === true;
  }

  /** The verdict on a pair that belongs to this queue. */
  verdictOf(key: string): Verdict | undefined {
    const verdict = this.#ports.dataset.verdicts.of(key, this.#reviewer);
    const queue = this.#queue;
    return verdict && queue && verdict.at >= queue.startedAt ? verdict : undefined;
  }

  /** Blind, and not decided yet: the label must not be seen. */
  isHidden(key: string): boolean {
    return this.#queue?.isBlind === true && this.verdictOf(key) === undefined;
  }

  /** Of the verdict, or of the one to come. */
  noteOf(key: string): Note {
    return this.verdictOf(key) ?? this.#drafts.get(key) ?? NO_NOTE;
  }

  /** The answer that stands first while the label is hidden. */
  firstShown(key: string): 'a' | 'b' {
    return firstShown(key, this.#queue?.seed ?? 0);
  }

  /** Follows a change of the file. */
  changed(carried?: Carried): void {
    this.#queue?.items.changed(carried);
  }

  /** Learns the person's name. */
  async meet(): Promise<void> {
    this.#reviewer = await ownName(dirname(this.#path()));
  }

  async start({ source, size, isBlind }: Omit<StartReview, 'uri'>, signal: AbortSignal): Promise<ReviewStep> {
    await this.meet();
    const { dataset, selections } = this.#ports;
    const found = await itemsFor(dataset, selections, this.#reviewer, { source, size }, signal);
    if (found.length === 0) throw messages.nothingToReview(source.kind);
    const items = new ReviewItems(dataset, found);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const startedAt = new Date().toISOString();
    // Who settles a disagreement knows what others said.
    const hides = isBlind && source.kind !== 'conflicts';
    const title = titleOf(source, hides);
    this.#queue = { title, source, items, isBlind: hides, seed, startedAt, index: 0 };
    this.#steps = [];
    this.#lesson = undefined;
    this.#drafts.clear();
    // No pair is shown yet.
    const sorted = this.#sortAgain({ ...this.#queue, index: -1 });
    return { said: `${found.length.toLocaleString('en')} pairs to review.${sorted}`, needsEditorUndo: false };
  }

  /** Acts on the queue, one action after the other. */
  async act(request: Omit<ReviewRequest, 'uri'>): Promise<ReviewStep> {
    const result = this.#last.then(async () => this.#act(request));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #act({ action, key, queue: kept }: Omit<ReviewRequest, 'uri'>): Promise<ReviewStep> {
    const { dataset } = this.#ports;
    if (!this.#queue && kept) {
      await this.meet();
      const { keys, ...queue } = kept;
      this.#queue = { ...queue, items: new ReviewItems(dataset, keys) };
      // The window may have closed before it kept the last step.
      if (this.verdictOf(keys[queue.index] ?? '') !== undefined) this.#advance(this.#queue, queue.index);
    }
    if (!this.#queue) throw messages.noReview();
    dataset.update();
    if (this.#isUndoing) {
      this.#isUndoing = false;
      this.#edited = await changedSince(dataset, this.#edited);
    }
    return this.#carryOut(this.#queue, action, key);
  }

  async #carryOut(queue: Queue, action: ReviewAction, key: string | undefined): Promise<ReviewStep> {
    const nothing = { said: '', needsEditorUndo: false };
    const { keys } = queue.items;
    const shown = keys[queue.index] ?? '';
    switch (action.kind) {
      case 'go':
        this.#go(queue, action.to);
        return nothing;
      case 'goTo':
        this.#show(queue, action.index);
        return nothing;
      case 'undo':
        return this.#undo(queue);
      case 'note':
        return { ...nothing, said: await this.#note(shown, action) };
      case 'decide':
      case 'choose':
        if (key !== shown) throw messages.otherPairShown();
        return { ...nothing, said: await this.#decide(queue, shown, action) };
    }
  }

  #show(queue: Queue, index: number): void {
    const count = queue.items.keys.length;
    this.#queue = { ...queue, index: Math.min(count - 1, Math.max(0, index)) };
  }

  #go(queue: Queue, to: 'here' | 'next' | 'previous' | 'open'): void {
    const { index } = queue;
    if (to === 'next') this.#show(queue, index + 1);
    else if (to === 'previous') this.#show(queue, index - 1);
    else if (to === 'open') this.#advance(queue, index);
  }

  #advance(queue: Queue, from: number): void {
    const isDone = queue.items.keys.map((key) => this.verdictOf(key) !== undefined);
    const next = nextOpen(isDone, from);
    if (next >= 0) this.#show(queue, next);
  }

  /** The verdict that the person chose, and what it does to the record. */
  #meant(
    key: string,
    label: Preference,
    action: Extract<ReviewAction, { kind: 'decide' | 'choose' }>,
  ): { readonly verdict: ReviewVerdict; readonly edit: Step['edit'] } {
    const isHidden = this.isHidden(key);
    if (action.kind === 'decide') {
      const { verdict } = action;
      if (isHidden && (verdict === 'keep' || verdict === 'flip')) throw messages.chooseWhileBlind();
      if (verdict === 'flip' && label === 'tie') throw messages.tieHasNoOrder();
      // Blind, a person says what is right, and does not know what that changes.
      const isAlready = verdict === 'tie' && label === 'tie';
      const edits = !isHidden && !this.isReadOnly && !isAlready;
      return { verdict: isAlready ? 'keep' : verdict, edit: edits ? EDITS[verdict] : undefined };
    }
    if (!isHidden) throw messages.otherPairShown();
    if (label === 'tie') throw messages.tieHasNoOrder();
    const first = this.firstShown(key);
    const better = (action.side === 'first') === (first === 'a') ? 'a' : 'b';
    return { verdict: better === label ? 'keep' : 'flip', edit: undefined };
  }

  async #decide(
    queue: Queue,
    key: string,
    action: Extract<ReviewAction, { kind: 'decide' | 'choose' }>,
  ): Promise<string> {
    const { dataset } = this.#ports;
    const { uri } = dataset.source;
    const place = queue.items.placeOf(key);
    const label = queue.items.labelOf(key);
    if (!place || label === undefined) throw messages.reviewPairGone();
    const isBlind = this.isHidden(key);
    const { verdict, edit: wanted } = this.#meant(key, label, action);
    const { reason, tags } = this.noteOf(key);
    const rules = verdict === 'keep' && queue.source.kind === 'rule' ? [queue.source.rule] : [];
    const before = dataset.generation;
    const done = wanted && (await this.#ports.edit({ uri, ...place, pairKey: key }, { kind: wanted }));
    // Many schemas have no ties: then the verdict alone says so.
    if (done?.ok === false && wanted !== 'tie') throw messages.notReviewed(done.why);
    const kind = done?.ok === true ? wanted : undefined;
    if (kind) this.#edited = await changedSince(dataset, before);
    const settles = queue.source.kind === 'conflicts';
    const own = { key, verdict, label, reason, tags, rules, isBlind, settles, by: this.#reviewer };
    const made = await addVerdict(this.#path(), own);
    this.#steps = [...this.#steps, { key, verdict: made, edit: kind }];
    this.#drafts.delete(key);
    await this.#ports.readDecisions();
    const sorted = this.#sortAgain(this.#queue ?? queue);
    this.#advance(this.#queue ?? queue, queue.index);
    return `${this.#saidOf(queue, verdict, kind, isBlind)}${sorted}`;
  }

  /**
   * After every few verdicts, the open pairs of a queue of doubtful labels come in the order that the verdicts suggest.
   * @returns what was done, as a sentence after another one
   */
  #sortAgain({ items, source, index }: Queue): string {
    if (source.kind !== 'labels') return '';
    const { dataset } = this.#ports;
    const { lesson } = dataset;
    if (!lesson || lesson === this.#lesson) return '';
    this.#lesson = lesson;
    const { keys } = items;
    const isOpen = keys.map((key) => this.verdictOf(key) === undefined);
    const order = reordered(isOpen, index, (at) => {
      const place = items.placeOf(keys[at] ?? '');
      return place && dataset.reviewedChance(place.record, place.pair)?.chance;
    });
    if (order.every((from, at) => from === at)) return '';
    items.reorder(order.map((from) => keys[from] ?? ''));
    return ` The open pairs are sorted again, by ${lesson.judged.toLocaleString('en')} reviewed labels.`;
  }

  #saidOf({ items, index }: Queue, verdict: ReviewVerdict, edit: Step['edit'], isBlind: boolean): string {
    const { keys } = items;
    const done = keys.filter((key) => this.verdictOf(key)).length;
    const number = `Pair ${index + 1}`;
    const rest = `${done.toLocaleString('en')} of ${keys.length.toLocaleString('en')} decided.`;
    if (isBlind && verdict !== 'skip') {
      const agrees = verdict === 'keep' ? 'You agree with the label' : 'You disagree with the label';
      return `${number}: ${agrees}. ${rest}`;
    }
    const note = EDITS[verdict] && !edit ? ' Noted only: the file is not changed.' : '';
    return `${number}: ${DONE[verdict].toLowerCase()}.${note} ${rest}`;
  }

  /** Adds a reason or tags: to the verdict, or to the one to come. */
  async #note(key: string, { reason, tags }: Extract<ReviewAction, { kind: 'note' }>): Promise<string> {
    const before = this.noteOf(key);
    // The same reason again takes it away.
    const next: Note = {
      reason: reason === undefined ? before.reason : reason === before.reason ? '' : reason,
      tags: tags ?? before.tags,
    };
    const verdict = this.verdictOf(key);
    if (verdict) {
      const made = await addVerdict(this.#path(), { ...verdict, ...next });
      this.#steps = [...this.#steps, { key, verdict: made, edit: undefined }];
      await this.#ports.readDecisions();
    } else this.#drafts.set(key, next);
    if (tags) return next.tags.length > 0 ? `Tags: ${next.tags.join(', ')}.` : 'No tags.';
    return next.reason === '' ? 'No reason.' : `Reason: ${next.reason}.`;
  }

  /** The latest decision: of this session, else the latest verdict of this queue. */
  #undoable(): Step | undefined {
    const last = this.#steps.at(-1);
    if (last || !this.#queue) return last;
    const own = this.#queue.items.keys.flatMap((key) => this.verdictOf(key) ?? []);
    const [latest] = own.toSorted((a, b) => (a.at < b.at ? 1 : -1));
    if (!latest) return undefined;
    const { key, verdict, isBlind } = latest;
    const edit = isBlind || this.isReadOnly || verdict === 'undone' ? undefined : EDITS[verdict];
    return { key, verdict: latest, edit };
  }

  async #undo(queue: Queue): Promise<ReviewStep> {
    const step = this.#undoable();
    if (!step) return { said: 'Nothing to undo.', needsEditorUndo: false };
    const { key, verdict } = step;
    const needsEditorUndo = await this.#takeBackEdit(queue, step);
    await addVerdict(this.#path(), { ...verdict, verdict: 'undone', reason: '', tags: [], rules: [] });
    this.#steps = this.#steps.slice(0, -1);
    this.#isUndoing = needsEditorUndo;
    await this.#ports.readDecisions();
    const index = queue.items.keys.indexOf(key);
    this.#show(this.#queue ?? queue, index);
    return { said: `Undone: pair ${index + 1}.`, needsEditorUndo };
  }

  /**
   * Takes back the edit of a decision. Throws if the record was edited since.
   * @returns true if the editor's own undo has to do it: then its history has no traces of both
   */
  async #takeBackEdit({ items }: Queue, { key, verdict, edit: kind }: Step): Promise<boolean> {
    const { dataset } = this.#ports;
    const { pending, uri } = dataset.source;
    const place = items.placeOf(key);
    const isDropped = !place || pending?.isDropped(place.record) === true;
    // The person may have undone it in the editor.
    if (!kind || (!isDropped && items.labelOf(key) === verdict.label)) return false;
    if (this.#edited === dataset.generation) return true;
    if (kind !== 'flip' || isDropped) throw messages.reviewEditGone();
    const done = await this.#ports.edit({ uri, ...place, pairKey: key }, { kind });
    if (!done.ok) throw messages.notReviewed(done.why);
    return false;
  }

  #path(): string {
    const path = pathOf(this.#ports.dataset.source.uri);
    if (path === undefined) throw messages.reviewNeedsFile();
    return path;
  }
}
