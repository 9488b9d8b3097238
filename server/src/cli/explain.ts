// `explain`: prints the page of a rule, of the query language or of recipes, or the list of all rules.
import { recipeLines } from '#core/build/page.ts';
import type { Rule } from '#core/checks/check.ts';
import { ALL_RULES, ruleById } from '#core/checks/table.ts';
import { closest } from '#core/config/closest.ts';
import { messages } from '#core/messages.ts';
import { queryLines } from '#core/query/page.ts';
import { rulePage } from '#core/report/rulePage.ts';

import type { Printer } from './printer.ts';

/** Pages that are no rule. */
const PAGES: Readonly<Record<string, () => readonly string[]>> = { query: queryLines, build: recipeLines };

export function explainRule(printer: Printer, id: string | undefined): void {
  const page = id !== undefined && Object.hasOwn(PAGES, id) ? PAGES[id] : undefined;
  if (page) {
    for (const line of page()) printer.print(line);
    return;
  }
  if (id === undefined) {
    const width = Math.max(...ALL_RULES.map((rule) => rule.id.length));
    for (const rule of ALL_RULES)
      printer.print(`${rule.id.padEnd(width)}  ${rule.severity.padEnd(11)}  ${rule.title}`);
    return;
  }
  printer.lines(rulePage(knownRule(id)));
}

/** Throws for an unknown id, with a suggestion. */
export function knownRule(id: string): Rule {
  const rule = ruleById(id);
  if (rule) return rule;
  const known = ALL_RULES.map((one) => one.id);
  throw messages.noRule(id, closest(id, known));
}
