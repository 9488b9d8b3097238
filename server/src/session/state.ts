// How far an open file is, as views read it.
import type { FileSettings } from '#node/config.ts';
import type { OwnTemplate } from '#node/scorers/templates.ts';
import type { Phase } from '#protocol/editor/status.ts';

import type { OpenDataset } from './dataset.ts';

/** Lines from 0, the end exclusive. */
export type Lines = readonly [start: number, end: number];

export interface FileState {
  readonly phase: Phase;
  /** Why scoring failed or was not tried, or why the file cannot be read. */
  readonly reason?: string;
  /** While scoring: "Scoring 42 %, about 8 s left". */
  readonly progress?: string;
}

export interface OpenFile {
  readonly dataset: OpenDataset;
  readonly state: FileState;
  /** Duplicates are being searched, for so long that people should know. */
  readonly isRelating: boolean;
  /** What preflens.json and the editor set for it; undefined until it is read. */
  readonly settings: FileSettings | undefined;
  /** Models of preflens.json that have a chat template. */
  readonly templates: readonly OwnTemplate[];
}
