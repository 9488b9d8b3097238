import type { Options, Rule } from '../check.ts';
import type { Portrait } from './portrait.ts';

/** What is known of a file as a whole. */
export interface WholeFile {
  readonly portrait: Portrait;
  /** A label chooses between a first and a second answer. */
  readonly hasLabel: boolean;
  /** Fields that look like the prompt and are not read. */
  readonly unread: readonly string[];
  /** Bytes of the row groups, unpacked; none where it is no table. */
  readonly rowGroups: readonly number[];
}

/** A rule about a whole file: at most one finding, given by its message. */
export interface DatasetCheck extends Rule {
  readonly checkDataset: (file: WholeFile, options: Options) => string | undefined;
}
