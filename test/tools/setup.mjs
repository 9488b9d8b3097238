// What every command needs in a fresh clone: the packages, and Node 24 first on the path. Plain JavaScript
// without dependencies: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const bin = join(root, 'node_modules', '.bin');

/** The lock file at the last installation of node_modules. */
const STAMP = join(root, 'node_modules', '.preflens-installed');

/** Runs a program to its end with visible output, unless `options` say otherwise; exits if it fails. */
export function must(what, command, args, options = {}) {
  const { status, error, stdout } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: environment(),
    ...options,
  });
  if (error || status !== 0) {
    console.error(`${what} failed${error ? `: ${error.message}` : ` (exit code ${status})`}.`);
    process.exit(status || 1);
  }
  return { stdout };
}

/** The environment for child processes: our own tools and Node first, and what Node compiles is kept. */
export function environment() {
  return {
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'code'),
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  };
}

/** Installs the packages in the lock file, unless that was done already. */
export function installPackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    console.error(`PrefLens needs Node 20.11 or later; this is ${process.version}.`);
    process.exit(1);
  }
  const wanted = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  console.log('Installing packages…');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  must('npm ci', npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    // The runtime's install script would download GPU libraries: the package works without them.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    shell: process.platform === 'win32',
  });
  writeFileSync(STAMP, wanted);
}
