// Markdown of the repository as HTML of the site: anchors like GitHub's, links to pages, and what is wrong with them.
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

import highlighter from 'highlight.js/lib/common';
import type { Token } from 'markdown-it';
import MarkdownIt from 'markdown-it';

import type { Page } from './pages.ts';

export interface Rendered {
  readonly page: Page;
  readonly html: string;
  readonly anchors: ReadonlySet<string>;
  /** Links to pages of the site. */
  readonly links: readonly { readonly path: string; readonly anchor: string }[];
  /** Files of the repository that the page shows, by their path in the site. */
  readonly files: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
}

const markdown = new MarkdownIt({
  // Only comments and <details> of our own files.
  html: true,
  linkify: false,
  highlight: (code, language) =>
    highlighter.getLanguage(language) ? highlighter.highlight(code, { language }).value : '',
});
markdown.renderer.rules.table_open = () => '<div class="scrolls" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => '</table></div>\n';

/** The anchor of a heading, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/** The path from one page to another. */
export function pathBetween(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to) || posix.basename(to);
}

const isElsewhere = (target: string): boolean => /^[a-z][a-z+.-]*:/i.test(target);

const textOf = (token: Token): string =>
  (token.children ?? [])
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('');

/** Sets the target of a link; without one, the text stays. */
function setTarget(children: Token[], at: number, target: string | undefined): void {
  const open = children[at];
  if (!open) return;
  if (target !== undefined) {
    open.attrSet('href', target);
    return;
  }
  let depth = 0;
  const close = children.findIndex(
    (token, i) => i >= at && (depth += token.nesting) === 0 && token.tag === 'a',
  );
  for (const i of [at, close]) {
    const token = children[i];
    if (!token) continue;
    token.tag = 'span';
    token.attrs = null;
  }
}

/**
 * @param bySource the pages of the site
 * @param root of the repository
 */
export function render(page: Page, bySource: ReadonlyMap<string, Page>, root: string): Rendered {
  const anchors = new Set<string>();
  const links: { path: string; anchor: string }[] = [];
  const files = new Map<string, string>();
  const faults: string[] = [];
  const tokens = markdown.parse(page.text, {});

  /** The file that a link of this page names, or what is wrong with the link. */
  const fileOf = (target: string): string | undefined => {
    const file = posix.normalize(posix.join(posix.dirname(page.source), decodeURIComponent(target)));
    if (!file.startsWith('..') && existsSync(join(root, file))) return file;
    faults.push(`${page.source}: there is no ${target}`);
    return undefined;
  };

  const linkTo = (href: string): string | undefined => {
    if (isElsewhere(href)) return href;
    const [target = '', anchor = ''] = href.split('#');
    const file = target === '' ? page.source : fileOf(target);
    const to = file === undefined ? undefined : bySource.get(file);
    // Other files of the repository are named, but not part of the site.
    if (!to) return undefined;
    links.push({ path: to.path, anchor });
    return (to === page ? '' : pathBetween(page.path, to.path)) + (anchor === '' ? '' : `#${anchor}`);
  };

  const showImage = (image: Token): void => {
    const source = String(image.attrGet('src') ?? '');
    const file = isElsewhere(source) ? undefined : fileOf(source);
    if (isElsewhere(source)) faults.push(`${page.source}: the picture ${source} is not in the repository`);
    if (image.content === '') faults.push(`${page.source}: the picture ${source} has no text`);
    if (file === undefined || !statSync(join(root, file)).isFile()) return;
    const path = `pictures/${posix.basename(file)}`;
    files.set(path, file);
    image.attrSet('src', pathBetween(page.path, path));
  };

  tokens.forEach((token, i) => {
    if (token.type === 'heading_open') {
      const wanted = anchorOf(textOf(tokens[i + 1] ?? token));
      let anchor = wanted;
      for (let times = 1; anchors.has(anchor); times++) anchor = `${wanted}-${times}`;
      anchors.add(anchor);
      token.attrSet('id', anchor);
    }
    const children = token.children ?? [];
    children.forEach((child, at) => {
      if (child.type === 'link_open') setTarget(children, at, linkTo(String(child.attrGet('href') ?? '')));
      if (child.type === 'image') showImage(child);
    });
  });
  return {
    page,
    anchors,
    links,
    files,
    faults,
    html: markdown.renderer.render(tokens, markdown.options, {}),
  };
}

/** Links to anchors that no page has. */
export function badAnchors(rendered: readonly Rendered[]): readonly string[] {
  const anchors = new Map(rendered.map((one) => [one.page.path, one.anchors]));
  return rendered.flatMap(({ page, links }) =>
    links
      .filter(({ path, anchor }) => anchor !== '' && anchors.get(path)?.has(anchor) !== true)
      .map(({ path, anchor }) => `${page.source}: ${path} has no heading #${anchor}`),
  );
}
