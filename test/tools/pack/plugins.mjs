// Plugins of the build that make the programs in Node start faster.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';

/**
 * Packages that most commands don't need, and that take 5 to 15 ms to load: each is loaded at the first use. Not the
 * child processes: `promisify` looks into them as soon as they are imported.
 */
const LATER = new Set(['node:crypto', 'node:worker_threads', 'ajv', 'fzstd']);

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

/** The parts of Node, and the packages that are loaded later, by the exports that the code uses. */
export const byExport = {
  name: 'by-export',
  setup(build) {
    const require = createRequire(import.meta.url);
    build.onResolve({ filter: /^(?:node:.*|ajv|fzstd)$/ }, ({ path, kind, namespace }) =>
      kind === 'import-statement' && namespace !== 'by-export' ? { path, namespace: 'by-export' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'by-export' }, ({ path }) => {
      const all = require(path);
      const names = Object.entries({ ...all, default: all });
      return {
        contents: names.map(([name, value]) => exportOf(path, name, value)).join('\n'),
        resolveDir: import.meta.dirname,
      };
    });
  },
};

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
 * @param {string} root names of files are relative to it, so that a build is the same in every folder
 * @param {readonly string[]} often what is loaded often, with `/` in the paths
 */
export const fewFiles = (root, often) => ({
  name: 'few-files',
  setup(build) {
    build.onResolve({ filter: /^[.#]/ }, async ({ path, kind, ...from }) => {
      if (kind !== 'dynamic-import' || from.pluginData === 'found' || path === './program.ts')
        return undefined;
      const found = await build.resolve(path, { ...from, kind, pluginData: 'found' });
      return { path: relative(root, found.path).replaceAll(sep, '/'), namespace: 'few-files' };
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
