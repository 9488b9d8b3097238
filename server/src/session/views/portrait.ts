// An open file as a whole: made in slices, once for each revision.
import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { countVotes } from '#core/mapping/forms/label.ts';
import { namesRead } from '#core/mapping/read.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import type { Portrait, PortraitInput } from '#core/portrait/portrait.ts';
import { portraitSteps } from '#core/portrait/portrait.ts';
import type { Annotators, Sources } from '#core/portrait/sampled.ts';
import { annotatorsOf, SourceFinder } from '#core/portrait/sampled.ts';
import { scorerInputs } from '#core/portrait/scorers.ts';
import { SELF_TEST_SHARE } from '#node/scoring/fit.ts';
import type { PortraitResult } from '#protocol/editor/portrait.ts';

import { Slices } from '../breathe.ts';
import type { OpenDataset } from '../dataset.ts';
import { ruleCounts } from '../ruleCounts.ts';
import type { Session } from '../session.ts';

/**
 * Records to read for what facts do not hold, in blocks that are evenly spread: neighbours are cheap to read. A file with no more is
 * read whole.
 */
const [BLOCKS, BLOCK] = [64, 64];

function* sampledRecords(recordCount: number): Generator<number> {
  const step = Math.max(BLOCK, recordCount / BLOCKS);
  for (let from = 0; from < recordCount; from += step) {
    const first = Math.floor(from);
    for (let i = first; i < Math.min(recordCount, first + BLOCK); i++) yield i;
  }
}

/** What records say beyond facts. */
interface Sampled {
  readonly recognition: Recognition | undefined;
  readonly recordCount: number;
  readonly sources: Sources | undefined;
  readonly annotators: Annotators | undefined;
}

async function sampleOf(dataset: OpenDataset, slices: Slices, signal: AbortSignal): Promise<Sampled> {
  const { facts, recognition } = dataset.survey;
  const { recordCount } = facts;
  const label =
    recognition?.mapping.answers.kind === 'choice' ? recognition.mapping.answers.label : undefined;
  const finder = new SourceFinder();
  const votes: ReturnType<typeof countVotes>[] = [];
  let visited = 0;
  for (const record of sampledRecords(recordCount)) {
    visited++;
    if (slices.isOver) await slices.breathe();
    signal.throwIfAborted();
    const read = dataset.readRecord(record);
    if (!read) continue;
    finder.add(read.value, read.pairs);
    if (label?.kind === 'votes') votes.push(countVotes(label, read.value));
  }
  const own = recognition ? namesRead(recognition.mapping) : new Set<string>();
  return {
    recognition,
    recordCount,
    sources: finder.sources(visited < recordCount ? recordCount : undefined, (field) => !own.has(field)),
    annotators: annotatorsOf(votes),
  };
}

function inputOf(dataset: OpenDataset, { sources, annotators }: Sampled): PortraitInput {
  const { survey, scores, trust, ensemble } = dataset;
  const { facts, recognition } = survey;
  return {
    files: [facts],
    hasLabel: recognition?.mapping.answers.kind === 'choice',
    scorers: scores ? scorerInputs(facts, facts.margins, scores, ensemble) : [],
    findings: ruleCounts(dataset),
    sources,
    annotators,
    selfTest: scores?.selfTest && { ...scores.selfTest, share: SELF_TEST_SHARE },
    trust,
    unsure: unsureQuestion(recognition?.polarity),
  };
}

interface Made {
  readonly revision: number;
  readonly portrait: Portrait;
}

/** Portraits of open files. */
export class Portraits {
  readonly #made = new WeakMap<OpenDataset, Made>();
  readonly #sampled = new WeakMap<OpenDataset, Sampled>();

  /** Starts again if the file changes meanwhile; rejects if `signal` aborts. */
  async of(session: Session, signal: AbortSignal): Promise<PortraitResult> {
    const { dataset } = session;
    const slices = new Slices();
    for (;;) {
      session.update();
      const { revision } = dataset;
      if (!dataset.isReady) return { revision };
      const made = this.#made.get(dataset);
      if (made?.revision === revision) return made;
      const sampled = await this.#sampleOf(dataset, slices, signal);
      const steps = portraitSteps(inputOf(dataset, sampled));
      let step = steps.next();
      while (step.done !== true && dataset.revision === revision) {
        if (slices.isOver) await slices.breathe();
        signal.throwIfAborted();
        step = steps.next();
      }
      if (step.done !== true || dataset.revision !== revision) continue;
      this.#made.set(dataset, { revision, portrait: step.value });
    }
  }

  /** Edits of single records hardly change what is sampled: it is read again only for other records or another schema. */
  async #sampleOf(dataset: OpenDataset, slices: Slices, signal: AbortSignal): Promise<Sampled> {
    const { facts, recognition } = dataset.survey;
    const known = this.#sampled.get(dataset);
    if (known?.recordCount === facts.recordCount && known.recognition === recognition) return known;
    const sampled = await sampleOf(dataset, slices, signal);
    this.#sampled.set(dataset, sampled);
    return sampled;
  }
}
