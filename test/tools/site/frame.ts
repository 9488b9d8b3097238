// What is around the text of a page: head, navigation, title. Without scripts.
import { htmlText } from '#core/escape/escape.ts';

import type { Group, Page } from './pages.ts';
import type { Rendered } from './render.ts';
import { pathBetween } from './render.ts';

const link = (from: Page, to: Page, text = to.title): string => {
  const here = from.path === to.path ? ' aria-current="page"' : '';
  return `<a href="${htmlText(pathBetween(from.path, to.path))}"${here}>${htmlText(text)}</a>`;
};

/** Short names for the navigation. */
const shortTitle = ({ title, path }: Page): string =>
  path === 'index.html'
    ? 'Overview'
    : title
        .replace(/^PrefLens /, '')
        .replace(/^(?:in|on) /, '')
        .replace(/^the /, '');

function navigation(page: Page, groups: readonly Group[]): string {
  const list = ({ title, pages }: Group): string =>
    `${title === '' ? '' : `<h2>${title}</h2>`}<ul>${pages
      .map((one) => `<li>${link(page, one, capital(shortTitle(one)))}</li>`)
      .join('')}</ul>`;
  return groups.map(list).join('\n');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function framed({ page, html }: Rendered, groups: readonly Group[], parent: Page | undefined): string {
  const toRoot = (path: string): string => htmlText(pathBetween(page.path, path));
  const nav = navigation(page, groups);
  const isStart = page.path === 'index.html';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'">
<title>${htmlText(isStart ? 'PrefLens' : `${page.title} · PrefLens`)}</title>
<link rel="stylesheet" href="${toRoot('style.css')}">
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header><a class="name" href="${toRoot('index.html')}">PrefLens</a></header>
<details class="menu"><summary>All pages</summary><nav aria-label="All pages">${nav}</nav></details>
<nav class="side" aria-label="Pages">${nav}</nav>
<main id="text">
${parent ? `<p class="above">${link(page, parent)} /</p>\n` : ''}${html}</main>
</body>
</html>
`;
}
