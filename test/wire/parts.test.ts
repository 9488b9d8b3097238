// What pages receive of answers and prompts besides their words.
import { expect, it } from 'vitest';

import type { RowsResult } from '#protocol/editor/rows.ts';
import type { JudgedView, PairView } from '#protocol/editor/views.ts';

import { testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('parts');
const URI = 'file:///data/parts.jsonl';
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

async function viewOf<View>(record: object): Promise<{ view: View; rows: RowsResult }> {
  const client = memoryServer(undefined, folder.path);
  await client.initialize({ settings: { scoreOnOpen: false } });
  client.open(URI, JSON.stringify(record));
  await client.diagnostics(URI);
  return {
    view: await client.connection.sendRequest<View>('preflens/pair', { uri: URI, record: 0, step: 'here' }),
    rows: await client.connection.sendRequest('preflens/rows', {
      uri: URI,
      selection: { order: 'all', query: '' },
      columns: [],
      start: 0,
      end: 1,
    }),
  };
}

const call = (name: string, city: string): object => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: '1', type: 'function', function: { name, arguments: JSON.stringify({ city }) } }],
});

it('tool calls, in answers and in earlier turns, and the available tools', async () => {
  const { view, rows } = await viewOf<PairView>({
    prompt: [
      { role: 'user', content: 'What is the weather?' },
      call('find_town', 'here'),
      { role: 'tool', tool_call_id: '1', content: 'Ulm' },
    ],
    chosen: [call('get_forecast', 'Ulm')],
    rejected: [call('search_web', 'Ulm')],
    tools: [{ type: 'function', function: { name: 'get_forecast', parameters: {} } }],
  });
  expect(view.chosen.parts).toEqual([
    { kind: 'call', label: 'call get_forecast', text: '{\n  "city": "Ulm"\n}' },
  ]);
  expect(view.rejected.parts?.map(({ label }) => label)).toEqual(['call search_web']);
  expect(view.prompt[1]?.parts?.map(({ label }) => label)).toEqual(['call find_town']);
  expect(view.context.map(({ label }) => label)).toEqual(['tools']);
  // A row without words shows the call.
  expect(rows.rows[0]?.chosen).toBe('call get_forecast { "city": "Ulm" }');
});

it('reasoning, and arguments that are no JSON or an object', async () => {
  const message = (more: object): object[] => [{ role: 'assistant', content: 'Yes.', ...more }];
  const { view } = await viewOf<PairView>({
    prompt: [{ role: 'user', content: 'q' }],
    chosen: message({ reasoning_content: 'It is so because of this.' }),
    rejected: message({
      tool_calls: [{ function: { name: 'a', arguments: 'not json' } }, { name: 'b', arguments: { x: 1 } }],
    }),
  });
  expect(view.chosen.parts).toEqual([
    { kind: 'thought', label: 'reasoning_content', text: 'It is so because of this.' },
  ]);
  expect(view.rejected.parts).toEqual([
    { kind: 'call', label: 'call a', text: 'not json' },
    { kind: 'call', label: 'call b', text: '{\n  "x": 1\n}' },
  ]);
});

it('pictures on their own side, once; an address stays text', async () => {
  const answer = (url: string): object[] => [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'See.' },
        { type: 'image_url', image_url: { url } },
      ],
    },
  ];
  const { view } = await viewOf<PairView>({
    prompt: [{ role: 'user', content: 'Draw it.' }],
    chosen: answer(PNG),
    rejected: answer('https://example.com/a.png'),
  });
  expect(view.chosen.parts).toEqual([{ kind: 'media', label: 'image_url', text: '', image: PNG }]);
  expect(view.rejected.parts?.[0]).toMatchObject({ kind: 'media', label: 'image_url' });
  expect(view.rejected.parts?.[0]?.image).toBeUndefined();
  expect(view.rejected.parts?.[0]?.text).toContain('https://example.com/a.png');
  expect(view.images).toEqual([]);
});

it('pictures of the prompt are above the answers, and not repeated in its other parts', async () => {
  const { view } = await viewOf<PairView>({
    prompt: 'What is this?',
    chosen: 'A cat.',
    rejected: 'A dog.',
    images: [PNG],
    tools: [{ name: 'zoom' }],
  });
  expect(view.images.map(({ source }) => source)).toEqual([PNG]);
  expect(view.context.map(({ label }) => label)).toEqual(['tools']);
});

it('long values are cut, and show their length', async () => {
  const { view } = await viewOf<PairView>({
    prompt: [{ role: 'user', content: 'q' }],
    chosen: [{ role: 'assistant', content: 'a', thinking: 'x'.repeat(30_000) }],
    rejected: [{ role: 'assistant', content: 'b', extra: { blob: 'y'.repeat(5000) } }],
  });
  expect(view.chosen.parts?.[0]?.text).toMatch(/^x{20000}… \(30,000 characters\)$/);
  expect(view.rejected.parts?.[0]?.text).toContain('… (5,000 characters)');
});

it('a single answer has its parts too', async () => {
  const { view } = await viewOf<JudgedView>({
    prompt: [{ role: 'user', content: 'q' }],
    completion: [call('get_forecast', 'Ulm')],
    label: true,
  });
  expect(view).toMatchObject({ kind: 'judged', judgements: [{ parts: [{ label: 'call get_forecast' }] }] });
});
