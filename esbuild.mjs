// Builds every program of the product from one table. `node esbuild.mjs --watch` rebuilds on change.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as esbuild from 'esbuild';

import { byExport, fewFiles, inAscii } from './test/tools/pack/plugins.mjs';
import { copyRuntime, runtimePlatforms } from './test/tools/pack/runtime.mjs';

const watch = process.argv.includes('--watch');
/** An id of the code that surveys files: results cached by other code are not used. */
function buildOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

const { version, dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
/** The version of the model runtime and the platforms it exists for. */
const runtime = [dependencies['onnxruntime-node'], ...runtimePlatforms()].join(' ');

/** What `check` loads on every file. */
const OFTEN = ['server/src/cli/checking.ts', 'server/src/node/rangeWork.ts'];

const node = {
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Some dependencies are CommonJS and call `require` at run time.
  banner: {
    js: "import { createRequire as topLevelRequire } from 'node:module'; const require = topLevelRequire(import.meta.url);",
  },
  define: {
    'process.env.PREFLENS_VERSION': JSON.stringify(version),
    'process.env.PREFLENS_RUNTIME': JSON.stringify(runtime),
    'process.env.PREFLENS_BUILD': JSON.stringify(buildOf(join(import.meta.dirname, 'server', 'src'))),
  },
};

/** The parts of Node that the server uses, as files for a browser. */
const forBrowsers = {
  name: 'for-browsers',
  setup(build) {
    const folder = join(import.meta.dirname, 'server', 'src', 'web', 'platform');
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({
      path: join(folder, `${path.slice('node:'.length).replace('/', '-')}.ts`),
    }));
    build.onResolve(
      { filter: /^vscode-(?:languageserver|languageclient|jsonrpc)\/node$/ },
      ({ path, ...rest }) =>
        build.resolve(path.replace(/node$/, 'browser'), {
          resolveDir: rest.resolveDir,
          importer: rest.importer,
          kind: 'import-statement',
        }),
    );
  },
};

const browser = {
  platform: 'browser',
  target: 'es2022',
  define: { ...node.define, global: 'globalThis' },
  plugins: [forBrowsers],
};

/** One row for each bundle. */
const bundles = [
  // The programs that run in Node share what they load, and load a command's code when it runs.
  {
    ...node,
    splitting: true,
    chunkNames: 'node-[name]-[hash]',
    entryPoints: {
      cli: 'server/src/cli/main.ts',
      server: 'server/src/lsp/main.ts',
      mcp: 'server/src/mcp/main.ts',
      scorer: 'server/src/scorer/main.ts',
      thread: 'server/src/node/threadMain.ts',
    },
    outdir: 'dist',
    external: ['onnxruntime-node'],
    plugins: [byExport(import.meta.dirname), fewFiles(import.meta.dirname, OFTEN), inAscii],
  },
  {
    ...node,
    entryPoints: ['client/src/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    banner: {},
    external: ['vscode'],
  },
  // A worker in a browser: one classic script.
  {
    ...browser,
    entryPoints: ['server/src/web/main.ts'],
    outfile: 'dist/web-server.js',
    format: 'iife',
    inject: ['server/src/web/platform/globals.ts'],
  },
  {
    ...browser,
    entryPoints: ['client/src/web/extension.ts'],
    outfile: 'dist/web-extension.js',
    format: 'cjs',
    external: ['vscode'],
  },
  // What both pages share, and each heavy library, is a file of its own, loaded when it is needed.
  {
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    splitting: true,
    chunkNames: 'page-[name]-[hash]',
    entryPoints: ['media/src/compare.tsx', 'media/src/dataset.tsx'],
    outdir: 'dist',
  },
  // The style of formulas and its fonts. Of their three formats every VS Code reads the smallest.
  {
    entryPoints: ['node_modules/katex/dist/katex.css'],
    outfile: 'dist/formulas.css',
    assetNames: 'fonts/[name]',
    loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty' },
    sourcemap: false,
  },
];

const shared = {
  bundle: true,
  sourcemap: true,
  minify: !watch,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
};

/** The folder of the package that a source file belongs to; undefined for our own, and for what a plugin made. */
const packageOf = (path) => /^([^:]*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];

/** What `npm run package` needs to know: the files of the programs, and which packages are in which file. */
function partsOf(built) {
  const outputs = built.flatMap(({ metafile }) => Object.entries(metafile.outputs));
  const packages = outputs.map(([file, { inputs }]) => {
    const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    return [file, [...new Set(used.flatMap(([path]) => packageOf(path) ?? []))].sort()];
  });
  const programs = Object.keys(built[0].metafile.outputs).sort();
  return { programs, packages: Object.fromEntries(packages.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

await rm('dist', { recursive: true, force: true });
await mkdir('dist');
const here = `${process.platform}-${process.arch}`;
if (runtimePlatforms().includes(here)) await copyRuntime(here, join('dist', 'node_modules'));
else console.log(`There is no model runtime for ${here}: reward models will not run here.`);
await cp('media/style', 'dist', { recursive: true });
if (watch) {
  for (const bundle of bundles) await (await esbuild.context({ ...shared, ...bundle })).watch();
} else {
  const built = await Promise.all(bundles.map((bundle) => esbuild.build({ ...shared, ...bundle })));
  await writeFile('dist/parts.json', `${JSON.stringify(partsOf(built), null, 1)}\n`);
  for (const { metafile } of built) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (!/\.(?:map|woff2)$/.test(file))
        console.log(`${file.padEnd(20)} ${(bytes / 1024).toFixed(0).padStart(6)} kB`);
    }
  }
}
