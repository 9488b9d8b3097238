// State of one open dataset: survey, findings and scores. Views and handlers only read it.
import type { RuleSettings } from '#core/checks/check.ts';
import { carryRelations, withExact, withKnownNear } from '#core/checks/relations/carried.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { exactRelations, missesSimilarity } from '#core/checks/relations/relations.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';
import type { ReadValue } from '#core/dataset/survey.ts';
import { placesOf, readRaw, Surveyor } from '#core/dataset/survey.ts';
import { removals } from '#core/edits/drops.ts';
import { compareKeys } from '#core/hash.ts';
import { tooLongMessage } from '#core/json/parseRecord.ts';
import type { Lesson } from '#core/learning/outlook.ts';
import type { PolarityDecision } from '#core/mapping/polarity/polarity.ts';
import { heldFrom } from '#core/mapping/recognise.ts';
import { memoryFindings } from '#core/memory/apply.ts';
import type { Decision } from '#core/memory/decisions.ts';
import { Decisions } from '#core/memory/decisions.ts';
import { keyMaker, labelOfFinding } from '#core/memory/keys.ts';
import { Verdicts } from '#core/memory/verdicts.ts';
import type { Finding } from '#core/model/finding.ts';
import { identify } from '#core/model/identity.ts';
import type { Pair } from '#core/model/pair.ts';
import type { ByteSpan, RawRecord } from '#core/model/record.ts';
import type { Ensemble } from '#core/reward/ensemble.ts';
import { withParts } from '#core/reward/ensemble.ts';
import type { SelfTest } from '#core/score/quality.ts';
import { cutoffsFor, labelFindings, rankingOf } from '#core/score/ranking.ts';
import type { FileSettings } from '#node/config.ts';
import type { NumberedPair } from '#node/scorers/rating.ts';
import type { Scored } from '#node/scoring/fit.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { ConsistencyResult } from '#protocol/scorer.ts';

import { Slices } from './breathe.ts';
import type { Position } from './document.ts';
import type { EarlierVersion } from './earlierVersion.ts';
import type { ReviewPlace } from './findingLists.ts';
import { FindingLists } from './findingLists.ts';
import type { ReviewedChance } from './lessons.ts';
import { Lessons } from './lessons.ts';
import type { PairScore, Scores } from './scores.ts';
import { consistencyScores, ensembleScores } from './scores.ts';
import type { Carried, DocumentSurvey } from './sources/resurvey.ts';
import type { Source } from './sources/source.ts';
import { trustSentence } from './trust.ts';

export interface ReadRecord extends ReadValue {
  readonly raw: RawRecord;
}

export interface ReadPair extends ReadRecord {
  readonly pair: Pair;
  /** Number of the pair in its record. */
  readonly index: number;
}

/** Maximum pairs to search for duplicates and cycles during an edit: about 20 ms. */
const MAX_AT_AN_EDIT = 20_000;

/** Visible or edited pairs to score in one request. */
const MAX_AT_ONCE = 64;

const NO_SURVEY: DocumentSurvey = { ...new Surveyor().end(), lineCount: 0, byteCount: 0 };

export class OpenDataset {
  readonly source: Source;
  #survey: DocumentSurvey = NO_SURVEY;
  #scores: Scores | undefined;
  readonly #lists = new FindingLists((finding) => ({
    key: this.keyOf(finding),
    label: labelOfFinding(finding, this.#survey.facts),
  }));
  #verdicts = new Verdicts([]);
  readonly #lessons = new Lessons();
  #nameInMemory = '';
  #makeKey: ReturnType<typeof keyMaker> | undefined;
  #ready = false;
  #ensemble: Ensemble | undefined;
  #rules: RuleSettings = DEFAULT_RULES;
  /** How an open label was read when the file was opened. */
  #held: PolarityDecision | undefined;
  #generation = 0;
  #revision = 0;
  #relations: Relations | undefined;
  #earlier: EarlierVersion | undefined;
  readonly #onUpdate: (carried?: Carried) => void;

  /**
   * @param onUpdate called when the text or how it is read changed: what depends on all records has to be computed again.
   * `carried`: where the old records are now, unless everything was read again
   */
  constructor(source: Source, onUpdate: (carried?: Carried) => void = () => undefined) {
    this.source = source;
    this.#onUpdate = onUpdate;
  }

  /** Rises with every change of the text or of how it is read: what was computed on an older one is dropped. */
  get generation(): number {
    return this.#generation;
  }

  /** Rises with every change of what people see: of the text, findings, scores or trust. */
  get revision(): number {
    return this.#revision;
  }

  get survey(): DocumentSurvey {
    return this.#survey;
  }

  /** The rules of the last survey. */
  get rules(): RuleSettings {
    return this.#rules;
  }

  get scores(): Scores | undefined {
    return this.#scores;
  }

  /** What the margins come from; undefined if the built-in scorer made them. */
  get ensemble(): Ensemble | undefined {
    return this.#ensemble;
  }

  /** False until the first survey is done. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Structure first, then relations, then labels by rank; without findings that people decided to keep. */
  get findings(): readonly Finding[] {
    return this.#lists.all;
  }

  /** Findings that people decided to keep. */
  get keptFindings(): readonly Finding[] {
    return this.#lists.kept;
  }

  get findingCount(): number {
    return this.#lists.count;
  }

  /** Findings of a rule that are counted but not listed. */
  unlistedCount(rule: string): number {
    return this.#lists.unlisted(rule);
  }

  /** What reviewers said of pairs. */
  get verdicts(): Verdicts {
    return this.#verdicts;
  }

  /** What they teach about the pairs that nobody judged; undefined while too few labels are judged. */
  get lesson(): Lesson | undefined {
    return this.#lessons.of(this);
  }

  /** Chance that the label of a pair is wrong, if reviewers judged enough others and not this one. */
  reviewedChance(record: number, index: number): ReviewedChance | undefined {
    const [from, to] = this.#survey.facts.pairsOf(record);
    return from + index < to ? this.#lessons.chanceOf(this, from + index) : undefined;
  }

  /** Sets the decisions about findings, and the verdicts of reviewers. */
  setDecisions(decisions: readonly Decision[], verdicts: Verdicts, fileName: string): void {
    this.#verdicts = verdicts;
    this.#nameInMemory = fileName;
    this.#makeKey = undefined;
    this.#revision++;
    this.#lists.setDecisions(new Decisions(decisions, verdicts), (found, isChecked) =>
      memoryFindings(decisions, found, fileName, this.#rules, isChecked),
    );
  }

  /** The key of a finding in decisions and baselines. */
  keyOf(finding: Finding): string {
    this.#makeKey ??= keyMaker(this.#survey.facts, this.#nameInMemory);
    return this.#makeKey(finding, () => this.rawRecord(finding.record)?.bytes ?? new Uint8Array(0));
  }

  /** The version that the file is compared with, if a person wanted that. */
  get earlier(): EarlierVersion | undefined {
    return this.#earlier;
  }

  setEarlier(earlier: EarlierVersion): void {
    this.#earlier = earlier;
    this.#revision++;
  }

  get trust(): string | undefined {
    const scores = this.#scores;
    return (
      scores && [trustSentence(scores.trust, scores.selfTest, scores.isTesting), ...scores.notes()].join(' ')
    );
  }

  /** Surveys the whole file. Returns early if `signal` aborts: the file was closed. */
  async surveyAll(settings: FileSettings, signal: AbortSignal): Promise<void> {
    const survey = await this.source.survey({ ...settings, held: this.#held }, signal);
    if (!survey) return;
    if (survey.recognition) this.#held = heldFrom(survey.recognition);
    this.#rules = settings.rules;
    // They belong to another survey.
    this.#dropResults();
    this.#setSurvey(survey);
    this.#ready = true;
    this.#changed();
  }

  /**
   * Brings everything up to the text as it is now; cheap if nothing changed. Between two surveys nothing else changes text
   * and survey.
   * @returns the generation
   */
  update(): number {
    const carried = this.#ready ? this.source.refresh(this.#survey) : undefined;
    if (carried) {
      this.#setSurvey(carried.survey);
      this.#earlier?.carry(carried, (record) => this.rawRecord(record));
      this.#carryRelations(carried);
      this.#scoreNewPairs();
      this.#rank();
      this.#changed(carried);
    }
    return this.#generation;
  }

  /** Forgets everything, because the file is opened again. */
  clear(): void {
    this.#ready = false;
    this.#dropResults();
    this.#lists.clear('structure');
    this.#survey = NO_SURVEY;
    this.#makeKey = undefined;
    this.#generation++;
    this.#revision++;
  }

  /** Sets the relations between records. */
  setRelations(found: Relations): void {
    this.#putRelations(this.#relations ? withKnownNear(found, this.#relations) : found);
  }

  /** True if relations were searched since the last survey. */
  get isRelated(): boolean {
    return this.#relations !== undefined;
  }

  /** True if some pairs were not compared with the others for near duplicates. */
  get needsNear(): boolean {
    return this.#relations === undefined || missesSimilarity(this.#relations, this.rules);
  }

  /** Call before a scorer reads the pairs: from now on, pairs are identified by their present numbers. */
  beginScoring(): void {
    this.#survey.facts.markOrigins();
  }

  /**
   * Takes the margins of a fit, by the numbers that pairs had when scoring began. Pairs that changed since get theirs from
   * the fitted model.
   */
  setScores(result: ConsistencyResult, margins: Float32Array, settings: Settings): void {
    this.#ensemble = undefined;
    this.#scores = consistencyScores(result, settings);
    const { facts } = this.#survey;
    this.marginsByOrigin(margins).forEach((margin, pair) => {
      facts.setMargin(pair, margin);
    });
    this.#scoreNewPairs();
    this.#rank();
  }

  /** Sets margins from the scores that an ensemble has so far. Lets other requests run meanwhile. */
  async setEnsemble(
    ensemble: Ensemble,
    settings: Settings,
    signal: AbortSignal,
    fitted: Scored | undefined,
  ): Promise<void> {
    this.#ensemble = ensemble;
    const slices = new Slices();
    const { facts } = this.#survey;
    const generation = this.#generation;
    for (let pair = 0; pair < facts.pairCount; pair++) {
      ensemble.judge(facts, pair);
      if (!slices.isOver) continue;
      await slices.breathe();
      signal.throwIfAborted();
      // The text changed meanwhile: set the margins again, from the first pair.
      if (this.#generation !== generation) {
        await this.setEnsemble(ensemble, settings, signal, fitted);
        return;
      }
    }
    this.#scores = ensembleScores(ensemble, facts, settings, fitted);
    this.#rank();
  }

  /** Pairs that the ensemble has not scored: new and changed ones, or all in a range of lines. */
  pairsWithoutScore(lines?: readonly [start: number, end: number]): NumberedPair[] {
    const { facts } = this.#survey;
    const found: NumberedPair[] = [];
    const [from, to] = lines
      ? lines.map((line) => facts.firstPairOf(facts.firstRecordFrom(line)))
      : [0, facts.pairCount];
    for (let number = from ?? 0; number < (to ?? 0); number++) {
      if (facts.isTie(number) || !Number.isNaN(facts.margin(number))) continue;
      if (!lines && facts.pairs.origin[number] !== -1) continue;
      const record = facts.recordOf(number);
      const read = this.readPair(record, number - facts.pairsOf(record)[0]);
      if (read) found.push({ number, pair: read.pair, value: read.value });
      if (found.length === MAX_AT_ONCE) break;
    }
    return found;
  }

  /** Sets the margins of single pairs that the ensemble has scored, and ranks. False if there are none. */
  setNewMargins(pairs: readonly NumberedPair[]): boolean {
    const ensemble = this.#ensemble;
    const { facts } = this.#survey;
    let isNew = false;
    for (const { number, pair, value } of ensemble ? pairs : []) {
      // Another pair may have this number by now.
      const isSame =
        number < facts.pairCount &&
        compareKeys(facts.identity(number).chosenKey, identify(pair).chosenKey) === 0;
      if (!ensemble || !isSame) continue;
      for (const member of withParts(ensemble.members)) member.learn?.(pair, value);
      ensemble.judge(facts, number);
      isNew ||= !Number.isNaN(facts.margin(number));
    }
    if (isNew) this.#rank();
    return isNew;
  }

  /** Margins by the numbers that pairs have now, from margins by the numbers that they had when scoring began. */
  marginsByOrigin(margins: Float32Array): Float32Array {
    const { pairs, pairCount } = this.#survey.facts;
    return Float32Array.from(
      { length: pairCount },
      (_, pair) => margins[pairs.origin[pair] ?? -1] ?? Number.NaN,
    );
  }

  /** Takes margins, by the numbers that pairs had when scoring began, for pairs without one; ranks with all of them in view. */
  setRest(margins: Float32Array, percent: number): void {
    if (!this.#scores) return;
    const { facts } = this.#survey;
    this.marginsByOrigin(margins).forEach((margin, pair) => {
      if (Number.isNaN(facts.margin(pair))) facts.setMargin(pair, margin);
    });
    // A copy: edits must not move the margins that later budgets are cut from.
    const all = facts.margins.slice();
    const ranking = rankingOf(this.#scores.scorer, all, all, percent, this.#scores.temperature);
    this.#scores = { ...this.#scores, ...ranking, ranked: all };
    this.#rank();
  }

  /** Cuts the ranking at another review budget. */
  setBudget(percent: number): void {
    if (!this.#scores || percent === this.#scores.percent) return;
    const cutoffs = cutoffsFor(this.#scores.ranked, percent);
    this.#scores = { ...this.#scores, cutoffs, percent };
    this.#rank();
  }

  setSelfTest(selfTest: SelfTest): void {
    if (!this.#scores) return;
    this.#scores = { ...this.#scores, selfTest, isTesting: false };
    this.#revision++;
  }

  /** The bytes of a record as they are now. */
  rawRecord(record: number): RawRecord | undefined {
    const { facts } = this.#survey;
    if (record < 0 || record >= facts.recordCount) return undefined;
    const [byteStart, byteEnd] = [facts.records.byteStart[record] ?? 0, facts.records.byteEnd[record] ?? 0];
    const { maxRecordBytes } = this.source;
    const isTooLong = byteEnd - byteStart > maxRecordBytes;
    return {
      record,
      line: facts.records.line[record] ?? 0,
      byteStart,
      byteEnd,
      bytes: isTooLong ? new Uint8Array(0) : this.source.bytesOf(record, byteStart, byteEnd),
      ...(this.source.isDocument && { isInDocument: true }),
      ...(isTooLong && { fault: tooLongMessage(maxRecordBytes) }),
    };
  }

  /** The record at a place of the text; −1 if there is none. */
  recordAt({ line, character }: Position): number {
    const { facts } = this.#survey;
    const { isDocument, document } = this.source;
    if (!isDocument) return facts.recordAtLine(line);
    return document ? facts.recordAtByte(document.byteAt({ line, character })) : facts.recordOverLine(line);
  }

  /** What a drop of a record takes along in a JSON document; undefined if it can't be dropped. */
  removedWith(
    record: number,
    isDropped: (record: number) => boolean = (one) => one === record,
  ): ByteSpan | undefined {
    return removals(placesOf(this.#survey), isDropped)(record);
  }

  readRecord(record: number): ReadRecord | undefined {
    const raw = this.rawRecord(record);
    const { recognition } = this.#survey;
    const read = raw && recognition && readRaw(raw, recognition);
    return read && { raw, ...read };
  }

  readPair(record: number, index: number): ReadPair | undefined {
    const read = this.readRecord(record);
    const pair = read?.pairs[index];
    return read && pair && { ...read, pair, index };
  }

  /** The margin of a pair of a record; NaN where there is none. */
  margin(record: number, index: number): number {
    const [from, to] = this.#survey.facts.pairsOf(record);
    return from + index < to ? this.#survey.facts.margin(from + index) : Number.NaN;
  }

  /** The scorer's explanation of one pair. */
  explain({ pair, value }: Pick<ReadPair, 'pair' | 'value'>, max?: number): PairScore | undefined {
    return this.#scores?.read({ pair, value, identity: identify(pair) }, max);
  }

  /** The findings of a record; with `pair`, those of that pair and those of the whole record. */
  findingsOf(record: number, pair?: number): readonly Finding[] {
    const all = this.#lists.of(record);
    return pair === undefined
      ? all
      : all.filter((finding) => finding.pair === undefined || finding.pair === pair);
  }

  /** Numbers of the pairs with findings. */
  *findingPairs(): Generator<number> {
    const { facts } = this.#survey;
    for (const { record, pair } of this.findings) {
      const [from, to] = facts.pairsOf(record);
      for (let number = from; number < to; number++)
        if (pair === undefined || from + pair === number) yield number;
    }
  }

  /** Places with findings, in the order in which a person should look at them: labels by rank, then contradictions, then structure by place. */
  reviewOrder(): readonly ReviewPlace[] {
    return this.#lists.order;
  }

  /** Index of a pair in that order; -1 if it has no finding. */
  reviewIndex(record: number, pair: number): number {
    return this.#lists.indexOf(record, pair);
  }

  #putRelations(relations: Relations): void {
    this.#relations = relations;
    this.#revision++;
    this.#lists.set('relations', relations);
  }

  /** Keeps the relations that an edit does not touch. In a small file, searches those that keys alone tell at once. */
  #carryRelations(carried: Carried): void {
    if (!this.#relations) return;
    const { facts, recognition } = this.#survey;
    const left = carryRelations(this.#relations, carried, facts);
    const isQuick = recognition !== undefined && facts.pairCount <= MAX_AT_AN_EDIT;
    const file = recognition && { name: '', facts, recognition, splits: this.#survey.splits };
    this.#putRelations(isQuick && file ? withExact(left, exactRelations(file, this.#rules)) : left);
  }

  #dropResults(): void {
    this.#scores = undefined;
    this.#ensemble = undefined;
    this.#lists.clear('label');
    this.#lists.clear('relations');
    this.#relations = undefined;
    this.#earlier = undefined;
  }

  #changed(carried?: Carried): void {
    this.#generation++;
    this.#revision++;
    this.#onUpdate(carried);
  }

  #setSurvey(survey: DocumentSurvey): void {
    this.#survey = survey;
    this.#makeKey = undefined;
    this.#lists.set('structure', survey);
  }

  /** Sets margins for pairs that were added or changed after scoring. */
  #scoreNewPairs(): void {
    if (!this.#scores) return;
    const { facts } = this.#survey;
    for (let number = 0; number < facts.pairCount; number++) {
      // Pairs of a very large file that were not among the fitted ones are read by a pass of their own.
      if (facts.pairs.origin[number] !== -1) continue;
      if (facts.isTie(number) || !Number.isNaN(facts.margin(number))) continue;
      const record = facts.recordOf(number);
      const ensemble = this.#ensemble;
      if (ensemble && !ensemble.members.every((member) => 'learn' in member)) {
        ensemble.judge(facts, number);
        continue;
      }
      const read = this.readPair(record, number - facts.pairsOf(record)[0]);
      if (ensemble) {
        if (read) for (const member of ensemble.members) member.learn?.(read.pair, read.value);
        ensemble.judge(facts, number);
        continue;
      }
      const explained = read && this.explain(read, 0);
      if (explained) facts.setMargin(number, explained.margin);
    }
  }

  #rank(): void {
    const { facts, findings, recognition } = this.#survey;
    if (!this.#scores || !recognition) return;
    this.#revision++;
    const ranked = labelFindings({ facts, findings, recognition }, facts.margins, this.#scores, this.#rules);
    this.#lists.set('label', { findings: ranked, counts: new Map([['', ranked.length]]) });
  }
}
