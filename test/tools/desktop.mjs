// The desktop VS Code: found on this machine, or downloaded if the update server can be reached.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './setup.mjs';

/** The version that the workbench suite uses. */
export const VSCODE_VERSION = '1.139.1';

const CACHE = join(root, '.workbench', 'desktop');
const PROBE_MS = 15_000;

/** Resolves to the path of an executable, or reports why there is none and resolves to undefined. */
export async function findDesktop(say = console.log) {
  const named = process.env.PREFLENS_VSCODE;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`PREFLENS_VSCODE names ${named}, which does not exist.`);
  }
  if (process.env.PREFLENS_WORKBENCH === 'served') return undefined;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    say('No display for the desktop VS Code.');
    return undefined;
  }
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  try {
    return await downloadAndUnzipVSCode({ version: VSCODE_VERSION, cachePath: CACHE, timeout: PROBE_MS });
  } catch (error) {
    say(`The desktop VS Code cannot be downloaded (${error.message}).`);
    return undefined;
  }
}
