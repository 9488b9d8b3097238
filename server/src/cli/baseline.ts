// `baseline`: findings in it no longer fail a run. `--prune` removes entries that are no longer found.
import { isSearched } from '#core/checks/table.ts';
import { unusedOf } from '#core/memory/apply.ts';
import type { Keyed } from '#core/memory/baseline.ts';
import { baselineOf, joined, prune } from '#core/memory/baseline.ts';
import { messages, UserError } from '#core/messages.ts';
import { plural } from '#core/words/numbers.ts';
import {
  baselinePath,
  changeBaseline,
  forget,
  memoryRoot,
  nameIn,
  readBaseline,
  readDecisions,
} from '#node/memory.ts';

import type { CheckedFile, CollectOptions } from './collect.ts';
import { collect, tellUnchecked } from './collect.ts';
import type { Command } from './command.ts';

export interface BaselineOptions extends CollectOptions {
  readonly prune: boolean;
}

/**
 * Rankings shift slightly with every new record. Including pairs just below the cutoff keeps them from looking new
 * when they move up.
 */
const WIDER = 3;

/** Findings in all files of one memory. */
interface Found {
  readonly findings: Keyed[];
  readonly unlisted: Map<string, number>;
  readonly files: CheckedFile[];
}

async function forgetUnused(root: string, { files }: Found): Promise<number> {
  const { decisions } = await readDecisions(root);
  const unused = new Set(
    files
      // Findings hidden by a decision count too: that is what the decision is for.
      .flatMap(({ file, findings, isChecked }) =>
        unusedOf(decisions, findings, nameIn(root, file.path), isChecked),
      )
      .map((decision) => JSON.stringify(decision)),
  );
  return forget(root, (decision) => unused.has(JSON.stringify(decision)));
}

/** Writes the baseline of the files' memory, or removes entries that are no longer reported. */
export async function baseline(
  command: Command,
  paths: readonly string[],
  options: BaselineOptions,
): Promise<void> {
  const byRoot = new Map<string, Found>();
  let isWhole = true;
  for await (const checked of collect(command, paths, {
    ...options,
    budget: Math.min(100, WIDER * options.budget),
    baseline: false,
  })) {
    if (checked instanceof UserError) {
      command.fail(checked);
      isWhole = false;
      continue;
    }
    tellUnchecked(command, checked);
    isWhole &&= checked.unchecked.every(({ isFailure }) => !isFailure) && checked.files.length > 0;
    for (const file of checked.files) {
      const root = memoryRoot(file.file.path);
      const found = byRoot.get(root) ?? { findings: [], unlisted: new Map<string, number>(), files: [] };
      byRoot.set(root, found);
      found.files.push(file);
      found.findings.push(...file.findings.filter((finding) => !file.decisions.keeps(finding)));
      for (const [rule, count] of file.unlisted)
        found.unlisted.set(rule, (found.unlisted.get(rule) ?? 0) + count);
    }
  }
  // Without an unreadable file, its entries would look unused.
  if (!isWhole && options.prune) throw messages.notPruned();
  for (const [root, found] of byRoot) {
    const named = typeof options.baseline === 'string' ? options.baseline : undefined;
    const path = baselinePath({ root, named });
    if (!options.prune) {
      await changeBaseline({ root, named }, (before) =>
        joined(baselineOf(found.findings, found.unlisted), isWhole ? undefined : before),
      );
      const counted = [...found.unlisted.values()].reduce((sum, count) => sum + count, 0);
      const listed = found.findings.length;
      const detail = counted > 0 ? ` (${listed} by pair, ${counted} only counted)` : '';
      command.note(
        `${path}: ${plural(listed + counted, 'finding')} of ${plural(found.files.length, 'file')}${detail}.`,
      );
      continue;
    }
    const gone = await forgetUnused(root, found);
    // An entry does not name its file, so it may belong to any of them.
    const isChecked = (rule: string): boolean =>
      found.files.some((file) => file.isChecked(rule)) &&
      found.files.every(({ search }) => isSearched(rule, search));
    if (gone === 0 && !(await readBaseline({ root, named }))) throw messages.noBaselineHere(path);
    const { before, after } = await changeBaseline(
      { root, named },
      (known) => known && prune(known, found.findings, isChecked),
    );
    const size = (one: typeof before): number =>
      [...(one?.findings.values() ?? [])].reduce((sum, rules) => sum + rules.size, 0);
    command.note(
      `${path}: ${plural(size(before) - size(after), 'entry', 'entries')} and ${plural(gone, 'decision')} removed.`,
    );
  }
}
