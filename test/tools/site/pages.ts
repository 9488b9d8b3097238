// The pages of the site: which Markdown file becomes which page, and where it stands in the navigation.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Page {
  /** Path in the repository, with forward slashes. */
  readonly source: string;
  /** Path in the site. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

export interface Group {
  readonly title: string;
  readonly pages: readonly Page[];
}

const DOCS = 'media/docs';

/** Names in `media/docs`. A page that no group names comes under "More". */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Use', ['editor', 'review', 'portrait', 'history', 'query', 'command-line', 'ci', 'assistants']],
  ['Data', ['mappings', 'conversion', 'parquet', 'build', 'clusters']],
  ['Judge', ['rules', 'scorers', 'capabilities', 'threat-model']],
];

/** Files of the repository beside the documents. */
const ROOT_FILES: readonly (readonly [source: string, path: string])[] = [
  ['CHANGELOG.md', 'changelog.html'],
  ['CONTRIBUTING.md', 'contributing.html'],
  ['ARCHITECTURE.md', 'architecture.html'],
];

function pageOf(root: string, source: string, path: string): Page {
  const text = readFileSync(join(root, source), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`${source} has no title`);
  return { source, path, title, text };
}

const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -3))
    .sort();

/** In the order of the navigation; `hidden` are reached from others. */
export function pagesOf(root: string): {
  readonly groups: readonly Group[];
  readonly hidden: readonly Page[];
} {
  const named = GROUPS.flatMap(([, names]) => names);
  const rest = namesIn(join(root, DOCS)).filter((name) => !named.includes(name));
  const page = (name: string): Page => pageOf(root, `${DOCS}/${name}.md`, `${name}.html`);
  const groups = GROUPS.map(([title, names]) => ({ title, pages: names.map(page) }));
  return {
    groups: [
      { title: '', pages: [pageOf(root, 'README.md', 'index.html')] },
      ...groups,
      {
        title: 'More',
        pages: [...rest.map(page), ...ROOT_FILES.map(([source, path]) => pageOf(root, source, path))],
      },
    ],
    hidden: namesIn(join(root, DOCS, 'rules')).map((name) =>
      pageOf(root, `${DOCS}/rules/${name}.md`, `rules/${name}.html`),
    ),
  };
}
