// Models of preflens.json.

/** What a check of a model folder found, a sentence each. */
export interface ModelCheck {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}
