// What a client can do, and what people can set.

import type { Language } from '#core/words/translate.ts';

import type { WebHome } from './web.ts';

/** In `initializationOptions`. All of it is optional. */
export interface ClientOptions {
  /** The client has a `preflens.compare` command: lenses and actions may name it. */
  readonly compare?: boolean;
  /** The client sends `preflens/visible`: lenses are made for the visible lines alone. */
  readonly visibleLines?: boolean;
  /** The client listens to `preflens/status`. Others would only log that they do not know it. */
  readonly status?: boolean;
  readonly settings?: Partial<Settings>;
  /** False where models and servers that the folder names must not be used. Absent: they may. */
  readonly trusted?: boolean;
  /** The client has a `preflens.keep` command, which asks for a reason. */
  readonly decisions?: boolean;
  /** The client has a `preflens.showRule` command: codes of diagnostics lead to it. */
  readonly ruleLinks?: boolean;
  /** The client answers `preflens/secret`. */
  readonly secrets?: boolean;
  /** The client answers `preflens/holds`. */
  readonly holds?: boolean;
  /** Where the client wants indexes and unsaved edits kept. */
  readonly cacheFolder?: string;
  /** For the server in a browser: the file system of the workspace. */
  readonly home?: WebHome;
  /** Of the pages that show what the server writes. Absent: English. */
  readonly language?: Language;
}

export type CodeLensSetting = 'auto' | 'all' | 'findings' | 'off';

/** What people can set. The same names stand in the manifest under `preflens.`; a test compares them. */
export interface Settings {
  /** Score a file as soon as it is opened. */
  readonly scoreOnOpen: boolean;
  /** Which records get code lenses; `auto` decides by the lines that they would cost. */
  readonly codeLens: CodeLensSetting;
  /** Percent of the pairs to put up for review. */
  readonly reviewPercent: number;
  /** Field whose values get a model each; empty for none. */
  readonly groupBy: string;
  readonly seed: number;
  /** Memory to stay inside, in MB: threads and sketches are cut to it. */
  readonly memoryMb: number;
  /** Memory that models may take, in MB; 0 for half of the machine's. */
  readonly modelMemoryMb: number;
  /** As `rules` in preflens.json, which counts before it. */
  readonly rules: Readonly<Record<string, unknown>>;
  readonly run: 'type' | 'save' | 'demand';
  readonly timeBudgetMs: number;
}
