// An open file as a whole, or the pairs of a query: made in slices, once for each revision.
import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { ALL_RULES } from '#core/checks/table.ts';
import { countVotes } from '#core/mapping/forms/label.ts';
import { namesRead } from '#core/mapping/read.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { UserError } from '#core/messages.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { Parts } from '#core/portrait/bySource.ts';
import { includedOf } from '#core/portrait/included.ts';
import type { Portrait, PortraitInput, Subset } from '#core/portrait/portrait.ts';
import { portraitSteps } from '#core/portrait/portrait.ts';
import type { RatingSummary } from '#core/portrait/ratings.ts';
import { RatingCounter } from '#core/portrait/ratings.ts';
import type { Annotators, Sources } from '#core/portrait/sampled.ts';
import { annotatorsOf, SourceFinder } from '#core/portrait/sampled.ts';
import { scorerInputs } from '#core/portrait/scorers.ts';
import type { Strengths } from '#core/portrait/strengths.ts';
import { StrengthCounter } from '#core/portrait/strengths.ts';
import type { ChosenPairs } from '#core/query/chosen.ts';
import { chooseSteps } from '#core/query/chosen.ts';
import { readsOutcome } from '#core/query/outcome.ts';
import type { Query } from '#core/query/query.ts';
import { SELF_TEST_SHARE } from '#node/scoring/fit.ts';
import type { PortraitResult } from '#protocol/editor/portrait.ts';

import { Slices } from '../breathe.ts';
import type { OpenDataset } from '../dataset.ts';
import { ruleCounts } from '../ruleCounts.ts';
import { foundRows } from '../selection/found.ts';
import { factsOf } from '../selection/known.ts';
import type { Session } from '../session.ts';

/**
 * Records to read for what facts do not hold, in blocks that are evenly spread: neighbours are cheap to read. A file with no more is
 * read whole.
 */
const [BLOCKS, BLOCK] = [64, 64];

function* spread(count: number): Generator<number> {
  const step = Math.max(BLOCK, count / BLOCKS);
  for (let from = 0; from < count; from += step) {
    const first = Math.floor(from);
    for (let i = first; i < Math.min(count, first + BLOCK); i++) yield i;
  }
}

/** What records say beyond facts. */
interface Sampled {
  readonly recognition: Recognition | undefined;
  readonly recordCount: number;
  readonly sources: Sources | undefined;
  readonly annotators: Annotators | undefined;
  readonly ratings: RatingSummary | undefined;
  readonly strengths: Strengths | undefined;
  readonly parts: Parts | undefined;
}

/** @param chosen default: all */
async function sampleOf(
  dataset: OpenDataset,
  chosen: ChosenPairs | undefined,
  slices: Slices,
  signal: AbortSignal,
): Promise<Sampled> {
  const { facts, recognition } = dataset.survey;
  const { recordCount } = facts;
  const label =
    recognition?.mapping.answers.kind === 'choice' ? recognition.mapping.answers.label : undefined;
  const finder = new SourceFinder();
  const ratings = new RatingCounter();
  const strengths = new StrengthCounter();
  const votes: ReturnType<typeof countVotes>[] = [];
  const records = chosen?.records;
  const count = records?.length ?? recordCount;
  let visited = 0;
  for (const at of spread(count)) {
    visited++;
    if (slices.isOver) await slices.breathe();
    signal.throwIfAborted();
    const record = records ? (records[at] ?? 0) : at;
    const read = dataset.readRecord(record);
    if (!read) continue;
    const pairs = chosen ? read.pairs.filter((_, pair) => chosen.has({ record, pair })) : read.pairs;
    finder.add(read.value, pairs, record);
    ratings.add(read.value, pairs);
    strengths.add(read.value, pairs);
    if (label?.kind === 'votes') votes.push(countVotes(label, read.value));
  }
  const own = recognition ? namesRead(recognition.mapping) : new Set<string>();
  const sources = finder.sources(visited < count ? count : undefined, (field) => !own.has(field));
  return {
    recognition,
    recordCount,
    sources,
    annotators: annotatorsOf(votes),
    ratings: ratings.summary,
    strengths: strengths.strengths,
    parts: sources && finder.partsBy(sources),
  };
}

/** What both kinds of portraits are made from. */
function baseOf(
  { survey, scores, ensemble }: OpenDataset,
  { sources, annotators, ratings, strengths, parts }: Sampled,
) {
  const { facts, recognition } = survey;
  return {
    files: [facts],
    hasLabel: recognition?.mapping.answers.kind === 'choice',
    scorers: scores ? scorerInputs(facts, facts.margins, scores, ensemble) : [],
    sources,
    annotators,
    ratings,
    strengths,
    parts,
    unsure: unsureQuestion(recognition?.polarity),
  };
}

function inputOf(dataset: OpenDataset, sampled: Sampled): PortraitInput {
  const { scores, trust } = dataset;
  return {
    ...baseOf(dataset, sampled),
    findings: ruleCounts(dataset),
    selfTest: scores?.selfTest && { ...scores.selfTest, share: SELF_TEST_SHARE },
    trust,
  };
}

function subsetOf(dataset: OpenDataset, query: Query): Subset {
  const { survey, findings, scores } = dataset;
  const { facts, recognition } = survey;
  return {
    pairs: facts.pairCount,
    records: facts.recordCount,
    byOutcome: readsOutcome(query, recognition ? namesRead(recognition.mapping) : new Set()),
    ofWhole: findings.filter(({ record }) => record === WHOLE_FILE).length,
    unlisted: ALL_RULES.reduce((sum, { id }) => sum + dataset.unlistedCount(id), 0),
    hasSelfTest: scores?.selfTest !== undefined,
  };
}

/** Without the self-test and the trust, which are of the whole file. */
function partInputOf(
  dataset: OpenDataset,
  sampled: Sampled,
  query: Query,
  chosen: ChosenPairs,
  { scorers }: Portrait,
): PortraitInput {
  const found = dataset.findings.filter((finding) => chosen.has(finding));
  return {
    ...baseOf(dataset, sampled),
    findings: ruleCounts(dataset, found),
    includes: includedOf([chosen]),
    subset: subsetOf(dataset, query),
    edgesOf: (name) => scorers.find((one) => one.name === name)?.histogram.edges,
  };
}

interface Made {
  readonly revision: number;
  readonly query: string;
  readonly portrait: Portrait;
}

/** Runs steps to their end, and lets other requests go first; undefined if they are of no use any more. */
async function run<Result>(
  steps: Generator<void, Result>,
  slices: Slices,
  isOutdated: () => boolean,
  signal: AbortSignal,
): Promise<Result | undefined> {
  for (;;) {
    const step = steps.next();
    if (isOutdated()) return undefined;
    if (step.done === true) return step.value;
    if (slices.isOver) await slices.breathe();
    signal.throwIfAborted();
  }
}

/** Portraits of open files. */
export class Portraits {
  readonly #whole = new WeakMap<OpenDataset, Made>();
  /** The latest of a query. */
  readonly #part = new WeakMap<OpenDataset, Made>();
  readonly #sampled = new WeakMap<OpenDataset, Sampled>();

  /**
   * Starts again if the file changes meanwhile; rejects if `signal` aborts, and with a user error for a query with a fault.
   * @param query '' for all of the file
   */
  async of(session: Session, query: string, signal: AbortSignal): Promise<PortraitResult> {
    const { dataset } = session;
    const text = query.trim();
    const slices = new Slices();
    for (;;) {
      session.update();
      const { revision } = dataset;
      if (!dataset.isReady) return { revision };
      signal.throwIfAborted();
      const isOutdated = (): boolean => dataset.revision !== revision;
      const whole = await this.#wholeOf(dataset, slices, isOutdated, signal);
      const made =
        text === '' || !whole ? whole : await this.#partOf(session, text, whole, slices, isOutdated, signal);
      if (made && !isOutdated()) return { revision, portrait: made.portrait };
    }
  }

  async #wholeOf(
    dataset: OpenDataset,
    slices: Slices,
    isOutdated: () => boolean,
    signal: AbortSignal,
  ): Promise<Made | undefined> {
    const { revision } = dataset;
    const known = this.#whole.get(dataset);
    if (known?.revision === revision) return known;
    const sampled = await this.#sampleOf(dataset, slices, signal);
    if (isOutdated()) return undefined;
    const portrait = await run(portraitSteps(inputOf(dataset, sampled)), slices, isOutdated, signal);
    if (!portrait) return undefined;
    const made = { revision, query: '', portrait };
    this.#whole.set(dataset, made);
    return made;
  }

  async #partOf(
    { dataset, selections }: Session,
    text: string,
    whole: Made,
    slices: Slices,
    isOutdated: () => boolean,
    signal: AbortSignal,
  ): Promise<Made | undefined> {
    const { revision } = whole;
    const before = this.#part.get(dataset);
    if (before?.revision === revision && before.query === text) return before;
    const known = selections.known(text);
    if ('fault' in known) throw new UserError(known.fault.message);
    const { query, masks } = known;
    if (masks) await foundRows(selections, { order: 'all', query: text }, signal);
    if (isOutdated()) return undefined;
    const chosen = await run(chooseSteps(query, factsOf(dataset), masks), slices, isOutdated, signal);
    if (!chosen) return undefined;
    const sampled = await sampleOf(dataset, chosen, slices, signal);
    if (isOutdated()) return undefined;
    const input = partInputOf(dataset, sampled, query, chosen, whole.portrait);
    const portrait = await run(portraitSteps(input), slices, isOutdated, signal);
    if (!portrait) return undefined;
    const made = { revision, query: text, portrait };
    this.#part.set(dataset, made);
    return made;
  }

  /** Edits of single records hardly change what is sampled: it is read again only for other records or another schema. */
  async #sampleOf(dataset: OpenDataset, slices: Slices, signal: AbortSignal): Promise<Sampled> {
    const { facts, recognition } = dataset.survey;
    const known = this.#sampled.get(dataset);
    if (known?.recordCount === facts.recordCount && known.recognition === recognition) return known;
    const sampled = await sampleOf(dataset, undefined, slices, signal);
    this.#sampled.set(dataset, sampled);
    return sampled;
  }
}
