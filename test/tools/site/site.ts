// The site: a page for each document, as files that need no server, no script and nothing from elsewhere.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { framed } from './frame.ts';
import { pagesOf } from './pages.ts';
import { badAnchors, render } from './render.ts';

export interface Site {
  /** Texts of pages by their paths. */
  readonly pages: ReadonlyMap<string, string>;
  /** Files of the repository by their paths in the site. */
  readonly files: ReadonlyMap<string, string>;
  /** Links and pictures that lead nowhere. */
  readonly faults: readonly string[];
}

export function siteOf(root: string): Site {
  const { groups, hidden } = pagesOf(root);
  const all = [...groups.flatMap(({ pages }) => pages), ...hidden];
  const bySource = new Map(all.map((page) => [page.source, page]));
  const rendered = all.map((page) => render(page, bySource, root));
  const rules = all.find(({ path }) => path === 'rules.html');
  return {
    pages: new Map(
      rendered.map((one) => [
        one.page.path,
        framed(one, groups, hidden.includes(one.page) ? rules : undefined),
      ]),
    ),
    files: new Map(rendered.flatMap(({ files }) => [...files])),
    faults: [...rendered.flatMap(({ faults }) => faults), ...badAnchors(rendered)],
  };
}

/** Writes a site into a folder. */
export function writeSite({ pages, files }: Site, root: string, folder: string): void {
  const into = (path: string): string => {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    return at;
  };
  for (const [path, text] of pages) writeFileSync(into(path), text);
  for (const [path, source] of files) cpSync(join(root, source), into(path));
  writeFileSync(into('style.css'), readFileSync(join(import.meta.dirname, 'style.css')));
}
