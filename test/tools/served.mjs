// The same workbench without a desktop: VS Code as code-server packages it, from the npm registry, served on
// 127.0.0.1. The extension is installed from its VSIX, as users get it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { bin, environment, must, root } from './setup.mjs';

const VERSION = '4.139.1'; // VS Code 1.139.1
const HOME = join(root, '.workbench', `served-${VERSION}`);
const PACKAGE = join(HOME, 'node_modules', 'code-server');
const READY = join(HOME, 'ready');
const NODE = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
const START_MS = 60_000;

/** Settings that hide everything unrelated from pictures and tests. */
export const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'editor.unicodeHighlight.ambiguousCharacters': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'files.simpleDialog.enable': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.editorLargeFileConfirmation': 100,
  'workbench.tips.enabled': false,
};

/** Writes the settings of a user into the user data in `home`. */
export function writeSettings(home, settings = {}) {
  const folder = join(home, 'user-data', 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
}

/** Parts of VS Code that have no use here. Without them a window starts sooner: it reads four fifths less from the server. */
const UNUSED = [
  'copilot',
  'css-language-features',
  'debug-auto-launch',
  'debug-server-ready',
  'emmet',
  'extension-editing',
  'github',
  'github-authentication',
  'grunt',
  'gulp',
  'html-language-features',
  'ipynb',
  'jake',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
  'notebook-renderers',
  'npm',
  'php-language-features',
  'prompt-basics',
  'terminal-suggest',
  'tunnel-forwarding',
  'typescript-language-features',
];

/** Installs the workbench once, about 500 MB, into .workbench. */
export function installServed() {
  if (!existsSync(READY)) install();
  const extensions = join(PACKAGE, 'lib', 'vscode', 'extensions');
  for (const name of UNUSED) rmSync(join(extensions, name), { recursive: true, force: true });
}

function install() {
  console.log(`Installing the served workbench (code-server ${VERSION})…`);
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  writeFileSync(
    join(HOME, 'package.json'),
    JSON.stringify({ private: true, dependencies: { 'code-server': VERSION } }),
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  must('Installing code-server', npm, ['install', ...quiet], { cwd: HOME });
  must('Installing the packages of code-server', npm, ['install', '--omit=dev', ...quiet], {
    cwd: join(PACKAGE, 'lib', 'vscode'),
  });
  buildLogging(npm);
  writeFileSync(READY, VERSION);
}

/**
 * Output channels write through a native module. It is compiled if there is a compiler; without one,
 * everything else works. The other native modules (terminal, watchdog) are not needed here.
 */
function buildLogging(npm) {
  const nodedir = join(
    root,
    'node_modules',
    'node',
    'node_modules',
    `node-${process.platform}-${process.arch}`,
  );
  const { status } = spawnSync(npm, ['rebuild', '@vscode/spdlog'], {
    cwd: join(PACKAGE, 'lib', 'vscode'),
    env: { ...environment(), ...(existsSync(nodedir) && { npm_config_nodedir: nodedir }) },
    stdio: 'ignore',
  });
  if (status !== 0) console.log('No compiler at hand: output channels stay empty in the served workbench.');
}

/** A port on 127.0.0.1 that nobody listens on.
 * @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Ends a server with all its processes, if it has not ended. */
export function endServer(pid) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Serves the workbench with the extension `vsix`, and with `others`. `home` receives user data and extensions. Resolves when the
 * server responds, with its address and a function to stop it.
 * @param {{ vsix: string, home: string, others?: readonly string[], asksTrust?: boolean }} wishes
 */
export async function serveWorkbench({ vsix, home, others = [], asksTrust = false }) {
  const [userData, extensions] = [join(home, 'user-data'), join(home, 'extensions')];
  mkdirSync(extensions, { recursive: true });
  writeSettings(home);
  const entry = join(PACKAGE, 'out', 'node', 'entry.js');
  const places = ['--user-data-dir', userData, '--extensions-dir', extensions];
  const env = { ...environment(), XDG_CONFIG_HOME: join(home, 'config') };
  const wanted = [vsix, ...others].flatMap((one) => ['--install-extension', one]);
  const installed = spawnSync(NODE, [entry, ...places, '--force', ...wanted], { env, encoding: 'utf8' });
  if (!installed.stdout.includes('successfully installed')) {
    throw new Error(`The extension could not be installed:\n${installed.stdout}${installed.stderr}`);
  }
  const port = await freePort();
  const child = spawn(
    NODE,
    [
      entry,
      ...places,
      '--auth',
      'none',
      '--bind-addr',
      `127.0.0.1:${port}`,
      '--disable-telemetry',
      '--disable-update-check',
      ...(asksTrust ? [] : ['--disable-workspace-trust']),
    ],
    // Its own process group: its extension host and our server end with it.
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' },
  );
  let log = '';
  const address = `http://127.0.0.1:${port}/`;
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The workbench did not start:\n${log}`)), START_MS);
    const listen = (text) => {
      log = (log + text).slice(-4000);
      if (log.includes('HTTP server listening')) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.on('exit', (code) => reject(new Error(`The workbench ended (${code}):\n${log}`)));
  });
  const stop = () => endServer(child.pid);
  process.on('exit', stop);
  return { address, stop, child };
}
