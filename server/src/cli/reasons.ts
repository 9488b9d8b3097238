// The scored pairs of a file with the reasons of their margins.
import type { Ensemble, MemberReason } from '#core/reward/ensemble.ts';
import type { FittedModels, Grouping } from '#core/score/model.ts';
import { readWantedPairs } from '#node/engine.ts';
import { inBatches } from '#node/recordBatches.ts';
import type { SharedFit } from '#node/sharedFit.ts';
import { shareFit } from '#node/sharedFit.ts';
import type { SurveyedFile } from '#node/survey.ts';

import type { Command } from './command.ts';

export interface ToldPair {
  /** Number in the file. */
  readonly number: number;
  /** Undefined if no scorer has any. */
  readonly reasons?: readonly MemberReason[];
}

/** The pairs of a file for which `isScored` is true, in file order. */
export type TellReasons = (
  file: SurveyedFile,
  /** The name of the file, if the dataset has several. */
  name: string | undefined,
  isScored: (number: number) => boolean,
) => AsyncIterable<ToldPair>;

/** From the models of a fit, by threads. */
export function fitReasons(
  { ranges, signal }: Command,
  fitted: FittedModels,
  grouping: Grouping,
): TellReasons {
  let fit: SharedFit | undefined;
  return async function* told({ file: { path, records }, survey: { facts, recognition } }, name, isScored) {
    const shared = (fit ??= shareFit(fitted));
    const numbersOf = (record: number): number[] => {
      const [first, end] = facts.pairsOf(record);
      return Array.from({ length: end - first }, (_, index) => first + index);
    };
    const wanted = records((record) => numbersOf(record).some(isScored));
    const explained = inBatches(path, wanted, ranges.width, async (batch) =>
      ranges.run(
        'explain',
        { ...batch, recognition, fit: shared, grouping, file: name },
        () => undefined,
        signal,
      ),
    );
    for await (const { records: own, result } of explained) {
      const numbers = [...own].flatMap(numbersOf);
      for (const [i, number] of numbers.entries())
        if (isScored(number)) yield { number, reasons: result.reasons[i] ?? [] };
    }
  };
}

/** From the members of an ensemble that have reasons. */
export function ensembleReasons({ members }: Ensemble): TellReasons {
  const explaining = members.filter((member) => 'explain' in member);
  return async function* told({ file, survey: { facts, recognition } }, name, isScored) {
    if (explaining.length === 0) {
      for (let number = 0; number < facts.pairCount; number++) if (isScored(number)) yield { number };
      return;
    }
    for await (const { number, pair, value } of readWantedPairs(file.records, recognition, facts, isScored))
      yield {
        number,
        reasons: explaining.flatMap((one) => one.explain?.(pair, value, undefined, name) ?? []),
      };
  };
}
