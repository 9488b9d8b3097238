// Plugins of the build that make the programs in Node start faster.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';

/**
 * What most commands don't need, and what takes 1 to 15 ms to load: each is loaded at the first use. A function of it
 * that this Node has must be one that every Node has.
 */
const LATER = new Set([
  ...['node:crypto', 'node:timers/promises', 'node:v8', 'node:worker_threads'],
  ...['ajv', 'fzstd'],
]);

/** What packages require as a whole and seldom use. */
const WHOLE_LATER = new Set(['node:child_process']);

/** Code of a function or class that is loaded at its first use, and is the same in every use. */
const later = (own) => `/* @__PURE__ */ new Proxy(function () {}, {
  get: (_, key) => ${own}[key],
  apply: (_, self, given) => Reflect.apply(${own}, self, given),
  construct: (_, given, made) => Reflect.construct(${own}, given, made),
});`;

/** The code of an export. An `import` of a part of Node would make all its exports, and load what those need. */
function exportOf(path, name, value) {
  const own = name === 'default' ? `require('${path}')` : `require('${path}').${name}`;
  const start = name === 'default' ? 'export default' : `export const ${name} =`;
  const isLater = LATER.has(path) && typeof value === 'function';
  return `${start} ${isLater ? later(own) : `/* @__PURE__ */ (() => ${own})();`}`;
}

/** A path that is the same wherever the sources lie. */
const pathIn = (root, path) => relative(root, path).replaceAll(sep, '/');

/**
 * The parts of Node, and the packages that are loaded later, by the exports that the code uses.
 * @param {string} root names of files are relative to it
 */
export const byExport = (root) => ({
  name: 'by-export',
  setup(build) {
    const require = createRequire(import.meta.url);
    build.onResolve({ filter: /^(?:node:.*|ajv|fzstd)$/ }, ({ path, kind, namespace, importer }) => {
      if (namespace !== 'file') return undefined;
      if (kind === 'require-call' && WHOLE_LATER.has(path)) return { path, namespace: 'whole-later' };
      if (kind !== 'import-statement') return undefined;
      // For each importer its own, or they would be in files that all share, with what others need.
      return { path: `${path} ${pathIn(root, importer)}`, namespace: 'by-export' };
    });
    build.onLoad({ filter: /.*/, namespace: 'by-export' }, ({ path: withUser }) => {
      const [path] = withUser.split(' ');
      const all = require(path);
      const names = Object.entries({ ...all, default: all });
      return {
        contents: names.map(([name, value]) => exportOf(path, name, value)).join('\n'),
        resolveDir: import.meta.dirname,
      };
    });
    build.onLoad({ filter: /.*/, namespace: 'whole-later' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => require('${path}')[key] });`,
      resolveDir: import.meta.dirname,
    }));
  },
});

/**
 * Our code in ASCII: a file with another character takes twice the memory and longer to load. esbuild leaves them in
 * regular expressions and in `String.raw`, which makes expressions: an escape there is the same.
 */
export const inAscii = {
  name: 'in-ascii',
  setup(build) {
    build.onLoad({ filter: /[\\/]server[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(/[^\p{ASCII}]/gu, (character) =>
        [...Array(character.length).keys()]
          .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
          .join(''),
      ),
      loader: 'ts',
    }));
  },
};

/**
 * Each file takes half a millisecond to load, and esbuild makes one for each set of parts that share code. So each
 * part that is loaded on its own also imports what is loaded often: then that has one set of parts.
 * @param {string} root names of files are relative to it
 * @param {readonly string[]} often what is loaded often, with `/` in the paths
 */
export const fewFiles = (root, often) => ({
  name: 'few-files',
  setup(build) {
    build.onResolve({ filter: /^[.#]/ }, async ({ path, kind, ...from }) => {
      if (kind !== 'dynamic-import' || from.pluginData === 'found' || path === './program.ts')
        return undefined;
      const found = await build.resolve(path, { ...from, kind, pluginData: 'found' });
      return { path: pathIn(root, found.path), namespace: 'few-files' };
    });
    build.onLoad({ filter: /.*/, namespace: 'few-files' }, ({ path }) => ({
      contents: [
        ...often.map((one) => `import ${JSON.stringify(`./${one}`)};`),
        `export * from ${JSON.stringify(`./${path}`)};`,
      ].join('\n'),
      resolveDir: root,
    }));
  },
});
