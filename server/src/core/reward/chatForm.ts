// The chat template of a model folder, and the tokens of its tokenizer that a template writes.

/** A chat template, and the special tokens that it may name. */
export interface ChatForm {
  readonly template: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/** The files of a folder that say how conversations are written. Absent ones are undefined. */
export interface ChatFiles {
  /** `chat_template.jinja`; takes precedence over the template in tokenizer_config.json. */
  readonly chatTemplate?: string;
  readonly tokenizerConfig?: Readonly<Record<string, unknown>>;
}

export const TEMPLATE_FILE = 'chat_template.jinja';
export const TOKENIZER_CONFIG = 'tokenizer_config.json';

/** A token's text: a plain string, or the `content` of an added token. */
export function tokenText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const content = (value as { content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : undefined;
}

function templateOf({ chatTemplate, tokenizerConfig }: ChatFiles): string | undefined {
  if (chatTemplate !== undefined) return chatTemplate;
  const template = tokenizerConfig?.['chat_template'];
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as readonly { name?: unknown; template?: unknown }[];
  const chosen = named.find(({ name }) => name === 'default') ?? named[0];
  return typeof chosen?.template === 'string' ? chosen.template : undefined;
}

/** Undefined if the folder has no chat template. */
export function chatFormOf(files: ChatFiles): ChatForm | undefined {
  const template = templateOf(files);
  if (template === undefined) return undefined;
  const tokens = Object.fromEntries(
    ['bos_token', 'eos_token', 'pad_token', 'unk_token'].flatMap((name) => {
      const text = tokenText(files.tokenizerConfig?.[name]);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  return { template, tokens };
}

/** The tokens that tokenizer_config.json adds to the vocabulary; undefined where only tokenizer.json lists them. */
export function addedByConfig(config: ChatFiles['tokenizerConfig']): readonly string[] | undefined {
  const decoder = config?.['added_tokens_decoder'];
  return typeof decoder === 'object' && decoder !== null
    ? Object.values(decoder).flatMap((token) => tokenText(token) ?? [])
    : undefined;
}

/** The tokens that tokenizer.json adds to the vocabulary. */
export function addedByTokenizer(
  tokenizer: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  const added = tokenizer?.['added_tokens'];
  return Array.isArray(added) ? added.flatMap((token: unknown) => tokenText(token) ?? []) : [];
}

/** A half-open range in UTF-16 units. */
export interface TokenPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds added tokens in texts as tokenizers do: they come first, and of several that begin at one place the longest counts.
 * Runs of white space are left out: some vocabularies have them, and they would mark every indent.
 */
export function tokenFinder(added: readonly string[]): (text: string, max: number) => readonly TokenPlace[] {
  const shown = [...new Set(added)].filter((token) => token.trim() !== '');
  if (shown.length === 0) return () => [];
  const longestFirst = shown.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    longestFirst.map((token) => token.replace(/[|\\{}()[\]^$+*?.]/g, '\\$&')).join('|'),
    'g',
  );
  return (text, max) => {
    const places: TokenPlace[] = [];
    for (const { 0: token, index } of text.matchAll(pattern)) {
      if (places.length === max) break;
      places.push({ start: index, end: index + token.length });
    }
    return places;
  };
}
