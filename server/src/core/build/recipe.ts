// A recipe: what `preflens build` makes of which files. Its types, and what only the whole recipe shows.
import type { Json } from '../model/json.ts';
import type { COLUMN_VALUES, PAIR_CHOICES, REACTION_RECORDS } from './choices.ts';

/** The value of a column, and what it is computed from. */
export type ColumnValue = keyof typeof COLUMN_VALUES;

export interface ColumnStep {
  readonly step: 'column';
  readonly value: ColumnValue;
  readonly name?: string;
  readonly of?: string;
  readonly gamma?: number;
  readonly temperature?: number;
  readonly noise?: number;
  readonly base?: number;
  readonly scale?: number;
  readonly rate?: number;
  readonly stages?: number;
  readonly missing?: number | 'null' | 'drop';
  readonly replace?: boolean;
}

export type PairChoice = keyof typeof PAIR_CHOICES;

export interface PairsStep {
  readonly step: 'pairs';
  readonly choose: PairChoice;
  readonly to?: string;
  readonly gap?: number;
  readonly beta?: number;
  readonly count?: number;
  readonly threshold?: number;
}

export type SelectStep =
  | { readonly step: 'where'; readonly query: string }
  | {
      readonly step: 'band';
      readonly of: string;
      readonly from?: number;
      readonly to?: number;
      readonly by?: string;
    }
  | {
      readonly step: 'sample';
      readonly size?: number;
      readonly share?: number;
      readonly by?: string;
      readonly even?: boolean;
      readonly seed?: number;
    }
  | { readonly step: 'limit'; readonly per: string; readonly count: number; readonly best?: string }
  | { readonly step: 'diverse'; readonly distance: number; readonly best?: string };

export interface ConvertStep {
  readonly step: 'convert';
  readonly to: string;
  readonly threshold?: number | 'middle';
}

export interface NegativesStep {
  readonly step: 'negatives';
  readonly share: number;
  readonly to?: string;
}

export interface EditsStep {
  readonly step: 'edits';
  readonly draft?: string;
  readonly edited?: string;
  readonly least?: number;
  readonly to?: string;
}

export interface ReactionsStep {
  readonly step: 'reactions';
  readonly make: keyof typeof REACTION_RECORDS;
  readonly conversation?: string;
  readonly thumbs?: string;
  readonly confirmed?: boolean;
  readonly strict?: boolean;
  readonly to?: string;
}

export interface SplitStep {
  readonly step: 'split';
  readonly parts: Readonly<Record<string, number>>;
  readonly seed?: number;
}

/** Writes other records, which are then read again. */
export type RemakeStep = PairsStep | ConvertStep | NegativesStep | EditsStep | ReactionsStep;

export type Step = SelectStep | ColumnStep | { readonly step: 'source' } | RemakeStep | SplitStep;

/** What a build writes down, so that it can be repeated. */
export interface Built {
  readonly version: string;
  readonly inputs: readonly { readonly path: string; readonly sha256: string; readonly records: number }[];
  readonly outputs: readonly { readonly path: string; readonly sha256: string; readonly records: number }[];
}

export interface Recipe {
  readonly $schema?: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly codec?: string;
  readonly seed?: number;
  readonly steps: readonly Step[];
  readonly built?: Built;
}

/** True for a step that reads records which hold no preference yet. */
export function readsOther(step: Step): step is EditsStep | ReactionsStep {
  return step.step === 'edits' || step.step === 'reactions';
}

/** A fault that the schema can't detect, with its place; undefined if there is none. */
export function recipeFault({ steps }: Recipe): string | undefined {
  for (const [i, step] of steps.entries()) {
    const where = `steps.${i} (${step.step})`;
    if (step.step === 'split' && i < steps.length - 1) return `${where} must be the last step`;
    if (readsOther(step) && steps.slice(0, i).some((one) => one.step !== 'source'))
      return `${where} must be the first step; only "source" may come before it`;
    if (step.step === 'edits' && (step.draft === undefined) !== (step.edited === undefined))
      return `${where} needs both "draft" and "edited", or neither`;
    if (step.step === 'reactions' && step.make === 'answers' && (step.confirmed ?? step.strict) !== undefined)
      return `${where} has "confirmed" or "strict", which are for pairs`;
    if (step.step === 'sample' && (step.size === undefined) === (step.share === undefined))
      return `${where} needs either "size" or "share"`;
    if (step.step === 'sample' && step.even === true && step.by === undefined)
      return `${where} has "even" without "by"`;
    if (step.step === 'band' && (step.from ?? 0) > (step.to ?? 100)) return `${where} has "from" above "to"`;
    if (step.step === 'column' && step.value === 'copy' && step.name === undefined)
      return `${where} needs a "name"`;
  }
  return undefined;
}

/** A step in a few words, as the report names it. */
export function stepWords(step: Step): string {
  const { step: name, ...settings } = step;
  const said = Object.entries(settings).map(([key, value]: [string, Json]) =>
    typeof value === 'string' && !value.includes(' ') ? `${key} ${value}` : `${key} ${JSON.stringify(value)}`,
  );
  return [name, ...said].join(' ');
}
