// Repairs of many findings at once: of one rule, or of all that are safe; and what they would do, in words.
import type { Repair } from '#core/checks/check.ts';
import { ruleById, SCORE_RULES } from '#core/checks/table.ts';
import type { FixScope } from '#core/fix.ts';
import { fixRecord, isOfDataset } from '#core/fix.ts';
import { groupBy } from '#core/group.ts';
import { messages } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { recordKey } from '#core/model/sameRecord.ts';
import { plural } from '#core/words/numbers.ts';
import type { RuleFix } from '#protocol/editor/findings.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';

import type { OpenDataset } from './dataset.ts';
import type { Host } from './host.ts';
import { fileNameOf } from './names.ts';
import { outcomeOf, refused } from './outcome.ts';
import type { RecordEdits } from './planEdit.ts';
import { smallestEdit } from './planEdit.ts';

export const repairsOf = (rule: string): readonly Repair[] => ruleById(rule)?.repairs ?? [];

/** How many records a repair changes, and how many it takes out. */
export interface FixCounts {
  readonly changed: number;
  readonly dropped: number;
}

/** An edit of a record, and what the record becomes; null if it goes. */
interface FixedEdits extends RecordEdits {
  readonly bytes: Uint8Array | null;
}

export interface Fixes extends FixCounts {
  readonly edits: readonly FixedEdits[];
}

/** Records of the findings of one rule, or of all of them. */
function recordsWith(
  dataset: OpenDataset,
  rules: ReadonlySet<string> | undefined,
): ReadonlyMap<number, Finding[]> {
  const found = dataset.findings.filter(
    ({ rule, record }) => record !== WHOLE_FILE && (rules?.has(rule) ?? true),
  );
  return groupBy(found, ({ record }) => record);
}

/** The repairs of all records in a scope, as one edit. */
export function fixesOf(dataset: OpenDataset, scope: FixScope): Fixes {
  const { recognition } = dataset.survey;
  const edits: FixedEdits[] = [];
  let [changed, dropped] = [0, 0];
  for (const [record, findings] of recognition ? recordsWith(dataset, scope.rules) : []) {
    const raw = dataset.rawRecord(record);
    const own = { ...scope, rules: new Set(findings.map(({ rule }) => rule)) };
    const fixed =
      raw &&
      recognition &&
      fixRecord(raw, recognition.mapping, dataset.rules, own, {
        others: findings.filter(isOfDataset),
        newline: dataset.source.newlineOf(raw),
        keyOf(other) {
          const twin = dataset.rawRecord(other);
          return twin && recordKey(twin.bytes);
        },
      });
    if (!raw || !fixed) continue;
    const { bytes } = fixed;
    // Beside a fault, nobody knows which comma goes with the record.
    if (!bytes && dataset.source.isDocument && !dataset.removedWith(record)) continue;
    if (bytes) changed++;
    else dropped++;
    edits.push({ raw, bytes, edits: bytes && [smallestEdit(raw.bytes, bytes)] });
  }
  return { edits, changed, dropped };
}

/** Whether the repair of a finding takes its record out, where a person has a look at it; undefined where it has none. */
function isDropped({ rule, replace, separate }: Finding): boolean | undefined {
  const repair = repairsOf(rule).find(
    ({ edit }) =>
      edit !== 'flip' &&
      (edit !== 'replace' || replace !== undefined) &&
      (edit !== 'separate' || separate !== undefined),
  );
  return repair === undefined ? undefined : repair.edit === 'drop';
}

/** What a repair of a rule would do, without making it. Nobody repairs all labels that a score doubts. */
export function fixCounts(dataset: OpenDataset, rule: string): FixCounts {
  if (Object.hasOwn(SCORE_RULES, rule)) return { changed: 0, dropped: 0 };
  const kinds = [...recordsWith(dataset, new Set([rule])).values()].map((own) => own.map(isDropped));
  return {
    dropped: kinds.filter((own) => own.includes(true)).length,
    changed: kinds.filter((own) => own.includes(false) && !own.includes(true)).length,
  };
}

/** "Drop 93 records", "Repair all 2 records", "Repair 2 and drop 3 records". */
export function fixWords({ changed, dropped }: FixCounts, all = ''): string {
  if (changed > 0 && dropped > 0)
    return `Repair ${changed.toLocaleString('en')} and drop ${plural(dropped, 'record')}`;
  const verb = dropped > 0 ? 'Drop' : 'Repair';
  return `${verb} ${all}${plural(Math.max(changed, dropped), 'record')}`;
}

/** The end of a title: how many findings stay. */
export function beyond(left: number): string {
  return left > 0 ? ` (${plural(left, 'finding')} more, for a second time)` : '';
}

/** What a repair of all findings of a rule would do; undefined if there is nothing to repair, or the file is read-only. */
export function ruleFixOf(dataset: OpenDataset, rule: string): RuleFix | undefined {
  const { uri } = dataset.source;
  const counts = fixCounts(dataset, rule);
  if (counts.changed + counts.dropped === 0) return undefined;
  const title = `${fixWords(counts)}${beyond(dataset.unlistedCount(rule))}`;
  return { uri, fileName: fileNameOf(uri), rule, title };
}

/** Repairs all findings of a rule, as one step of the history; how many records. */
export async function fixRule(
  dataset: OpenDataset,
  host: Pick<Host, 'applyEdit' | 'edited'>,
  rule: string,
): Promise<Outcome<number>> {
  const fixes = fixesOf(dataset, { rules: new Set([rule]), review: true });
  const count = fixes.edits.length;
  if (count === 0) return refused(messages.nothingToRepair(rule).message);
  const { pending, uri } = dataset.source;
  const label = `${fixWords(fixes)} with "${rule}"`;
  if (!pending) {
    const applied = await host.applyEdit(dataset, fixes.edits, label, rule);
    return applied.ok ? { ok: true, value: count } : applied;
  }
  const ids: number[] = [];
  const made = await outcomeOf(() => {
    for (const { raw, bytes } of fixes.edits) ids.push(pending.edit(raw.record, bytes, label));
    return count;
  });
  const last = ids.at(-1);
  // What was edited before a refusal can be undone too.
  if (last !== undefined) host.edited({ uri, id: last, ids, label });
  return made;
}
