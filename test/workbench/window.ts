// A VS Code window with the packaged extension: the desktop build, or the served workbench in Chromium. The
// suites use a page and don't know which.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';

import { needChromium } from '../tools/chromium.mjs';
import { findDesktop } from '../tools/desktop.mjs';
import { VSIX } from '../tools/package.mjs';
import { freePort, QUIET_SETTINGS, serveWorkbench } from '../tools/served.mjs';

export interface Window {
  readonly page: Page;
  readonly kind: 'desktop' | 'served';
  /** Folder with the window's user data. */
  readonly home: string;
  close(): Promise<void>;
}

/** Milliseconds to wait for what a person sees. On a busy machine, two windows run at a quarter of their speed. */
export const PATIENCE_MS = 60_000;

const SIZE = { width: 1440, height: 900 };
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function openDesktop(
  executable: string,
  folder: string,
  home: string,
  settings: object,
  others: readonly string[],
): Promise<Omit<Window, 'home'>> {
  const { resolveCliArgsFromVSCodeExecutablePath } = await import('@vscode/test-electron');
  const places = ['--user-data-dir', join(home, 'user-data'), '--extensions-dir', join(home, 'extensions')];
  mkdirSync(join(home, 'user-data', 'User'), { recursive: true });
  writeFileSync(
    join(home, 'user-data', 'User', 'settings.json'),
    JSON.stringify({ ...QUIET_SETTINGS, ...settings }),
  );
  const [cli = executable, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
  const wanted = [VSIX, ...others].flatMap((one) => ['--install-extension', one]);
  const installed = spawnSync(cli, [...args, ...places, ...wanted], { encoding: 'utf8' });
  if (installed.status !== 0) throw new Error(`The extension could not be installed: ${installed.stderr}`);
  const port: number = await freePort();
  const child = spawn(
    executable,
    [
      ...places,
      '--disable-workspace-trust',
      '--skip-welcome',
      '--no-sandbox',
      `--remote-debugging-port=${port}`,
      folder,
    ],
    { stdio: 'ignore' },
  );
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      const page = browser.contexts().flatMap((context) => context.pages())[0];
      if (!page) throw new Error('no window yet');
      await page.waitForSelector('.monaco-workbench');
      return {
        page,
        kind: 'desktop',
        async close() {
          await browser.close();
          child.kill();
        },
      };
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function openServed(
  folder: string,
  home: string,
  settings: object,
  others: readonly string[],
  language: string | undefined,
): Promise<Omit<Window, 'home'>> {
  const executablePath = needChromium();
  const server = await serveWorkbench({ vsix: VSIX, home, settings, others });
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  const page = await browser.newPage({ viewport: SIZE });
  // What a language pack sets. VS Code's own texts stay English without one; those of extensions follow it.
  if (language !== undefined)
    await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`);
  const timeout = PATIENCE_MS;
  await page.goto(`${server.address}?${new URLSearchParams({ folder }).toString()}`, { timeout });
  await page.waitForSelector('.monaco-workbench .explorer-folders-view', { timeout });
  return {
    page,
    kind: 'served',
    async close() {
      await browser.close();
      server.stop();
    },
  };
}

/**
 * Opens a window on a folder.
 * @param others packages of other extensions
 * @param language of the texts of extensions, in the served workbench; the desktop has its own
 */
export async function openWindow(
  folder: string,
  settings: object = {},
  others: readonly string[] = [],
  language?: string,
): Promise<Window> {
  const home = mkdtempSync(join(tmpdir(), 'preflens-window-'));
  const desktop = await findDesktop();
  const window = desktop
    ? await openDesktop(desktop, folder, home, settings, others)
    : await openServed(folder, home, settings, others, language);
  window.page.setDefaultTimeout(PATIENCE_MS);
  return {
    ...window,
    home,
    async close() {
      await window.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
