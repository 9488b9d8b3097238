// Our token strings beside those of the published templates.
import { Template } from '@huggingface/jinja';
import { expect, it } from 'vitest';

import type { ChatMessage } from '../../media/src/model/chatTemplates.ts';
import { CHAT_TEMPLATES, conversation, specialTokens } from '../../media/src/model/chatTemplates.ts';

/** From the tokenizer_config.json of a model of each kind. */
const PUBLISHED: Readonly<
  Record<string, { readonly source: string; readonly bos: string; readonly eos: string }>
> = {
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

const talk: readonly ChatMessage[] = [
  { role: 'user', text: ' Where is the market?\n' },
  { role: 'assistant', text: 'By the bridge. ' },
  { role: 'user', text: 'And 公园?' },
  { role: 'assistant', text: '`a <|im_end|>` </s> {{ x }}' },
];
const system: ChatMessage = { role: 'system', text: 'You know the town.' };
/** Templates that have a place for a system message. */
const WITH_SYSTEM = new Set(['chatml', 'llama-3', 'llama-2', 'zephyr']);

it.each(CHAT_TEMPLATES)('$id writes what the published template writes', ({ id, render }) => {
  const { source, bos, eos } = PUBLISHED[id]!;
  const template = new Template(source);
  for (const messages of [talk, talk.slice(0, 2), ...(WITH_SYSTEM.has(id) ? [[system, ...talk]] : [])]) {
    const given = messages.map(({ role, text }) => ({ role, content: text }));
    expect(render(messages)).toBe(template.render({ messages: given, bos_token: bos, eos_token: eos }));
  }
});

it('takes the roles of datasets, and marks special tokens also where a record holds them', () => {
  const messages = conversation([{ role: 'human', text: 'Q' }], { text: 'A<|im_end|>' });
  const [chatml] = CHAT_TEMPLATES;
  const text = chatml!.render(messages);
  expect(text).toBe('<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|><|im_end|>\n');
  expect(specialTokens(chatml!, text).map(({ start, end }) => text.slice(start, end))).toEqual([
    '<|im_start|>',
    '<|im_end|>',
    '<|im_start|>',
    '<|im_end|>',
    '<|im_end|>',
  ]);
});
