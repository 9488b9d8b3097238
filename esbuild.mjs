// Builds every program of the product from one table. `node esbuild.mjs --watch` rebuilds on change.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import * as esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
/** An id of the code that surveys files: results cached by other code are not used. */
function buildOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

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
    'process.env.PREFLENS_BUILD': JSON.stringify(buildOf(join(import.meta.dirname, 'server', 'src'))),
  },
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
  },
  {
    ...node,
    entryPoints: ['client/src/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    banner: {},
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

/**
 * Copies the model runtime of one platform beside the bundles, as a package they can resolve. The full
 * package holds the files of all platforms, and one macOS library twice.
 */
async function copyRuntime(target) {
  const [platform, arch] = target.split('-');
  const from = (name) => join(import.meta.dirname, 'node_modules', name);
  const to = (name) => join('dist', 'node_modules', name);
  const binaries = join('onnxruntime-node', 'bin', 'napi-v6', platform, arch);
  if (!existsSync(from(binaries))) {
    console.log(`There is no model runtime for ${target}: reward models will not run there.`);
    return;
  }
  const isWanted = (path) => !/\.\d+\.\d+\.\d+\.dylib$|\.(?:map|d\.ts)$/.test(path);
  for (const part of [binaries, ...['dist', 'package.json'].map((name) => join('onnxruntime-node', name))]) {
    await cp(from(part), to(part), { recursive: true, filter: isWanted });
  }
  for (const part of ['dist/cjs', 'package.json']) {
    const name = join('onnxruntime-common', part);
    await cp(from(name), to(name), { recursive: true, filter: isWanted });
  }
}

await rm('dist', { recursive: true, force: true });
await mkdir('dist');
await copyRuntime(process.env.PREFLENS_TARGET ?? `${process.platform}-${process.arch}`);
await cp('media/style', 'dist', { recursive: true });
if (watch) {
  for (const bundle of bundles) await (await esbuild.context({ ...shared, ...bundle })).watch();
} else {
  const built = await Promise.all(bundles.map((bundle) => esbuild.build({ ...shared, ...bundle })));
  for (const { metafile } of built) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (!/\.(?:map|woff2)$/.test(file))
        console.log(`${file.padEnd(20)} ${(bytes / 1024).toFixed(0).padStart(6)} kB`);
    }
  }
}
