// One open file. It owns its text, survey, scores, edits and history; everything else reads them.
import { unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { visible } from '#core/escape/escape.ts';
import { plural } from '#core/words/numbers.ts';
import type { FileSettings } from '#node/config.ts';
import type { OwnTemplate } from '#node/scorers/templates.ts';
import type { BatchDone, BatchEdit, RowsRef } from '#protocol/editor/batch.ts';
import type { EditDone, RecordEdit } from '#protocol/editor/edits.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { MarkedRows } from './batch.ts';
import { editRows } from './batch.ts';
import { OpenDataset } from './dataset.ts';
import { debounced } from './debounce.ts';
import type { TextChange } from './document.ts';
import { editRecord } from './edit.ts';
import { errorText, fileSettings, fileTemplates, loadDecisions, watchBudget } from './fileRules.ts';
import { TextHistory } from './history.ts';
import type { Host } from './host.ts';
import type { JobOwner } from './jobs/sessionJobs.ts';
import { ScoringJobs } from './jobs/sessionJobs.ts';
import { fileNameOf, readableUri } from './names.ts';
import { relateTask } from './relateTask.ts';
import { Review } from './review/review.ts';
import { fixRule } from './ruleFix.ts';
import { Selections } from './selection/selections.ts';
import { tellFault, tellSettled } from './settledEdits.ts';
import type { Source } from './sources/source.ts';
import type { FileState, Lines, OpenFile } from './state.ts';

/** Typing is over when nothing changed for so long: then diagnostics are refreshed. */
const SETTLE_MS = 150;

/** Duplicates are searched again when nothing changed for so long: the search reads the whole text. */
const RELATE_AFTER_MS = 1200;
/** A search for duplicates that takes longer is mentioned in the status. */
const TELL_AFTER_MS = 1000;

/** Settings that checks depend on, and those that scores depend on. */
const CHECK_SETTINGS = ['rules', 'run', 'timeBudgetMs'] as const;
const SCORE_SETTINGS = ['groupBy', 'seed'] as const;

/** Milliseconds between two looks for changes by other programs. */
const WATCH_MS = 2000;

export class Session implements OpenFile, JobOwner {
  readonly source: Source;
  readonly dataset: OpenDataset;
  readonly selections: Selections;
  readonly review: Review;
  readonly #host: Host;
  readonly #jobs: ScoringJobs;
  readonly #history: TextHistory;
  readonly #closed = new AbortController();
  #reading = new AbortController();
  /** Resolves when the latest reading is over, however it ended. */
  #read: Promise<void> = Promise.resolve();
  #state: FileState = { phase: 'reading' };
  #settings: FileSettings | undefined;
  #templates: readonly OwnTemplate[] = [];
  /** The text whose findings an editor shows. */
  #shown = 0;
  readonly #settle = debounced(SETTLE_MS, () => {
    this.check();
  });
  readonly #relate = debounced(RELATE_AFTER_MS, () => {
    this.#startRelations();
  });
  /** The generation that the running search for duplicates is about. */
  #relating: number | undefined;
  #isRelating = false;
  readonly #tellRelating = debounced(TELL_AFTER_MS, () => {
    this.#isRelating = true;
    this.#tell();
  });

  readonly #onWatched = (): void => {
    void this.followDisk();
  };

  constructor(source: Source, host: Host) {
    this.source = source;
    this.#host = host;
    this.dataset = new OpenDataset(source, (carried) => {
      if (carried) this.#history.carry(carried);
      this.selections.changed(carried);
      this.review.changed(carried);
      this.#relate.soon();
    });
    this.selections = new Selections(this.dataset, {
      ranges: () => host.disk().ranges,
      found: (found) => {
        if (!this.#isClosed()) host.found(found);
      },
    });
    this.review = new Review({
      dataset: this.dataset,
      selections: this.selections,
      edit: async (ref, what) => this.edit(ref, what),
      readDecisions: async () => this.readDecisions(),
    });
    this.#jobs = new ScoringJobs(this, host);
    this.#history = new TextHistory(this.dataset);
    if (source.pending && source.file) watchFile(source.file.path, { interval: WATCH_MS }, this.#onWatched);
  }

  get uri(): string {
    return this.source.uri;
  }

  get state(): FileState {
    return this.#state;
  }

  get isRelating(): boolean {
    return this.#isRelating;
  }

  get settings(): FileSettings | undefined {
    return this.#settings;
  }

  get templates(): readonly OwnTemplate[] {
    return this.#templates;
  }

  get visible(): Lines | undefined {
    return this.#jobs.visible;
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** Files on disk are always followed: people change them by single edits. */
  get #isFollowed(): boolean {
    return !this.source.document || this.#settings?.run === 'type';
  }

  setState(state: FileState, isSilent = false): void {
    this.#state = state;
    if (!isSilent) this.#tell();
  }

  /** Brings everything up to the text as it is now. See `OpenDataset.update`. */
  update(): number {
    return this.dataset.update();
  }

  /** Tells that the file is open, and reads it. */
  begin(): void {
    this.#tell();
    void this.read();
  }

  /** Reads everything from the start. Never rejects: a failure is a phase. */
  async read(): Promise<void> {
    this.#read = this.#readAll();
    return this.#read;
  }

  /** Resolves when no reading is under way. */
  async whenRead(): Promise<void> {
    let read;
    do await (read = this.#read);
    while (read !== this.#read);
  }

  async #readAll(): Promise<void> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const signal = AbortSignal.any([this.#closed.signal, this.#reading.signal]);
    try {
      await this.#survey(signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** An editor changed its text. */
  change(changes: readonly TextChange[], version: number): void {
    this.source.document?.change(changes, version);
    this.#settleSoon();
  }

  /** The editor saved its text. */
  saved(): void {
    if (this.#settings?.run === 'save') this.check();
  }

  /** Brings everything up to date and shows it, whatever the setting "run" says. */
  check(): void {
    if (!this.dataset.isReady) return;
    this.#settle.cancel();
    this.update();
    this.publish();
    this.#jobs.rateNew();
  }

  /** Shows what is known now. */
  publish(): void {
    if (this.#isClosed()) return;
    this.#shown = this.dataset.generation;
    this.#host.changed(this.dataset);
    this.#tell();
  }

  async readDecisions(): Promise<void> {
    if (!this.dataset.isReady) return;
    if (await loadDecisions(this.#host, this.dataset)) this.publish();
  }

  /** Does again what the changed settings have a part in. */
  applySettings(before: Settings, after: Settings): void {
    const isChanged = (name: keyof Settings): boolean => !isDeepStrictEqual(before[name], after[name]);
    if (CHECK_SETTINGS.some(isChanged)) void this.read();
    else if (this.dataset.scores && SCORE_SETTINGS.some(isChanged)) this.score();
    else if (isChanged('codeLens')) this.publish();
    else if (this.dataset.scores && isChanged('reviewPercent')) {
      this.dataset.setBudget(after.reviewPercent);
      this.publish();
    }
  }

  score(): void {
    this.#jobs.start();
  }

  cancelScoring(): void {
    this.#jobs.cancel();
  }

  /** The person sees these lines now. */
  look(lines: Lines): void {
    this.#jobs.look(lines);
  }

  /** Edits a record, in the editor that holds its text or as a pending edit. */
  async edit(ref: RecordRef, what: RecordEdit): Promise<Outcome<EditDone>> {
    this.update();
    const edited = await editRecord(this, this.#host, this.#history, ref, what);
    if (edited.ok && this.source.pending) this.#settleEdits();
    return edited;
  }

  /** Rows that a person marked, found in their list. */
  marked(rows: RowsRef): MarkedRows {
    const { place } = this.selections.select(rows.selection);
    return { rows, placeAt: place };
  }

  /** Edits many rows, as one step of the history. */
  async editMany(rows: RowsRef, kind: BatchEdit): Promise<Outcome<BatchDone>> {
    this.update();
    const edited = await editRows(this, this.#host, this.marked(rows), kind);
    if (edited.ok && this.source.pending) this.#settleEdits();
    return edited;
  }

  /** Repairs all findings of a rule, as one step of the history. */
  async fixRule(rule: string): Promise<Outcome<number>> {
    this.update();
    const fixed = await fixRule(this.dataset, this.#host, rule);
    if (this.source.pending) this.#settleEdits();
    return fixed;
  }

  /** Undoes or redoes an edit that `edit` made. */
  async retrace(id: number, direction: 'undo' | 'redo'): Promise<boolean> {
    const { pending } = this.source;
    if (pending) {
      const isDone = pending.retrace(id, direction);
      if (isDone) this.#settleEdits();
      return isDone;
    }
    this.update();
    const step = this.#history.step(id, direction);
    if (!step) return false;
    const applied = await this.#host.applyEdit(this.dataset, [step.edits], step.label);
    if (applied.ok) this.#history.made(id, direction);
    return applied.ok;
  }

  /** Saves pending edits; how many records they change. */
  async save(signal: AbortSignal): Promise<number> {
    const { pending } = this.source;
    if (!pending) return 0;
    const ended = AbortSignal.any([this.#closed.signal, signal]);
    const { count, isCarried } = await pending.save(ended, () => {
      this.update();
    });
    if (!isCarried) await this.#reopen();
    else if (count > 0 && !this.#isClosed()) {
      this.publish();
      // The running job reads a file that was replaced.
      if (this.#state.phase === 'scoring') this.score();
    }
    return count;
  }

  discard(): void {
    this.source.pending?.discard();
    // At once: an editor that still counts unsaved edits marks its tab as edited again.
    this.#tell();
    this.#settleSoon();
  }

  close(): void {
    this.#closed.abort();
    this.#stop();
    this.selections.close();
    if (this.source.file) unwatchFile(this.source.file.path, this.#onWatched);
    this.source.close();
    this.#host.closed(this.uri);
  }

  #stop(): void {
    this.#jobs.stop();
    this.#settle.cancel();
    this.#relate.cancel();
    this.#tellRelating.cancel();
  }

  #settleSoon(): void {
    if (this.#isFollowed) this.#settle.soon();
    else this.#settle.cancel();
  }

  #settleEdits(): void {
    this.#settleSoon();
    tellFault(this.#host, this.source);
  }

  #tell(): void {
    if (!this.#isClosed()) this.#host.status(this);
  }

  #fail(error: unknown): void {
    const reason = errorText(error);
    this.#host.log('error', visible(`${readableUri(this.uri)}: ${reason}`));
    this.setState({ phase: 'failed', reason });
  }

  async #survey(signal: AbortSignal): Promise<void> {
    const { dataset, source } = this;
    const host = this.#host;
    await host.settingsLoaded();
    const settings = await fileSettings(host, this.uri);
    const templates = await fileTemplates(host, this.uri);
    signal.throwIfAborted();
    this.#settings = settings;
    this.#templates = templates;
    const start = performance.now();
    await dataset.surveyAll(settings, signal);
    // What a running job finds belongs to the earlier reading.
    this.#jobs.stop();
    const isOver = (): boolean => signal.aborted;
    if (isOver()) return;
    tellSettled(host, source);
    watchBudget(host, this.uri, settings, performance.now() - start);
    await loadDecisions(host, dataset);
    if (isOver()) return;
    this.update();
    const { recognition } = dataset.survey;
    this.#state = { phase: recognition ? 'unscored' : 'unrecognised' };
    this.publish();
    if (!recognition) return;
    this.#logRecognition();
    if (host.settings().scoreOnOpen) this.score();
  }

  #logRecognition(): void {
    const { recognition, facts } = this.dataset.survey;
    if (!recognition) return;
    const how = recognition.isGiven ? 'named in preflens.json' : 'recognised';
    this.#host.log(
      'info',
      `${readableUri(this.uri)}: ${plural(facts.pairCount, 'pair')} in ${plural(facts.recordCount, 'record')}, ${recognition.mapping.title}, ${how} ` +
        `(${Math.round(100 * recognition.confidence)} % of the sampled records fit; ${recognition.mapping.polarity}).`,
    );
  }

  /** Reads a file on disk again from its start; its edits and their history stay. */
  async #reopen(): Promise<void> {
    const { pending } = this.source;
    if (!pending || this.#isClosed()) return;
    this.#reading.abort();
    this.#stop();
    this.dataset.clear();
    this.selections.changed();
    this.#state = { phase: 'reading' };
    this.publish();
    try {
      await pending.reopen();
    } catch (error) {
      if (!this.#isClosed()) this.#fail(error);
      return;
    }
    if (!this.#isClosed()) void this.read();
  }

  /** Opens a file on disk again if another program changed it; a reading then begins. */
  async followDisk(): Promise<void> {
    const { pending } = this.source;
    const isChanged = await pending?.isChanged(this.#closed.signal).catch(() => false);
    if (isChanged !== true || this.#isClosed()) return;
    this.#host.log('info', `${readableUri(this.uri)}: changed on disk, reading it again`);
    await this.#reopen();
  }

  /** Begins the search for duplicates now, not only when nothing changed for a while. */
  relate(): void {
    if (this.#relating === this.dataset.generation) return;
    this.#relate.cancel();
    this.#startRelations();
  }

  #startRelations(): void {
    const { generation } = this.dataset;
    this.#relating = generation;
    this.#tellRelating.soon();
    void this.#findRelations()
      .catch((error: unknown) => {
        if (!this.#isClosed()) this.#host.log('error', errorText(error));
      })
      .finally(() => {
        if (this.#relating !== generation) return;
        this.#relating = undefined;
        this.#tellRelating.cancel();
        if (!this.#isRelating) return;
        this.#isRelating = false;
        this.#tell();
      });
  }

  /** Finds what records are to each other. A result for an older text is dropped. */
  async #findRelations(): Promise<void> {
    const { dataset } = this;
    const { generation } = dataset;
    const task = relateTask(dataset, fileNameOf(this.uri));
    if (!task) return;
    const { ranges } = this.#host.disk();
    const found = await ranges.run('relate', task, () => undefined, this.#closed.signal);
    if (this.#isClosed() || dataset.generation !== generation) return;
    dataset.setRelations(found);
    // If findings don't follow the text, a newer one than the last that was checked is not shown.
    if (this.#isFollowed || generation === this.#shown) this.publish();
  }
}
