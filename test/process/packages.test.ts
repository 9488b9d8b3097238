// What a stranger installs: a VSIX for each platform, one for all others, and the command line from npm.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ZipEntry } from '../fakes/zip.ts';
import { readZip } from '../fakes/zip.ts';
import { writeModel } from '../models/folders.ts';
import { fileFor, packFor, TARGETS, writeSums } from '../tools/pack/package.mjs';
import { faultsOf } from '../tools/pack/release.mjs';
import { ROOT, SAMPLE } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-packages-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}
const { version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const RUNTIME = `onnxruntime-node@${dependencies['onnxruntime-node']!}`;

const WINDOWS = ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'];
const LINUX = ['libonnxruntime.so.1', 'onnxruntime_binding.node'];

/** The size in MB, and the files of the model runtime. */
const VSIXES: Readonly<Record<string, { readonly mb: number; readonly runtime: readonly string[] }>> = {
  'linux-x64': { mb: 19.7, runtime: LINUX },
  'linux-arm64': { mb: 12.2, runtime: LINUX },
  'darwin-x64': { mb: 1.7, runtime: [] },
  'darwin-arm64': { mb: 14.8, runtime: ['libonnxruntime.1.dylib', 'onnxruntime_binding.node'] },
  'win32-x64': { mb: 30.6, runtime: WINDOWS },
  'win32-arm64': { mb: 31.8, runtime: WINDOWS },
  web: { mb: 1.6, runtime: [] },
  universal: { mb: 1.7, runtime: [] },
};
const NPM_MB = 0.9;

/** Within a tenth of what it was: a larger step is a decision. */
function expectSize(path: string, mb: number): void {
  const size = statSync(path).size / 1e6;
  expect(size, path).toBeGreaterThan(0.9 * mb - 0.05);
  expect(size, path).toBeLessThan(1.1 * mb + 0.05);
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[];
  readonly hashes: unknown;
  readonly components?: readonly { readonly name: string }[];
}
interface Bill {
  readonly components: readonly Component[];
}

const DOCUMENTS = String.raw`README\.md|CHANGELOG\.md|ThirdPartyNotices\.txt|sbom\.cdx\.json|media/docs/[\w-]+\.md|media/docs/rules/[a-z-]+\.md|media/docs/pictures/[a-z-]+\.png|media/(preflens|recipe)\.schema\.json`;
const IN_EXTENSION = new RegExp(
  String.raw`^(${DOCUMENTS}|readme\.md|changelog\.md|LICENSE\.txt|package(\.nls(\.[a-z-]+)?)?\.json|l10n/bundle\.l10n(\.[a-z-]+)?\.json|client/api\.d\.ts|dist/(web-)?[A-Za-z]+\.(js|cjs|css)|dist/(page|node)-[A-Za-z]+-[A-Z0-9]{8}\.js|dist/fonts/KaTeX_[\w-]+\.woff2|dist/node_modules/onnxruntime-(node|common)/.*|media/(icons|sample|walkthrough)/[\w.-]+|syntaxes/[\w.]+)$`,
);
const IN_COMMAND = new RegExp(
  String.raw`^(${DOCUMENTS}|LICENSE|package\.json|preflens\.1|dist/(cli|server|scorer|mcp|thread)\.js|dist/node-[A-Za-z]+-[A-Z0-9]{8}\.js)$`,
);
const NEEDED = {
  extension: [
    ...[
      'cli.js',
      'server.js',
      'scorer.js',
      'thread.js',
      'mcp.js',
      'extension.cjs',
      'compare.js',
      'compare.css',
    ],
    ...['dataset.js', 'dataset.css', 'formulas.css'],
  ].map((name) => `dist/${name}`),
  web: [
    ...['web-extension.js', 'web-server.js', 'compare.js', 'compare.css'],
    ...['dataset.js', 'dataset.css', 'formulas.css'],
  ].map((name) => `dist/${name}`),
  texts: ['package.nls', 'package.nls.zh-cn', 'l10n/bundle.l10n', 'l10n/bundle.l10n.zh-cn'].map(
    (name) => `${name}.json`,
  ),
  command: ['cli.js', 'server.js', 'scorer.js', 'thread.js', 'mcp.js'].map((name) => `dist/${name}`),
};

/** The packages of others in files of the build, as name and version. */
function bundledIn(files: readonly string[]): string[] {
  const parts = JSON.parse(readFileSync(join(ROOT, 'dist', 'parts.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, readonly string[]>>;
  };
  const found = files.flatMap((file) => parts.packages[file] ?? []);
  return [...new Set(found)].map((place) => {
    const { name, version: number } = JSON.parse(readFileSync(join(ROOT, place, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
    };
    return `${name}@${number}`;
  });
}

/** Notices and bill name the same packages, which are those in the files. */
function expectInventory(
  files: readonly string[],
  read: (name: string) => string,
  others: readonly string[],
): Bill {
  const bill = JSON.parse(read('sbom.cdx.json')) as Bill;
  const wanted = [...bundledIn(files), ...others].sort();
  expect(bill.components.map((one) => `${one.name}@${one.version}`).sort()).toEqual(wanted);
  const named = read('ThirdPartyNotices.txt').matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\S+) \(.+\)$/gm);
  expect([...named].map(([, name, number]) => `${name}@${number}`).sort()).toEqual(wanted);
  for (const { licenses } of bill.components)
    expect(licenses[0]?.license?.id ?? '').toMatch(licenses[0]?.expression ? /^$/ : /^[\w.-]+$/);
  return bill;
}

describe.each(Object.entries(VSIXES))('the VSIX for %s', (target, { mb, runtime }) => {
  let path = '';
  let entries: readonly ZipEntry[] = [];
  let files: string[] = [];
  beforeAll(async () => {
    path = await packFor(target, folder);
    entries = readZip(path);
    files = entries.flatMap(({ name }) => /^extension\/(.*)/.exec(name)?.[1] ?? []);
  });
  const read = (name: string): string =>
    entries
      .find((one) => one.name === `extension/${name}`)!
      .read()
      .toString();

  it('holds what runs, its documents and nothing else', () => {
    expect(files.filter((file) => !IN_EXTENSION.test(file))).toEqual([]);
    const programs = target === 'web' ? NEEDED.web : NEEDED.extension;
    if (target === 'web') expect(files.filter((file) => /node-|\.cjs$|cli\.js$/.test(file))).toEqual([]);
    for (const needed of [...programs, ...NEEDED.texts]) expect(files).toContain(needed);
    const others = entries.map(({ name }) => name).filter((name) => !name.startsWith('extension/'));
    expect(others).toEqual(['[Content_Types].xml', 'extension.vsixmanifest']);
    expectSize(path, mb);
  });

  it('holds the runtime of its platform and no other', () => {
    const [system, arch] = target.split('-');
    const binaries = files.filter((file) => /\.(node|dll|dylib|so[\d.]*)$/.test(file));
    const place = `dist/node_modules/onnxruntime-node/bin/napi-v6/${system}/${arch}`;
    expect(binaries.sort()).toEqual(runtime.map((name) => `${place}/${name}`).sort());
    if (runtime.length === 0) expect(files.filter((file) => file.includes('onnxruntime'))).toEqual([]);
    const manifest = entries
      .find(({ name }) => name === 'extension.vsixmanifest')!
      .read()
      .toString();
    expect(/TargetPlatform="([^"]*)"/.exec(manifest)?.[1]).toBe(target === 'universal' ? undefined : target);
    // By this the marketplace offers it to browsers.
    expect(manifest.includes('__web_extension')).toBe(target === 'web');
  });

  it('names what it holds of others, and their licences', () => {
    const { components } = expectInventory(
      files,
      read,
      runtime.length > 0 ? [RUNTIME, RUNTIME.replace('-node', '-common')] : [],
    );
    const own = components.find(({ name }) => name === 'onnxruntime-node')?.components ?? [];
    expect(own.map(({ name }) => name).sort()).toEqual([...runtime].sort());
  });

  it('says nothing of when and where it was made', () => {
    expect([...new Set(entries.map(({ time }) => time))]).toEqual(['1985-10-26 08:15']);
    expect([...new Set(entries.map(({ mode }) => mode))].sort()).toEqual(['644', '664']);
    for (const { name, read: content } of entries)
      if (/\.(js|cjs|css|json)$/.test(name)) expect(content().includes(ROOT), name).toBe(false);
  });
});

describe('the command line from npm', () => {
  const place = join(folder, 'uncompressed');
  const project = join(folder, 'project');
  let tarball = '';
  let files: string[] = [];
  beforeAll(async () => {
    tarball = await packFor('npm', folder);
    mkdirSync(place);
    execFileSync('tar', ['-xzf', tarball, '-C', place]);
    files = readdirSync(join(place, 'package'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(place.length + '/package/'.length))
      .map((name) => name.replaceAll('\\', '/'));
    mkdirSync(project);
    copyFileSync(SAMPLE, join(project, 'data.jsonl'));
  });

  it('holds the programs, their documents and nothing else', () => {
    expect(files.filter((file) => !IN_COMMAND.test(file))).toEqual([]);
    for (const needed of NEEDED.command) expect(files).toContain(needed);
    expectSize(tarball, NPM_MB);
    expect(tarball.endsWith(`preflens-${version}.tgz`)).toBe(true);
  });

  it('needs no other package, runs no script, and takes the runtime if it is there', () => {
    const manifest = JSON.parse(readFileSync(join(place, 'package', 'package.json'), 'utf8')) as object;
    expect(Object.keys(manifest).sort()).toEqual([
      ...['bin', 'description', 'engines', 'keywords', 'license', 'man', 'name'],
      ...['peerDependencies', 'peerDependenciesMeta', 'type', 'version'],
    ]);
    expect(manifest).toMatchObject({
      peerDependencies: { 'onnxruntime-node': dependencies['onnxruntime-node'] },
      peerDependenciesMeta: { 'onnxruntime-node': { optional: true } },
    });
  });

  it('names what it holds of others as npm itself does', () => {
    const { components } = expectInventory(
      files,
      (name) => readFileSync(join(place, 'package', name), 'utf8'),
      [],
    );
    const bill = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64e6,
      shell: process.platform === 'win32',
    });
    const known = new Map((JSON.parse(bill) as Bill).components.map((one) => [one.purl, one]));
    for (const { name, version: number, purl, licenses, hashes } of components)
      expect(known.get(purl)).toMatchObject({ name, version: number, licenses, hashes });
  });

  /** As somebody whose home is empty, and without a network. */
  function run(command: string, ...args: readonly string[]): { code: number; out: string; err: string } {
    const home = join(folder, 'home');
    mkdirSync(home, { recursive: true });
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: project,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      env: { PATH: process.env.PATH, HOME: home, USERPROFILE: home, npm_config_update_notifier: 'false' },
    });
    return { code: status ?? -1, out: stdout, err: stderr };
  }

  const preflens = (...args: readonly string[]) => run(join('node_modules', '.bin', 'preflens'), ...args);

  it('is installed into an empty folder, and checks and scores there', () => {
    const installed = run('npm', 'install', '--offline', '--no-audit', '--no-fund', tarball);
    expect(installed.code, installed.err).toBe(0);
    expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'preflens',
    ]);
    expect(run('npx', '--offline', 'preflens', '--version').out).toBe(`${version}\n`);
    const checked = preflens('check', 'data.jsonl');
    expect(checked.code, checked.err).toBe(1);
    expect(checked.out).toMatch(/^data\.jsonl:\d+:\d+: error /m);
    const scored = preflens('score', 'data.jsonl', '--out', 'scores.jsonl');
    expect(scored.code, scored.err).toBe(0);
    const lines = readFileSync(join(project, 'scores.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(500);
    expect(JSON.parse(lines[0]!)).toMatchObject({ scorer: expect.stringMatching(/^consistency@/) as string });
    expect(preflens('explain', 'query').out).toContain('margin');
  });

  it('says what a reward model needs, and scores with it once that is there', () => {
    writeModel(join(project, 'rm'), { isChat: true, kind: 'bpe', sizes: { positions: 512 } });
    writeFileSync(
      join(project, 'preflens.json'),
      JSON.stringify({ scorers: [{ kind: 'onnx', model: 'rm' }] }),
    );
    const args = ['score', 'data.jsonl', '--out', 'model.jsonl'];
    const missing = preflens(...args);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain(
      `it needs ONNX Runtime, which is not installed. This installs it beside PrefLens: npm install --ignore-scripts ${RUNTIME}.`,
    );
    const providers = preflens('providers').out.trimEnd().split('\n');
    for (const line of providers) expect(line).toMatch(/^\w+ +not here: it needs ONNX Runtime/);
    // What that command puts there.
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      cpSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
    const scored = preflens(...args);
    expect(scored.code, scored.err).toBe(0);
    expect(readFileSync(join(project, 'model.jsonl'), 'utf8')).toMatch(/"scorer":"rm/);
  });
});

describe('a release', () => {
  const changelog = `# Changelog\n\n## ${version} – 2026-01-01\n`;
  beforeAll(() => {
    writeSums(folder, TARGETS);
  });

  it('may be published under the tag of its version, if the changelog has it and every package is there', () => {
    expect(faultsOf(`v${version}`, folder, changelog)).toEqual([]);
    expect(faultsOf('v9.9.9', folder, '# Changelog\n\n## Unreleased\n')).toEqual([
      `the tag v9.9.9 is not v${version}, the version in package.json`,
      `CHANGELOG.md has no "## ${version}"`,
    ]);
    const [first, second] = ['universal', 'darwin-x64'].map(fileFor);
    rmSync(join(folder, first!));
    appendFileSync(join(folder, second!), ' ');
    expect(faultsOf(`v${version}`, folder, changelog)).toEqual([
      `${second} is not what SHA256SUMS says`,
      `${first} is missing`,
    ]);
  });

  it('is accepted by npm in a dry run', () => {
    const { status, stderr } = spawnSync(
      'npm',
      ['publish', '--dry-run', '--offline', join(folder, fileFor('npm'))],
      { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' },
    );
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(`preflens@${version}`);
  });
});
