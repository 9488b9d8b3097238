// Small tokenizers of each kind, in tokenizer.json form.

const WORDS =
  'the a of to and in is it you that he was for on are with as his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find any new work part take get place made live where after back little only round man year came show every good me give our under'.split(
    ' ',
  );

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789.,:;?!\'"()-/'];

/** Special tokens, with the same ids in all three. */
export const SPECIALS = { pad: 0, unk: 1, cls: 2, sep: 3, user: 4, assistant: 5 } as const;

export type Kind = 'wordpiece' | 'bpe' | 'unigram';

const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  wordpiece: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '<|user|>', '<|assistant|>'],
  bpe: ['<pad>', '<unk>', '<s>', '</s>', '<|user|>', '<|assistant|>'],
  unigram: ['<pad>', '<unk>', '<s>', '</s>', '<|user|>', '<|assistant|>'],
};

/** The printable characters that byte-level BPE writes bytes as. */
function byteLetters(): string[] {
  const printable = [...range(33, 127), ...range(161, 173), ...range(174, 256)];
  let next = 256;
  return range(0, 256).map((byte) => String.fromCharCode(printable.includes(byte) ? byte : next++));
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const pairTemplate = (cls: string, sep: string, isPair: boolean) => [
  { SpecialToken: { id: cls, type_id: 0 } },
  { Sequence: { id: 'A', type_id: 0 } },
  { SpecialToken: { id: sep, type_id: 0 } },
  ...(isPair ? [{ Sequence: { id: 'B', type_id: 1 } }, { SpecialToken: { id: sep, type_id: 1 } }] : []),
];

function wordPiece(names: readonly string[]) {
  const pieces = [...names, ...LETTERS, ...LETTERS.map((letter) => `##${letter}`), ...WORDS];
  return {
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries([...new Set(pieces)].map((piece, id) => [piece, id])),
    },
  };
}

function bpe(names: readonly string[]) {
  const vocabulary = new Set([...names, ...byteLetters()]);
  const merges: string[] = [];
  for (const word of WORDS.filter(({ length }) => length < 6)) {
    let left = 'Ġ';
    for (const letter of word) {
      const merge = `${left} ${letter}`;
      if (!merges.includes(merge)) merges.push(merge);
      left += letter;
      vocabulary.add(left);
    }
  }
  return {
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      vocab: Object.fromEntries([...vocabulary].map((piece, id) => [piece, id])),
      merges,
    },
  };
}

function unigram(names: readonly string[]) {
  const pieces = [...names, '▁', ...LETTERS, ...WORDS.map((word) => `▁${word}`)];
  return {
    normalizer: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: {
      type: 'Unigram',
      unk_id: 1,
      byte_fallback: false,
      vocab: [...new Set(pieces)].map((piece, id) => [piece, id < names.length ? 0 : -Math.log(2 + id)]),
    },
  };
}

/** Parsed tokenizer.json and tokenizer_config.json. */
export function makeTokenizer(kind: Kind, chatTemplate?: string) {
  const names = NAMES[kind];
  const [pad = '', unk = '', cls = '', sep = ''] = names;
  const special_tokens = Object.fromEntries(
    [cls, sep].map((id) => [id, { id, ids: [names.indexOf(id)], tokens: [id] }]),
  );
  const parts = { wordpiece: wordPiece, bpe, unigram }[kind](names);
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: names.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    ...parts,
    post_processor: {
      type: 'TemplateProcessing',
      single: pairTemplate(cls, sep, false),
      pair: pairTemplate(cls, sep, true),
      special_tokens,
    },
    decoder: null,
  };
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    pad_token: pad,
    unk_token: unk,
    bos_token: cls,
    eos_token: sep,
    cls_token: cls,
    sep_token: sep,
    ...(chatTemplate !== undefined && { chat_template: chatTemplate }),
  };
  const vocab = parts.model.vocab;
  return { json, config, size: Array.isArray(vocab) ? vocab.length : Object.keys(vocab).length };
}

/** A minimal chat template. */
export const CHAT_TEMPLATE =
  "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}<|assistant|>{{ m['content'] | trim }}{{ eos_token }}{% else %}<|user|>{{ m['content'] }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
