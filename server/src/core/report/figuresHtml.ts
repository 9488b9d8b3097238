// Figures as text of an HTML page.
import type { Cell, Figure, Table } from '../drawing/figure.ts';
import type { Shape } from '../drawing/svg.ts';
import { htmlText } from '../escape/escape.ts';

/** Nothing can be clicked in a report, so areas that only receive clicks keep nothing but their hint. */
function svg({ tag, attributes, children }: Shape): string {
  const written = Object.entries(attributes)
    .filter(([name]) => name !== 'data-query')
    .map(([name, value]) => ` ${name}="${htmlText(String(value))}"`)
    .join('');
  const inside = children.map((child) => (typeof child === 'string' ? htmlText(child) : svg(child))).join('');
  return `<${tag}${written}>${inside}</${tag}>`;
}

const cell = (tag: 'td' | 'th', { words, isNumber }: Cell): string =>
  `<${tag}${isNumber === true ? ' class="n"' : ''}>${htmlText(words)}</${tag}>`;

function table({ columns, rows }: Table): string {
  const head = columns.map((one) => cell('th', one)).join('');
  const body = rows.map(({ cells }) => `<tr>${cells.map((one) => cell('td', one)).join('')}</tr>`).join('');
  return `<details><summary>Numbers</summary><table><tr>${head}</tr>${body}</table></details>`;
}

export function figureHtml({ title, caption, picture, key = [], table: numbers }: Figure): string {
  const keys = key.map(({ name, label }) => `<span class="key ${name}"></span>${htmlText(label)} `).join('');
  return [
    `<figure><h3>${htmlText(title)}</h3>`,
    picture ? svg(picture) : '',
    keys === '' ? '' : `<p class="keys">${keys}</p>`,
    `<figcaption>${htmlText(caption)}</figcaption>`,
    numbers ? table(numbers) : '',
    '</figure>',
  ].join('');
}
