// The ways in which a conversation is written into one text: markers open the turns. Chat templates use special tokens,
// older datasets words such as "### Human:".

/** One way to write a conversation as a text. */
export interface Markers {
  /** Whether a text is such a conversation, from its first character on. */
  readonly whole: RegExp;
  /** Whether a text is such a conversation up to where the next answer begins. */
  readonly prompt: RegExp;
  /** The start of a turn; one of its groups names the speaker. The blanks behind a marker belong to it. */
  readonly turn: RegExp;
}

const template = (start: RegExp, turn: RegExp): Markers => ({ whole: start, prompt: start, turn });

/** Turns begin with "\n\nHuman:" or "\n\nAssistant:", as in Anthropic's HH data. The first may have lost its blank line. */
export const HH: Markers = {
  whole: /^[^]*\n\nAssistant:/,
  prompt: /^\s*Human:[^]*\n\nAssistant:\s*$/,
  turn: /\n\n(Human|Assistant):/g,
};

/** Special tokens of chat templates: no person writes a text that begins with them. */
export const TEMPLATES: readonly Markers[] = [
  // NeMo
  template(/^<extra_id_[01]>[^\n<]+\n/, /<extra_id_[01]>([^\n<]+)\n/g),
  // ChatML
  template(/^\s*<\|im_start\|>\w+\r?\n/, /<\|im_start\|>(\w+)(?:\r?\n)?/g),
  // Llama 3
  template(
    /^\s*(?:<\|begin_of_text\|>\s*)?<\|start_header_id\|>\w+<\|end_header_id\|>/,
    /<\|start_header_id\|>(\w+)<\|end_header_id\|>(?:\r?\n){0,2}/g,
  ),
  // Llama 2 and Mistral
  template(/^\s*(?:<s>\s*)?\[INST\][^]*\[\/INST\]/, /(\[INST\]|\[\/INST\]|<<SYS>>|<<\/SYS>>)\s?/g),
  // Gemma
  template(/^\s*(?:<bos>\s*)?<start_of_turn>\w+\r?\n/, /<start_of_turn>(\w+)(?:\r?\n)?/g),
  // Zephyr, Phi, Tulu and OpenAssistant
  template(
    /^\s*(?:<s>\s*)?<\|(?:system|user|prompter)\|>(?:\r?\n|[^]*<\|assistant\|>)/,
    /<\|(system|user|prompter|assistant)\|>(?:\r?\n)?/g,
  ),
  // DeepSeek
  template(/^\s*(?:<｜begin▁of▁sentence｜>[^<]*)?<｜User｜>/, /<｜(User|Assistant)｜>/g),
  // Cohere
  template(
    /^\s*(?:<BOS_TOKEN>\s*)?<\|START_OF_TURN_TOKEN\|><\|\w+_TOKEN\|>/,
    /<\|START_OF_TURN_TOKEN\|><\|(\w+)_TOKEN\|>/g,
  ),
  // OpenAI's open models
  template(
    /^\s*<\|start\|>\w+(?:<\|channel\|>\w+)?<\|message\|>/,
    /<\|start\|>(\w+)(?:<\|channel\|>\w+)?<\|message\|>/g,
  ),
];

/** How prompts of Alpaca and Vicuna begin; the text before the first marker is for the system. */
const ALPACA = '\\s*(?:Below is an instruction [^]{0,400}?)?';
const VICUNA = '\\s*(?:A chat between [^]{0,400}?\\s)?';

/** Markers in words, each at the start of a line; USER and ASSISTANT also after a blank. */
const WORDS: readonly Markers[] = [
  {
    whole: new RegExp(`^${ALPACA}###\\s*(?:Human|User|Instruction):[^]*###\\s*(?:Assistant|Response):`),
    prompt: new RegExp(`^${ALPACA}###\\s*(?:Human|User|Instruction):[^]*###\\s*(?:Assistant|Response):\\s*$`),
    turn: /(?:^|\n)[ \t]*###\s*(Human|User|Instruction|Assistant|Response|System):[ \t]*(?:\r?\n)?/g,
  },
  {
    whole: new RegExp(`^${VICUNA}(?:USER|User):[^]*\\s(?:ASSISTANT|Assistant):`),
    prompt: new RegExp(`^${VICUNA}(?:USER|User):[^]*\\s(?:ASSISTANT|Assistant):\\s*$`),
    turn: /(?:^|\s)(USER|ASSISTANT):|(?:^|\n)[ \t]*(User|Assistant):/g,
  },
];

/** All ways but that of HH. */
export const MARKERS: readonly Markers[] = [...TEMPLATES, ...WORDS];

/** Who speaks after a marker that does not name a speaker. */
export const SPEAKERS: Readonly<Record<string, string>> = {
  Instruction: 'user',
  Response: 'assistant',
  '[INST]': 'user',
  '[/INST]': 'assistant',
  '<<SYS>>': 'system',
  '<</SYS>>': 'user',
};

/** Tokens that begin a text, before its first turn. */
export const BEGINNING = /^\s*(?:<s>|<bos>|<BOS_TOKEN>|<\|begin_of_text\|>|<｜begin▁of▁sentence｜>)+/;

/** Tokens that end a turn, with the blanks around them. */
export const ENDING =
  /(?:\s*(?:<\/?s>|<\|(?:im_end|eot_id|eom_id|end|end_of_text|endoftext|return|END_OF_TURN_TOKEN)\|>|<end_of_turn>|<eos>|<｜end▁of▁sentence｜>))+\s*$/;
