// What sessions need of the program around them, and what they tell it. The language server is one host, tests are another.
import type { Disk } from '#node/diskTools.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import type { EditMade } from '#protocol/editor/edits.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { Found } from '#protocol/editor/rows.ts';

import type { OpenDataset } from './dataset.ts';
import type { RecordEdits } from './planEdit.ts';
import type { OpenFile } from './state.ts';

export type MessageKind = 'info' | 'warning' | 'error';

/** A progress item that the person can cancel. */
export interface Progress {
  /** 0 to 1. */
  report(done: number, text: string): void;
  end(): void;
}

/** What sessions tell. */
export interface Listener {
  /** Text, findings or scores changed: what an editor shows is out of date. */
  changed(dataset: OpenDataset): void;
  closed(uri: string): void;
  /** How far a file is, or what is known of it, changed. */
  status(file: OpenFile): void;
  /** An edit is pending that undo can take back. */
  edited(made: EditMade): void;
  /** A search of a whole file went on. */
  found(found: Found): void;
  /** To the person. */
  message(kind: MessageKind, text: string): void;
  log(level: 'info' | 'warn' | 'error', text: string): void;
  progress(title: string, onCancel: () => void): Progress;
}

export interface Host extends Listener {
  disk(): Disk;
  settings(): Settings;
  /** Requests the settings from the client again. */
  reloadSettings(): void;
  /** Resolves when the settings are those of the client. */
  settingsLoaded(): Promise<void>;
  /** The person trusts the workspace. */
  isTrusted(): boolean;
  /** What scorers of preflens.json may use for the file at a uri. */
  machineFor(uri: string): ScorerMachine;
  /**
   * Edits records of a text that an editor holds, in one step.
   * @param preview the editor shows the changes under this name first; that the person leaves them is no fault
   */
  applyEdit(
    dataset: OpenDataset,
    edits: readonly RecordEdits[],
    label: string,
    preview?: string,
  ): Promise<Outcome>;
}
