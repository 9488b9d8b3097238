import type { SourceTold } from '../../facts/told.ts';
import type { Polarity } from '../../mapping/polarity/polarity.ts';
import type { Options, Rule } from '../check.ts';
import type { LabelEffects } from './labelEffects.ts';

/** Facts about a whole file. */
export interface WholeFile {
  readonly labels: LabelEffects;
  /** The label chooses between a first and a second answer. */
  readonly hasLabel: boolean;
  /** Unread fields that look like part of the prompt. */
  readonly unread: readonly string[];
  /** Whether a field with the origin of answers tells their labels; undefined without such a field. */
  readonly source: SourceTold | undefined;
  /** How the meaning of the label was decided; undefined if the schema or preflens.json fixes it. */
  readonly polarity: Polarity | undefined;
  /** Uncompressed bytes of each row group; empty unless the file is a table. */
  readonly rowGroups: readonly number[];
}

/** A check of a whole file. Returns the message of its one finding. */
export interface DatasetCheck extends Rule {
  readonly checkDataset: (file: WholeFile, options: Options) => string | undefined;
}
