// One compiler project for each layer: a layer cannot even name what it must not use.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { bin, root } from './setup.mjs';

export const PROJECTS = ['server/src/protocol', 'server/src/core', 'server', 'client', 'media', 'test'];

let failed = 0;
for (const project of PROJECTS) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(bin, '..', 'typescript', 'bin', 'tsc'), '-p', project],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  console.log(`types ${project}: ${status === 0 ? 'clean' : 'errors'}`);
  if (status !== 0) {
    failed++;
    console.log(stdout);
  }
}
process.exit(failed === 0 ? 0 : 1);
