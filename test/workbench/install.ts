// Before the first window: installs the workbench once, for all test files.
import { findDesktop } from '../tools/desktop.mjs';
import { installServed } from '../tools/served.mjs';

export default async function setup(): Promise<void> {
  if (await findDesktop()) {
    console.log('The window is the desktop VS Code.');
    return;
  }
  installServed();
  console.log('The window is VS Code served to Chromium.');
}
