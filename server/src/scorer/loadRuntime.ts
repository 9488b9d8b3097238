// ONNX Runtime is an option: the universal build and the npm package come without it.
import { existsSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';

import { missingRuntimeWords } from '#core/reward/missingRuntime.ts';

/** The package is missing, or its part for this platform. */
export class NoRuntime extends Error {}

const MISSING = new Set<unknown>(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/** Resolves with the runtime, or rejects with NoRuntime and what to do. */
export async function loaded<Runtime>(runtime: Promise<Runtime>): Promise<Runtime> {
  try {
    return await runtime;
  } catch (error) {
    if (!(error instanceof Error) || !MISSING.has((error as { readonly code?: unknown }).code)) throw error;
    const [version = '', ...platforms] = (process.env['PREFLENS_RUNTIME'] ?? '').split(' ');
    const words = missingRuntimeWords({
      version,
      platforms,
      platform: `${platform()}-${arch()}`,
      isExtension: existsSync(join(import.meta.dirname, 'extension.cjs')),
    });
    throw new NoRuntime(words, { cause: error });
  }
}
