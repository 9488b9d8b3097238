// A VS Code window with the packaged extension: the desktop build, or the served workbench in Chromium. The
// suites use a page and don't know which.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

import { needChromium } from '../tools/chromium.mjs';
import { findDesktop } from '../tools/desktop.mjs';
import { VSIX } from '../tools/pack/package.mjs';
import { endServer, freePort, serveWorkbench, writeSettings } from '../tools/served.mjs';

export interface Window {
  readonly page: Page;
  readonly kind: 'desktop' | 'served';
  /** Folder with the window's user data. */
  readonly home: string;
  /** The folder that the window shows. */
  readonly folder: string;
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

const REMOVED = { recursive: true, force: true, maxRetries: 5, retryDelay: 200 };

/** The environment variable that names the folder of what test files share, and the file there with the server's process. */
const [WINDOWS_FOLDER, SERVER_PID] = ['PREFLENS_WINDOWS', 'server.pid'];

/** From now on, the windows of all test files share servers and browsers. Returns what ends the servers. */
export function shareWorkbenches(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-windows-'));
  process.env[WINDOWS_FOLDER] = folder;
  return () => {
    for (const home of readdirSync(folder)) {
      const path = join(folder, home, SERVER_PID);
      if (existsSync(path)) endServer(Number(readFileSync(path, 'utf8')));
    }
    rmSync(folder, REMOVED);
  };
}

/** Windows that are open, for a look at them when a test fails. */
const pages = new Set<Page>();

export const openPages = (): ReadonlySet<Page> => pages;

function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'preflens-window-'));
}

/** How a window differs from the usual one. */
export interface WindowWishes {
  /** Packages of other extensions. */
  readonly others?: readonly string[];
  /** Of the texts of extensions, in the served workbench; the desktop has its own. */
  readonly language?: string;
  /** The package of the extension. */
  readonly vsix?: string;
  /** VS Code asks whether the person trusts the folder. */
  readonly asksTrust?: boolean;
}

async function openDesktop(
  executable: string,
  folder: string,
  settings: object,
  { others = [], vsix = VSIX, asksTrust = false }: WindowWishes,
): Promise<Window> {
  const { resolveCliArgsFromVSCodeExecutablePath } = await import('@vscode/test-electron');
  const home = newHome();
  const places = ['--user-data-dir', join(home, 'user-data'), '--extensions-dir', join(home, 'extensions')];
  writeSettings(home, settings);
  const [cli = executable, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
  const wanted = [vsix, ...others].flatMap((one) => ['--install-extension', one]);
  const installed = spawnSync(cli, [...args, ...places, ...wanted], { encoding: 'utf8' });
  if (installed.status !== 0) throw new Error(`The extension could not be installed: ${installed.stderr}`);
  const port: number = await freePort();
  const child = spawn(
    executable,
    [
      ...places,
      ...(asksTrust ? [] : ['--disable-workspace-trust']),
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
        home,
        folder,
        async close() {
          await browser.close();
          child.kill();
          rmSync(home, REMOVED);
        },
      };
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** A server of the workbench and a browser. */
interface Workbench {
  readonly home: string;
  readonly address: string;
  readonly context: BrowserContext;
  /** Of the server. */
  readonly pid: number;
  isAlive(): boolean;
  stop(): Promise<void>;
}

async function startWorkbench(
  home: string,
  { others = [], vsix = VSIX, asksTrust = false }: WindowWishes = {},
): Promise<Workbench> {
  const executablePath = needChromium();
  const server = await serveWorkbench({ vsix, home, others, asksTrust });
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  return {
    home,
    address: server.address,
    context: await browser.newContext({ viewport: SIZE }),
    pid: server.child.pid!,
    isAlive: () => browser.isConnected() && server.child.exitCode === null,
    async stop() {
      await browser.close();
      server.stop();
    },
  };
}

/** The workbench that the test files of this process use one after the other. */
let kept: Workbench | undefined;

async function keptWorkbench(folder: string): Promise<Workbench> {
  if (!kept?.isAlive()) {
    await kept?.stop();
    const home = mkdtempSync(join(folder, 'window-'));
    kept = await startWorkbench(home);
    writeFileSync(join(home, SERVER_PID), String(kept.pid));
  }
  return kept;
}

/** Leaves the window, and removes what VS Code keeps of it in the browser and on disk. What the browser compiled stays. */
async function leave({ home, address }: Workbench, page: Page): Promise<void> {
  // A test's answer to dialogs would also answer VS Code, which asks before it loses edits.
  page.removeAllListeners('dialog');
  // VS Code ends its processes when it is left, not when its page is closed.
  await page.goto('about:blank');
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(address).origin,
    storageTypes: 'indexeddb,local_storage,cookies',
  });
  await page.close();
  for (const name of ['globalStorage', 'workspaceStorage', 'History'])
    rmSync(join(home, 'user-data', 'User', name), REMOVED);
}

/** Turns each sign of work once: to draw it as long as it turns would take a third of the processor. */
function calm(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, ::before, ::after { animation-iteration-count: 1 !important; }');
  document.adoptedStyleSheets.push(sheet);
}

/** Opens a window in a workbench. */
async function openIn(
  { address, home, context }: Workbench,
  folder: string,
  settings: object,
  language: string | undefined,
): Promise<Page> {
  writeSettings(home, settings);
  const page = await context.newPage();
  await page.addInitScript(calm);
  // What a language pack sets. VS Code's own texts stay English without one; those of extensions follow it.
  if (language !== undefined)
    await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`);
  const timeout = PATIENCE_MS;
  await page.goto(`${address}?${new URLSearchParams({ folder }).toString()}`, { timeout });
  await page.waitForSelector('.monaco-workbench .explorer-folders-view', { timeout });
  return page;
}

async function openServed(
  folder: string,
  settings: object,
  { language, ...own }: WindowWishes,
): Promise<Window> {
  const shared = process.env[WINDOWS_FOLDER];
  const isKept = shared !== undefined && Object.keys(own).length === 0;
  const workbench = isKept ? await keptWorkbench(shared) : await startWorkbench(newHome(), own);
  const page = await openIn(workbench, folder, settings, language);
  return {
    page,
    kind: 'served',
    home: workbench.home,
    folder,
    async close() {
      if (isKept) return leave(workbench, page);
      await workbench.stop();
      rmSync(workbench.home, REMOVED);
    },
  };
}

/**
 * Opens a window on a folder. Nothing of a window is there in the next one. Tests share the server and the browser, which
 * makes their windows open much sooner, unless they wish for more than a language.
 */
export async function openWindow(
  folder: string,
  settings: object = {},
  wishes: WindowWishes = {},
): Promise<Window> {
  const desktop = await findDesktop();
  const window = desktop
    ? await openDesktop(desktop, folder, settings, wishes)
    : await openServed(folder, settings, wishes);
  const { page } = window;
  page.setDefaultTimeout(PATIENCE_MS);
  pages.add(page);
  return {
    ...window,
    async close() {
      pages.delete(page);
      await window.close();
    },
  };
}
