// Token strings over the wire: which models are offered, who may have templates run, and what comes back.
import { pathToFileURL } from 'node:url';

import { expect, it } from 'vitest';

import type { TokenStringsRequest, Written } from '#protocol/editor/templates.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('wire-templates');

const TALK = [
  { role: 'human', text: 'q0' },
  { role: 'assistant', text: 'better 0' },
];

interface Setup {
  readonly client: PlainClient;
  /** Scoring processes that were started. */
  readonly starts: () => number;
  readonly templates: () => Promise<readonly { id: string; title: string }[] | undefined>;
  readonly write: (template: string) => Promise<readonly Written[]>;
}

/** A file beside a preflens.json with a model, in an editor. */
async function open(isTrusted: boolean): Promise<Setup> {
  folder.write(
    'rm/chat_template.jinja',
    '{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}',
  );
  folder.write('rm/tokenizer_config.json', '{"added_tokens_decoder":{"1":{"content":"<|user|>"}}}');
  folder.write('preflens.json', '{"scorers":[{"kind":"onnx","model":"rm","name":"House"}]}');
  const text = goodRecord(0);
  const uri = pathToFileURL(folder.write('a.jsonl', text)).toString();
  let count = 0;
  const client = memoryServer(async () => {
    count++;
    return Promise.resolve(startInMemory());
  }, folder.path);
  await client.initialize({ trusted: isTrusted, settings: { scoreOnOpen: false } });
  client.open(uri, text);
  const read = async (): Promise<RecordView> => {
    const view: RecordView = await client.connection.sendRequest('preflens/pair', {
      uri,
      record: 0,
      step: 'here',
    });
    return view.kind === 'empty' ? read() : view;
  };
  return {
    client,
    starts: () => count,
    templates: async () => {
      const view = await read();
      return view.kind === 'pair' ? view.templates : undefined;
    },
    write: async (template) => {
      const request: TokenStringsRequest & { uri: string } = {
        uri,
        template,
        conversations: [TALK, TALK.slice(0, 1)],
      };
      return client.connection.sendRequest('preflens/tokenStrings', request);
    },
  };
}

it('a model of preflens.json writes both conversations, in one process that it keeps', async () => {
  const { templates, write, starts } = await open(true);
  const [house] = (await templates())!;
  expect(house).toEqual({ id: `model:${folder.path}/rm`, title: 'House' });
  const tokens = [{ start: 0, end: 8 }];
  expect(await write(house!.id)).toEqual([
    { ok: true, value: { text: '<|user|>q0<|assistant|>better 0', tokens } },
    { ok: true, value: { text: '<|user|>q0', tokens } },
  ]);
  await write(house!.id);
  expect(starts()).toBe(1);
});

it('only models that preflens.json names are run', async () => {
  const { templates, write, starts } = await open(true);
  await templates();
  const fault = { kind: 'unnamed', at: '', detail: '' };
  expect(await write(`model:${folder.path}/else`)).toEqual([
    { ok: false, fault },
    { ok: false, fault },
  ]);
  expect(starts()).toBe(0);
});

it('an untrusted folder has none, and nothing of it is run until it is trusted', async () => {
  const { client, templates, write, starts } = await open(false);
  expect(await templates()).toBeUndefined();
  const id = `model:${folder.path}/rm`;
  expect((await write(id)).map((one) => (one.ok ? '' : one.fault.kind))).toEqual(['untrusted', 'untrusted']);
  expect(starts()).toBe(0);
  await client.connection.sendNotification('preflens/trusted', null);
  await client.until(
    'the file to be read again',
    () => client.statuses.at(-1)?.phase === 'unscored' || undefined,
  );
  while (!(await templates())) await new Promise((resolve) => setImmediate(resolve));
  expect((await write(id)).every(({ ok }) => ok)).toBe(true);
});
