// Chat templates as tokenizers of each kind carry them, with the tokens that they name.

interface PublishedTemplate {
  readonly source: string;
  readonly bos: string;
  readonly eos: string;
}

/** By the id of our own rendering of it. */
export const PUBLISHED: Readonly<Record<string, PublishedTemplate>> = {
  chatml: {
    source:
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}",
    bos: '',
    eos: '<|im_end|>',
  },
  'llama-3': {
    source:
      "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}",
    bos: '<|begin_of_text|>',
    eos: '<|eot_id|>',
  },
  'llama-2': {
    source:
      "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    bos: '<s>',
    eos: '</s>',
  },
  mistral: {
    source:
      "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}{% endif %}{% endfor %}",
    bos: '<s>',
    eos: '</s>',
  },
  zephyr: {
    source:
      "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% endfor %}",
    bos: '<s>',
    eos: '</s>',
  },
  gemma: {
    source:
      "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}",
    bos: '<bos>',
    eos: '<eos>',
  },
};

/** The files of a tokenizer that lists its added tokens in its config, as newer ones do. */
export function tokenizerConfig(
  { source, bos, eos }: PublishedTemplate,
  added: readonly string[],
): Record<string, unknown> {
  return {
    chat_template: source,
    ...(bos !== '' && { bos_token: bos }),
    eos_token: { content: eos, special: true },
    added_tokens_decoder: Object.fromEntries(
      added.map((content, id) => [id, { content, special: true, normalized: false }]),
    ),
  };
}
