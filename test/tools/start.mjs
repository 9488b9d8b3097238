// npm start [-- FILE|FOLDER]: opens VS Code with the extension on the sample dataset, or on the given path.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { environment, installPackages, must, root } from './setup.mjs';

const named = process.argv[2] ? resolve(process.env.INIT_CWD ?? process.cwd(), process.argv[2]) : undefined;
if (named && !existsSync(named)) {
  console.error(`${named}: there is no such file or folder.`);
  process.exit(1);
}
installPackages();
const { packExtension, VSIX } = await import('./pack/package.mjs');
const { findDesktop } = await import('./desktop.mjs');
const { installServed, serveWorkbench } = await import('./served.mjs');
await packExtension();

const home = mkdtempSync(join(tmpdir(), 'preflens-'));

/** A copy of the sample, so that trying a flip leaves the clone unchanged. */
async function sampleCopy() {
  const folder = join(home, 'sample');
  mkdirSync(folder);
  const copy = join(folder, 'support.jsonl');
  await copyFile(join(root, 'media', 'sample', 'support.jsonl'), copy);
  return copy;
}

const target = named ?? (await sampleCopy());
const isFile = statSync(target).isFile();
const folder = isFile ? dirname(target) : target;

const desktop = await findDesktop();
if (desktop) {
  const { resolveCliArgsFromVSCodeExecutablePath } = await import('@vscode/test-electron');
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(desktop);
  const places = ['--user-data-dir', join(home, 'user-data'), '--extensions-dir', join(home, 'extensions')];
  must('Installing the extension', cli, [...args, ...places, '--install-extension', VSIX], {
    shell: process.platform === 'win32',
  });
  console.log(`Opening ${target} in ${desktop}.`);
  spawn(desktop, [...places, folder, ...(isFile ? [target] : [])], {
    env: environment(),
    stdio: 'ignore',
    detached: true,
  }).unref();
} else {
  installServed();
  const { address, stop } = await serveWorkbench({ vsix: VSIX, home });
  const query = new URLSearchParams({ folder });
  // The payload opens the file itself beside its folder.
  if (isFile)
    query.set('payload', JSON.stringify([['openFile', `vscode-remote://${new URL(address).host}${target}`]]));
  console.log(
    `\nVS Code with PrefLens, on ${isFile ? basename(target) : folder}:\n\n  ${address}?${query}\n\nCtrl+C ends it.`,
  );
  const end = () => {
    stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  // npm may end without forwarding the signal.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 1000).unref();
}
