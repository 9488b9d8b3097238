// Records with the same words that differ in something else, by what that is.
import type { Json, JsonObject } from '#core/model/json.ts';

/** Long enough to be checked for near duplicates. */
export const TEXT =
  'The tower is 61 metres tall, and a lift goes up to the platform every ten minutes on most days.';
export const user = (content: Json): Json => [{ role: 'user', content }];
export const says = (more: JsonObject): Json => [{ role: 'assistant', content: TEXT, ...more }];
export const call = (city: string): JsonObject => ({
  tool_calls: [{ type: 'function', function: { name: 'weather', arguments: { city } } }],
});

/** Records that differ in one thing other than words, by what it is: each function makes two of them. */
export const DIFFERENT: Readonly<Record<string, (which: string) => JsonObject>> = {
  'tool calls of an answer': (which) => ({
    prompt: user('Q'),
    chosen: says(call(which)),
    rejected: says({}),
  }),
  'reasoning of an answer': (which) => ({
    prompt: user('Q'),
    chosen: says({ reasoning_content: `I look it up in ${which}.` }),
    rejected: says({}),
  }),
  'thinking as a part': (which) => ({
    prompt: user('Q'),
    chosen: [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: which },
          { type: 'text', text: TEXT },
        ],
      },
    ],
    rejected: says({}),
  }),
  'a field of a message that nobody knows': (which) => ({
    prompt: user('Q'),
    chosen: says({ scratch: which }),
    rejected: says({}),
  }),
  'the messages of an answer': (which) => ({
    prompt: user('Q'),
    chosen: [
      { role: 'assistant', content: '', ...call('Oslo') },
      { role: 'tool', content: which },
      { role: 'assistant', content: TEXT },
    ],
    rejected: says({}),
  }),
  'who speaks in an answer': (which) => ({
    prompt: user('Q'),
    chosen: [
      { role: which === 'a' ? 'tool' : 'assistant', content: 'found' },
      { role: 'assistant', content: TEXT },
    ],
    rejected: says({}),
  }),
  'pictures as answers': (which) => ({
    prompt: user('Q'),
    chosen: [{ role: 'assistant', content: [{ type: 'image', image: `${which}.png` }] }],
    rejected: [{ role: 'assistant', content: [{ type: 'image', image: 'x.png' }] }],
  }),
  'pictures in fields of the answers': (which) => ({
    prompt: 'Q',
    chosen: TEXT,
    rejected: 'No.',
    chosen_image: `${which}.png`,
    rejected_image: 'x.png',
  }),
  'a picture column': (which) => ({ image: `${which}.png`, prompt: 'Q', chosen: TEXT, rejected: 'No.' }),
  'a picture by its address': (which) => ({
    url: `http://example.org/${which}.jpg?w=5`,
    prompt: 'Q',
    chosen: TEXT,
    rejected: 'No.',
  }),
  'a text in a field that names sources elsewhere': (which) => ({
    source: `The tower of ${which} was built when the town was rich, and nobody has ever counted all of its steps.`,
    prompt: 'How tall is the tower?',
    chosen: TEXT,
    rejected: 'No.',
  }),
  'pictures as bytes': (which) => ({
    image: { bytes: which, path: null },
    prompt: 'Q',
    chosen: TEXT,
    rejected: 'No.',
  }),
  'sounds of a conversation': (which) => ({
    conversations: [{ from: 'human', value: '<audio>Q' }],
    chosen: { from: 'gpt', value: TEXT },
    rejected: { from: 'gpt', value: 'No.' },
    audios: [`${which}.wav`],
  }),
  'a picture part of the prompt': (which) => ({
    prompt: user([
      { type: 'image_url', image_url: { url: `http://example.org/${which}.png` } },
      { type: 'text', text: 'Q' },
    ]),
    chosen: says({}),
    rejected: [{ role: 'assistant', content: 'No.' }],
  }),
  'tools on offer': (which) => ({
    tools: [{ type: 'function', function: { name: which, parameters: {} } }],
    prompt: user('Q'),
    chosen: says({}),
    rejected: [{ role: 'assistant', content: 'No.' }],
  }),
  'tools beside nested messages': (which) => ({
    input: { messages: user('Q'), tools: [{ name: which }] },
    preferred_output: says({}),
    non_preferred_output: [{ role: 'assistant', content: 'No.' }],
  }),
  'calls in the history': (which) => ({
    messages: [
      { role: 'user', content: 'Is it warm?' },
      { role: 'assistant', content: null, ...call(which) },
      { role: 'tool', content: '14 degrees' },
    ],
    chosen: { role: 'assistant', content: TEXT },
    rejected: { role: 'assistant', content: 'No.' },
  }),
  'a prompt in a field that nobody named': (which) => ({
    chosen: TEXT,
    rejected: 'No.',
    my_words: `How tall is the tower of ${which}?`,
  }),
  'a prompt of one word in a field that nobody named': (which) => ({
    chosen: TEXT,
    rejected: 'No.',
    q: which,
  }),
  'documents to answer from': (which) => ({
    prompt: user('Q'),
    documents: [{ title: 'Towers', text: `The tower of ${which}.` }],
    chosen: says({}),
    rejected: [{ role: 'assistant', content: 'No.' }],
  }),
  'tools in the metadata': (which) => ({
    prompt: user('Q'),
    metadata: { tools: [which], id: which },
    chosen: says({}),
    rejected: [{ role: 'assistant', content: 'No.' }],
  }),
  'a passage beside the prompt': (which) => ({
    prompt: 'How tall is the tower?',
    passage: `The tower of ${which} is tall.`,
    chosen: TEXT,
    rejected: 'No.',
  }),
  'the system message that only one of two copies has': (which) => ({
    prompt: [
      { role: 'system', content: `Answer as ${which}.` },
      { role: 'user', content: 'Q' },
    ],
    chosen: [
      { role: 'user', content: 'Q' },
      { role: 'assistant', content: TEXT },
    ],
    rejected: [
      { role: 'user', content: 'Q' },
      { role: 'assistant', content: 'No.' },
    ],
  }),
};
