// What a build did, as data and as text.
import type { Portrait } from '../portrait/portrait.ts';
import { plural } from '../words/numbers.ts';

export interface StepReport {
  /** The step and its settings. */
  readonly step: string;
  /** Records before and after it. */
  readonly before: number;
  readonly after: number;
  /** Sentences. */
  readonly notes: readonly string[];
}

export interface FileReport {
  readonly path: string;
  readonly sha256: string;
  readonly records: number;
}

/** A dataset in numbers. */
export interface Figures {
  readonly portrait: Pick<Portrait, 'counts' | 'lengths' | 'labels'>;
  /** Findings of single records by rule. */
  readonly findings: Readonly<Record<string, number>>;
}

export interface BuildReport {
  readonly recipe: string;
  readonly inputs: readonly FileReport[];
  /** Of each input that is not what it was, and so on: sentences. */
  readonly notes: readonly string[];
  readonly steps: readonly StepReport[];
  readonly outputs: readonly FileReport[];
  readonly before: Figures;
  /** Absent for a trial run. */
  readonly after?: Figures;
}

const number = (value: number): string => value.toLocaleString('en');

function stepLines({ steps }: BuildReport): readonly string[] {
  const width = Math.max(...steps.map(({ step }) => step.length));
  const [before, after] = [0, 1].map((i) =>
    Math.max(...steps.map((one) => number(i === 0 ? one.before : one.after).length)),
  );
  return steps.flatMap((one, i) => {
    const change = one.after - one.before;
    const said =
      change === 0 ? 'all kept' : change < 0 ? `${number(-change)} dropped` : `${number(change)} more`;
    return [
      `  ${String(i + 1).padStart(2)}  ${one.step.padEnd(width)}  ${number(one.before).padStart(before ?? 0)} → ${number(one.after).padStart(after ?? 0)}  ${said}`,
      ...one.notes.map((note) => `      ${note}`),
    ];
  });
}

function findingLines({ before, after }: BuildReport): readonly string[] {
  const rules = [...new Set([before, after].flatMap((one) => Object.keys(one?.findings ?? {})))].sort();
  if (rules.length === 0) return ['  none'];
  return rules.map(
    (rule) =>
      `  ${rule}: ${number(before.findings[rule] ?? 0)}${after ? ` → ${number(after.findings[rule] ?? 0)}` : ''}`,
  );
}

/**
 * The report in lines of text.
 * @param portraitOf the lines of a portrait
 */
export function reportLines(
  report: BuildReport,
  portraitOf: (portrait: Figures['portrait']) => readonly string[],
): readonly string[] {
  const { recipe, inputs, outputs, before, after, notes } = report;
  const files = (list: readonly FileReport[]): readonly string[] =>
    list.map(({ path, records, sha256 }) => `  ${path}: ${plural(records, 'record')}, sha256 ${sha256}`);
  return [
    `Build of ${recipe}`,
    '',
    'Inputs',
    ...files(inputs),
    ...notes.map((note) => `  ${note}`),
    '',
    'Steps',
    ...stepLines(report),
    '',
    'Outputs',
    ...(outputs.length === 0 ? ['  nothing is written: a trial run'] : files(outputs)),
    '',
    `Before: ${counted(before)}`,
    ...portraitOf(before.portrait),
    ...(after ? ['', `After: ${counted(after)}`, ...portraitOf(after.portrait)] : []),
    '',
    'Findings of single records',
    ...findingLines(report),
  ];
}

function counted({ portrait: { counts } }: Figures): string {
  const { records, pairs, ties, judgements } = counts;
  return [
    plural(records, 'record'),
    ...(pairs > 0 ? [plural(pairs, 'pair')] : []),
    ...(ties > 0 ? [plural(ties, 'tie')] : []),
    ...(judgements > 0 ? [plural(judgements, 'single answer')] : []),
  ].join(', ');
}
