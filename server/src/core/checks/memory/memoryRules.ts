// Findings about the decisions file itself.
import type { Rule } from '../check.ts';

export const unusedSuppression: Rule = {
  id: 'unused-suppression',
  severity: 'information',
  title: 'A decision to keep a pair is no longer needed',
  why: 'Someone decided to ignore a finding of this pair, but the rule no longer reports it: the pair was fixed, or the rule changed. Unused decisions make the needed ones hard to see.',
  example:
    '.preflens/decisions.jsonl names a pair and "refusal-chosen", but the chosen answer has been rewritten since.',
  remedy: 'Remove the line from .preflens/decisions.jsonl: `preflens baseline --prune` does it.',
  source: 'ESLint, ruff: unused suppressions',
};

export const decisionConflict: Rule = {
  id: 'decision-conflict',
  severity: 'warning',
  title: 'Two decisions about the same finding disagree',
  why: 'After a merge, .preflens/decisions.jsonl has two lines for one pair and rule that disagree. PrefLens shows the finding until one line is removed.',
  example: 'One line keeps the pair; the other keeps it and calls it wrong.',
  remedy: 'Read the pair and delete one of the two lines.',
};
