// npm run reproduce [-- TARGET…]: builds and packs the sources twice, from two checkouts with other paths, times,
// permissions, languages and time zones, and compares every file. Without targets, all packages.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { environment, root } from '../setup.mjs';

/** Everything about a build that must not matter. */
const CIRCUMSTANCES = [
  { path: 'a', umask: 0o022, time: undefined, env: { TZ: 'UTC', LC_ALL: 'C' } },
  {
    path: join('elsewhere', 'in a longer path'),
    umask: 0o077,
    time: new Date('2001-02-03T04:05:06Z'),
    env: { TZ: 'Asia/Kolkata', LC_ALL: 'tr_TR.UTF-8' },
  },
];

/** Hard links: the packages are read, and nothing writes to them. */
function linkFolder(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== '.cache') linkFolder(source, copy);
    } else linkSync(source, copy);
  }
}

/** What a commit of the present files would hold, with the installed packages. */
async function checkout(to, time) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64e6,
  });
  for (const file of listed
    .split('\0')
    .slice(0, -1)
    .filter((name) => existsSync(join(root, name)))) {
    const copy = join(to, file);
    mkdirSync(dirname(copy), { recursive: true });
    await cp(join(root, file), copy);
    if (time) utimesSync(copy, time, time);
  }
  linkFolder(join(root, 'node_modules'), join(to, 'node_modules'));
}

/** The SHA-256 of each file in a folder. */
export function hashesIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [
        path.slice(folder.length + 1),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );
}

/** Names of files that are not the same in both, or only in one of them. */
export function differences(first, second) {
  return [...new Set([...first.keys(), ...second.keys()])].filter(
    (name) => first.get(name) !== second.get(name),
  );
}

/**
 * Builds and packs twice.
 * @param {readonly string[]} targets
 * @param {string} folder on the disk of the clone; is made, and removed afterwards
 * @returns {Promise<{ files: Map<string, string>, differing: string[] }>}
 */
export async function reproduce(targets, folder) {
  try {
    // Both before the first build, so that a person may edit meanwhile.
    for (const { path, time } of CIRCUMSTANCES) await checkout(join(folder, path), time);
    const builds = [];
    for (const { path, umask, env } of CIRCUMSTANCES) {
      const place = join(folder, path);
      const before = process.umask(umask);
      const { status, stderr } = spawnSync(process.execPath, ['test/tools/pack/package.mjs', ...targets], {
        cwd: place,
        env: { ...environment(), ...env },
        encoding: 'utf8',
      });
      process.umask(before);
      if (status !== 0) throw new Error(`The build in ${place} failed:\n${stderr}`);
      builds.push(hashesIn(join(place, 'dist')));
    }
    const [first, second] = builds;
    return { files: first, differing: differences(first, second) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(targets) {
  const folder = join(root, '.workbench', 'reproduced');
  rmSync(folder, { recursive: true, force: true });
  const { files, differing } = await reproduce(targets.length > 0 ? targets : ['--all'], folder);
  for (const [name, hash] of files) if (dirname(name) === 'packages') console.log(`${hash}  ${name}`);
  for (const name of differing) console.log(`differs: ${name}`);
  console.log(`${files.size} files were made twice; ${differing.length} differ.`);
  return differing.length === 0 ? 0 : 1;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2));
