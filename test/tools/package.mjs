import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { bin, must, root } from './setup.mjs';

export const VSIX = join(root, 'dist', 'preflens.vsix');

/** Builds every bundle and packages them as users get them. */
export function packExtension() {
  must('The build', process.execPath, ['esbuild.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const vsce = join(bin, process.platform === 'win32' ? 'vsce.cmd' : 'vsce');
  must(
    'Packing the extension',
    vsce,
    [
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      VSIX,
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    },
  );
  if (!existsSync(VSIX)) throw new Error(`${VSIX} was not made.`);
}
