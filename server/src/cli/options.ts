// Options that several commands share, and what their values are read as.
import type { Command as Program } from 'commander';
import { InvalidArgumentError, Option } from 'commander';

import type { FailOn, FormatName } from './choices.ts';
import { FAIL_ON, FORMAT_NAMES } from './choices.ts';

export function toNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('expected a number, 0 or more.');
  return value;
}

export function toPosition(text: string): number {
  const value = toNumber(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('expected a whole number from 1.');
  return value;
}

function toWords(text: string): readonly string[] {
  const words = text.split(' ').filter((word) => word !== '');
  if (words.length === 0) throw new InvalidArgumentError('expected a program, and its arguments.');
  return words;
}

export const SEED = ['--seed <n>', 'seed of folds and fits', toNumber, 1] as const;
export const MODEL = ['--model <folder>', 'score with the reward model in this folder'] as const;
export const VERIFY = [
  '--verify <command>',
  'score with this command, which ends with 0 for a right answer and 1 for a wrong one; its words are separated by spaces, and no shell reads them',
  toWords,
] as const;
export const GROUP = [
  '--group-by <field>',
  'the field whose values are groups, or "none"; default: the one that predicts labels best',
] as const;
export const JSON_OUT = ['--json', 'print JSON', false] as const;
export const NO_SCORE = ['--no-score', 'skip findings from scores'] as const;
export const BUDGET = ['--budget <percent>', 'percentage of the pairs to review', toNumber, 1] as const;
export const WHERE = [
  '--where <query>',
  'only pairs that a query selects, such as: margin<0 source:hh; `preflens explain query` has the language',
] as const;
export const BASELINE = ['--baseline <file>', 'another baseline than .preflens/baseline.json'] as const;

export interface Common {
  readonly seed: number;
  readonly groupBy?: string;
  readonly model?: string;
  readonly verify?: readonly string[];
}

export interface Checking extends Common {
  readonly score: boolean;
  readonly budget: number;
  readonly baseline: string | boolean;
}

/** The options of a report, as commander gives them. */
export interface Reporting {
  readonly format: FormatName;
  readonly out?: string;
  readonly maxFindings?: number;
  readonly failOn: FailOn;
  readonly baseline: string | boolean;
}

/** Gives a command the options of a report. */
export function reporting(command: Program): Program {
  return command
    .addOption(new Option('--format <name>', 'format of the report').choices(FORMAT_NAMES).default('text'))
    .option('--out <file>', 'write the report to a file instead of standard output')
    .option('--max-findings <n>', 'maximum findings to list, most severe first; default: all', toNumber)
    .addOption(
      new Option('--fail-on <severity>', 'minimum severity for exit code 1')
        .choices([...FAIL_ON])
        .default('warning'),
    )
    .option(...BASELINE)
    .option('--no-baseline', 'ignore the baseline');
}
