// `baseline`: what is there now does not fail a run any more; `--prune` forgets what is not.
import { isSearched } from '#core/checks/table.ts';
import { unusedOf } from '#core/memory/apply.ts';
import type { Keyed } from '#core/memory/baseline.ts';
import { baselineOf, prune } from '#core/memory/baseline.ts';
import { messages, UserError } from '#core/messages.ts';
import {
  baselinePath,
  forget,
  memoryRoot,
  nameIn,
  readBaseline,
  readDecisions,
  writeBaseline,
} from '#node/memory.ts';

import type { CheckedFile, CollectOptions } from './collect.ts';
import { collect } from './collect.ts';
import type { Command } from './command.ts';

export interface BaselineOptions extends CollectOptions {
  readonly prune: boolean;
}

/**
 * A ranking moves a little with every record that comes: pairs that stand close behind its end now are taken in, so that they
 * do not look new when they move up.
 */
const WIDER = 3;

/** What all files of one memory came to. */
interface Found {
  readonly findings: Keyed[];
  readonly unlisted: Map<string, number>;
  readonly files: CheckedFile[];
}

async function forgetUnused(root: string, { files }: Found): Promise<number> {
  const { decisions } = await readDecisions(root);
  const unused = new Set(
    files
      // What a decision silences is found all the same: that is its use.
      .flatMap(({ file, findings, isChecked }) =>
        unusedOf(decisions, findings, nameIn(root, file.path), isChecked),
      )
      .map((decision) => JSON.stringify(decision)),
  );
  return forget(root, (decision) => unused.has(JSON.stringify(decision)));
}

/** Writes the baseline of the files' memory, or takes out what nothing is reported of any more. */
export async function baseline(
  command: Command,
  paths: readonly string[],
  options: BaselineOptions,
): Promise<void> {
  const byRoot = new Map<string, Found>();
  for await (const checked of collect(command, paths, {
    ...options,
    budget: Math.min(100, WIDER * options.budget),
    baseline: false,
  })) {
    if (checked instanceof UserError) throw checked;
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
  for (const [root, found] of byRoot) {
    const path = typeof options.baseline === 'string' ? options.baseline : baselinePath(root);
    if (!options.prune) {
      await writeBaseline(path, baselineOf(found.findings, found.unlisted));
      const counted = [...found.unlisted.values()].reduce((sum, count) => sum + count, 0);
      const listed = found.findings.length;
      const words = counted > 0 ? ` (${listed} by their pairs, ${counted} by their number alone)` : '';
      command.note(`${path}: ${listed + counted} findings of ${found.files.length} files${words}.`);
      continue;
    }
    const before = await readBaseline(path);
    const gone = await forgetUnused(root, found);
    if (!before && gone === 0) throw messages.noBaselineHere(path);
    // An entry does not name its file: it may be of any of them.
    const isChecked = (rule: string): boolean =>
      found.files.some((file) => file.isChecked(rule)) &&
      found.files.every(({ search }) => isSearched(rule, search));
    const after = before && prune(before, found.findings, isChecked);
    if (after) await writeBaseline(path, after);
    const size = (one: typeof before): number =>
      [...(one?.findings.values() ?? [])].reduce((sum, rules) => sum + rules.size, 0);
    command.note(`${path}: ${size(before) - size(after)} entries and ${gone} decisions taken out.`);
  }
}
