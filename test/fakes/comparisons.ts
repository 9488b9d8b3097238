// Comparisons of every form that a conversion must keep: a few records each, in one schema.
import type { Json, JsonObject } from '#core/model/json.ts';

const user = (content: Json): JsonObject => ({ role: 'user', content });
const says = (content: Json, more: JsonObject = {}): JsonObject => ({ role: 'assistant', content, ...more });
const call = (name: string, more: JsonObject = {}): JsonObject => ({
  tool_calls: [
    { id: `call-${name}`, type: 'function', function: { name, arguments: { place: `${name} hill` } } },
  ],
  ...more,
});
const TOOLS = [{ type: 'function', function: { name: 'lookup', parameters: { required: ['place'] } } }];
const ANSWERS = { chosen: [says('Up the hill.')], rejected: [says('Down the hill.')] };
const asked = (content: Json): JsonObject => ({ prompt: [user(content)], ...ANSWERS });

/** Lines of a file, by their content. */
export const COMPARISONS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries<readonly (JsonObject | string)[]>({
    'tool calls': [
      {
        prompt: [user('Where?')],
        chosen: [says('Wait.', call('lookup'))],
        rejected: [says('Wait.', call('guess'))],
      },
      { prompt: [user('Where?')], chosen: [says('', call('lookup'))], rejected: [says(null, call('guess'))] },
      {
        prompt: [user('Where?')],
        chosen: [{ role: 'assistant', ...call('lookup') }],
        rejected: [says('No idea.')],
      },
    ],
    'tool calls with numbers that no double holds': [
      '{"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":"A","tool_calls":[{"function":{"name":"f","arguments":{"id":9007199254740993,"x":-0.0}}}],"weight":1.50}],"rejected":[{"role":"assistant","content":"B"}],"seed":18446744073709551616}',
    ],
    'calls before the answer': [
      {
        messages: [
          user('Is it warm?'),
          { role: 'assistant', ...call('weather') },
          { role: 'tool', content: '14 degrees', name: 'weather', tool_call_id: 'call-weather' },
        ],
        chosen: says('It is mild.'),
        rejected: says('No.'),
      },
    ],
    reasoning: [
      {
        prompt: [user('How tall?')],
        chosen: [says('61 metres.', { reasoning_content: 'I look it up.' })],
        rejected: [says('61 metres.', { thinking: 'I make it up.' })],
      },
    ],
    'pictures in messages': [
      asked([
        { type: 'image_url', image_url: { url: 'http://example.org/hill.png' } },
        { type: 'text', text: 'A hill?' },
      ]),
      asked([
        { type: 'image_url', image_url: { url: 'http://example.org/b.png', detail: 'low' } },
        { type: 'text', text: 'A cat?' },
      ]),
      asked([
        { type: 'input_audio', input_audio: { data: 'c291bmQ=', format: 'wav' } },
        { type: 'text', text: 'Who?' },
      ]),
      asked([
        { type: 'file', file: 'map.pdf' },
        { type: 'text', text: 'Where?' },
      ]),
    ],
    'texts as parts': [
      asked([
        { type: 'text', text: 'Which way' },
        { type: 'text', text: ' is up?' },
      ]),
    ],
    'pictures as answers': [
      {
        prompt: [user('Draw a hill')],
        chosen: [says([{ type: 'image', image: 'hill.png' }])],
        rejected: [says([{ type: 'image', image: 'pit.png' }])],
      },
    ],
    'several messages in an answer': [
      {
        prompt: [user('Where?')],
        chosen: [
          says('', call('lookup')),
          { role: 'tool', content: 'north', name: 'lookup' },
          says('Up north.'),
        ],
        rejected: [says('Hm.'), user('Well?'), says('Down.')],
      },
    ],
    'tools and pictures in fields': [
      {
        ...asked([{ type: 'image' }, { type: 'text', text: 'A hill?' }]),
        images: ['hill.png'],
        tools: TOOLS,
      },
      {
        ...asked('A hill?'),
        images: [{ bytes: 'aGlsbA==', path: 'hill.png' }],
        tools: JSON.stringify(TOOLS),
      },
    ],
    'films and sounds in fields': [
      {
        conversations: [{ from: 'human', value: '<video>Does it fall?' }],
        chosen: { from: 'gpt', value: 'Yes.' },
        rejected: { from: 'gpt', value: 'No.' },
        videos: ['fall.mp4'],
        audios: ['fall.wav'],
      },
    ],
    'one picture in a field': [{ image: 'hill.png', prompt: 'A hill?', chosen: 'Yes.', rejected: 'No.' }],
    'a picture for each answer': [
      { ...asked('Which hill?'), chosen_image: 'high.png', rejected_image: 'low.png' },
    ],
    'calls in the words of ShareGPT': [
      {
        conversations: [
          { from: 'human', value: 'Is it warm?' },
          { from: 'function_call', value: '{"name":"weather","arguments":{}}' },
          { from: 'observation', value: '14 degrees' },
        ],
        chosen: { from: 'gpt', value: 'It is mild.' },
        rejected: { from: 'gpt', value: 'No.' },
        system: 'Be brief.',
        tools: JSON.stringify(TOOLS),
      },
    ],
    'an OpenAI file': [
      {
        input: { messages: [user('Where?')], tools: TOOLS, parallel_tool_calls: true },
        preferred_output: [says('Wait.', call('lookup'))],
        non_preferred_output: [says('Wait.', call('guess'))],
      },
    ],
    'ties and marked labels': [
      {
        prompt: 'Q',
        completion_a: 'aa',
        completion_b: 'b',
        preference: 'a-is-slightly-better',
        model_a: 'x',
        model_b: 'y',
      },
      { prompt: 'Q', completion_a: 'aa', completion_b: 'b', preference: 'tie', model_a: 'x', model_b: 'y' },
    ],
    strengths: [
      '{"prompt":"Q","response_1":"a","response_2":"bb","preference_strength":-2.0,"split":"train"}',
    ],
    margins: ['{"prompt":"Q","chosen":"a","rejected":"bb","margin":0.10}'],
    verdicts: [
      { prompt: [user('Q')], completion: [says('a', { reasoning_content: 'because' })], label: true },
      { prompt: [user('Q')], completion: [says('b')], label: false },
    ],
    ratings: [{ prompt: 'Q', response: 'a', helpfulness: 3, correctness: 4, coherence: 4 }],
    'several pairs': [
      {
        prompt: 'Q',
        answers: [
          { answer: 'best of all', model: 'm-1', rank: 1 },
          { answer: 'second', model: 'm-2', rank: 2 },
          { answer: 'no rank', model: 'm-3', rank: null },
          { answer: 'third', model: 'm-4', rank: 3 },
        ],
      },
    ],
    'empty prompts': [
      { prompt: '', chosen: 'a', rejected: 'b' },
      { prompt: 'Q', chosen: '', rejected: 'b' },
    ],
    'no prompts': [{ chosen: 'It is up there.', rejected: 'It is down there.' }],
    'system messages in the middle': [
      {
        prompt: [user('Hello'), { role: 'system', content: 'Be brief.' }, says('Hi.'), user('Where?')],
        ...ANSWERS,
      },
      { prompt: [{ role: 'developer', content: 'Be kind.' }, user('Where?')], ...ANSWERS },
    ],
    'unread prompts': [
      { passage: 'A long text about the hill.', ...asked('What does it say?') },
      { question: 'What is asked in this one?', ...asked('What does it say?') },
    ],
    'names that formats use': [
      {
        ...asked('Q'),
        label: 'x',
        messages: 'm of its own',
        history: 'long ago',
        kept_label: 'y',
        system: 'Be kind.',
      },
    ],
    blanks: [
      { prompt: ' Q \n', chosen: '  a', rejected: '\nb ' },
      {
        chosen: '\n\nHuman:  Where to go? \n\nAssistant:  Up.',
        rejected: '\n\nHuman:  Where to go? \n\nAssistant: Down. ',
      },
    ],
    'transcripts as prompts': [
      {
        prompt: '\n\nHuman: Hello\n\nAssistant: Hi.\n\nHuman: Where?\n\nAssistant:',
        chosen: ' Up.',
        rejected: ' Down.',
      },
    ],
    'numbers and dates of messages': [
      {
        prompt: [{ role: 'user', content: 'Where?', id: 'm-17', timestamp: 1700000001 }],
        chosen: [says('Up.', { id: 'm-18', name: 'guide' })],
        rejected: [says('Down.', { num_tokens: 44 })],
      },
    ],
    'half a character': ['{"prompt":"Q \\ud83d","chosen":"\\ude00 a","rejected":"b","note":"\\ud800"}'],
    'large numbers': [
      '{"prompt":"Q","chosen":"a","rejected":"b","id":9007199254740993,"z":-0.0,"f":1.0,"e":1E5,"d":0.12345678901234567890}',
    ],
    'numbers in texts of JSON': [
      JSON.stringify({
        conversation_a:
          '[{"role":"user","content":"Q"},{"role":"assistant","content":"A","tool_calls":[{"id":9007199254740993}]}]',
        conversation_b: '[{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]',
        winner: 'model_a',
      }),
    ],
    'token numbers': [
      '{"query":[1,2.0,3e1],"sample0":[4,5],"sample1":[6],"sample2":[7],"sample3":[8],"best":2}',
    ],
    'a text that looks like a mark': [
      '{"prompt":"Q","chosen":"a","rejected":"b","note":"\\u0001number:5","x":1.0}',
    ],
    'names of all kinds': [
      '{"prompt":"Q","chosen":"a","rejected":"b","__proto__":"p-1","a.b":{"c d":["e-1"]},"":"empty"}',
    ],
    'a field twice': ['{"prompt":"Q","chosen":"a","rejected":"b","note":"first","note":"last"}'],
  }).map(([name, records]) => [
    name,
    records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))),
  ]),
);

/** A value of a record, as spelled in the file, and the name of its field. */
export interface Leaf {
  readonly name: string;
  readonly text: string;
  readonly isNumber: boolean;
  readonly isNull: boolean;
}

/** Every text and number in JSON, found without a full parse. */
export function leavesOf(json: string): Leaf[] {
  const leaves: Leaf[] = [];
  const names: string[] = [];
  let name = '';
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[-+.0-9eE]*|true|false|null|[{}[\]]/g;
  for (const [text, colon] of json.matchAll(token)) {
    if (text === '{' || text === '[') names.push(name);
    else if (text === '}' || text === ']') name = names.pop() ?? '';
    else if (colon !== undefined) name = JSON.parse(text.slice(0, -colon.length)) as string;
    else if (text.startsWith('"'))
      leaves.push({ name, text: JSON.parse(text) as string, isNumber: false, isNull: false });
    else leaves.push({ name, text, isNumber: true, isNull: text === 'null' });
  }
  return leaves;
}
