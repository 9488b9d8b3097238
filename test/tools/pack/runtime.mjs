// The model runtime of each platform, as the npm package onnxruntime-node carries it: no download is needed.
import { readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { root } from '../setup.mjs';

const packages = join(root, 'node_modules');
const BINARIES = join('onnxruntime-node', 'bin', 'napi-v6');

/** Those that the runtime exists for, sorted, such as linux-x64. There is none for macOS on Intel. */
export function runtimePlatforms() {
  const folder = join(packages, BINARIES);
  const systems = readdirSync(folder);
  return systems
    .flatMap((system) => readdirSync(join(folder, system)).map((arch) => `${system}-${arch}`))
    .sort();
}

/**
 * Copies the model runtime of one platform into a `node_modules` folder. The full package holds the files of all
 * platforms, and one macOS library twice.
 */
export async function copyRuntime(target, to) {
  const isWanted = (path) => !/\.\d+\.\d+\.\d+\.dylib$|\.(?:map|d\.ts)$/.test(path);
  const parts = [
    join(BINARIES, ...target.split('-')),
    ...['dist', 'package.json'].map((name) => join('onnxruntime-node', name)),
    ...[join('dist', 'cjs'), 'package.json'].map((name) => join('onnxruntime-common', name)),
  ];
  for (const part of parts)
    await cp(join(packages, part), join(to, part), { recursive: true, filter: isWanted });
}
