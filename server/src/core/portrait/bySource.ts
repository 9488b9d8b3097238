// How each scorer does on the parts of a file: whether it prefers the chosen answer, and whether it is as sure as it should be.
import type { Estimate } from '../checks/dataset/effects.ts';
import { wilson } from '../checks/dataset/effects.ts';
import { CalibrationCounter } from './calibration.ts';

/** Which part each pair belongs to: the value of a field of its record. */
export interface Parts {
  readonly field: string;
  /** The most frequent first. */
  readonly names: readonly string[];
  /** The number of its name; −1 for a record that was not read. */
  readonly partOf: (file: number, record: number) => number;
}

export interface PartScores {
  readonly name: string;
  /** In the order of the scorers: of the scored pairs with a margin other than 0, the share whose chosen answer it prefers. */
  readonly accuracy: readonly { readonly of: number; readonly share: Estimate }[];
  /** Of a calibrated ranking: the expected calibration error over so many pairs. */
  readonly calibration?: { readonly of: number; readonly error: number };
}

export interface BySource {
  readonly field: string;
  readonly scorers: readonly string[];
  readonly parts: readonly PartScores[];
}

/** Below, each share has an interval as wide as the difference that people look for. */
const MIN_SCORED = 30;

/** Few pairs leave every bin nearly empty: then chance alone makes a large error. */
const MIN_CALIBRATED = 200;

const MAX_PARTS = 24;

/** Counts margins by part; the first scorer's are log-odds if it is calibrated. */
export class PartCounter {
  readonly #parts: Parts;
  readonly #scorers: readonly string[];
  /** Agreeing and disagreeing margins, by part and scorer. */
  readonly #counts: Uint32Array;
  readonly #calibrations: readonly CalibrationCounter[];

  constructor(parts: Parts, scorers: readonly string[], isCalibrated: boolean) {
    this.#parts = { ...parts, names: parts.names.slice(0, MAX_PARTS) };
    this.#scorers = scorers;
    this.#counts = new Uint32Array(this.#parts.names.length * scorers.length * 2);
    this.#calibrations = isCalibrated ? this.#parts.names.map(() => new CalibrationCounter()) : [];
  }

  /** The part of a record; −1 for none. */
  partOf(file: number, record: number): number {
    const part = this.#parts.partOf(file, record);
    return part < this.#parts.names.length ? part : -1;
  }

  add(part: number, scorer: number, margin: number): void {
    if (margin > 0 || margin < 0) {
      const at = 2 * (part * this.#scorers.length + scorer) + (margin > 0 ? 0 : 1);
      this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    }
    if (scorer === 0) this.#calibrations[part]?.add(margin);
  }

  /** Undefined if no two parts have enough scored pairs. */
  get bySource(): BySource | undefined {
    const parts = this.#parts.names.flatMap((name, part): PartScores[] => {
      const accuracy = this.#scorers.map((_, scorer) => {
        const at = 2 * (part * this.#scorers.length + scorer);
        const [right, wrong] = [this.#counts[at] ?? 0, this.#counts[at + 1] ?? 0];
        return { of: right + wrong, share: wilson(right, right + wrong) };
      });
      if ((accuracy[0]?.of ?? 0) < MIN_SCORED) return [];
      const known = this.#calibrations[part]?.calibration;
      const of = known?.bins.reduce((sum, { count }) => sum + count, 0) ?? 0;
      const calibration = known && of >= MIN_CALIBRATED ? { of, error: known.error } : undefined;
      return [{ name, accuracy, ...(calibration && { calibration }) }];
    });
    return parts.length < 2 ? undefined : { field: this.#parts.field, scorers: this.#scorers, parts };
  }
}
