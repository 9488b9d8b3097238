// What the server writes for a page is in the language of the window; everything else stays English.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import type { Language } from '#core/words/translate.ts';
import { inLanguage, spokenLanguage, t } from '#core/words/translate.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CHINESE: Language = {
  name: 'zh-cn',
  texts: JSON.parse(readFileSync(join(ROOT, 'l10n', 'bundle.l10n.zh-cn.json'), 'utf8')) as Language['texts'],
};
const SAMPLE = readFileSync(join(ROOT, 'media', 'sample', 'support.jsonl'), 'utf8')
  .split('\n')
  .slice(0, 200)
  .join('\n');
const URI = 'file:///data/sample.jsonl';

const pairOf = async (client: PlainClient, uri: string, record: number): Promise<RecordView> =>
  client.connection.sendRequest('preflens/pair', { uri, record, step: 'here' });

/** Texts, without what names and numbers are. */
const latin = (text: string): readonly string[] => text.match(/[A-Za-z]{3,}/g) ?? [];

it('a scored pair: its scorer, its trust and its reasons, and not the hover', async () => {
  const client = memoryServer();
  await client.initialize({ language: CHINESE });
  client.open(URI, SAMPLE);
  await client.until(
    'the self-test',
    () => client.statuses.some((one) => JSON.stringify(one).includes('Self-test: with')) || undefined,
  );
  const view = await pairOf(client, URI, 8);
  if (view.kind !== 'pair') throw new Error(view.kind);
  expect(view.scorer).toBe('一致性评分器判断的是与此文件其余部分的一致性，而非真实性。');
  expect(view.trust).toMatch(/^在此文件上，它与 \d+% 的标签一致（\d+–\d+%）.* 自测：故意翻转 \d+ 个标签/);
  expect(latin(view.trust!)).toEqual([]);
  const styles = view.reasons.filter(({ side }) => side === 'style');
  expect(styles.length).toBeGreaterThan(0);
  expect(styles.flatMap(({ text }) => latin(text))).toEqual([]);
  const hover = await client.hover(URI, 8);
  expect(JSON.stringify(hover)).toMatch(/The consistency scorer judges.*On this file it agrees with/);
  expect(JSON.stringify(hover)).not.toMatch(/\p{Script=Han}/u);
  expect(spokenLanguage()).toBeUndefined();
});

it('verdicts of rows, and why a record shows nothing', async () => {
  const client = memoryServer();
  await client.initialize({ language: CHINESE, settings: { scoreOnOpen: false } });
  expect(await pairOf(client, URI, 0)).toMatchObject({
    why: 'sample.jsonl 未打开。请打开该文件，再比较其中一条记录。',
  });
  client.open(URI, '{"prompt":"Q","completion":"A","label":true}\n5\n'.repeat(3));
  await client.until('the file', () => client.statuses.at(-1)?.recordCount === 6 || undefined);
  const { rows }: RowsResult = await client.connection.sendRequest('preflens/rows', {
    uri: URI,
    selection: { order: 'all', query: '' },
    start: 0,
    end: 1,
    columns: [],
  });
  expect(JSON.stringify(rows)).toContain('标为好');
  expect(await pairOf(client, URI, 1)).toMatchObject({
    why: '此记录是 JSON，但不是对象：没有可读取的字段。',
  });
});

it('a client without a language gets English', async () => {
  const client = memoryServer();
  await client.initialize({ settings: { scoreOnOpen: false } });
  client.open(URI, goodRecord(0));
  expect(await pairOf(client, 'file:///data/other.jsonl', 0)).toMatchObject({
    why: 'other.jsonl is not open. Open the file, then compare one of its records.',
  });
});

it('a language holds for what is made at once, also if that fails', () => {
  expect(inLanguage(CHINESE, () => inLanguage(undefined, () => t('code')) + t('code'))).toBe('code代码');
  expect(() =>
    inLanguage(CHINESE, () => {
      throw new Error(t('code'));
    }),
  ).toThrow('代码');
  expect(t('code')).toBe('code');
});
