// npm run package [-- TARGET… | --all]: packs one build for the editor, as a VSIX for each platform and one for all
// others, and for npm. The same sources give the same bytes, wherever and whenever they are packaged.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bin, environment, must, root } from '../setup.mjs';
import { stage } from './stage.mjs';

export const VSIX = join(root, 'dist', 'preflens.vsix');
export const PACKAGES = join(root, 'dist', 'packages');

/** A VSIX for each, with the runtime of that platform, if there is one. */
export const PLATFORMS = [
  'linux-x64',
  'linux-arm64',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64',
  'win32-arm64',
];
/** Without a runtime: for every other platform. */
const UNIVERSAL = 'universal';
/** For VS Code in a browser. */
const WEB = 'web';
const NPM = 'npm';
/** Everything that is packaged. */
export const TARGETS = [...PLATFORMS, WEB, UNIVERSAL, NPM];
const HERE = `${process.platform}-${process.arch}`;

const isWindows = process.platform === 'win32';
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Seconds. The time of every file in an archive: the one that npm uses in its own. */
const FILE_TIME = Date.UTC(1985, 9, 26, 8, 15) / 1000;

function packVsix(folder, vsix, options = []) {
  const vsce = join(bin, isWindows ? 'vsce.cmd' : 'vsce');
  const quiet = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  must('Packing the extension', vsce, ['package', ...quiet, ...options, '--out', vsix], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: isWindows,
    cwd: folder,
    // A zip holds local times, and vsce sorts its files as the language does.
    env: { ...environment(), SOURCE_DATE_EPOCH: String(FILE_TIME), TZ: 'UTC', LC_ALL: 'C' },
  });
  if (!existsSync(vsix)) throw new Error(`${vsix} was not made.`);
}

function packTarball(folder, to) {
  const { stdout } = must(
    'Packing for npm',
    isWindows ? 'npm.cmd' : 'npm',
    ['pack', '--json', '--pack-destination', to],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      shell: isWindows,
      cwd: folder,
      env: { ...environment(), npm_config_loglevel: 'error' },
    },
  );
  return join(to, JSON.parse(stdout)[0].filename);
}

/** Stages a package in a folder of its own while `pack` runs. */
async function whileStaged(kind, target, pack) {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-pack-'));
  try {
    await stage(kind, folder, target);
    return pack(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The name of the package for a target. */
export const fileFor = (target) =>
  target === NPM ? `preflens-${version}.tgz` : `preflens-${target}-${version}.vsix`;

export function build() {
  must('The build', process.execPath, ['esbuild.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * Packs what was built, and resolves with the path of the package.
 * @returns {Promise<string>}
 */
export async function packFor(target, to = PACKAGES) {
  mkdirSync(to, { recursive: true });
  if (target === NPM) return whileStaged('command', undefined, (folder) => packTarball(folder, to));
  const vsix = join(to, fileFor(target));
  const isPlatform = target !== UNIVERSAL;
  const kind = target === WEB ? 'web' : 'extension';
  await whileStaged(kind, isPlatform ? target : undefined, (folder) => {
    packVsix(folder, vsix, isPlatform ? ['--target', target] : []);
  });
  return vsix;
}

/** Builds every bundle and packages them as users of this platform get them. */
export async function packExtension() {
  build();
  await whileStaged('extension', HERE, (folder) => {
    packVsix(folder, VSIX);
  });
}

/** Packages another extension in a folder, which needs no build. */
export function packFolder(folder, vsix) {
  packVsix(folder, vsix);
}

export const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The list that `sha256sum -c` reads. */
export function writeSums(folder, targets) {
  const lines = targets.map(fileFor).map((file) => `${sha256(join(folder, file))}  ${file}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}

async function main(args) {
  const wanted = args.includes('--all') ? TARGETS : args.length > 0 ? args : [HERE];
  const unknown = wanted.filter((one) => !TARGETS.includes(one));
  if (unknown.length > 0) {
    console.error(`${unknown.join(', ')}: expected --all or any of ${TARGETS.join(', ')}.`);
    return 2;
  }
  build();
  for (const target of wanted) {
    const path = await packFor(target);
    const bytes = readFileSync(path).length;
    console.log(`${fileFor(target).padEnd(36)} ${(bytes / 1e6).toFixed(1).padStart(6)} MB`);
  }
  writeSums(PACKAGES, wanted);
  return 0;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2));
