// How a page draws records. Each kind of page has options of its own, remembered for the workspace.
export interface ViewOptions {
  /** Texts character by character, in place of rendered Markdown. */
  readonly isRaw: boolean;
  /** Words that only one of two answers has are marked. */
  readonly showsDifferences: boolean;
  /** Words or tokens that raised or lowered the margin are marked. */
  readonly showsWords: boolean;
  /** Of tokens, only those that the answers do not have in common. */
  readonly onlyDifferences: boolean;
  /** Scrolling one answer scrolls the other. */
  readonly scrollsTogether: boolean;
  /** The list of other fields is open. */
  readonly showsFields: boolean;
  /** All candidates of the record are shown, in place of the two of the pair. */
  readonly showsCandidates: boolean;
  /** The compare view stays at its pair, wherever the cursor of a text editor goes. */
  readonly isPinned: boolean;
  /** Id of the chat template, of ours or of a `TemplateView`, whose token strings are shown, in place of the answers. */
  readonly template?: string | undefined;
  /** The scorer whose numbers mark the answers: the title of a `TokenScorerView`, or '' for the built-in one. */
  readonly wordsBy?: string;
}

/** Those that are on or off. */
export type ViewOption = Exclude<keyof ViewOptions, 'template' | 'wordsBy'>;
