// The static site holds every document, loads nothing from elsewhere, and has no link that leads nowhere.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { describe, expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { pagesOf } from '../tools/site/pages.ts';
import { anchorOf, badAnchors, render } from '../tools/site/render.ts';
import { siteOf, writeSite } from '../tools/site/site.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = testFolder('site');

describe('the site', () => {
  const site = siteOf(ROOT);

  it('has a page for each document and no fault', () => {
    expect(site.faults).toEqual([]);
    const docs = readdirSync(join(ROOT, 'media', 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => name.replaceAll('\\', '/').replace(/\.md$/, '.html'));
    const rest = ['index.html', 'changelog.html', 'contributing.html', 'architecture.html'];
    expect([...site.pages.keys()].sort()).toEqual([...docs, ...rest].sort());
  });

  it('needs no script and nothing from elsewhere, and shows what it links to', () => {
    writeSite(site, ROOT, folder.path);
    for (const [path, text] of site.pages) {
      expect(text, path).not.toMatch(/<script|<iframe|\son\w+=|javascript:/i);
      for (const [, kind, target = ''] of text.matchAll(/<(?:img|link)\b[^>]*?\b(src|href)="([^"]*)"/g)) {
        const at = posix.join(posix.dirname(path), target);
        expect(existsSync(join(folder.path, at)), `${path}: ${kind} ${target}`).toBe(true);
      }
      for (const [, href = ''] of text.matchAll(/<a\b[^>]*?href="([^"]*)"/g)) {
        if (/^[a-z]+:/.test(href)) continue;
        const [file = '', anchor] = href.split('#');
        const at = file === '' ? path : posix.join(posix.dirname(path), file);
        const there = site.pages.get(at);
        expect(there, `${path}: ${href}`).toBeDefined();
        if (anchor) expect(there, `${path}: ${href}`).toContain(`id="${anchor}"`);
      }
    }
    expect(readFileSync(join(folder.path, 'style.css'), 'utf8')).not.toMatch(/url\(|@import/);
  });

  it('leads from every page to every document but the rules, and from the rules to each', () => {
    const { groups, hidden } = pagesOf(ROOT);
    const shown = groups.flatMap(({ pages }) => pages);
    for (const [path, text] of site.pages)
      for (const page of shown) {
        const href = posix.relative(posix.dirname(path), page.path) || posix.basename(page.path);
        expect(text, `${path} to ${page.path}`).toContain(`href="${href}"`);
      }
    for (const { path } of hidden) expect(site.pages.get('rules.html')).toContain(`href="${path}"`);
  });
});

describe('a page', () => {
  const rendered = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder.path, name)), { recursive: true });
      writeFileSync(join(folder.path, name), text);
    }
    const pages = Object.entries(files)
      .filter(([name]) => name.endsWith('.md'))
      .map(([source, text]) => ({ source, path: source.replace('.md', '.html'), title: source, text }));
    const bySource = new Map(pages.map((page) => [page.source, page]));
    const all = pages.map((page) => render(page, bySource, folder.path));
    return {
      html: all.map(({ html }) => html).join(''),
      faults: [...all.flatMap((one) => one.faults), ...badAnchors(all)],
    };
  };

  it('names links, anchors and pictures that lead nowhere', () => {
    const { faults } = rendered({
      'a.md': '# A\n\n[b](b.md#the-end) [c](gone.md) [d](b.md#gone) [e](#gone) ![](x.png) ![no](y.png)\n',
      'b.md': '# B\n\n## The `end`\n\n[out](../../etc/passwd)\n',
      'x.png': '',
    });
    expect(faults).toEqual([
      'a.md: there is no gone.md',
      'a.md: the picture x.png has no text',
      'a.md: there is no y.png',
      'b.md: there is no ../../etc/passwd',
      'a.md: b.html has no heading #gone',
      'a.md: a.html has no heading #gone',
    ]);
  });

  it('links to pages, and names other files of the repository', () => {
    const { html, faults } = rendered({
      'docs/a.md': '# A\n\n[b](../b.md#b) [code](../run.ts) [far](https://example.org)\n',
      'b.md': '# B\n\n[a](docs/a.md)\n',
      'run.ts': '',
    });
    expect(faults).toEqual([]);
    expect(html).toContain(
      '<a href="../b.html#b">b</a> <span>code</span> <a href="https://example.org">far</a>',
    );
    expect(html).toContain('<a href="docs/a.html">a</a>');
  });

  it.each([
    ['What a review says about the rest', 'what-a-review-says-about-the-rest'],
    ['preflens.json', 'preflensjson'],
    ['diff and merge', 'diff-and-merge'],
    ['Zwei_Wörter, 2 – x', 'zwei_wörter-2--x'],
  ])('has the anchor of "%s"', (heading, anchor) => {
    expect(anchorOf(heading)).toBe(anchor);
  });
});
