// `review`: what reviewers said of the pairs of files: progress, agreement, disagreements.
import { labelOf, numbersOf } from '#core/memory/keys.ts';
import type { Verdict, VerdictKind, Verdicts } from '#core/memory/verdicts.ts';
import { opinionOf } from '#core/memory/verdicts.ts';
import { UserError } from '#core/messages.ts';
import type { LabelAgreement, ReviewerAgreement } from '#core/review/agreement.ts';
import { conflictsAmong, labelAgreement, reviewerAgreement } from '#core/review/agreement.ts';
import { plural } from '#core/words/numbers.ts';
import { memoryRoot, readDecisions } from '#node/memory.ts';

import type { ReviewFormat } from './choices.ts';
import type { Command } from './command.ts';
import { surveyGroup } from './job.ts';

/** A pair on which reviewers disagree. */
interface Conflict {
  /** From 1. */
  readonly line: number;
  /** From 0, in its record. */
  readonly pair: number;
  readonly key: string;
  readonly verdicts: readonly { readonly by: string; readonly verdict: string; readonly reason: string }[];
}

interface Reviewer {
  readonly name: string;
  readonly counts: Readonly<Partial<Record<VerdictKind, number>>>;
  /** With a hidden label. */
  readonly blind: LabelAgreement | undefined;
}

interface FileReview {
  readonly path: string;
  readonly pairs: number;
  readonly reviewed: number;
  readonly reviewers: readonly Reviewer[];
  readonly agreement: readonly ReviewerAgreement[];
  readonly conflicts: readonly Conflict[];
}

function reviewerOf(verdicts: Verdicts, name: string, keys: readonly string[]): Reviewer {
  const counts: Partial<Record<VerdictKind, number>> = {};
  for (const key of keys) {
    const kind = verdicts.of(key, name)?.verdict;
    if (kind) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const blind = labelAgreement(verdicts, name, keys);
  return { name, counts, blind: blind.count > 0 ? blind : undefined };
}

/** A verdict on the label as it is now. */
function wordOf(verdict: Verdict, label: string): string {
  const opinion = opinionOf(verdict);
  if (opinion === undefined || opinion === 'drop') return verdict.verdict;
  if (opinion === label) return 'keep';
  return opinion === 'tie' ? 'tie' : 'flip';
}

async function fileReview(command: Command, path: string): Promise<FileReview> {
  const { files, leftOut } = await surveyGroup(command, [path]);
  const [first] = files;
  if (!first) throw leftOut[0]?.error ?? new UserError(`${path}: no pairs.`);
  const { facts } = first.survey;
  const { verdicts } = await readDecisions(memoryRoot(path));
  const numbers = numbersOf(facts, verdicts.keys);
  const keys = [...numbers.keys()];
  const conflicts = conflictsAmong(verdicts, keys).map((key): Conflict => {
    const number = numbers.get(key) ?? 0;
    const record = facts.recordOf(number);
    const label = labelOf(facts, number);
    return {
      line: (facts.records.line[record] ?? 0) + 1,
      pair: number - facts.pairsOf(record)[0],
      key,
      verdicts: verdicts
        .all(key)
        .map((one) => ({ by: one.by, verdict: wordOf(one, label), reason: one.reason })),
    };
  });
  const reviewers = verdicts.reviewers
    .map((name) => reviewerOf(verdicts, name, keys))
    .filter(({ counts }) => Object.keys(counts).length > 0);
  return {
    path,
    pairs: facts.pairCount,
    reviewed: keys.filter((key) => verdicts.all(key).some((one) => one.verdict !== 'skip')).length,
    reviewers,
    agreement: reviewerAgreement(verdicts, keys),
    conflicts,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const nameText = (name: string): string => (name === '' ? 'someone' : name);

function* textOf({ path, pairs, reviewed, reviewers, agreement, conflicts }: FileReview): Generator<string> {
  yield `${path}: ${reviewed.toLocaleString('en')} of ${plural(pairs, 'pair')} reviewed`;
  for (const { name, counts, blind } of reviewers) {
    const words = Object.entries(counts).map(([kind, count]) => `${kind} ${count.toLocaleString('en')}`);
    yield `  ${nameText(name)}: ${words.join(', ')}`;
    if (blind)
      yield `    blind, agreed with the label in ${percent(blind.same.value)} of ${plural(blind.count, 'pair')} (${percent(blind.same.low)} to ${percent(blind.same.high)})`;
  }
  for (const { reviewers: names, count, same, kappa } of agreement) {
    const { value, low, high } = kappa;
    const beyond = Number.isNaN(value)
      ? ''
      : `, κ ${value.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`;
    yield `  ${names.map(nameText).join(' and ')}: ${percent(same.value)} of ${plural(count, 'pair')} the same${beyond}`;
  }
  for (const { line, verdicts } of conflicts) {
    const said = verdicts.map(
      ({ by, verdict, reason }) => `${nameText(by)} says ${verdict}${reason === '' ? '' : ` (${reason})`}`,
    );
    yield `  ${path}:${line}: ${said.join(', ')}`;
  }
}

/** Prints the review of each file. True if reviewers disagree about a pair. */
export async function review(
  command: Command,
  paths: readonly string[],
  { format }: { readonly format: ReviewFormat },
): Promise<boolean> {
  let isDisputed = false;
  for (const path of paths) {
    try {
      const one = await fileReview(command, path);
      command.bar.clear();
      isDisputed ||= one.conflicts.length > 0;
      if (format === 'json') await command.json(one);
      else for (const line of textOf(one)) command.print(line);
    } catch (error) {
      if (!(error instanceof UserError) || command.signal.aborted) throw error;
      command.bar.clear();
      command.fail(error);
    }
  }
  return isDisputed;
}
