// npm run release -- TAG [--dry-run]: publishes what `npm run package -- --all` made, if it is what the tag says. A
// release that failed half way can be run again: what is published already is left alone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bin, environment, must, root } from '../setup.mjs';
import { fileFor, PACKAGES, sha256, TARGETS, version } from './package.mjs';

const isWindows = process.platform === 'win32';
const npm = isWindows ? 'npm.cmd' : 'npm';
const vsce = join(bin, isWindows ? 'vsce.cmd' : 'vsce');

/**
 * Why these packages must not be published under a tag; empty if they may.
 * @param {string} tag
 * @param {string} folder with the packages and their SHA256SUMS
 * @param {string} changelog
 * @returns {string[]}
 */
export function faultsOf(tag, folder, changelog) {
  const sums = join(folder, 'SHA256SUMS');
  const known = new Map(
    (existsSync(sums) ? readFileSync(sums, 'utf8') : '')
      .split('\n')
      .map((line) => line.split('  ').reverse()),
  );
  const isDescribed = changelog.split('\n').some((line) => line.startsWith(`## ${version}`));
  return [
    ...(tag === `v${version}` ? [] : [`the tag ${tag} is not v${version}, the version in package.json`]),
    ...(isDescribed ? [] : [`CHANGELOG.md has no "## ${version}"`]),
    ...TARGETS.map(fileFor).flatMap((file) => {
      if (!existsSync(join(folder, file))) return [`${file} is missing`];
      return known.get(file) === sha256(join(folder, file)) ? [] : [`${file} is not what SHA256SUMS says`];
    }),
  ];
}

function vsixes(folder) {
  return TARGETS.map(fileFor)
    .filter((file) => file.endsWith('.vsix'))
    .map((file) => join(folder, file));
}

/** The command that publishes every VSIX; what the marketplace has already is left out. */
export const vsceArguments = (folder) => ['publish', '--skip-duplicate', '--packagePath', ...vsixes(folder)];

/** Passes the token to npm for its own registry, whichever that is. It stays in the environment, off the disk. */
function publishToNpm(tarball) {
  const say = (...args) => spawnSync(npm, args, { encoding: 'utf8', env: environment(), shell: isWindows });
  const known = say('view', `preflens@${version}`, 'version');
  if (known.status === 0 && known.stdout.trim() === version) {
    console.log(`npm has preflens ${version} already.`);
    return;
  }
  const { host, pathname } = new URL(say('config', 'get', 'registry').stdout.trim());
  const home = mkdtempSync(join(tmpdir(), 'preflens-release-'));
  try {
    const config = join(home, 'npmrc');
    writeFileSync(config, `//${host}${pathname}:_authToken=\${NPM_TOKEN}\n`);
    must('Publishing to npm', npm, ['publish', '--access', 'public', tarball], {
      shell: isWindows,
      env: { ...environment(), NPM_CONFIG_USERCONFIG: config },
    });
  } finally {
    rmSync(home, { recursive: true });
  }
}

function main(args) {
  const [tag] = args.filter((one) => !one.startsWith('--'));
  if (tag === undefined) {
    console.error('Say which tag: npm run release -- v1.2.3 [--dry-run]');
    return 2;
  }
  const isDry = args.includes('--dry-run');
  const faults = faultsOf(tag, PACKAGES, readFileSync(join(root, 'CHANGELOG.md'), 'utf8'));
  for (const fault of faults) console.error(`Not released: ${fault}.`);
  if (faults.length > 0) return 1;
  const tarball = join(PACKAGES, fileFor('npm'));
  if (isDry) {
    must('The dry run of npm', npm, ['publish', '--dry-run', tarball], { shell: isWindows });
    console.log(`Would run: vsce ${vsceArguments(PACKAGES).join(' ')}`);
    return 0;
  }
  for (const name of ['VSCE_PAT', 'NPM_TOKEN']) {
    if (process.env[name]) continue;
    console.error(`Not released: ${name} is not set.`);
    return 1;
  }
  must('Publishing the extension', vsce, vsceArguments(PACKAGES), { shell: isWindows });
  publishToNpm(tarball);
  return 0;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.slice(2));
