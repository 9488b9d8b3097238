// How many findings each rule has.
import { ALL_RULES } from '#core/checks/table.ts';
import { groupBy } from '#core/group.ts';
import type { Finding } from '#core/model/finding.ts';
import { SEVERITY_RANK } from '#core/model/finding.ts';
import type { RuleCount } from '#core/portrait/portrait.ts';

import type { OpenDataset } from './dataset.ts';

/**
 * Most severe first, then most frequent.
 * @param found some findings. Default: all of the file, also those that are counted and not listed; their sum is then the number of
 * findings in the status
 */
export function ruleCounts(dataset: OpenDataset, found?: Iterable<Finding>): readonly RuleCount[] {
  const listed = groupBy([...(found ?? dataset.findings)], ({ rule }) => rule);
  return ALL_RULES.flatMap(({ id, title }): RuleCount[] => {
    const own = listed.get(id) ?? [];
    const count = own.length + (found ? 0 : dataset.unlistedCount(id));
    const severity = own[0]?.severity ?? dataset.rules.severities[id] ?? 'information';
    return count === 0 ? [] : [{ rule: id, severity, title, count }];
  }).sort((a, b) => SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || b.count - a.count);
}
