import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CANDIDATES = [
  process.env.PREFLENS_CHROMIUM,
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function find() {
  return CANDIDATES.find((path) => path && existsSync(path));
}

/**
 * The path of a Chromium. Installs it on a Debian where that is allowed; elsewhere a missing one is an error
 * that says what to do. The workbench suite is never skipped silently.
 */
export function needChromium() {
  const found = find();
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium from the Debian packages…');
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      options,
    );
    const installed = find();
    if (installed) return installed;
  }
  throw new Error(
    'The workbench suite needs the desktop VS Code or a Chromium. Install one (Debian: apt-get install chromium), ' +
      'or name it: PREFLENS_CHROMIUM=/path/to/chromium, PREFLENS_VSCODE=/path/to/code.',
  );
}
