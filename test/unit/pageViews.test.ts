// What the pages draw, in a minimal document.
import { createRef, h, render } from 'preact';
import { expect, it } from 'vitest';

import { DatasetView } from '../../media/src/view/dataset.tsx';
import { FakeDatasetPage } from '../fakes/datasetPage.ts';
import type { FakeNode } from '../fakes/dom.ts';
import { fakeElement } from '../fakes/dom.ts';
import { emptyView, pairView } from '../fakes/views.ts';

/** An open page, its rendered output, and its rows by their displayed number. */
async function drawn(more: Partial<FakeDatasetPage> = {}) {
  const body = fakeElement();
  const [list, detail] = [createRef<HTMLDivElement>(), createRef<HTMLDivElement>()];
  const filter = createRef<HTMLInputElement>();
  const page = Object.assign(new FakeDatasetPage(), more);
  page.onDraw = (state, dispatch) => {
    render(h(DatasetView, { state, dispatch, list, detail, filter }), body);
  };
  await page.open();
  const rows = (): Map<string, FakeNode> =>
    new Map(body.all('row').map((row) => [row.all('number')[0]?.textContent ?? row.textContent, row]));
  return { page, body, rows };
}

it('keeps the element of a row while its record is visible', async () => {
  const { page, rows } = await drawn();
  const before = rows();
  await page.press('ArrowDown');
  page.rowOf = (record) => ({ margin: record });
  await page.change();
  expect(rows().get('2')!.attributes.get('class')).toBe('row selected');
  await page.scrollTo(10);
  const after = rows();
  expect(after.get('9')!.all('number')[1]!.textContent).toBe('+8.00');
  const both = [...before.keys()].filter((number) => after.has(number));
  expect(both.length).toBeGreaterThan(10);
  expect(both.filter((number) => after.get(number) !== before.get(number))).toEqual([]);
});

it('keeps the element of a finding that moves in the list', async () => {
  const { page, rows } = await drawn({ findings: [7, 8, 9] });
  await page.dispatch({ kind: 'selectionChosen', selection: { order: 'findings', query: '' } });
  const before = rows();
  page.findings = [9, 8];
  await page.change();
  const after = rows();
  expect([...after.keys()]).toEqual(['10', '9']);
  expect([after.get('10'), after.get('9')]).toEqual([before.get('10'), before.get('9')]);
});

it('keeps the elements of a pair, and renders another pair from scratch', async () => {
  const { page, body } = await drawn();
  const main = (): FakeNode | undefined =>
    body.all('chosen').find(({ localName }) => localName === 'article');
  const first = main();
  await page.change();
  expect(main()).toBe(first);
  await page.press('ArrowDown');
  expect(main()).not.toBe(first);
});

it('never parses dataset text as markup', async () => {
  const text = '<img src=x onerror="alert(1)">&amp;';
  const { body } = await drawn({
    rowOf: () => ({ prompt: text, chosen: text, rejected: text }),
    viewOf: (record) =>
      pairView({
        record,
        chosen: { text, parts: [{ kind: 'call', label: text, text }] },
        rejected: { text },
        prompt: [{ role: text, text }],
        findings: [{ rule: 'x', severity: 'error', message: text }],
      }),
  });
  const names = (node: FakeNode): string[] => [node.localName, ...node.childNodes.flatMap(names)];
  expect(names(body)).not.toContain('img');
  expect(body.textContent.split(text).length).toBeGreaterThan(5);
});

it('marks failed rows, with one message', async () => {
  const { page, body } = await drawn();
  page.client.isHolding = true;
  await page.scrollTo(500);
  expect(body.all('waiting').length).toBeGreaterThan(9);
  page.client.held[0]!.fail('The disk is gone.');
  page.client.held[1]?.fail('The disk is gone.');
  await page.dispatch({ kind: 'actionFailed', reason: 'No.' });
  expect(new Set(body.all('failed').map(({ textContent }) => textContent))).toEqual(new Set(['Not loaded']));
  expect(body.all('notice').map(({ textContent }) => textContent)).toEqual([
    'No.',
    "Can't load these rows: The disk is gone.",
  ]);
});

it('shows why there is no pair', async () => {
  const { body } = await drawn({
    viewOf: (record) => emptyView({ record, why: 'This record has no pair.' }),
  });
  expect(body.all('nothing').map(({ textContent }) => textContent)).toEqual(['This record has no pair.']);
});
