// The values that options take, apart from the code behind them.
import type { Severity } from '#core/model/finding.ts';
import type { TableCodec } from '#node/parquet/write.ts';

const namesOf = <Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] =>
  Object.keys(names) as Name[];

/** Formats of a report. */
export const FORMAT_NAMES = ['text', 'json', 'markdown', 'github', 'sarif', 'html'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** Minimum severity for exit code 1. */
export const FAIL_ON = ['error', 'warning', 'information', 'never'] as const satisfies readonly (
  Severity | 'never'
)[];
export type FailOn = (typeof FAIL_ON)[number];

export const ROW_FORMATS = ['text', 'jsonl', 'json', 'records'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

export const CODECS = namesOf<TableCodec>({
  none: true,
  snappy: true,
  gzip: true,
  brotli: true,
  zstd: true,
  lz4: true,
});

/** The formats of trainers that `convert` writes: the ids of its table, which a start need not load for them. */
export const TRAINER_FORMATS = [
  'trl-explicit',
  'trl-implicit',
  'trl-messages',
  'trl-messages-implicit',
  'trl-unpaired',
  'openrlhf',
  'axolotl',
  'axolotl-prompt-pairs',
  'axolotl-intel',
  'axolotl-icr',
  'axolotl-argilla',
  'llamafactory',
  'llamafactory-alpaca',
  'llamafactory-kto',
  'ms-swift',
  'nemo-aligner',
  'nemo-rl',
  'torchtune',
  'openai-preference',
  'verl',
  'xtuner',
] as const;

export const REVIEW_FORMATS = ['text', 'json'] as const;
export type ReviewFormat = (typeof REVIEW_FORMATS)[number];

/** Reports of a comparison. */
export const DIFF_FORMATS = ['text', 'json', 'markdown'] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];

/** Reports of a build. */
export const BUILD_FORMATS = ['text', 'json'] as const;

/** Shells whose completion is written. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];
