// The folder that is packaged: everything that a package holds and nothing else, from one build in dist.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { must, root } from '../setup.mjs';
import { billOf, factsOf, noticesOf } from './inventory.mjs';
import { copyRuntime, runtimePlatforms } from './runtime.mjs';

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const entriesIn = (folder, kind) =>
  readdirSync(join(root, folder))
    .filter((name) => kind.test(name))
    .map((name) => `${folder}/${name}`.replace(/^\.\//, ''));

/** Bundles, styles and fonts: no source maps, and no runtime, which depends on the platform. */
const builtFiles = () => [...entriesIn('dist', /\.(?:js|cjs|css)$/), ...entriesIn('dist/fonts', /\.woff2$/)];

const isOfBrowser = (file) => file.startsWith('dist/web-');

/** What a browser can't run. */
function isOfNode(file) {
  return file.endsWith('.cjs') || readJson('dist/parts.json').programs.includes(file);
}

/** What both kinds of extensions hold beside programs. */
const AROUND = () => [
  ...SHARED,
  ...entriesIn('.', /^package\.nls.*\.json$/),
  ...entriesIn('l10n', /\.json$/),
  ...['client/api.d.ts', 'media/icons', 'media/sample', 'media/walkthrough', 'syntaxes'],
];

/** Fields of package.json that only mean something in a clone. */
const OF_A_CLONE = [
  'allowScripts',
  'bin',
  'dependencies',
  'devDependencies',
  'imports',
  'private',
  'scripts',
];

function extensionManifest() {
  return Object.fromEntries(
    Object.entries(readJson('package.json')).filter(([key]) => !OF_A_CLONE.includes(key)),
  );
}

/** In a browser, an extension opens files of every file system that VS Code has. */
function webManifest() {
  const { main: _main, type: _type, capabilities, contributes, ...manifest } = extensionManifest();
  const customEditors = contributes.customEditors.map(({ selector, ...editor }) => ({
    ...editor,
    selector: selector.map(({ filenamePattern }) => ({
      filenamePattern: filenamePattern.replace(/^.*\//, ''),
    })),
  }));
  return {
    ...manifest,
    browser: './dist/web-extension.js',
    capabilities: { ...capabilities, virtualWorkspaces: true },
    contributes: { ...contributes, customEditors },
  };
}

/** The command line has everything in its bundles but the runtime, which only reward models need. */
function commandManifest() {
  const { name, version, license, type, keywords, engines, bin, dependencies } = readJson('package.json');
  return {
    name,
    version,
    description: readJson('package.nls.json').description,
    keywords,
    license,
    type,
    engines: { node: engines.node },
    bin,
    man: 'preflens.1',
    peerDependencies: { 'onnxruntime-node': dependencies['onnxruntime-node'] },
    peerDependenciesMeta: { 'onnxruntime-node': { optional: true } },
  };
}

const SCHEMAS = ['media/preflens.schema.json', 'media/recipe.schema.json'];
const SHARED = ['README.md', 'CHANGELOG.md', 'LICENSE', 'media/docs', ...SCHEMAS];

/** What each kind of package holds. */
const KINDS = {
  extension: {
    type: 'application',
    manifest: extensionManifest,
    files: () => [...AROUND(), ...builtFiles().filter((file) => !isOfBrowser(file))],
  },
  web: {
    type: 'application',
    manifest: webManifest,
    files: () => [...AROUND(), ...builtFiles().filter((file) => !isOfNode(file))],
  },
  command: {
    type: 'application',
    manifest: commandManifest,
    files: () => [
      ...SHARED,
      ...readJson('dist/parts.json').programs.filter((file) => !file.endsWith('.map')),
    ],
  },
};

/** The manual page, as the built program writes it. */
function writeManual(to) {
  const { stdout } = must('The manual page', process.execPath, [join('dist', 'cli.js'), 'man'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  writeFileSync(join(to, 'preflens.1'), stdout);
}

function writeInventory(to, type) {
  const { packages } = readJson('dist/parts.json');
  const files = readdirSync(to, { recursive: true })
    .map(String)
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  const runtimes = ['onnxruntime-common', 'onnxruntime-node'].filter((name) =>
    existsSync(join(to, 'dist', 'node_modules', name)),
  );
  const bundled = [
    ...files.flatMap((file) => packages[file] ?? []),
    ...runtimes.map((name) => `node_modules/${name}`),
  ];
  const facts = factsOf([...new Set(bundled)]);
  const binaries = files
    .filter((file) => file.startsWith('dist/node_modules/onnxruntime-node/bin/') && /\.\w+$/.test(file))
    .map((file) => ({ owner: 'onnxruntime-node', path: join(to, file) }));
  const { name, version } = readJson('package.json');
  writeFileSync(join(to, 'ThirdPartyNotices.txt'), noticesOf(facts));
  const bill = billOf({ name, version, type }, facts, binaries);
  writeFileSync(join(to, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
}

/** Who may read and run a file travels in archives: it must not depend on who builds. */
function evenOutModes(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath ?? entry.path, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

/**
 * Fills the folder `to` with what a package of this kind holds.
 * @param target the platform whose model runtime travels along; without one, none does
 */
export async function stage(kind, to, target) {
  const { type, manifest, files } = KINDS[kind];
  for (const file of files()) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    await cp(join(root, file), join(to, file), { recursive: true });
  }
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  if (runtimePlatforms().includes(target)) await copyRuntime(target, join(to, 'dist', 'node_modules'));
  if (kind === 'command') writeManual(to);
  // Without this file, vsce warns that everything in the folder is packaged.
  else writeFileSync(join(to, '.vscodeignore'), '');
  writeInventory(to, type);
  evenOutModes(to);
}
