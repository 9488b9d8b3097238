// Before the first window: installs the workbench once, for all test files. After the last one: ends what they shared.
import { findDesktop } from '../tools/desktop.mjs';
import { installServed } from '../tools/served.mjs';
import { shareWorkbenches } from './window.ts';

export default async function setup(): Promise<(() => void) | undefined> {
  if (await findDesktop()) {
    console.log('The window is the desktop VS Code.');
    return undefined;
  }
  installServed();
  console.log('The window is VS Code served to Chromium.');
  // A worker ends without a chance to end its server.
  return shareWorkbenches();
}
