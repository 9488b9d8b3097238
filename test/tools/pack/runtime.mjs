// The model runtime of each platform, as the npm package onnxruntime-node carries it: no download is needed.
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { root } from '../setup.mjs';

const packages = join(root, 'node_modules');
const binariesOf = (target) => join('onnxruntime-node', 'bin', 'napi-v6', ...target.split('-'));

/** There is none for macOS on Intel. */
export const hasRuntime = (target) => existsSync(join(packages, binariesOf(target)));

/**
 * Copies the model runtime of one platform into a `node_modules` folder. The full package holds the files of all
 * platforms, and one macOS library twice.
 */
export async function copyRuntime(target, to) {
  const isWanted = (path) => !/\.\d+\.\d+\.\d+\.dylib$|\.(?:map|d\.ts)$/.test(path);
  const parts = [
    binariesOf(target),
    ...['dist', 'package.json'].map((name) => join('onnxruntime-node', name)),
    ...[join('dist', 'cjs'), 'package.json'].map((name) => join('onnxruntime-common', name)),
  ];
  for (const part of parts)
    await cp(join(packages, part), join(to, part), { recursive: true, filter: isWanted });
}
