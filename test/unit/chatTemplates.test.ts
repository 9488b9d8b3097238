// Our token strings beside those of the published templates, and those of a model's own files.
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';

import { tokenFinder } from '#core/reward/chatForm.ts';
import { readFolder } from '#core/reward/folder.ts';
import { mayHaveTemplate } from '#node/models/folder.ts';
import { ownTemplates } from '#node/scorers/templates.ts';
import type { Conversation, Written } from '#protocol/editor/templates.ts';

import type { ChatMessage } from '../../media/src/model/chatTemplates.ts';
import {
  CHAT_TEMPLATES,
  conversationOf,
  inRoles,
  specialTokens,
} from '../../media/src/model/chatTemplates.ts';
import { templateHandlers } from '../../server/src/scorer/templateLoop.ts';
import { encoderFor } from '../../server/src/scorer/text.ts';
import { PUBLISHED, tokenizerConfig } from '../fakes/chatTemplates.ts';
import { never, testFolder } from '../fakes/files.ts';
import { CHAT_TEMPLATE, makeTokenizer } from '../models/tokenizers.ts';

const folder = testFolder('templates');

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
  const messages = inRoles(conversationOf([{ role: 'human', text: 'Q' }], { text: 'A<|im_end|>' }));
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

/** What the scoring process writes with the files in the folder of the test. */
async function write(files: Readonly<Record<string, unknown>>, ...conversations: Conversation[]) {
  for (const [name, content] of Object.entries(files))
    folder.write(name, typeof content === 'string' ? content : JSON.stringify(content));
  return templateHandlers().tokenStrings({ folder: folder.path, conversations }, never);
}

const faultOf = (written: Written | undefined) => (written?.ok === false ? written.fault : undefined);
const textOf = (written: Written | undefined) => (written?.ok === true ? written.value.text : undefined);

describe('the template of a model', () => {
  it.each(CHAT_TEMPLATES)('$id writes the same string as ours, with the same tokens', async (ours) => {
    const { id, tokens, render } = ours;
    const talks = [talk, talk.slice(0, 2), ...(WITH_SYSTEM.has(id) ? [[system, ...talk]] : [])];
    const added = [...tokens, ...(PUBLISHED[id]!.bos === '' ? [] : [PUBLISHED[id]!.bos])];
    const files = { 'tokenizer_config.json': tokenizerConfig(PUBLISHED[id]!, added) };
    const written = await write(files, ...talks);
    expect(written).toEqual(
      talks.map((messages) => {
        const text = render(messages);
        return { ok: true, value: { text, tokens: specialTokens({ ...ours, tokens: added }, text) } };
      }),
    );
    expect(specialTokens(ours, render(talk)).length).toBeGreaterThan(0);
  });

  it('is the one that the scorer reads: its tokens are those of the string', async () => {
    const { json, config } = makeTokenizer('bpe', CHAT_TEMPLATE);
    const files = { 'tokenizer.json': json, 'tokenizer_config.json': config };
    const { spec } = readFolder(
      { onnx: ['model.onnx'], tokenizer: json, tokenizerConfig: config },
      { kind: 'onnx', model: '' },
    );
    const prompt = [{ role: 'human', text: 'what is it' }];
    const [written] = await write(files, conversationOf(prompt, { text: ' it is hot ' }));
    const text = '<s><|user|>what is it<|assistant|>it is hot</s>';
    expect(textOf(written)).toBe(text);
    const [sequence] = encoderFor(spec, json, config, []).encode({ prompt, texts: [' it is hot '], max: 1 });
    expect(sequence!.ids).toEqual(
      new Tokenizer(json, config).encode(text, { add_special_tokens: false }).ids,
    );
    // Without a list in tokenizer_config.json, the tokens are those of tokenizer.json.
    const { tokens } = (written as Extract<Written, { ok: true }>).value;
    expect(tokens.map(({ start, end }) => text.slice(start, end))).toEqual([
      '<s>',
      '<|user|>',
      '<|assistant|>',
      '</s>',
    ]);
  });

  it('stands in chat_template.jinja before tokenizer_config.json, and a changed file counts at once', async () => {
    const { tokenStrings } = templateHandlers();
    const ask = async () => tokenStrings({ folder: folder.path, conversations: [[system]] }, never);
    folder.write('tokenizer_config.json', JSON.stringify({ chat_template: 'old {{ messages[0].role }}' }));
    expect(textOf((await ask())[0])).toBe('old system');
    folder.write('chat_template.jinja', 'new {{ messages[0].content }}');
    expect(textOf((await ask())[0])).toBe('new You know the town.');
    folder.write('chat_template.jinja', 'newest');
    expect(textOf((await ask())[0])).toBe('newest');
  });

  it('says what is wrong, where, and in the words of the template', async () => {
    const strict =
      "{% if messages[0].role != 'user' %}{{ raise_exception('The first role must be user.') }}{% endif %}fine";
    const both = await write({ 'chat_template.jinja': strict }, [system], talk);
    expect(faultOf(both[0])).toEqual({
      kind: 'refused',
      at: `${folder.path}/chat_template.jinja`,
      detail: 'The first role must be user.',
    });
    expect(textOf(both[1])).toBe('fine');
    const [torn] = await write({ 'chat_template.jinja': '{% for m in messages %}{{ m.role }}' }, talk);
    expect(faultOf(torn)).toMatchObject({ kind: 'faulty', at: `${folder.path}/chat_template.jinja` });
    expect(faultOf(torn)!.detail).not.toBe('');
  });

  it('says which file cannot be read, or that there is no template', async () => {
    const [missing] = await write({ 'tokenizer_config.json': { bos_token: '<s>' } }, talk);
    expect(faultOf(missing)).toEqual({ kind: 'missing', at: folder.path, detail: '' });
    const [broken] = await write({ 'tokenizer_config.json': '{"chat_template": ' }, talk);
    expect(faultOf(broken)).toMatchObject({
      kind: 'unreadable',
      at: `${folder.path}/tokenizer_config.json`,
    });
  });

  it('writes no string that no page could show', async () => {
    const [long] = await write(
      {
        'chat_template.jinja':
          "{% set ns = namespace(text='12345') %}{% for i in range(20) %}{% set ns.text = ns.text + ns.text %}{% endfor %}{{ ns.text }}",
      },
      talk,
    );
    expect(faultOf(long)).toMatchObject({ kind: 'long', detail: '4000000' });
  });
});

it('added tokens are found as tokenizers find them: the longest first, and no white space', () => {
  const find = (added: readonly string[], text: string, max = 9) =>
    tokenFinder(added)(text, max).map(({ start, end }) => text.slice(start, end));
  expect(find(['<a>', '<a><b>', '   ', ''], '<a>   <a><b><b>')).toEqual(['<a>', '<a><b>']);
  expect(find(['[x]', '(+)'], '[x](+)x[x]', 2)).toEqual(['[x]', '(+)']);
  expect(find([], 'a')).toEqual([]);
});

describe('the list of templates', () => {
  const model = (name: string): void => {
    folder.write(`${name}/chat_template.jinja`, 'x');
  };

  it('holds the models of preflens.json for the file that have one, each folder once', async () => {
    for (const name of ['rm', 'other/rm', 'base', 'named']) model(name);
    folder.write('encoder/tokenizer_config.json', '{}');
    folder.write(
      'preflens.json',
      JSON.stringify({
        scorers: [
          { kind: 'onnx', model: 'rm', reference: 'base' },
          { kind: 'onnx', model: './rm/', name: 'the same' },
          { kind: 'onnx', model: 'other/rm' },
          { kind: 'probe', model: 'encoder' },
          { kind: 'probe', model: 'named', name: 'My model' },
          { kind: 'onnx', model: 'gone', files: '*.jsonl' },
          { kind: 'onnx', model: 'base', files: 'else/*.jsonl', name: 'no' },
          { kind: 'consistency' },
        ],
      }),
    );
    const found = await ownTemplates(`${folder.path}/a.jsonl`);
    expect(found.map(({ title, folder: at }) => [title, at.slice(folder.path.length + 1)])).toEqual([
      ['rm (rm)', 'rm'],
      ['base', 'base'],
      ['rm (other/rm)', 'other/rm'],
      ['My model', 'named'],
      // Its template is not known to be missing: what is wrong is said where it is chosen.
      ['gone', 'gone'],
    ]);
    expect(await ownTemplates(`${folder.path}/../a.jsonl`)).toEqual([]);
  });

  it('leaves out only folders that were read and have none', async () => {
    folder.write('none/config.json', '{}');
    folder.write('broken/tokenizer_config.json', '{');
    const at = (name: string) => mayHaveTemplate(`${folder.path}/${name}`);
    expect(await Promise.all(['none', 'broken', 'gone'].map(at))).toEqual([false, true, true]);
  });
});
