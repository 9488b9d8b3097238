import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { bin, must, root } from './setup.mjs';

export const VSIX = join(root, 'dist', 'preflens.vsix');

function pack(vsix, options) {
  const vsce = join(bin, process.platform === 'win32' ? 'vsce.cmd' : 'vsce');
  const quiet = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  must('Packing the extension', vsce, ['package', ...quiet, '--out', vsix], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
    ...options,
  });
  if (!existsSync(vsix)) throw new Error(`${vsix} was not made.`);
}

/** Builds every bundle and packages them as users get them. */
export function packExtension() {
  must('The build', process.execPath, ['esbuild.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  pack(VSIX, {});
}

/** Packages the extension in a folder, which needs no build. */
export function packFolder(folder, vsix) {
  pack(vsix, { cwd: folder });
}
