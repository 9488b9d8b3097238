// Token strings: what the chat templates of a person's own models make of the two conversations of a pair.

/** A model that preflens.json names for a file. */
export interface TemplateView {
  readonly id: string;
  /** The model's name. */
  readonly title: string;
}

/** A message as the dataset has it; the template gets its role in the usual words. */
export interface ChatMessage {
  readonly role: string;
  readonly text: string;
}

export type Conversation = readonly ChatMessage[];

export interface TokenString {
  readonly text: string;
  /** Where it holds tokens that the tokenizer adds to its vocabulary, in order; the first ones of very many. */
  readonly tokens: readonly { readonly start: number; readonly end: number }[];
}

/**
 * `untrusted`: the workspace is. `unnamed`: preflens.json names the model no more. `missing`: its folder has no template.
 * `unreadable`: a file of it. `faulty`: the template itself. `refused`: by the template, or a step of it failed. `long`: the
 * string is longer than `MAX_TOKEN_STRING`. `slow`: it took longer than `detail` seconds. `ended`: its process did.
 */
export type TemplateFaultKind =
  'untrusted' | 'unnamed' | 'missing' | 'unreadable' | 'faulty' | 'refused' | 'long' | 'slow' | 'ended';

export interface TemplateFault {
  readonly kind: TemplateFaultKind;
  /** The file or folder that it is about. */
  readonly at: string;
  /** The words of the program that found it. */
  readonly detail: string;
}

export type Written =
  { readonly ok: true; readonly value: TokenString } | { readonly ok: false; readonly fault: TemplateFault };

/** One for each conversation. */
export interface TokenStringsRequest {
  readonly template: string;
  readonly conversations: readonly Conversation[];
}
