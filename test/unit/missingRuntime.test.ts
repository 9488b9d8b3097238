import { expect, it } from 'vitest';

import { missingRuntimeWords } from '#core/reward/missingRuntime.ts';

const build = { version: '1.2.3', platforms: ['linux-x64'], platform: 'linux-x64', isExtension: false };

it.each([
  [build, 'npm install --ignore-scripts onnxruntime-node@1.2.3'],
  [{ ...build, isExtension: true }, 'Install the build for linux-x64'],
  [{ ...build, platform: 'darwin-x64' }, 'does not exist for darwin-x64. A model server can score instead'],
  [{ ...build, platform: 'darwin-x64', isExtension: true }, 'does not exist for darwin-x64'],
])('says what a person can do: %o', (missing, words) => {
  expect(missingRuntimeWords(missing)).toContain(words);
});
