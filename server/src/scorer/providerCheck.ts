// Tests whether a provider really works on this machine, by creating and running a session.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Provider } from '#core/reward/scorerRule.ts';

import { runOnce } from './runtime.ts';

/** y = x · W, with x of 1 × 4 and W of 4 × 4 holding 0 to 15. A test rebuilds it and compares. */
export const CHECK_MODEL =
  'CAgSDXByZWZsZW5zLXRlc3Q6qgEKEwoBeAoCdzASAnYxIgZNYXRNdWwKEQoCdjESAXkiCElkZW50aXR5EghwcmVmbGVucypMCAQIBBABQgJ3MEpAAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAAADAQAAA4EAAAABBAAAQQQAAIEEAADBBAABAQQAAUEEAAGBBAABwQVoTCgF4Eg4KDAgBEggKAggBCgIIBGITCgF5Eg4KDAgBEggKAggBCgIIBEIECgAQEQ==';

/** 1·W, 2·W, 3·W and 4·W added up, column by column. */
const EXPECTED = [80, 90, 100, 110];

/** Resolves with the duration in milliseconds; rejects with the reason if the provider does not work. */
export async function checkProvider(provider: Provider): Promise<number> {
  const begun = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'preflens-provider-'));
  try {
    const path = join(folder, 'check.onnx');
    await writeFile(path, Buffer.from(CHECK_MODEL, 'base64'));
    const values = await runOnce(path, provider, [1, 2, 3, 4]);
    if (!EXPECTED.every((value, i) => Math.abs(value - (values[i] ?? 0)) < 1)) {
      throw new Error(
        `it computes wrong numbers: ${[...values].join(', ')} instead of ${EXPECTED.join(', ')}`,
      );
    }
    return performance.now() - begun;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
